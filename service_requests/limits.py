"""What one network may do before it costs more work, or has to wait. Shared by all doors."""

from desk_core.human_check import difficulty_after
from desk_core.throttles import Limit, peek

SUBMISSIONS = Limit("submissions", rate=20, seconds=3600)
DRAFTS = Limit("drafts", rate=600, seconds=3600)
UPLOADS = Limit("uploads", rate=100, seconds=3600)


def submission_difficulty(address: str) -> int | None:
    """The human check that the next submission of a network needs; None is the usual one."""
    seen = peek(SUBMISSIONS, address)
    return difficulty_after(seen, SUBMISSIONS) if seen.over else None
