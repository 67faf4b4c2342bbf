"""When a page that shows the running month dies by itself."""

from datetime import datetime, timedelta

from django.http import HttpRequest

#: The page says so: a figure of the running month may be this old, and the time between two counts.
MINUTES = 10


def next_change(at: datetime, request: HttpRequest | None = None) -> datetime | None:
    """For the page cache: some minutes, where the answer shows figures of the running month.

    Frozen months change by publication only (`sla.reports` purges), and at midnight.
    """
    shown = request is not None and vars(request).get("_desk_performance_shown")
    return at + timedelta(minutes=MINUTES) if shown else None
