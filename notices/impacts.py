"""What each service suffered when, from what the updates said: the ground of honest availability.

Nothing is counted here; whoever counts gets half-open intervals and the notice that explains them.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from notices import state
from notices.enums import KINDS_WITH_IMPACT, Impact
from notices.models import ImpactChange, Notice


class Span(NamedTuple):
    """[since, until): one service under one impact, by one notice. `until` None: still going on."""

    since: datetime
    until: datetime | None
    impact: Impact
    notice_id: UUID


#: Of a notice and a service (None: the whole desk): when which impact was said, oldest first.
Said = Mapping[tuple[UUID, int | None], list[tuple[datetime, Impact]]]


def said(notice_ids: Iterable[UUID]) -> Said:
    """What updates said of impact, each with its time; one query, however many notices."""
    found: dict[tuple[UUID, int | None], list[tuple[datetime, Impact]]] = {}
    rows = ImpactChange.objects.filter(update__notice__in=list(notice_ids))
    for notice, service, at, impact in rows.order_by("update__at", "update_id").values_list(
        "update__notice", "service", "update__at", "impact"
    ):
        found.setdefault((notice, service), []).append((at, Impact(impact)))
    return found


def impact_over_time(notice_ids: Iterable[UUID]) -> dict[int | None, list[Span]]:
    """For each service what it suffered when, earliest first; None stands for the whole desk.

    Faults and maintenance, withdrawn pages too: what happened goes on counting. Intervals without
    any effect (`Impact.NONE`) are among them. What was called off before it began gives nothing.
    Two queries, however many notices.
    """
    keys = list(notice_ids)
    notices = {
        one.pk: one for one in Notice.objects.filter(pk__in=keys, kind__in=KINDS_WITH_IMPACT)
    }
    words = said(notices)
    first = {key: one.first_published_at for key, one in notices.items()}
    found: dict[int | None, list[Span]] = {}
    for (key, whom), changes in words.items():
        fact = notices[key]
        made = spans(fact.starts_at, state.over_at(fact.facts), changes, first[key])
        found.setdefault(whom, []).extend(Span(*each, key) for each in made)
    for each in found.values():
        each.sort(key=lambda span: (span.since, str(span.notice_id)))
    return found


def spans(
    starts_at: datetime,
    over_at: datetime | None,
    changes: Iterable[tuple[datetime, Impact]],
    first_at: datetime,
) -> list[tuple[datetime, datetime | None, Impact]]:
    """The intervals of one service in one notice; pure.

    `changes` are (time of the update, impact), oldest first. What was said with the first
    publication (`first_at`) holds from the start, also one that lies before it; later words hold
    from when they were said, but never before the start and never after the end.
    """
    points: list[tuple[datetime, Impact]] = []
    for at, impact in changes:
        since = starts_at if at <= first_at else max(at, starts_at)
        if points and points[-1][0] == since:
            points.pop()
        if not points or points[-1][1] != impact:
            points.append((since, impact))
    made = []
    for index, (since, impact) in enumerate(points):
        until = points[index + 1][0] if index + 1 < len(points) else over_at
        if over_at is not None and (until is None or until > over_at):
            until = over_at
        if until is None or since < until:
            made.append((since, until, impact))
    return made
