"""Counting a month of one version in the database: a few grouped rows, never the cases (R8).

`counted` gives what a report keeps: the tally of every measured target, split by department and
kind. `inputs_digest` is the fingerprint of the facts that it was counted from.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
    Window,
)
from django.db.models.functions import RowNumber

from sla.attainment import Outcome, Tally, outcome
from sla.measures import ShareCount, ShareMeasure, TimedMeasure, source_of
from sla.models.clocks import Clock
from sla.months import Period
from sla.targets import Target

CHUNK = 2_000
_DECIDED = (Outcome.KEPT.value, Outcome.LATE.value, Outcome.OVERDUE.value)


@dataclass(slots=True)
class Counted:
    """One target in one month; `by` holds the same cases by (department, kind), without times.

    `measured` is False where nobody counts it. `again` tells how many of the decided cases were due
    under the same target in an earlier month too. `detail` is what the floor that counts a share
    keeps of how it came about.
    """

    measured: bool
    tally: Tally = field(default_factory=Tally)
    by: dict[tuple[str, str], Tally] = field(default_factory=dict)
    again: int = 0
    detail: Mapping[str, Any] | None = None


def counted(
    version_id: int, targets: Iterable[Target], month: int, as_of: datetime
) -> dict[str, Counted]:
    """Every target of a version in a month as it stood at `as_of`; two queries for all times."""
    targets = list(targets)
    timed: dict[str, Counted] = defaultdict(lambda: Counted(measured=True))
    if any(isinstance(source_of(target.measure), TimedMeasure) for target in targets):
        _count_timed(judged(version_id, month, as_of), as_of, timed)
    return {target.key: _one(target, timed, month) for target in targets}


def inputs_digest(version_id: int, targets: Iterable[Target], month: int, as_of: datetime) -> str:
    """The SHA-256 of the facts of a month as they stood at `as_of`.

    One canonical line a clock and one a counted share; the lines' own digests are sorted, so that
    order never matters. What waits for its applicant is due later, in a month that nobody knows
    yet, so it is no fact of this one. No tracking code is among the facts: the fingerprint tells
    nothing of one.
    """
    targets = list(targets)
    lines = [_digest(["format", 1, month])]
    rows = _clocks(version_id, month).values_list(
        *("target_key", "department__key", "service__key", "kind"),
        *("started_at", "due_at", "stopped_at", "paused_at", "spent_minutes"),
    )
    for row in rows.iterator(chunk_size=CHUNK):
        facts = _facts(row, as_of)
        if facts is not None:
            lines.append(_digest(facts))
    for target, share in _shares(targets, month):
        line = ["share", target.key, share.numerator, share.denominator, share.by]
        lines.append(_digest([*line, share.facts] if share.facts else line))
    return hashlib.sha256(b"".join(sorted(lines))).hexdigest()


def _clocks(version_id: int, month: int) -> "QuerySet[Clock]":
    return Clock.objects.filter(version_id=version_id, month=month).order_by()


def _one(target: Target, timed: dict[str, Counted], month: int) -> Counted:
    source = source_of(target.measure)
    if isinstance(source, TimedMeasure):
        return timed[target.key]
    if isinstance(source, ShareMeasure):
        share = source.count(Period(month), target) or ShareCount(0, 0)
        by = {
            (department, kind): Tally(kept=part, late=whole - part)
            for department, kind, part, whole in share.by
        }
        tally = Tally(kept=share.numerator, late=share.denominator - share.numerator)
        return Counted(measured=True, tally=tally, by=by, detail=share.detail)
    return Counted(measured=False)


def judged(version_id: int, month: int, as_of: datetime) -> "QuerySet[Any]":
    """Of each case and target in a month the one clock that counts, with what `became` of it.

    A case that was opened again may be due more than once in a month. It is one case, and kept
    only if each of its rounds was: a missed one comes before a kept one, that before one that is
    not decided, and the last round before earlier ones.
    """
    clocks = _clocks(version_id, month).annotate(became=_became(as_of))
    rank = Case(
        When(became__in=[Outcome.LATE.value, Outcome.OVERDUE.value], then=Value(0)),
        When(became=Outcome.KEPT.value, then=Value(1)),
        default=Value(2),
    )
    place = Window(
        RowNumber(),
        partition_by=[F("subject"), F("target_key")],
        order_by=[rank.asc(), F("round").desc()],
    )
    first = clocks.annotate(place=place).filter(place=1)
    return clocks.filter(pk__in=first.values("pk"))


def _became(as_of: datetime) -> Case:
    """`attainment.outcome` as SQL."""
    waits = Q(paused_at__lte=as_of) & Q(paused_at__lte=F("due_at"))
    stopped = Q(stopped_at__lte=as_of)
    return Case(
        When(stopped & (waits | Q(stopped_at__lte=F("due_at"))), then=Value(Outcome.KEPT.value)),
        When(stopped, then=Value(Outcome.LATE.value)),
        When(waits, then=Value(Outcome.WAITING.value)),
        When(due_at__lte=as_of, then=Value(Outcome.OVERDUE.value)),
        default=Value(Outcome.NOT_DUE.value),
        output_field=CharField(),
    )


def _count_timed(clocks: "QuerySet[Any]", as_of: datetime, found: dict[str, Counted]) -> None:
    """Fill in what became of the cases, and the times of those that ended."""
    # All clocks of a case are of one version; by subject and measure they are found by index.
    same = {name: OuterRef(name) for name in ("subject", "measure", "target_key")}
    before = Exists(Clock.objects.filter(**same, month__lt=OuterRef("month")))
    rows = clocks.values_list("target_key", "department__key", "kind", "became").annotate(
        cases=Count("pk"), again=Count("pk", filter=before)
    )
    cells: dict[tuple[str, str, str], dict[str, int]] = defaultdict(dict)
    for key, department, kind, became, count, again in rows:
        cells[key, department, kind][became] = count
        if became in _DECIDED:
            found[key].again += again
    for (key, department, kind), outcomes in cells.items():
        cell = Tally(**outcomes)  # type: ignore[arg-type]
        found[key].by[department, kind] = cell
        found[key].tally += cell
    times: dict[str, dict[int, int]] = defaultdict(dict)
    spent = clocks.filter(stopped_at__lte=as_of, spent_minutes__isnull=False)
    for key, minutes, count in spent.values_list("target_key", "spent_minutes").annotate(
        cases=Count("pk")
    ):
        times[key][minutes] = count
    for key, minutes_of in times.items():
        found[key].tally += Tally(times=minutes_of)


def _shares(targets: Iterable[Target], month: int) -> Iterator[tuple[Target, ShareCount]]:
    for target in targets:
        source = source_of(target.measure)
        if isinstance(source, ShareMeasure):
            share = source.count(Period(month), target)
            if share is not None:
                yield target, share


def _facts(row: tuple[Any, ...], as_of: datetime) -> list[Any] | None:
    """What counts of one clock: nothing that happened after `as_of`; None while it waits."""
    *names, started_at, due_at, stopped_at, paused_at, spent = row
    became = outcome(due_at=due_at, stopped_at=stopped_at, paused_at=paused_at, as_of=as_of)
    if became == Outcome.WAITING:
        return None
    ended = became in (Outcome.KEPT, Outcome.LATE)
    return [
        "clock",
        *(name or "" for name in names),
        started_at.isoformat(),
        due_at.isoformat(),
        became.value,
        stopped_at.isoformat() if ended else None,
        spent if ended else None,
    ]


def _digest(line: list[Any]) -> bytes:
    text = json.dumps(line, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).digest()
