"""Settings of `notices`, read when asked so that tests and deployments can change them."""

from datetime import timedelta

from django.conf import settings

from notices.state import Window


def banner_window() -> Window:
    """From how long before its start until how long after its end a notice is on the banner.

    `DESK_NOTICES_BEFORE_HOURS` (72) and `DESK_NOTICES_AFTER_HOURS` (6), in hours.
    """
    return Window(
        before=timedelta(hours=getattr(settings, "DESK_NOTICES_BEFORE_HOURS", 72)),
        after=timedelta(hours=getattr(settings, "DESK_NOTICES_AFTER_HOURS", 6)),
    )


def pending_kept() -> timedelta:
    """How long a subscription that nobody confirmed is kept: `DESK_SUBSCRIPTIONS_PENDING_DAYS`."""
    return timedelta(days=getattr(settings, "DESK_SUBSCRIPTIONS_PENDING_DAYS", 3))


def delivery_log_kept() -> timedelta:
    """How long it is known what was sent to whom: `DESK_SUBSCRIPTIONS_LOG_DAYS` (180)."""
    return timedelta(days=getattr(settings, "DESK_SUBSCRIPTIONS_LOG_DAYS", 180))


def ended_kept() -> timedelta:
    """How long the sealed contact of an ended subscription is kept, for questions about what was
    sent: `DESK_SUBSCRIPTIONS_ENDED_DAYS` (30)."""
    return timedelta(days=getattr(settings, "DESK_SUBSCRIPTIONS_ENDED_DAYS", 30))


def digest_hour() -> int:
    """The hour in Tehran at which digests leave: `DESK_SUBSCRIPTIONS_DIGEST_HOUR` (8)."""
    return getattr(settings, "DESK_SUBSCRIPTIONS_DIGEST_HOUR", 8)


def fan_out_batch() -> int:
    """How many subscribers are handed over in one transaction: `DESK_SUBSCRIPTIONS_BATCH`."""
    return getattr(settings, "DESK_SUBSCRIPTIONS_BATCH", 500)
