"""Which open cases a notice may be about: computed when asked, stored nowhere.

An open case is suggested for a public outage or maintenance that touched its service (or the whole
desk) when it was registered, or shortly before or after: `DESK_LINK_BEFORE_HOURS` (2) before the
start of the notice, for the desk learns of an outage later than people do, and
`DESK_LINK_AFTER_HOURS` (24) after its end. A service counts as touched if any word of the notice
said so, also where a later one has given the all-clear. What is linked is not suggested again.
"""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import DateTimeField, Exists, ExpressionWrapper, OuterRef, Q, Value
from django.utils import timezone

from notices.current import public_facts
from notices.enums import KINDS_WITH_IMPACT, Impact
from notices.models import ImpactChange, Notice
from notices.querysets import NoticeQuerySet
from service_requests.enums import OPEN_STATES
from service_requests.models import Case, CaseNotice
from service_requests.querysets import CaseQuerySet

#: So many are offered beside a case.
MOST_OFFERED = 5


def linkable(at: datetime) -> NoticeQuerySet:
    """Notices that a case may be linked to: public ones that touch services, not called off."""
    found: NoticeQuerySet = public_facts(at).filter(
        kind__in=KINDS_WITH_IMPACT, cancelled_at=None, starts_at__lte=at
    )
    return found


def notices_for(case: Case) -> list[Notice]:
    """The notices that an open case may be about and is not linked to, the latest first.

    One query; none for a case that is not open.
    """
    if case.state not in OPEN_STATES:
        return []
    known = CaseNotice.objects.active().filter(notice=OuterRef("pk"), case=case)
    rows = linkable(timezone.now()).filter(~Exists(known), _touched(case.service_id))
    return list(
        rows.filter(_around(case.registered_at)).order_by("-starts_at", "pk")[:MOST_OFFERED]
    )


def cases_for(notice: Notice, cases: CaseQuerySet) -> CaseQuerySet:
    """Of these cases the open ones that a notice may be about and that are not linked to it."""
    before, after = _margins()
    touched = ImpactChange.objects.filter(update__notice=notice).exclude(impact=Impact.NONE)
    rows = cases.open().filter(registered_at__gte=notice.starts_at - before)
    if notice.over_at is not None:
        rows = rows.filter(registered_at__lte=notice.over_at + after)
    if not touched.filter(service=None).exists():
        rows = rows.filter(service__in=touched.order_by().values("service"))
    known = CaseNotice.objects.active().filter(notice=notice).order_by()
    found: CaseQuerySet = rows.exclude(pk__in=known.values("case"))
    return found


def narrowed(cases: CaseQuerySet) -> CaseQuerySet:
    """Of these cases the open ones that are linked to no notice and may be about one."""
    rows = linkable(timezone.now()).filter(
        _touched(OuterRef(OuterRef("service"))), _around(OuterRef("registered_at"))
    )
    linked = CaseNotice.objects.active().filter(case=OuterRef("pk"))
    found: CaseQuerySet = cases.open().filter(~Exists(linked), Exists(rows))
    return found


def _touched(service: Any) -> Q:
    """Condition on notices: some word of theirs named the service, or the whole desk."""
    said = ImpactChange.objects.filter(update__notice=OuterRef("pk")).exclude(impact=Impact.NONE)
    whole = Exists(said.filter(service=None))
    return Q(whole) if service is None else Q(whole) | Q(Exists(said.filter(service=service)))


def _around(registered: Any) -> Q:
    """Condition on notices: they lasted at this moment, or a little before or after."""
    before, after = _margins()
    return Q(starts_at__lte=_moved(registered, before)) & (
        Q(over_at=None) | Q(over_at__gte=_moved(registered, -after))
    )


def _moved(moment: Any, by: timedelta) -> Any:
    if isinstance(moment, datetime):
        return moment + by
    return ExpressionWrapper(moment + Value(by), output_field=DateTimeField())


def _margins() -> tuple[timedelta, timedelta]:
    hours = (("DESK_LINK_BEFORE_HOURS", 2), ("DESK_LINK_AFTER_HOURS", 24))
    before, after = (timedelta(hours=getattr(settings, *each)) for each in hours)
    return before, after
