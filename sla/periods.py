"""The period of a successor: it starts the day after, and is as long, in Jalali. Pure (R36)."""

from datetime import date, timedelta

from persian.jalali import from_jalali, jalali_parts, last_day_of_year

DAY = timedelta(days=1)


def next_period(first: date | None, last: date) -> tuple[date, date]:
    """First and last day of what follows a period.

    Whole Jalali months and years stay whole, so that what ended with a leap year's 30 Esfand ends
    with the next year's 29. A part of a year that ended with it is followed by whole years. Where
    the first day is not known it was a year. Anything else keeps its number of days.
    """
    begins = last + DAY
    if first is None or first > last:
        return begins, add_months(begins, 12) - DAY
    if months := _whole_months(first, begins):
        return begins, add_months(begins, months) - DAY
    if last == last_day_of_year(jalali_parts(last)[0]):
        years = jalali_parts(last)[0] - jalali_parts(first)[0]
        return begins, last_day_of_year(jalali_parts(begins)[0] + years)
    return begins, begins + (last - first)


def next_period_on(day: date, first: date | None, last: date) -> tuple[date, date]:
    """The first such period that is not over on `day`: one after the other, without a gap."""
    begins, ends = next_period(first, last)
    while ends < day:
        begins, ends = next_period(begins, ends)
    return begins, ends


def add_months(day: date, months: int) -> date:
    """The same day so many Jalali months later; the last of a shorter month where it has none."""
    year, month, number = jalali_parts(day)
    years, month = divmod(month - 1 + months, 12)
    return from_jalali(year + years, month + 1, min(number, _length(year + years, month + 1)))


def _length(year: int, month: int) -> int:
    if month < 12:
        return 31 if month <= 6 else 30
    return jalali_parts(last_day_of_year(year))[2]


def _whole_months(first: date, after: date) -> int:
    """How many whole Jalali months lie from a day to the day after a period; 0 when not whole."""
    year, month, _number = jalali_parts(first)
    to_year, to_month, _number = jalali_parts(after)
    months = (to_year - year) * 12 + to_month - month
    return months if months > 0 and add_months(first, months) == after else 0
