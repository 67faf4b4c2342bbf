"""What is shown of availability: each service with this month and the twelve before it.

Closed Jalali months come from the frozen reports of `sla` where an agreement promised an
availability; other months are counted from the facts when asked for. A constant number of queries,
however many services and notices there are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from cms_pages.models import Service
from desk_core import instants
from notices import current
from notices.availability import counting
from notices.availability.announced import Rules
from notices.availability.bars import Bars, bars_of
from notices.availability.counting import MonthFigures, Total
from notices.availability.engine import Stretch
from notices.availability.facts import Book, Watched, read
from notices.availability.periods import JALALI, CalendarMonth, month_at, twelve_before
from notices.availability.promised import (
    Promised,
    budget,
    percent,
    promised_of,
    promising,
    verdict,
)
from notices.current import PublicNotice
from notices.enums import Kind
from notices.overview import touches
from sla.attainment import ErrorBudget, Verdict
from sla.models import MonthReport
from sla.reports import Measured, latest
from sla.targets import Target
from sla.working_time import rows_for


@dataclass(frozen=True, slots=True)
class MonthLine:
    """One month of one service. `report` is set where it is frozen; `running` while it goes on."""

    month: CalendarMonth
    figures: MonthFigures
    promised: Promised | None = None
    report: MonthReport | None = None
    running: bool = False

    @property
    def total(self) -> Total:
        """Its whole minutes."""
        return counting.total([self.figures])

    @property
    def percent(self) -> Decimal | None:
        """The availability, cut off."""
        return percent(self.figures.reckoning.share)

    @property
    def coverage(self) -> Decimal | None:
        """The known part of the agreed time, cut off."""
        return percent(self.figures.reckoning.coverage)

    @property
    def verdict(self) -> Verdict:
        """Target met or missed, compared exactly; NONE without target or without known time."""
        return verdict(self.total, self.promised)

    @property
    def budget(self) -> ErrorBudget | None:
        """The error budget of the month in minutes."""
        return budget(self.total, self.promised)


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """One service with its months, oldest first, and all closed ones together."""

    watched: Watched
    this_month: MonthLine
    months: tuple[MonthLine, ...]

    @property
    def service(self) -> Service:
        """The service."""
        return self.watched.service

    @property
    def promised(self) -> Promised | None:
        """What is promised now."""
        return self.this_month.promised

    @property
    def year(self) -> Total:
        """The twelve months before this one, as far as anything is known of them."""
        return counting.total(line.figures for line in self.months)

    @property
    def year_percent(self) -> Decimal | None:
        """Their availability, cut off."""
        return percent(self.year.share)

    @property
    def year_promised(self) -> Promised | None:
        """What is promised now, where any of these months had a promise to be judged by."""
        return self.promised if any(line.promised for line in self.shown_months) else None

    @property
    def year_verdict(self) -> Verdict:
        """These months against what is promised now."""
        return verdict(self.year, self.year_promised)

    @property
    def year_budget(self) -> ErrorBudget | None:
        """Their error budget under what is promised now."""
        return budget(self.year, self.year_promised)

    @property
    def all_months(self) -> list[MonthLine]:
        """This month, then the closed ones."""
        return [self.this_month, *self.shown_months]

    @property
    def shown_months(self) -> list[MonthLine]:
        """The closed months from the first one of which anything is known, newest first."""
        known = [line for line in self.months if line.figures.reckoning.known]
        first = known[0].month.number if known else 0
        return [line for line in reversed(self.months) if known and line.month.number >= first]


@dataclass(frozen=True, slots=True)
class Entry:
    """One stretch as it is shown, with the public notices behind it.

    `withdrawn` tells that a notice behind it is not published (any more): its minutes count all
    the same, its words are shown nowhere.
    """

    stretch: Stretch
    notices: tuple[PublicNotice, ...]
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """Availability of some services as it stands; `planned` are the windows ahead."""

    calendar: str
    book: Book
    versions: tuple[Measured, ...]
    lines: tuple[ServiceLine, ...]
    planned: tuple[PublicNotice, ...]

    @property
    def at(self) -> datetime:
        """The moment."""
        return self.book.at

    @property
    def rules(self) -> Rules:
        """The numbers that were chosen."""
        return self.book.rules

    def bars(self, line: ServiceLine) -> Bars:
        """The last ninety days of a service."""
        return bars_of(line.watched, self.book, self.versions)

    def entries(self, line: MonthLine) -> list[Entry]:
        """The impaired stretches of a month, in order, each with its notices."""
        found = []
        for stretch in line.figures.reckoning.stretches:
            public = self.book.public
            known = [public[key] for key in stretch.sources if key in public]
            found.append(Entry(stretch, tuple(known), len(known) < len(stretch.sources)))
        return found


def picture(
    request: HttpRequest,
    *,
    services: "QuerySet[Service] | None" = None,
    calendar: str = JALALI,
    at: datetime | None = None,
) -> Picture:
    """Put together what is shown of some services (None: all that are offered).

    Three queries of its own, beside what every page reads for its frame.
    """
    now = at or instants.now()
    running = month_at(now, calendar)
    window = twelve_before(running)
    book = read(window[0].starts, running.ends, at=now, services=services, hours=rows_for(request))
    versions = promising(request)
    reports = _frozen(versions, window) if calendar == JALALI else {}
    lines = [
        ServiceLine(
            watched=each,
            this_month=_line(each, running, book, versions, {}, running=True),
            months=tuple(_line(each, month, book, versions, reports) for month in window),
        )
        for each in book.watched.values()
    ]
    planned = [
        each
        for each in current.recent_for(request, updates=True)
        if each.kind == Kind.MAINTENANCE and not each.is_over
        if any(touches(each, line.service) for line in lines)
    ]
    return Picture(
        calendar=calendar,
        book=book,
        versions=tuple(versions),
        lines=tuple(lines),
        planned=tuple(planned),
    )


def _line(
    watched: Watched,
    month: CalendarMonth,
    book: Book,
    versions: Sequence[Measured],
    reports: Mapping[tuple[int, int], MonthReport],
    *,
    running: bool = False,
) -> MonthLine:
    promised = promised_of(versions, watched, month)
    if promised is not None:
        report = reports.get((promised.version_id, month.number))
        plain = _detail(report, promised.target, watched.service.key)
        if plain is not None:
            return MonthLine(month, counting.from_json(plain), promised, report)
    figures = counting.figures_of(watched, month, book)
    return MonthLine(month, figures, promised, running=running)


def _detail(report: MonthReport | None, target: Target, service: str) -> Mapping[str, Any] | None:
    if report is None:
        return None
    kept = report.figures["targets"].get(target.key) or {}
    return (kept.get("detail") or {}).get(service)


def _frozen(
    versions: Sequence[Measured], window: Sequence[CalendarMonth]
) -> dict[tuple[int, int], MonthReport]:
    """The reports that hold, by version and month."""
    if not versions:
        return {}
    rows = MonthReport.objects.filter(
        version__in=[each.version.pk for each in versions],
        month__range=(window[0].number, window[-1].number),
    )
    return {(row.version_id, row.month): row for row in latest(rows).defer("times", "names")}
