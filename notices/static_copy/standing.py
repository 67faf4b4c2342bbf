"""How the writing of the copy stands, for staff and monitors: no path, no address, no secret.

Kept in the shared cache, because the copy is written by a process of its own. Where that has
forgotten, the next round says it again.
"""

import logging
from dataclasses import dataclass, replace
from datetime import datetime

from django.core.cache import caches
from django.utils import timezone

from desk_core.health import LATE, OK
from notices import conf
from notices.enums import CopyFailure

KEY = "desk-static-copy:standing"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Standing:
    """When a whole copy was last written to all its places, and what has gone wrong since."""

    made_at: datetime | None = None
    failed_at: datetime | None = None
    failure: CopyFailure | None = None

    def is_late(self, at: datetime) -> bool:
        """Whether the last whole copy warns readers of itself by now, or none is known of."""
        return self.made_at is None or at >= self.made_at + conf.static_copy_stale_after()


def is_wanted() -> bool:
    """Whether the settings name a place for the copy."""
    return bool(conf.static_copy_folder() or conf.static_copy_storage())


def read() -> Standing:
    """As it stands; empty where nothing is known."""
    try:
        made_at, failed_at, failure = caches["default"].get(KEY) or (None, None, None)
    except Exception:
        logger.exception("The shared cache does not say how the static copy stands")
        return Standing()
    return Standing(made_at, failed_at, CopyFailure(failure) if failure else None)


def health() -> str | None:
    """For `/health/ready/`; None where no copy is wanted."""
    if not is_wanted():
        return None
    return LATE if read().is_late(timezone.now()) else OK


def note_whole(made_at: datetime) -> None:
    """A whole copy is at all its places."""
    _keep(Standing(made_at))


def note_failure(failure: CopyFailure) -> None:
    """It could not be made, or not be written everywhere."""
    _keep(replace(read(), failed_at=timezone.now(), failure=failure))


def _keep(standing: Standing) -> None:
    """Of a copy that is written, or an error that is raised, this is only the news."""
    failure = standing.failure.value if standing.failure else None
    try:
        caches["default"].set(KEY, (standing.made_at, standing.failed_at, failure), None)
    except Exception:
        logger.exception("The shared cache does not take how the static copy stands")
