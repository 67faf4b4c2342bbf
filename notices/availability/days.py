"""The past days of a service one by one, from the same facts and sums as its months. Pure.

A day is a part of its Jalali month: what is excused and what counts was settled for the month,
with its cap, and is only cut at midnight in Tehran. So the days of a month add up to it exactly, in
thousandths of a minute; whole minutes are rounded day by day and against the service, and so come
to as much as the month says or more.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from notices.availability import counting
from notices.availability.announced import Effect, effects, span_of
from notices.availability.engine import Amounts, Span, Stretch, cut, intersect, lengths_in, merge
from notices.availability.facts import Book, Watched
from notices.availability.periods import CalendarMonth, month_at
from notices.enums import Impact, Kind
from persian.jalali import TEHRAN

#: So many days are shown, today last.
DAYS = 90
_IMPACTS = list(Impact)


class DayState(models.TextChoices):
    """What a day was for a service, in one word."""

    UNKNOWN = "unknown", _("Nothing is known")
    CLOSED = "closed", _("No agreed service time")
    IN_ORDER = "in_order", _("In order")
    PLANNED = "planned", _("Planned maintenance only")
    IMPAIRED = "impaired", _("With a fault")


@dataclass(frozen=True, slots=True)
class Day:
    """One day of one service, today as far as it has come.

    `effects` are those that were felt in its known agreed time, `stretches` what of it weighed.
    """

    day: date
    amounts: Amounts
    stretches: tuple[Stretch, ...] = ()
    effects: tuple[Effect, ...] = ()

    @property
    def faults(self) -> list[Effect]:
        """What was felt beside planned windows: outages, and maintenance that counted."""
        counted = {source for each in self.stretches if each.counted for source in each.sources}
        return [each for each in self.effects if each.kind == Kind.OUTAGE or each.source in counted]

    @property
    def state(self) -> DayState:
        """Its one word; a day on which anything failed is never in order or planned."""
        if not self.amounts.agreed:
            return DayState.CLOSED
        if not self.amounts.known:
            return DayState.UNKNOWN
        if self.faults:
            return DayState.IMPAIRED
        return DayState.PLANNED if self.effects else DayState.IN_ORDER

    @property
    def worst(self) -> Impact:
        """The worst that was felt; on a day that failed, of what made it fail."""
        felt = [each.impact for each in self.faults or self.effects]
        return max(felt, key=_IMPACTS.index, default=Impact.NONE)

    @property
    def lost(self) -> int:
        """The minutes of downtime that count, rounded against the service."""
        return self.amounts.lost

    @property
    def sources(self) -> list[str]:
        """The notices behind it, the first to begin first, each once."""
        return list(dict.fromkeys(each.source for each in self.effects))


def first_moment(at: datetime, days: int = DAYS) -> datetime:
    """From when on the facts are needed: the beginning of the month of the first day."""
    return months_of(at, days)[0].starts


def months_of(at: datetime, days: int = DAYS) -> list[CalendarMonth]:
    """The Jalali months in which the last days lie, oldest first."""
    first = at.astimezone(TEHRAN).date() - timedelta(days=days - 1)
    months = [month_at(at)]
    while months[0].first > first:
        months.insert(0, months[0].step(-1))
    return months


def last_days(watched: Watched, book: Book, days: int = DAYS) -> tuple[Day, ...]:
    """The last days up to `book.at`, oldest first, today last."""
    found: list[Day] = []
    for month in months_of(book.at, days):
        found += days_in(watched, month, book)
    return tuple(found[-days:])


def days_in(watched: Watched, month: CalendarMonth, book: Book) -> list[Day]:
    """The days of a month as far as it has come; nothing of one that lies ahead."""
    until = min(month.ends, book.at)
    days = _until(month, until)
    cuts = [_span(day) for day in days]
    promised, seen = counting.times(watched, month, book)
    agreed, known = lengths_in(promised, cuts), lengths_in(seen, cuts)
    stretches = counting.figures_of(watched, month, book).reckoning.stretches
    felt = sorted(
        (each for told in watched.told for each in effects(told, until)),
        key=lambda each: (each.begins, each.source),
    )
    found = []
    for number, day in enumerate(days):
        parts = _parts(stretches, cuts[number])
        amounts = Amounts(
            agreed=agreed[number],
            known=known[number],
            excused=sum(each.excused for each in parts),
            counted=sum(each.counted for each in parts),
        )
        found.append(Day(day, amounts, parts, _within(felt, cuts[number], seen)))
    return found


def _until(month: CalendarMonth, until: datetime) -> list[date]:
    """The days of a month that have begun."""
    first, last = month.first, min(month.last, until.astimezone(TEHRAN).date())
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _span(day: date) -> Span:
    """From midnight to midnight in Tehran."""
    begins, ends = (datetime.combine(each, time(), TEHRAN) for each in (day, day + timedelta(1)))
    return span_of(begins, ends)


def _parts(stretches: Iterable[Stretch], span: Span) -> tuple[Stretch, ...]:
    found = (cut(each, span) for each in stretches)
    return tuple(each for each in found if each is not None)


def _within(felt: Iterable[Effect], span: Span, seen: Sequence[Span]) -> tuple[Effect, ...]:
    """The effects that were felt in a day's known agreed time."""
    return tuple(
        each
        for each in felt
        if each.begins < span[1] and each.ends > span[0]
        if intersect(seen, merge([(max(each.begins, span[0]), min(each.ends, span[1]))]))
    )
