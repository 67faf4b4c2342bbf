"""The ladder of a department: which reminders of a due time there are, and when each comes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from service_requests.enums import ReminderUnit, ReminderWhen, ReminderWhom
from service_requests.models import ReminderStep
from sla import clocks, moments
from sla.calendar import WorkingCalendar
from sla.models import Clock

#: The steps that were told of one clock, by key, and when; None: it reached nobody.
Told = Mapping[str, datetime | None]
BEFORE, AFTER = ReminderWhen
PERCENT = ReminderUnit.PERCENT


@dataclass(frozen=True)
class Step:
    """One step: so long before or after it is due, this one is told."""

    when: str
    amount: int
    unit: str
    whom: str
    measure: str = ""

    @property
    def key(self) -> str:
        """By which it is known that it was told: what it says, whichever ladder it stands in."""
        return f"{self.when}:{self.amount}:{self.unit}:{self.whom}"

    def told_last(self, told: Told) -> datetime | None:
        """When a step on the same side of the due time last reached those whom this one is for."""
        on_this_side, whom = f"{self.when}:", f":{self.whom}"
        times = [
            at
            for key, at in told.items()
            if at is not None and key.startswith(on_this_side) and key.endswith(whom)
        ]
        return max(times, default=None)

    def moment(self, calendar: WorkingCalendar, row: Clock) -> datetime | None:
        """When it comes for one clock by this calendar; None where there is no working time."""
        percent = self.unit == PERCENT
        if self.when == BEFORE:
            find = moments.percent_before if percent else moments.hours_before
        else:
            find = moments.percent_after if percent else moments.hours_after
        return find(calendar, row, clocks.pauses_of(row), self.amount)


#: Where nothing is set: who has it when it is at risk, the head when it is due, then further.
USUAL = (
    Step(BEFORE, moments.RISK_PERCENT, PERCENT, ReminderWhom.ASSIGNEE),
    Step(AFTER, 0, PERCENT, ReminderWhom.HEAD),
    Step(AFTER, 100, PERCENT, ReminderWhom.ADMINISTRATOR),
)


class Ladders:
    """The ladders of all departments: one query, made once for a batch of clocks."""

    def __init__(self) -> None:
        self._of: dict[int | None, list[Step]] = {}
        for row in ReminderStep.objects.order_by("pk"):
            step = Step(row.when, row.amount, row.unit, row.whom, row.measure)
            self._of.setdefault(row.department_id, []).append(step)

    def steps(self, row: Clock) -> Iterable[Step]:
        """Those of the department that has the case, else the body's, else the usual ones.

        Each once, though it be there for this promise and for each.
        """
        steps = self._of.get(row.department_id) or self._of.get(None) or USUAL
        return {step.key: step for step in steps if step.measure in ("", row.measure)}.values()


@dataclass(frozen=True)
class Look:
    """What one look at a clock found: steps to tell now, and when to look again (None: never)."""

    due: tuple[Step, ...]
    again: datetime | None


def look(
    steps: Iterable[Step], row: Clock, calendar: WorkingCalendar, told: Told, at: datetime
) -> Look:
    """Which steps have come and were not told yet.

    One before the due time that was slept through is left out once that time is over: what comes
    after it says more. So is a step of a ladder that was changed meanwhile, where those whom it is
    for were told since its moment, by whatever step.
    """
    due, later = [], []
    for step in steps:
        moment = step.moment(calendar, row)
        if step.key in told or moment is None or row.due_at is None:
            continue
        last = step.told_last(told)
        if moment > at:
            later.append(moment)
        elif last is not None and last >= moment:
            continue
        elif step.when == AFTER or at < row.due_at:
            due.append(step)
    return Look(tuple(due), min(later, default=None))
