"""Attempts at a code and its password through the API: the human check that came along."""

from desk_core import human_check
from service_requests import credentials
from service_requests.api.schemas import HumanAnswer


def check_passed(*, code: str, address: str, human: HumanAnswer | None) -> int:
    """The difficulty of the human check that was asked for and solved; 0 without one.

    Raises what `human_check.verify` raises; whoever verifies the attempt refuses a missing one.
    """
    needed = credentials.required_difficulty(code=code, address=address)
    if not needed or human is None:
        return 0
    human_check.verify(human.dict(), difficulty=needed, purpose="track")
    return needed
