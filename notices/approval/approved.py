"""What two people approved of planned maintenance, and which update goes beyond it.

Approved is what its first publication said. Shorter, later and lighter is free; so is whatever does
not go further beyond it than the notice does already, for that has its reason.
"""

from datetime import datetime, timedelta

from notices import conf
from notices.enums import Impact, Kind
from notices.impact_changes import Changes
from notices.models import Notice, NoticeUpdate

_ORDER = list(Impact)
# The screens of editors know minutes: what they send of an instant has lost its seconds.
_SECONDS = timedelta(minutes=1)


def is_kept(notice: Notice) -> bool:
    """Whether there is an approval that an update could go beyond."""
    return notice.kind == Kind.MAINTENANCE and conf.planned_by_two()


def goes_beyond(
    notice: Notice,
    first: NoticeUpdate,
    changes: Changes,
    *,
    starts_at: datetime | None,
    expected_end: datetime | None,
) -> bool:
    """Whether these times (None: as they are) and impacts are earlier, longer or heavier.

    `first` is the notice's first update. One query when impacts change.
    """
    if not is_kept(notice):
        return False
    return _earlier_or_longer(notice, first, starts_at, expected_end) or _heavier(first, changes)


def _earlier_or_longer(
    notice: Notice, first: NoticeUpdate, starts_at: datetime | None, expected_end: datetime | None
) -> bool:
    start, end = starts_at or notice.starts_at, expected_end or notice.expected_end
    if start < min(first.starts_at - _SECONDS, notice.starts_at):
        return True
    length = _length(start, end)
    approved = _length(first.starts_at, first.expected_end) + _SECONDS
    return length > max(approved, _length(notice.starts_at, notice.expected_end))


def _length(start: datetime, end: datetime | None) -> timedelta:
    return timedelta.max if end is None else end - start


def _heavier(first: NoticeUpdate, changes: Changes) -> bool:
    if not changes.changed:
        return False
    approved = {row.service_id: row.impact for row in first.impact_changes.all()}
    for service, impact in changes.changed.items():
        key = None if service is None else service.pk
        heaviest = max(
            _ORDER.index(Impact(approved.get(key, Impact.NONE))),
            _ORDER.index(Impact(changes.now(service) or Impact.NONE)),
        )
        if _ORDER.index(impact) > heaviest:
            return True
    return False
