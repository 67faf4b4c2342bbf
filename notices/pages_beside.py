"""The page that shows a notice to everybody, read in the same query as the notice.

For whoever begins with the facts and needs no more of a page than its title and its address.
"""

from datetime import datetime
from typing import Any

from django.db.models import OuterRef
from wagtail.models import Locale

from desk_core.rows import Rows, instances
from notices.current import PublicNotice, one_page_each
from notices.models import Notice, NoticePage

_PAGE = ("id", "page_ptr", "title", "path", "url_path", "alias_of")
_LOCALE = ("id", "language_code")


def rows(at: datetime) -> Rows:
    """An annotation of notices: their pages that are public at a moment."""
    pages = NoticePage.objects.public_at(at).filter(notice=OuterRef("pk")).order_by()
    return Rows(pages, *_PAGE, *(f"locale__{name}" for name in _LOCALE))


def public_of(notice: Notice, column: list[list[Any]] | None, at: datetime) -> PublicNotice | None:
    """The notice through its page in the reader's language, else the first; None without one."""
    size = len(_PAGE)
    pages: list[NoticePage] = instances(NoticePage, _PAGE, [row[:size] for row in column or ()])
    locales = instances(Locale, _LOCALE, [row[size:] for row in column or ()])
    for page, locale in zip(pages, locales, strict=True):
        page.locale, page.notice = locale, notice
    pages.sort(key=lambda page: (page.alias_of_id is not None, page.path))
    chosen = one_page_each(pages)
    return PublicNotice(page=chosen[0], at=at) if chosen else None
