"""Public notices by kind and service, current or past, for programs that look through them."""

from datetime import datetime

from django.db.models import Q

from cms_pages.models import Service
from notices import current
from notices.current import PublicNotice
from notices.enums import Kind
from notices.models import Notice, NoticePage
from notices.querysets import open_q

PER_PAGE = 20


def listed(
    at: datetime,
    *,
    language: str,
    kind: Kind | None = None,
    service: str = "",
    over: bool = False,
    page: int = 1,
) -> list[PublicNotice]:
    """Running and coming ones, all, by their start; or those that are over, latest end first.

    `service` is a key: its own notices and those of the whole desk; nothing for an unknown one.
    Past ones come by pages of `PER_PAGE`; a page beyond the last is empty.
    """
    condition = Q(notice__kind=kind) if kind else Q()
    if service:
        found = Service.objects.filter(key=service).first()
        if found is None:
            return []
        condition &= current.touches_q(found)
    if not over:
        return current.find(at, condition & open_q(at, "notice__"), updates=True, language=language)
    shown = NoticePage.objects.public_at(at).filter(condition, notice__over_at__lte=at)
    facts = Notice.objects.filter(pk__in=shown.order_by().values("notice_id"))
    first = (page - 1) * PER_PAGE
    past = facts.order_by("-over_at", "pk")[first : first + PER_PAGE]
    return current.showing(past, at, updates=True)


def one(at: datetime, key: object, *, language: str) -> PublicNotice | None:
    """The public notice of this id, in any phase; None where there is none."""
    found = current.find(at, Q(notice=key), updates=True, language=language)
    return found[0] if found else None
