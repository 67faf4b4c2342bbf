"""What the bars of the status page show: each service's last ninety days, and what was behind them.

The days are counted from the facts as they are known now, also those of months that are frozen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.http import HttpRequest

from cms_pages.models import Service
from notices.availability.days import Day, DayState, first_moment, last_days
from notices.availability.engine import Amounts, together
from notices.availability.facts import Book, Watched, read
from notices.availability.periods import month_at
from notices.availability.promised import Promised, percent, promised_of, promising, verdict
from notices.current import PublicNotice
from sla.attainment import Verdict
from sla.reports import Measured
from sla.working_time import rows_for


@dataclass(frozen=True, slots=True)
class DayEntry:
    """One day on which something was told, with the public notices behind it.

    `withdrawn` tells that a notice behind it is not published (any more).
    """

    day: Day
    notices: tuple[PublicNotice, ...]
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class Bars:
    """One service over the last days, oldest first; `promised` is what is promised of it now."""

    watched: Watched
    days: tuple[Day, ...]
    promised: Promised | None
    public: Mapping[str, PublicNotice]

    @property
    def service(self) -> Service:
        """The service."""
        return self.watched.service

    @property
    def amounts(self) -> Amounts:
        """All days together."""
        return together(each.amounts for each in self.days)

    @property
    def percent(self) -> Decimal | None:
        """Their availability, cut off; None where nothing is known."""
        return percent(self.amounts.share)

    @property
    def verdict(self) -> Verdict:
        """These days against what is promised now of a month."""
        return verdict(self.amounts, self.promised)

    @property
    def worst(self) -> Day | None:
        """The day with the most downtime, of equals the last; None where none counted."""
        lost = [each for each in self.days if each.amounts.counted]
        return max(lost, key=lambda each: (each.amounts.counted, each.day), default=None)

    def number(self, state: DayState) -> int:
        """How many days were so."""
        return sum(each.state == state for each in self.days)

    @property
    def entries(self) -> list[DayEntry]:
        """The days on which something was told, newest first, each with its notices."""
        return [self.entry(day) for day in reversed(self.days) if day.effects]

    def entry(self, day: Day) -> DayEntry:
        """One of the days with its notices."""
        known = [self.public[key] for key in day.sources if key in self.public]
        return DayEntry(day, tuple(known), len(known) < len(day.sources))


def bars_of(watched: Watched, book: Book, versions: Sequence[Measured]) -> Bars:
    """The bars of one service, of facts at hand."""
    promised = promised_of(versions, watched, month_at(book.at))
    return Bars(watched, last_days(watched, book), promised, book.public)


def every(request: HttpRequest, at: datetime) -> list[Bars]:
    """Those of all services that are offered, in the order of the catalogue.

    Two queries of its own, however many services and notices there are, beside what the frame of
    the page has read and the agreements, which its foot shows too.
    """
    book = read(first_moment(at), month_at(at).ends, at=at, hours=rows_for(request))
    versions = promising(request)
    return [bars_of(each, book, versions) for each in book.watched.values()]
