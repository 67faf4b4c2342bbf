"""Days in Tehran, and the moments (UTC) at which they are over."""

from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone

from persian.jalali import TEHRAN


def today() -> date:
    """The day in Tehran."""
    return timezone.now().astimezone(TEHRAN).date()


def end_of(day: date) -> datetime:
    """The midnight (UTC) at which a day in Tehran is over."""
    return datetime.combine(day + timedelta(days=1), time(), TEHRAN).astimezone(UTC)


def last_day(moment: datetime) -> date:
    """The day in Tehran that ends at this moment, or holds it."""
    return (moment - timedelta(microseconds=1)).astimezone(TEHRAN).date()
