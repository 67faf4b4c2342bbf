"""Visits and visiting hours said in sentences: to staff who enter them, to applicants who come."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from persian.digits import localised, speaks_persian
from persian.jalali import TEHRAN, WEEKDAYS_EN, WEEKDAYS_FA, format_date, format_datetime
from service_requests import slots
from service_requests.enums import EventKind, VisitState
from service_requests.models import Visit, VisitException, VisitingHours, VisitRules
from service_requests.shut_times import ShutTimes
from service_requests.slots import Offer
from sla.hours import Hours, parse_hours
from sla.working_time import clock_text, day_text

# Saturday first, as `date.weekday()` counts.
_WEEK = (5, 6, 0, 1, 2, 3, 4)

#: Said where a holiday, a closure or a special day of the working calendar is entered.
CLOSING = gettext_lazy(
    "Visits that are booked at times closed by this are called off within minutes, and the "
    "applicants are told. This cannot be undone."
)

TONES: dict[str, str] = {
    VisitState.WAITING: "waiting",
    VisitState.BOOKED: "info",
    VisitState.DECLINED: "closed",
    VisitState.EXPIRED: "closed",
    VisitState.CANCELLED: "closed",
    VisitState.CAME: "ok",
    VisitState.MISSED: "major",
    VisitState.UNMARKED: "waiting",
}


@dataclass(frozen=True)
class OfferedDay:
    """A day with its free times as key and words; `place` where it is the same for all of them."""

    label: str
    count: str
    place: str
    times: list[tuple[str, str]]


def offered_days(offers: list[Offer]) -> list[OfferedDay]:
    """Free times by the days of Tehran; a day on which there are several places names each."""
    now = timezone.now()
    days = []
    for _day, each in groupby(offers, key=lambda o: o.starts_at.astimezone(TEHRAN).date()):
        found = list(each)
        several = len({offer.hours.pk for offer in found}) > 1
        times = [(offer.key, time_words(offer, with_place=several)) for offer in found]
        count = ngettext("%(count)s free time", "%(count)s free times", len(times))
        count %= {"count": localised(len(times))}
        place = "" if several else found[0].where
        days.append(OfferedDay(day_text(found[0].starts_at, now), count, place, times))
    return days


def time_words(offer: Offer, *, with_place: bool) -> str:
    """«۱۰:۳۰ تا ۱۰:۵۰», with the place where people have to choose it too."""
    words = span_words(offer.starts_at, offer.ends_at)
    return f"{words} · {offer.where}" if with_place else words


def span_words(starts_at: datetime, ends_at: datetime | None) -> str:
    """From when until when by the clock of Tehran; the beginning alone where no end is known."""
    if ends_at is None:
        return clock_text(starts_at)
    values = {"begin": clock_text(starts_at), "end": clock_text(ends_at)}
    return _("%(begin)s to %(end)s") % values


def when(visit: Visit) -> str:
    """Day and time of a visit; until when it is to be chosen where it has none."""
    if visit.starts_at is not None:
        values = {
            "day": day_text(visit.starts_at, timezone.now()),
            "time": span_words(visit.starts_at, visit.ends_at),
        }
        return _("%(day)s, %(time)s") % values
    return chosen_by(visit)


def chosen_by(visit: Visit) -> str:
    """Until the end of which day the applicant may choose."""
    if visit.answer_by is None:
        return ""
    last = visit.answer_by - timedelta(microseconds=1)
    return _("to be chosen until %(day)s") % {"day": day_text(last, timezone.now())}


def week_words(row: VisitingHours) -> list[str]:
    """The hours of a place by days with the same hours, in words: a line each; no query."""
    return list(_week(row))


def hours_sentence(row: VisitingHours) -> str:
    """What the hours of a place say, in one sentence; no query."""
    values = {
        "week": _("; ").join(_week(row)),
        "minutes": localised(row.minutes),
        "count": localised(row.capacity),
    }
    return (
        ngettext(
            "%(week)s; %(minutes)s minutes a visit, %(count)s person at a time.",
            "%(week)s; %(minutes)s minutes a visit, %(count)s people at a time.",
            row.capacity,
        )
        % values
    )


def free_sentence(row: VisitingHours) -> str:
    """What applicants can choose of it now, in one sentence."""
    found = slots.of_hours(row)
    if not found:
        return _(
            "No time can be chosen now: no hour lies within the working hours of the department, "
            "within the days ahead of its rules."
        )
    free = sum(offer.free for offer in found)
    values = {
        "count": localised(free),
        "day": day_text(found[0].starts_at, timezone.now()),
        "time": clock_text(found[0].starts_at),
    }
    return (
        ngettext(
            "%(count)s place can be chosen now, on %(day)s at %(time)s.",
            "%(count)s places can be chosen now, the first on %(day)s at %(time)s.",
            free,
        )
        % values
    )


def exception_sentence(row: VisitException) -> str:
    """What an exception says, in one sentence; no query."""
    if row.first_day == row.last_day:
        days = _("On %(day)s") % {"day": format_date(row.first_day, "long")}
    else:
        values = {
            "first": format_date(row.first_day, "long"),
            "last": format_date(row.last_day, "long"),
        }
        days = _("From %(first)s until %(last)s") % values
    spans = parse_hours(row.hours)
    if not spans:
        return _("%(days)s nobody is received here.") % {"days": days}
    words = _("%(days)s people are received from %(hours)s.")
    sentence = words % {"days": days, "hours": _hours(spans)}
    if row.capacity is not None:
        count = ngettext("%(count)s person at a time.", "%(count)s people at a time.", row.capacity)
        sentence += " " + count % {"count": localised(row.capacity)}
    return sentence


def booked_sentence(row: VisitException) -> str:
    """What becomes of the visits booked at this place on these days; "" for none. Three queries."""
    first = datetime.combine(row.first_day, datetime.min.time(), TEHRAN)
    after = datetime.combine(row.last_day, datetime.min.time(), TEHRAN) + timedelta(days=1)
    rows = Visit.objects.booked_after(timezone.now()).between(first, after)
    here = rows.filter(slot__visiting_hours=row.visiting_hours)
    found = list(here.values_list("starts_at", "ends_at"))
    if not found:
        return ""
    shut = ShutTimes(first, after)
    off = sum(
        shut.place_is_shut(row.visiting_hours_id, starts, ends) for starts, ends in found if starts
    )
    return " ".join(filter(None, (_called_off_soon(off), _staying(len(found) - off))))


def _called_off_soon(count: int) -> str:
    if not count:
        return ""
    words = ngettext(
        "%(count)s visit is booked at a time that is closed now: within minutes it is called off, "
        "and the applicant is told and may choose another time where one is free.",
        "%(count)s visits are booked at times that are closed now: within minutes they are called "
        "off, and the applicants are told and may choose other times where there are free ones.",
        count,
    )
    return words % {"count": localised(count)}


def _staying(count: int) -> str:
    if not count:
        return ""
    words = ngettext(
        "%(count)s visit is booked on these days and stays.",
        "%(count)s visits are booked on these days and stay.",
        count,
    )
    return words % {"count": localised(count)}


def called_off(visit: Visit, *, again: bool) -> str:
    """What the applicant reads, in the language of the case, of a visit at a time closed since."""
    with translation.override(visit.case.language):
        values = {"when": when(visit)}
        if again:
            return (
                _(
                    "Nobody can be received at the time of your visit (%(when)s), so it is called "
                    "off. We are sorry. Please look which other times are free, and choose one."
                )
                % values
            )
        return (
            _(
                "Nobody can be received at the time of your visit (%(when)s), so it is called off. "
                "We are sorry. You need not come; the department goes on and will write to you."
            )
            % values
        )


def kept_time(starts_at: datetime | None, *, place: str = "", place_en: str = "") -> str:
    """When and where, for the sealed note of a step: each reader reads it in a language of theirs.

    JSON; the moment in ISO 8601, null where no time was chosen.
    """
    at = starts_at.isoformat() if starts_at else None
    return json.dumps({"at": at, "place": place, "place_en": place_en})


def time_note(kind: str, note: str) -> str:
    """What `kept_time` kept, in words; a note from before that is words already."""
    try:
        kept = json.loads(note)
    except ValueError:
        return note
    at = format_datetime(datetime.fromisoformat(kept["at"]), "long") if kept["at"] else ""
    if kind == EventKind.VISIT_CANCELLED:
        if not at:
            return _("You need not come any more.")
        return _("You need not come: %(when)s.") % {"when": at}
    place = kept["place"] if speaks_persian() else kept["place_en"] or kept["place"]
    return f"{at} · {place}"


def _week(row: VisitingHours) -> Iterator[str]:
    """Days with the same hours together: «شنبه تا دوشنبه، چهارشنبه ۸:۰۰ تا ۱۲:۰۰»."""
    names = WEEKDAYS_FA if speaks_persian() else WEEKDAYS_EN
    same: dict[tuple[Hours, ...], list[int]] = {}
    for place, number in enumerate(_WEEK):
        if hours := parse_hours(getattr(row, row.BY_WEEKDAY[number])):
            same.setdefault(hours, []).append(place)
    for hours, places in same.items():
        days = _(", ").join(_runs(places, [names[number] for number in _WEEK]))
        yield _("%(days)s %(hours)s") % {"days": days, "hours": _hours(hours)}


def _runs(places: list[int], names: list[str]) -> Iterator[str]:
    """Three days or more in a row by the first and the last, others each by its name."""
    for _step, each in groupby(enumerate(places), key=lambda pair: pair[1] - pair[0]):
        run = [names[place] for _number, place in each]
        if len(run) > 2:
            yield _("%(first)s to %(last)s") % {"first": run[0], "last": run[-1]}
        else:
            yield from run


def _hours(spans: tuple[Hours, ...]) -> str:
    def clock(minutes: int) -> str:
        return localised(f"{minutes // 60}:{minutes % 60:02d}")

    return _(", ").join(
        _("%(begin)s to %(end)s") % {"begin": clock(each.opens), "end": clock(each.closes)}
        for each in spans
    )


def rules_sentence(row: VisitRules) -> str:
    """What the rules of a department say, in one sentence."""
    values = {
        "notice": localised(row.notice_hours),
        "ahead": localised(row.days_ahead),
        "answer": localised(row.answer_days),
    }
    sentence = (
        _(
            "Times are offered from %(notice)s hours to %(ahead)s days ahead; who has chosen none "
            "after %(answer)s days is waited for no longer."
        )
        % values
    )
    if row.second_try:
        return sentence + " " + _("Who did not come may choose another time, once.")
    return sentence + " " + _("Who did not come is not offered another time.")
