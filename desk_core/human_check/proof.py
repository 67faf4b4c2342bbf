"""Proof of work: find the number below `maxnumber` whose SHA-256 together with the salt is given.

The number is derived from the ticket, so checking an answer costs one comparison and nothing is
stored until it is used. A browser needs about half of `maxnumber` hashes, in a worker of its own.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from django.conf import settings

from desk_core.human_check import registry, tickets
from desk_core.human_check.tickets import Ticket, refusal
from desk_core.throttles import Count, Limit

DEFAULT_DIFFICULTY = 100_000
HIGHEST_DIFFICULTY = 3_200_000


def default_difficulty() -> int:
    """How many numbers a browser may have to try (`DESK_HUMAN_DIFFICULTY`)."""
    return getattr(settings, "DESK_HUMAN_DIFFICULTY", DEFAULT_DIFFICULTY)


def difficulty_after(count: Count, limit: Limit) -> int:
    """Return the difficulty for somebody whose attempts stand at `count`.

    The default below the limit; past it, doubled for each further `limit.rate` attempts, up to 32
    times: some seconds on a phone, never an end.
    """
    if not count.over:
        return default_difficulty()
    doublings = min(5, max(1, count.n // limit.rate))
    return min(HIGHEST_DIFFICULTY, default_difficulty() * 2**doublings)


def enough(difficulty: int | None) -> int:
    """The easiest ticket that is taken when `difficulty` is asked for now; None is the default.

    One doubling of grace: others may have tried while this person was answering.
    """
    return max(difficulty // 2, 1) if difficulty else default_difficulty()


def step(ticket: Ticket) -> int:
    """How often the default was doubled for this ticket, 0 to 5: what makes a check harder that
    is not counted in numbers to try.
    """
    return min(5, max(0, (ticket.difficulty // default_difficulty()).bit_length() - 1))


def wanted_number(ticket: Ticket) -> int:
    """Return the number that answers this ticket."""
    return int.from_bytes(ticket.secret("proof")[:8], "big") % ticket.difficulty


def digest(salt: str, number: int) -> str:
    """Return the SHA-256 of `salt.number` in hexadecimal, as the browser computes it."""
    return hashlib.sha256(f"{salt}.{number}".encode("ascii")).hexdigest()


class ProofOfWork:
    """The check that a browser answers by itself while the form is being filled in."""

    name: ClassVar[str] = "proof"
    template_name: ClassVar[str] = "desk_core/human_check/proof.html"
    by_machine: ClassVar[bool] = True

    def context(self, ticket: Ticket) -> dict[str, Any]:
        """Return the puzzle."""
        return {
            "salt": ticket.nonce,
            "challenge": digest(ticket.nonce, wanted_number(ticket)),
            "maxnumber": ticket.difficulty,
        }

    def right(self, ticket: Ticket, answer: str) -> bool:
        """Compare with the number; anything but ASCII digits is wrong."""
        return answer.isascii() and answer.isdigit() and int(answer) == wanted_number(ticket)


def challenge(*, difficulty: int | None = None, purpose: str = "") -> dict[str, Any]:
    """Return a puzzle for a program: solve it and send `{"ticket": …, "number": …}` back.

    `difficulty` is the count of numbers to try at worst; None takes the default. `expires` is
    ISO 8601 in UTC.
    """
    ticket = tickets.issue(difficulty=difficulty or default_difficulty(), purpose=purpose)
    expires = datetime.fromtimestamp(ticket.issued + tickets.oldest_seconds(), tz=UTC)
    return {
        "algorithm": "SHA-256",
        "ticket": ticket.signed,
        **ProofOfWork().context(ticket),
        "expires": expires.isoformat().replace("+00:00", "Z"),
    }


def solve(puzzle: Mapping[str, Any]) -> dict[str, Any]:
    """Solve a puzzle as a client does; a reference for integrators, and a tool for tests."""
    for number in range(puzzle["maxnumber"]):
        if digest(puzzle["salt"], number) == puzzle["challenge"]:
            return {"ticket": puzzle["ticket"], "number": number}
    raise ValueError("The puzzle has no solution.")


def verify(
    payload: object, *, difficulty: int | None = None, purpose: str = "", binding: str = ""
) -> None:
    """Accept a solved puzzle once, or raise a ValidationError that says what to do.

    `difficulty` is what is asked for now; half of it is `enough`.
    `payload` is a mapping or JSON text with `ticket` and `number`. `binding` is the random key of
    the submission it pays for: the same pair may be sent again after a lost reply. Call it outside
    of a transaction, which could roll the mark of its use back.
    """
    if registry.switched_off():
        return
    sent = _mapping(payload)
    ticket = tickets.read(sent.get("ticket"), difficulty=enough(difficulty), purpose=purpose)
    number = sent.get("number")
    text = str(number) if isinstance(number, int | str) and not isinstance(number, bool) else ""
    if ticket.passed or not ProofOfWork().right(ticket, text[:20]):
        raise refusal("wrong")
    if not tickets.spend(ticket, binding):
        raise refusal("used")


def _mapping(payload: object) -> Mapping[str, Any]:
    if isinstance(payload, str | bytes) and len(payload) <= 2 * tickets.LONGEST_TICKET:
        try:
            payload = json.loads(payload)
        except ValueError as error:
            raise refusal("forged") from error
    if not isinstance(payload, Mapping):
        raise refusal("missing")
    return payload
