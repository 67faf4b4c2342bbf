"""A signed agreement with targets, and years of clocks made from a seeded generator."""

import random
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from unittest.mock import patch

from sla.clocks import month_due
from sla.enums import Measure, Unit
from sla.models import AgreementVersion, Clock
from sla.targets import Target
from sla.versions import offer
from tests.cms_pages.factories import DepartmentFactory
from tests.sla.factories import make_page, sign

FIRST = Target("first", Measure.FIRST_RESPONSE, Decimal("90"), 8, Unit.WORKING_HOURS)
ANSWER = Target("answer", Measure.RESOLUTION, Decimal("97.5"), 10, Unit.DAYS)
VISIT = Target("visit", Measure.VISIT, Decimal("80"), 5, Unit.WORKING_DAYS)
SATISFIED = Target("satisfied", Measure.SATISFACTION, Decimal("75"))
WORDS = Target("words", Measure.WORDS, text="با شما مؤدبانه رفتار می‌کنیم.")
TARGETS = (FIRST, ANSWER, VISIT, SATISFIED, WORDS)
KINDS = ("request", "complaint", "suggestion")


def make_measured(targets=TARGETS, *, since: date = date(2026, 3, 21), **values: Any):
    """A page whose signed text holds these targets, signed and sealed on that day."""
    page = make_page(live=True, **values)
    offer(version=page.version, document=replace(page.own_document(), targets=tuple(targets)))
    version = AgreementVersion.objects.get(pk=page.version_id)
    with patch("django.utils.timezone.now", return_value=datetime.combine(since, time(12), UTC)):
        sign(version, signed_on=since)
    return type(page).objects.get(pk=page.pk)


def make_clock(version, target, due_at, **values: Any) -> Clock:
    """One clock as `sla.clocks` would leave it; `spent` minutes say when it ended in its time."""
    started = values.pop("started_at", due_at - timedelta(days=3))
    values.setdefault("department", DepartmentFactory(key="roads"))
    values.setdefault("kind", "request")
    values.setdefault("subject", f"{random.SystemRandom().randrange(10**12):012d}")
    return Clock(
        measure=target.measure,
        version=version,
        target_key=target.key,
        amount=target.amount,
        unit=values.pop("unit", target.unit),
        started_at=started,
        due_at=due_at,
        month=month_due(due_at),
        **values,
    )


@dataclass(frozen=True)
class Fact:
    """What happened to one case under one target: the raw facts, as a person would note them."""

    target: str
    department: str
    kind: str
    due: datetime
    ended: datetime | None
    waits_since: datetime | None
    minutes: int | None


def generate(count: int, *, first: datetime, last: datetime, seed: int) -> list[Fact]:
    """Cases at odd hours: kept, late, never answered, waiting for their applicants."""
    chance = random.Random(seed)
    seconds = int((last - first).total_seconds())
    found = []
    for _number in range(count):
        due = first + timedelta(
            seconds=chance.randrange(seconds), microseconds=chance.choice([0, 7])
        )
        fate = chance.random()
        ended = waits = minutes = None
        if fate < 0.80:
            ended = due - timedelta(seconds=chance.randrange(1, 3 * 86_400))
        elif fate < 0.82:
            ended = due  # in the very moment
        elif fate < 0.92:
            ended = due + timedelta(seconds=chance.randrange(1, 60 * 86_400))
        elif fate < 0.95:
            waits = due - timedelta(seconds=chance.randrange(1, 86_400))
            if chance.random() < 0.4:
                ended = waits + timedelta(seconds=chance.randrange(86_400 * 30))
        elif fate < 0.97:
            waits = due + timedelta(seconds=chance.randrange(1, 86_400))
        if ended is not None:
            minutes = chance.choice([chance.randrange(6_000), chance.randrange(40), 480])
        found.append(
            Fact(
                target=chance.choice([FIRST.key, FIRST.key, ANSWER.key]),
                department=chance.choice(["roads", "roads", "housing", "legal"]),
                kind=chance.choice(KINDS),
                due=due,
                ended=ended,
                waits_since=waits,
                minutes=minutes,
            )
        )
    return found


def store(version, facts: list[Fact]) -> None:
    """The facts as clocks."""
    targets = {target.key: target for target in TARGETS}
    offices = {key: DepartmentFactory(key=key) for key in ("roads", "housing", "legal")}
    clocks = [
        make_clock(
            version,
            targets[fact.target],
            fact.due,
            subject=f"{number:012d}",
            department=offices[fact.department],
            kind=fact.kind,
            started_at=min(fact.due, fact.ended or fact.due) - timedelta(days=4),
            stopped_at=fact.ended,
            paused_at=fact.waits_since,
            waiting_since=fact.waits_since,
            spent_minutes=fact.minutes,
        )
        for number, fact in enumerate(facts)
    ]
    Clock.objects.bulk_create(clocks, batch_size=2_000)
