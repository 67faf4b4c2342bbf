"""The figures as rows for CSV and XLSX, in the reader's language, with Jalali dates."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from notices.availability.counting import Total
from notices.availability.periods import JALALI
from notices.availability.promised import Promised, budget, percent, verdict
from notices.availability.showing import Entry, MonthLine, Picture, ServiceLine
from notices.availability.words import amount, verdict_word
from persian.jalali import format_date, format_datetime


def headings() -> list[str]:
    """The columns' names."""
    return [
        *(_("Service"), _("Row"), _("Month"), _("From"), _("Until")),
        *(_("Availability (%)"), _("Target (%)"), _("Result")),
        *(_("Agreed minutes"), _("Known (%)"), _("Excused minutes"), _("Minutes of downtime")),
        *(_("Error budget (minutes)"), _("Error budget used (%)")),
        *(
            _("Outages with downtime"),
            _("Mean time to repair (minutes)"),
            _("Mean time between (minutes)"),
        ),
        *(_("Longest outage (minutes)"), _("Planned windows"), _("Of these announced in time")),
        _("Outages told of"),
        *(_("Mean time to the first notice (minutes)"), _("Longest silence (minutes)")),
        *(_("Weight (%)"), _("Notice"), _("Address"), _("Revision"), _("Note")),
    ]


def rows(shown: Picture) -> Iterator[list[Any]]:
    """A row for the twelve months of a service, then each month with its stretches."""
    for line in shown.lines:
        yield _year(line)
        for month in (*line.months, line.this_month):
            yield _month(line, month)
            for entry in shown.entries(month):
                yield from _stretch(line, month, entry)


def _year(line: ServiceLine) -> list[Any]:
    head = [str(line.service), _("Last twelve months"), "", "", ""]
    shares = _shares(line.year, line.year_promised, running=False, excused="")
    return [*head, *shares, *[""] * 14]


def _month(line: ServiceLine, month: MonthLine) -> list[Any]:
    figures, care, report = month.figures, month.figures.care, month.report
    excused = _number(amount(figures.reckoning.excused))
    return [
        str(line.service),
        _("This month so far") if month.running else _("Month"),
        f"{month.month.key} ({month.month.label})",
        _day(month.month.first, month.month.calendar),
        _day(month.month.last, month.month.calendar),
        *_shares(month.total, month.promised, running=month.running, excused=excused),
        *(figures.outages, _known(figures.mean_repair), _known(figures.mean_between)),
        *(_known(figures.longest), care.windows, care.windows_in_time),
        *(care.outages, _known(care.mean_first_notice), _known(care.longest_silence)),
        *("", "", "", report.revision if report else "", report.reason if report else ""),
    ]


def _stretch(line: ServiceLine, month: MonthLine, entry: Entry) -> Iterator[list[Any]]:
    """One row a stretch with its worst notice; a further row for each other notice behind it."""
    stretch = entry.stretch
    head = [
        *(str(line.service), _("Stretch"), f"{month.month.key} ({month.month.label})"),
        *(_moment(stretch.begins), _moment(stretch.ends)),
        *("", "", "", stretch.minutes, ""),
        *(_number(amount(stretch.excused)), _number(amount(stretch.counted))),
        *[""] * 11,
        _number(Decimal(stretch.weight) / 10),
    ]
    gone = _("A notice behind it is not published any more.") if entry.withdrawn else ""
    first, *others = entry.notices or (None,)
    yield [*head, *_notice(first), "", gone]
    for each in others:
        yield [*head[:5], *[""] * 19, *_notice(each), "", ""]


def _notice(each: Any) -> tuple[str, str]:
    return (each.title, each.page.full_url or "") if each is not None else ("", "")


def _shares(total: Total, promised: Promised | None, *, running: bool, excused: Any) -> list[Any]:
    found = budget(total, promised)
    return [
        _known(_number(percent(total.share))),
        _number(promised.target.share) if promised else "",
        verdict_word(verdict(total, promised), running=running),
        *(total.agreed, _known(_number(percent(total.coverage))), excused, total.lost),
        float(round(found.allowed, 3)) if found else "",
        _known(_number(percent(found.burn))) if found else "",
    ]


def _day(day: date, calendar: str) -> str:
    return format_date(day, digits=False) if calendar == JALALI else day.isoformat()


def _moment(minute: int) -> str:
    return format_datetime(datetime.fromtimestamp(minute * 60, UTC), digits=False)


def _known(value: Any) -> Any:
    return "" if value is None else value


def _number(value: Decimal | int | None) -> int | float | None:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value
