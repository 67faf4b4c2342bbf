"""When staff work, asked by pages, the form and the other floors (R4). One query a question."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import BigIntegerField, CharField, F, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.http import HttpRequest
from django.utils.translation import gettext as _

from cms_pages.frame import frame_for
from cms_pages.models import Department
from desk_core import instants
from desk_core.rows import Rows
from desk_core.statements import Slot
from persian.digits import localised, speaks_persian
from persian.jalali import (
    MONTHS_EN,
    MONTHS_FA,
    TEHRAN,
    WEEKDAYS_EN,
    WEEKDAYS_FA,
    jalali_parts,
)
from sla.calendar import SEARCH_DAYS, DayHours, SpecialDays, Week, WorkingCalendar
from sla.hours import parse_hours
from sla.models.calendar import CalendarException, Holiday, WeeklySchedule

WEEK, HOLIDAY, SPECIAL = "week", "holiday", "special"
#: The name under which the frame of every page reads the calendar along.
ALONG = "calendar"
#: So far back it does: this month and the twelve before it.
PAST_DAYS = 400
_KEPT = "_desk_calendar"
Row = tuple[str, int, int | None, date, date | None, str]
_COLUMNS = ("kind", "pk", "office", "begins", "ends", "text")


def is_open(department: Department | None, at: datetime) -> bool:
    """Whether the department's staff (the body's where None) work at that moment."""
    return calendar_for(department, at, days=1).is_open(at)


def next_opening(department: Department | None, after: datetime) -> datetime | None:
    """When they next begin to work after that moment, as UTC; None within 400 days."""
    return calendar_for(department, after).next_opening(after)


def calendar_for(
    department: Department | None, at: datetime, *, days: int = SEARCH_DAYS
) -> WorkingCalendar:
    """The working calendar around a moment: a day before it to `days` after it."""
    return calendar_of(department, rows_around(at, days=days))


def calendar_of(department: Department | None, rows: Iterable[Row]) -> WorkingCalendar:
    """The calendar of one office, of rows that were read for all."""
    return _build(rows, department.pk if department is not None else None)


def calendar_by_id(office: int | None, rows: Iterable[Row]) -> WorkingCalendar:
    """The same by the department's id, None for the body's."""
    return _build(rows, office)


def rows_around(at: datetime, *, days: int = SEARCH_DAYS) -> list[Row]:
    """Everything that bears on the days around a moment, for all offices: one query."""
    return list(_rows(*_days_around(at, days)))


def rows_for(request: HttpRequest) -> list[Row]:
    """The same of the past months and around now, as the frame of the page has read it along."""
    kept = vars(request)
    if _KEPT not in kept:
        kept[_KEPT] = rows_of_column(frame_for(request).along(ALONG))
    return kept[_KEPT]


def known_to(request: HttpRequest | None) -> list[Row] | None:
    """What `rows_for` has read for this request, if anything."""
    return getattr(request, _KEPT, None)


def rows_along() -> Rows:
    """The past months and around now, to be read as a column of another query."""
    first, last = (Slot(f"calendar_{end}", Holiday.day) for end in ("first", "last"))
    return Rows(_rows(first, last), width=len(_COLUMNS))


def values_now() -> dict[str, date]:
    """What the slots of `rows_along` hold now."""
    first, last = _days_around(instants.now(), SEARCH_DAYS)
    return {"calendar_first": first - timedelta(days=PAST_DAYS), "calendar_last": last}


def rows_of_column(column: list[list[Any]] | None) -> list[Row]:
    """The rows in what `rows_along` has read."""
    return [
        (kind, pk, office, date.fromisoformat(begins), ends and date.fromisoformat(ends), text)
        for kind, pk, office, begins, ends, text in column or ()
    ]


def reasons(office: int | None, first: date, last: date) -> dict[date, str]:
    """Why days are special: the names of holidays and of special days, for one office; 2 queries.

    Where both are on a day, the special day's reason goes before the holiday's name.
    """
    found: dict[date, str] = {}
    for day, name in Holiday.objects.filter(day__range=(first, last), cancelled=False).values_list(
        "day", "name"
    ):
        found[day] = f"{found[day]} · {name}" if day in found else name
    rows = CalendarException.objects.of_department(office).touching(first, last)
    # As the calendar chooses between them: a department's own last, then the one begun last.
    ordered = sorted(rows, key=lambda row: (row.department_id is not None, row.first_day, row.pk))
    for row in ordered:
        for offset in range((min(row.last_day, last) - max(row.first_day, first)).days + 1):
            found[max(row.first_day, first) + timedelta(days=offset)] = row.reason
    return found


def _days_around(at: datetime, days: int) -> tuple[date, date]:
    first = at.astimezone(TEHRAN).date() - timedelta(days=1)
    return first, first + timedelta(days=days + 2)


def next_change(after: datetime, rows: list[Row] | None = None) -> datetime | None:
    """When some office, the body's or a department's own, next opens or closes."""
    rows = rows_around(after, days=30) if rows is None else rows
    offices = {None, *(row[2] for row in rows)}
    changes = [_build(rows, office).next_change(after, days=30) for office in offices]
    return min((change for change in changes if change is not None), default=None)


def ordinary_week(calendar: WorkingCalendar, day: date) -> list[tuple[int, DayHours]]:
    """The days of the week around `day`, Saturday first, as `date.weekday()` counts, with hours.

    Holidays and closures are left out; empty where no week is known.
    """
    weeks = [w for w in calendar.weeks if w.first <= day and (w.last is None or day <= w.last)]
    if not weeks:
        return []
    week = max(weeks, key=lambda row: (row.own, row.first))
    return [(number, week.days[number]) for number in (5, 6, 0, 1, 2, 3, 4)]


def next_working_sentence(department: Department | None = None, at: datetime | None = None) -> str:
    """When staff work, in one sentence for a citizen; registering is possible at any time."""
    now = at or instants.now()
    return sentence_of(calendar_for(department, now), now)


def sentence_of(calendar: WorkingCalendar, now: datetime) -> str:
    """The same, for a calendar at hand."""
    if calendar.is_open(now):
        closes = calendar.next_closing(now)
        if closes is None:
            return _("Our staff are at work now.")
        return _("Our staff are at work now, until %(time)s.") % {"time": clock_text(closes)}
    opens = calendar.next_opening(now)
    if opens is None:
        return _("You can register day and night; the hours of our staff are not announced yet.")
    values = {"day": day_text(opens, now), "time": clock_text(opens)}
    return _("You can register day and night; our staff next work on %(day)s at %(time)s.") % values


def clock_text(moment: datetime) -> str:
    """A time of day in Tehran, in the reader's digits: «۷:۳۰»."""
    wall = moment.astimezone(TEHRAN)
    return localised(f"{wall.hour}:{wall.minute:02d}")


def day_text(moment: datetime, now: datetime) -> str:
    """A day with its weekday, «شنبه ۲ آذر»; the year only where it is another one."""
    day = moment.astimezone(TEHRAN).date()
    year, month, number = jalali_parts(day)
    persian = speaks_persian()
    weekday = (WEEKDAYS_FA if persian else WEEKDAYS_EN)[day.weekday()]
    name = (MONTHS_FA if persian else MONTHS_EN)[month - 1]
    text = f"{weekday} {number} {name}"
    if jalali_parts(now)[0] != year:
        text += f" {year}"
    return localised(text)


def _rows(first: date | Slot, last: date | Slot) -> "QuerySet[Any, Any]":
    """Everything that bears on these days, of the body and all departments: a union of rows."""
    hours: list[object] = ["monday"]
    for name in WeeklySchedule.BY_WEEKDAY[1:]:
        hours += [Value("|"), name]
    weeks = WeeklySchedule.objects.touching(first, last).order_by()
    special = CalendarException.objects.touching(first, last).order_by()
    holidays = Holiday.objects.filter(day__range=(first, last), cancelled=False).order_by()
    parts = [
        weeks.annotate(
            kind=Value(WEEK),
            office=Cast("department_id", BigIntegerField()),
            begins=F("first_day"),
            ends=F("last_day"),
            text=Concat(*hours, output_field=CharField()),
        ),
        special.annotate(
            kind=Value(SPECIAL),
            office=Cast("department_id", BigIntegerField()),
            begins=F("first_day"),
            ends=F("last_day"),
            text=Cast("hours", CharField()),
        ),
        holidays.annotate(
            kind=Value(HOLIDAY),
            office=Cast(Value(None), BigIntegerField()),
            begins=F("day"),
            ends=F("day"),
            text=Value(""),
        ),
    ]
    first_part, *others = [part.values_list(*_COLUMNS) for part in parts]
    return first_part.union(*others, all=True).order_by()


def _build(rows: Iterable[Row], office: int | None) -> WorkingCalendar:
    """The calendar of one office, of rows that were read for all."""
    weeks: list[Week] = []
    special: list[SpecialDays] = []
    holidays: set[date] = set()
    for kind, key, owner, begins, ends, text in rows:
        if owner is not None and owner != office:
            continue
        own = owner is not None
        if kind == HOLIDAY:
            holidays.add(begins)
        elif kind == WEEK:
            days = tuple(parse_hours(day) for day in text.split("|"))
            weeks.append(Week(begins, ends, own, days))
        else:
            special.append(SpecialDays(begins, ends or begins, own, key, parse_hours(text)))
    return WorkingCalendar(tuple(weeks), frozenset(holidays), tuple(special))
