"""A picture of Persian digits, for browsers without JavaScript: django-simple-captcha's store.

The row is made when the picture is first fetched, so that a form shown to a browser that proves
work writes nothing. The library's own picture view is not used: it seeds the random numbers of the
whole process with a public key, draws no Persian digits and has no description.
"""

import secrets
from datetime import UTC, datetime
from typing import Any, ClassVar

from captcha.models import CaptchaStore
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from desk_core.human_check import proof, tickets
from desk_core.human_check.drawing import HEIGHT, draw_png, width_of
from desk_core.human_check.question import WORDS
from desk_core.human_check.tickets import Ticket
from desk_core.responses import never_store
from desk_core.throttles import Limit, client_address, hit
from persian.digits import to_ascii, to_persian
from persian.text import normalise

DIGITS = 5
MOST_DIGITS = 8
PICTURES = Limit("human-picture", rate=120, seconds=600)
# One new picture in so many clears the rows that nobody answered.
SWEEP_EVERY = 20


def digits_of(ticket: Ticket) -> int:
    """How many digits are drawn: the more, the more attempts were made just now."""
    return min(MOST_DIGITS, DIGITS + proof.step(ticket))


def challenge(digits: int = DIGITS) -> tuple[str, str]:
    """Make what is drawn and what answers it: django-simple-captcha's CAPTCHA_CHALLENGE_FUNCT."""
    answer = "".join(secrets.choice("23456789") for _ in range(digits))
    return to_persian(answer), answer


def picture(request: HttpRequest, signed: str) -> HttpResponse:
    """Draw the picture of a ticket: PNG, the same at each fetch; 410 when the ticket is no more."""
    if hit(PICTURES, client_address(request)).over:
        return never_store(HttpResponse(status=429))
    try:
        ticket = tickets.read(signed, difficulty=0, purpose=signed_purpose(signed))
    except tickets.ValidationError:
        return never_store(HttpResponse(status=410))
    png = draw_png(_row(ticket).challenge, seed=ticket.secret("picture"))
    return never_store(HttpResponse(png, content_type="image/png"))


def signed_purpose(signed: str) -> str:
    """Return the purpose that a ticket says it has; whether it is ours is checked by the reader."""
    try:
        return str(tickets.signing.Signer(salt=tickets.SALT).unsign_object(signed)[3])
    except (tickets.signing.BadSignature, IndexError, TypeError, ValueError, KeyError):
        return ""


def _row(ticket: Ticket) -> CaptchaStore:
    if secrets.randbelow(SWEEP_EVERY) == 0:
        CaptchaStore.remove_expired()
    drawn, answer = challenge(digits_of(ticket))
    return CaptchaStore.objects.get_or_create(
        hashkey=ticket.nonce,
        defaults={
            "challenge": drawn,
            "response": answer,
            "expiration": datetime.fromtimestamp(ticket.issued + tickets.oldest_seconds(), tz=UTC),
        },
    )[0]


class Picture:
    """The check by a picture: five to eight Persian digits, answered in any digit script."""

    name: ClassVar[str] = "picture"
    template_name: ClassVar[str] = "desk_core/human_check/picture.html"
    by_machine: ClassVar[bool] = False

    def context(self, ticket: Ticket) -> dict[str, Any]:
        """Return the address of the picture, its size and the number of its digits in words."""
        digits = digits_of(ticket)
        return {
            "source": reverse("human_check:picture", args=[ticket.signed]),
            "digits": WORDS[digits],
            "width": width_of(digits),
            "height": HEIGHT,
        }

    def right(self, ticket: Ticket, answer: str) -> bool:
        """Compare with what was drawn, and throw the drawing away: one try a picture."""
        row = CaptchaStore.objects.filter(
            hashkey=ticket.nonce, expiration__gt=timezone.now()
        ).first()
        if row is None:
            return False
        CaptchaStore.objects.filter(pk=row.pk).delete()
        given = to_ascii(normalise(answer)).replace(" ", "").replace("\u200c", "")
        return secrets.compare_digest(given.encode(), row.response.encode())
