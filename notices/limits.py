"""How often strangers may make the desk write to a contact, or try a code."""

from desk_core.throttles import Limit, hit
from notices.errors import AskedTooOften

# A network, a contact, and all together: a text message costs money.
ASKS_OF_NETWORK = Limit("subscription-asks", rate=10, seconds=4 * 3600)
ASKS_OF_CONTACT = Limit("subscription-contact", rate=3, seconds=3600)
ASKS_OF_ALL = Limit("subscription-asks-all", rate=3000, seconds=3600)
CODES = Limit("subscription-codes", rate=20, seconds=3600)


def count_ask(address: str, contact_digest: str) -> None:
    """Count one message to a contact that was only named. Raises AskedTooOften.

    The same for a contact that is known here and for one that is not. What one network is refused
    counts against nobody else.
    """
    for limit, key in (
        (ASKS_OF_NETWORK, address),
        (ASKS_OF_CONTACT, contact_digest),
        (ASKS_OF_ALL, "all"),
    ):
        if hit(limit, key).over:
            raise AskedTooOften(_hours(limit))


def count_code(address: str) -> None:
    """Count one try of a code. Raises AskedTooOften."""
    if hit(CODES, address).over:
        raise AskedTooOften(_hours(CODES))


def _hours(limit: Limit) -> int:
    """After how long nothing of it is left."""
    return limit.seconds // 3600
