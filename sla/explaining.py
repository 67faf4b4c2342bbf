"""How a due time came about, in one line.

«۲ روز کاری؛ پنجشنبه و جمعه تعطیل؛ ۵ ساعت در انتظار شما»
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from persian.digits import localised, speaks_persian
from persian.jalali import TEHRAN, WEEKDAYS_EN, WEEKDAYS_FA
from sla import clock as arithmetic
from sla import clocks, working_time
from sla.dues import Due
from sla.enums import Unit
from sla.models.clocks import Clock
from sla.sentences import duration

#: So many closed days are named one by one.
MOST_NAMED = 3
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


def explained(dues: Sequence[Due], *, to_applicant: bool, at: datetime | None = None) -> list[Due]:
    """The same with `why` for each that is still to be kept.

    Three queries for a case, whose clocks count by one calendar; none without such a promise.
    `to_applicant`: whether the reader is the one who was waited for.
    """
    rows = [due.clock for due in dues if due.open and due.at is not None]
    if not rows:
        return list(dues)
    calendars, names = clocks.calendars_of(rows), _names(rows)
    now, why = at or timezone.now(), {}
    for row in rows:
        found = arithmetic.explain(
            calendars[row.office_id],
            row.started_at,
            row.amount,
            Unit(row.unit),
            clocks.pauses_of(row),
            names[row.office_id],
        )
        waited = _total(clocks.waits_of(row), row.waiting_since, now)
        stood = _total(clocks.halts_of(row), clocks.halted_since(row), now)
        why[row.pk] = sentence(row, found.closed, waited, stood, to_applicant=to_applicant)
    return [replace(due, why=why.get(due.clock.pk, "")) for due in dues]


def sentence(
    row: Clock,
    closed: Sequence[arithmetic.ClosedDay],
    waited: timedelta,
    stood: timedelta,
    *,
    to_applicant: bool,
) -> str:
    """What was promised, which days did not count, for what and how long the clock stood still."""
    parts = [duration(row.amount, Unit(row.unit)), _closed(closed)]
    if time := _long(waited):
        words = (
            _("%(time)s waiting for you")
            if to_applicant
            else _("%(time)s waiting for the applicant")
        )
        parts.append(words % {"time": time})
    if time := _long(stood):
        parts.append(_("%(time)s stood still in an outage") % {"time": time})
    return _("; ").join(part for part in parts if part)


def _closed(days: Sequence[arithmetic.ClosedDay]) -> str:
    if not days:
        return ""
    if len(days) > MOST_NAMED:
        words = ngettext("%(count)s closed day", "%(count)s closed days", len(days))
        return words % {"count": localised(len(days))}
    names = [_day(each) for each in days]
    joined = names[0]
    if len(names) > 1:
        joined = _("%(others)s and %(last)s") % {
            "others": _(", ").join(names[:-1]),
            "last": names[-1],
        }
    return _("%(days)s closed") % {"days": joined}


def _day(each: arithmetic.ClosedDay) -> str:
    name = (WEEKDAYS_FA if speaks_persian() else WEEKDAYS_EN)[each.day.weekday()]
    return f"{name} ({each.reason})" if each.reason else name


def _total(spans: Iterable[arithmetic.Pause], since: datetime | None, now: datetime) -> timedelta:
    """How long altogether, with what goes on."""
    if since is not None:
        spans = [*spans, (since, now)]
    return sum((ends - begins for begins, ends in arithmetic.merged(spans)), timedelta())


def _long(waited: timedelta) -> str:
    """Whole days from two days on, hours below; what is less than an hour is not spoken of."""
    if waited < _HOUR:
        return ""
    if waited >= 2 * _DAY:
        count = waited // _DAY
        return ngettext("%(count)s day", "%(count)s days", count) % {"count": localised(count)}
    count = waited // _HOUR
    return ngettext("%(count)s hour", "%(count)s hours", count) % {"count": localised(count)}


def _names(rows: Sequence[Clock]) -> dict[int | None, dict[date, str]]:
    """The names of holidays and special days around the clocks of each office."""
    spans: dict[int | None, tuple[date, date]] = {}
    for row in rows:
        ends = row.due_at or row.started_at
        first, last = (moment.astimezone(TEHRAN).date() for moment in (row.started_at, ends))
        known = spans.get(row.office_id, (first, last))
        spans[row.office_id] = (min(known[0], first), max(known[1], last))
    return {office: working_time.reasons(office, *span) for office, span in spans.items()}
