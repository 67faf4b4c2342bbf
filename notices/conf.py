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


def planned_by_two() -> bool:
    """Whether planned maintenance takes a second person: `DESK_NOTICES_PLANNED_BY_TWO` (on).

    A notice of the highest severity always does.
    """
    return bool(getattr(settings, "DESK_NOTICES_PLANNED_BY_TWO", True))
