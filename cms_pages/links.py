"""Links inside rich text, from what `references` has read, so that none costs a query."""

from collections.abc import Iterable
from typing import Any

from django.utils.html import escape
from wagtail.documents import get_document_model
from wagtail.documents.rich_text import DocumentLinkHandler
from wagtail.models import Page
from wagtail.rich_text.pages import PageLinkHandler

from cms_pages import references


class PageLink(PageLinkHandler):
    """A link to a page, in the language of the page that is being read."""

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict[str, Any]]) -> list[str]:
        """Opening tags; a page that is gone or not published leaves plain text."""
        pages = _known("pages", attrs_list)
        if pages is None:
            live = Page.objects.filter(pk__in=_ids(attrs_list), live=True)
            pages = {page.pk: page for page in live}
        return [_opening_tag(pages.get(pk)) for pk in _ids(attrs_list)]


class DocumentLink(DocumentLinkHandler):
    """A link to a public document."""

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict[str, Any]]) -> list[str]:
        """Opening tags; a document that is gone leaves plain text."""
        documents = _known("documents", attrs_list)
        if documents is None:
            documents = get_document_model().objects.in_bulk(_ids(attrs_list))
        return [_opening_tag(documents.get(pk)) for pk in _ids(attrs_list)]


def _known(kind: str, attrs_list: list[dict[str, Any]]) -> dict[int, Any] | None:
    read = references.current()
    return getattr(read, kind) if read and read.covers(kind, _ids(attrs_list)) else None


def _ids(attrs_list: Iterable[dict[str, Any]]) -> list[int]:
    return [int(attrs["id"]) if str(attrs.get("id", "")).isdecimal() else 0 for attrs in attrs_list]


def _opening_tag(target: Any) -> str:
    url = getattr(target, "url", None)
    return f'<a href="{escape(url)}">' if url else "<a>"
