"""When the clocks of a case stand still because of outages that it is linked to.

Only where its agreement says so, and only for what happened: from the start of the outage or the
confirmation of the link, whichever was later, until its real end or the end of the link, whichever
was earlier (half open). What was expected or hoped counts for nothing, and planned maintenance,
which is announced beforehand, stops no clock. Everything is counted anew from these facts, so that
it may be repeated, and an end that is corrected afterwards moves what still runs.
"""

from datetime import datetime
from typing import Any

from notices.enums import Kind
from service_requests.models import Case, CaseNotice
from sla import clocks
from sla.enums import Measure, OutageRule
from sla.promises import outages_of

_STANDING: dict[OutageRule, frozenset[Measure]] = {
    OutageRule.RUN: frozenset(),
    OutageRule.ANSWER: frozenset({Measure.RESOLUTION}),
    OutageRule.ALL: frozenset({Measure.RESOLUTION, Measure.FIRST_RESPONSE}),
}


def recount(case: Case, *, at: datetime, actor: Any = None) -> int:
    """Let the clocks of a locked case follow its links, in its transaction; how many moved."""
    links = list(case.notice_links.select_related("notice").filter(notice__kind=Kind.OUTAGE))
    if not links:
        return 0
    changed = [link for link in links if _count(link, at)]
    CaseNotice.objects.bulk_update(changed, ["lasted_from", "lasted_until"])
    if case.agreement_version_id is None:
        return 0
    standing = _STANDING[outages_of(case.agreement_version_id)]
    if not standing:
        return 0
    spans = [(link.lasted_from, link.lasted_until) for link in links if link.lasted_from]
    running = [row for row in clocks.running(case.code) if row.measure in standing]
    return clocks.stand_still(clocks=running, spans=spans, at=at, actor=actor)


def _count(link: CaseNotice, at: datetime) -> bool:
    """Write down when the outage lasted while it was linked; whether that is new."""
    notice = link.notice
    begun = notice.starts_at <= at
    begins = max(notice.starts_at, link.confirmed_at) if begun else None
    ends = [moment for moment in (notice.over_at, link.ended_at) if moment is not None]
    counted = (begins, min(ends, default=None) if begun else None)
    new = counted != (link.lasted_from, link.lasted_until)
    link.lasted_from, link.lasted_until = counted
    return new
