"""By when something was promised to one case, and how that stands: for staff, citizens, the API."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from persian.jalali import format_date, format_datetime
from sla.enums import DAY_UNITS, Measure, Unit
from sla.models.clocks import Clock

RUNNING, WAITING, OVERDUE = "running", "waiting", "overdue"
STANDING = "standing"
KEPT, MISSED, UNKNOWN = "kept", "missed", "unknown"

WORDS: dict[str, str | Lazy] = {
    RUNNING: _("running"),
    WAITING: _("stopped while we wait for the applicant"),
    STANDING: _("stands still while an outage lasts"),
    OVERDUE: _("overdue"),
    KEPT: _("in time"),
    MISSED: _("late"),
    UNKNOWN: _("no working hours to count in"),
}
TONES = {
    RUNNING: "info",
    WAITING: "waiting",
    STANDING: "waiting",
    OVERDUE: "major",
    KEPT: "ok",
    MISSED: "major",
    UNKNOWN: "closed",
}


@dataclass(frozen=True, slots=True)
class Due:
    """One promised time of a case: what, by when (UTC), how it stands now.

    `why` says how the time came about, where it was asked for (`sla.explaining`).
    """

    clock: Clock
    state: str
    why: str = ""

    @property
    def measure(self) -> str:
        """What is promised, as its value."""
        return self.clock.measure

    @property
    def label(self) -> str:
        """What is promised, in words."""
        return str(Measure(self.clock.measure).label)

    @property
    def at(self) -> datetime | None:
        """When it is due; None where the calendar has no working time."""
        return self.clock.due_at

    @property
    def text(self) -> str:
        """By when, in the reader's language: the day, and the time where hours were promised."""
        if self.clock.due_at is None:
            return ""
        if Unit(self.clock.unit) in DAY_UNITS:
            # The end of a day is the midnight at which the next one begins.
            return format_date(self.clock.due_at - timedelta(minutes=1), "long")
        return format_datetime(self.clock.due_at, "long")

    @property
    def words(self) -> str:
        """How it stands, in words."""
        return str(WORDS[self.state])

    @property
    def tone(self) -> str:
        """The tone of its pill."""
        return TONES[self.state]

    @property
    def open(self) -> bool:
        """Whether it is still to be kept."""
        return self.clock.stopped_at is None


def state_of(clock: Clock, at: datetime) -> str:
    """How a clock stands at a moment. Pure."""
    if clock.due_at is None:
        return UNKNOWN
    if clock.stopped_at is not None:
        return KEPT if clock.stopped_at <= clock.due_at else MISSED
    if clock.due_at < (clock.paused_at or at):
        return OVERDUE
    if clock.paused_at is None:
        return RUNNING
    return WAITING if clock.waiting_since is not None else STANDING


def dues_of(subject: str, *, at: datetime | None = None) -> list[Due]:
    """The last round of each promise to a case, the nearest first; one query.

    What was withdrawn before it was due is left out: it was neither kept nor missed.
    """
    return dues_of_many([subject], at=at)[subject]


def dues_of_many(subjects: Collection[str], *, at: datetime | None = None) -> dict[str, list[Due]]:
    """The same for several cases, still in one query."""
    now = at or timezone.now()
    last: dict[str, dict[str, Clock]] = {subject: {} for subject in subjects}
    if not last:
        return {}
    for row in Clock.objects.filter(subject__in=last).order_by("round"):
        last[row.subject][row.measure] = row
    return {subject: _shown(rows.values(), now) for subject, rows in last.items()}


def _shown(rows: Iterable[Clock], now: datetime) -> list[Due]:
    shown = [
        Due(row, state_of(row, now))
        for row in rows
        if not (row.stopped_at is not None and row.due_at is not None and row.month is None)
    ]
    return sorted(shown, key=lambda due: (due.at is None, due.at or now))
