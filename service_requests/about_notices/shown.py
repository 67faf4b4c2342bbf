"""The notices of a case: its applicant sees the public ones, staff each with its link."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from notices import current
from notices.current import PublicNotice
from notices.enums import KINDS_WITH_IMPACT
from notices.models import Notice
from notices.permissions import user_can_see_notices
from service_requests import permissions
from service_requests.about_notices import suggesting
from service_requests.models import Case, CaseNotice

#: So many notices can be chosen from where staff link a case to one that was not suggested.
MOST_CHOICES = 30


@dataclass(frozen=True)
class LinkedNotice:
    """A notice that a case is linked to, as staff see it; `public` is None for a withdrawn one."""

    link: CaseNotice
    public: PublicNotice | None
    at: datetime

    @property
    def notice(self) -> Notice:
        """The fact."""
        return self.link.notice

    @property
    def title(self) -> str:
        """As readers see it, else as it was when first published."""
        return self.public.title if self.public else self.notice.title

    @property
    def phase(self) -> str:
        """Where it stands, in a word."""
        return str(self.notice.phase(self.at).label)

    @property
    def stands(self) -> bool:
        """Whether the outage goes on while it is linked."""
        return self.link.lasted_from is not None and self.link.lasted_until is None


def to_applicant(case: Case) -> list[PublicNotice]:
    """The public notices that staff have linked the case to. One query."""
    links = CaseNotice.objects.active().filter(case=case).order_by()
    return current.find(timezone.now(), Q(notice__in=links.values("notice")))


def to_applicants(cases: Sequence[Case]) -> dict[Any, list[PublicNotice]]:
    """The same of several cases, by their id. Two queries, one without any."""
    links = CaseNotice.objects.active().filter(case__in=[case.pk for case in cases])
    pairs = list(links.order_by("confirmed_at", "pk").values_list("case", "notice"))
    if not pairs:
        return {}
    found = current.find(timezone.now(), Q(notice__in={notice for _case, notice in pairs}))
    public = {each.id: each for each in found}
    by_case: dict[Any, list[PublicNotice]] = {}
    for case_id, notice_id in pairs:
        if notice_id in public:
            by_case.setdefault(case_id, []).append(public[notice_id])
    return by_case


def plain(each: PublicNotice) -> dict[str, Any]:
    """A public notice for programs, as far as a case speaks of it."""
    return {
        "id": each.id,
        "kind": each.kind.value,
        "phase": each.phase.value,
        "title": each.title,
        "when": each.when,
        "url": each.page.full_url,
    }


def for_staff(case: Case, *, may_link: bool) -> dict[str, list[dict[str, Any]]]:
    """What programs of staff read: linked ones, and suggestions for whoever may link."""
    return {
        "linked": [
            {
                "id": each.notice.pk,
                "title": each.title,
                "phase": each.notice.phase(each.at).value,
                "public": each.public is not None,
                "confirmed_at": each.link.confirmed_at,
                "lasted_from": each.link.lasted_from,
                "lasted_until": each.link.lasted_until,
            }
            for each in of_case(case)
        ],
        "suggested": [plain(each) for each in suggested(case)] if may_link else [],
    }


def of_case(case: Case) -> list[LinkedNotice]:
    """All of them for staff, the first linked first. Two queries, one without any."""
    now = timezone.now()
    rows = list(case.notice_links.active().select_related("notice"))
    known = {each.id: each for each in _public([row.notice for row in rows], now)}
    return [LinkedNotice(row, known.get(row.notice_id), now) for row in rows]


def suggested(case: Case) -> list[PublicNotice]:
    """The notices that the desk suggests for a case. Two queries, one without any."""
    return _public(suggesting.notices_for(case), timezone.now())


def choices() -> "QuerySet[Notice]":
    """What a case can be linked to at all, the latest first."""
    rows = suggesting.linkable(timezone.now()).order_by("-starts_at", "pk")
    return Notice.objects.filter(pk__in=rows.values("pk")[:MOST_CHOICES]).order_by("-starts_at")


def notices_known_to(user: Any) -> "QuerySet[Notice]":
    """The notices whose requests a member of staff may ask for.

    Public ones; withdrawn ones are for those who work with notices, and for whoever may know of a
    case that is linked to it.
    """
    if not permissions.user_can_list_cases(user):
        return Notice.objects.none()
    rows = Notice.objects.filter(kind__in=KINDS_WITH_IMPACT)
    if user_can_see_notices(user):
        return rows
    links = CaseNotice.objects.visible_to(user).active().order_by()
    public = current.public_facts(timezone.now()).order_by()
    return rows.filter(Q(pk__in=public.values("pk")) | Q(pk__in=links.values("notice")))


def _public(notices: Sequence[Notice], at: datetime) -> list[PublicNotice]:
    return current.showing(notices, at) if notices else []
