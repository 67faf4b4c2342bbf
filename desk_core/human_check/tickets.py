"""The signed ticket of one form: when it was shown, how hard its check is, what it is for.

A ticket holds nothing secret and is stored nowhere: what it asks for is derived from its nonce with
the site's key. Only a used ticket leaves a mark, in the shared cache, for as long as the ticket
would have been good.
"""

import hashlib
import secrets
import time
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from desk_core.throttles import guard_cache

SALT = "desk_core.human_check"
LONGEST_TICKET = 400
WRONG = "wrong"

MESSAGES = {
    "missing": _("Please answer the question that shows you are a person."),
    "forged": _("The check on this page was damaged on its way. Please answer the new one."),
    "expired": _("This page was open for a long time. Nothing is lost: please send it once more."),
    "too_fast": _("That was faster than a person can read. Please press the button once more."),
    "used": _("This check has been used already. Please answer the new one."),
    "wrong": _("That answer was not right. Please try the new one."),
    "too_easy": _("Many attempts were made just now. Please answer the new check."),
    "trap": _("Please leave the field that is marked as empty without any text."),
    "both": _(
        "Many answers were given just now. Please answer both: the picture and the question."
    ),
    "slow_down": _(
        "Too many answers came from your network. Please wait ten minutes, or use a browser "
        "with JavaScript."
    ),
}


def refusal(code: str) -> ValidationError:
    """Return the error for `code`, in words that tell what to do next."""
    return ValidationError(MESSAGES[code], code=f"human_{code}")


@dataclass(frozen=True)
class Ticket:
    """What one shown form asks for. `issued` is in seconds since the epoch, UTC."""

    nonce: str
    issued: int
    difficulty: int
    purpose: str
    passed: bool = False

    @property
    def signed(self) -> str:
        """The ticket as text for a hidden field or an address."""
        return signing.Signer(salt=SALT).sign_object(
            [self.nonce, self.issued, self.difficulty, self.purpose, self.passed]
        )

    @property
    def age(self) -> int:
        """Seconds since the form was shown."""
        return int(time.time()) - self.issued

    def secret(self, label: str) -> bytes:
        """32 bytes that only this site can derive from the ticket, different for each `label`."""
        return salted_hmac(f"{SALT}.{label}", self.nonce, algorithm="sha256").digest()


def oldest_seconds() -> int:
    """How long a shown form is good (`DESK_FORM_MAX_SECONDS`, three hours by default)."""
    return getattr(settings, "DESK_FORM_MAX_SECONDS", 3 * 3600)


def fastest_seconds() -> int:
    """How long a person needs at least (`DESK_FORM_MIN_SECONDS`, two seconds by default)."""
    return getattr(settings, "DESK_FORM_MIN_SECONDS", 2)


def issue(*, difficulty: int, purpose: str = "", since: int | None = None) -> Ticket:
    """Make a new ticket for a form that is shown now, or was first shown at `since`."""
    return Ticket(secrets.token_urlsafe(16), since or int(time.time()), difficulty, purpose)


def issue_pass(ticket: Ticket) -> Ticket:
    """Make the ticket of somebody who has answered, but whose form had another mistake."""
    return Ticket(secrets.token_urlsafe(16), ticket.issued, ticket.difficulty, ticket.purpose, True)


def read(signed: object, *, difficulty: int, purpose: str = "") -> Ticket:
    """Return the ticket behind `signed`, or raise the ValidationError that says what is wrong.

    Refused: not ours, made for another purpose, too old, or easier than asked for now.
    """
    if not isinstance(signed, str) or not signed:
        raise refusal("missing")
    if len(signed) > LONGEST_TICKET:
        raise refusal("forged")
    try:
        ticket = Ticket(*signing.Signer(salt=SALT).unsign_object(signed))
    except (signing.BadSignature, TypeError, ValueError) as error:
        raise refusal("forged") from error
    if ticket.purpose != purpose:
        raise refusal("forged")
    if not 0 <= ticket.age <= oldest_seconds():
        raise refusal("expired")
    if ticket.difficulty < difficulty:
        raise refusal("too_easy")
    return ticket


def spent(ticket: Ticket, binding: str) -> bool | None:
    """Return None for an unused ticket, True for one used for this same `binding`, else False."""
    seen = guard_cache().get(_mark_key(ticket))
    if seen is None:
        return None
    return bool(binding) and constant_time_compare(seen, _mark(binding))


def spend(ticket: Ticket, binding: str, *, right: bool = True) -> bool:
    """Use the ticket up; True for the first, and for a repetition of the same `binding`.

    `binding` names what the ticket pays for (the random key of one submission), so that a request
    that is sent twice after a lost reply is paid once. A wrong answer uses a ticket up as well.
    """
    mark = _mark(binding) if right else WRONG
    lifetime = max(oldest_seconds() - ticket.age, 0) + 120
    for _attempt in range(3):
        if guard_cache().add(_mark_key(ticket), mark, lifetime):
            return True
        # A database cache also answers False when it could not write: only a mark is a refusal.
        before = spent(ticket, binding)
        if before is not None:
            return before
    return False


def _mark_key(ticket: Ticket) -> str:
    return f"desk-human:{ticket.nonce}"


def _mark(binding: str) -> str:
    if not binding:
        return "-"
    return hashlib.blake2b(binding.encode("utf-8", "replace"), digest_size=16).hexdigest()
