"""What proves that somebody may touch a subscription: codes, links to end it, short sessions.

* A **code** of twelve letters and digits (60 random bits) goes to the contact, for one use and a
  limited time. It fits into a text message, can be typed on another device, and stands in links
  behind a #, which browsers send to nobody. A keyed digest of it is stored.
* The **token to unsubscribe** stands in the address that RFC 8058 asks for, so that it may end up
  in a log: it names a subscription and can do nothing but end it. It is signed and valid for 400
  days; a later subscription of the same contact has another one.
* A **session** to manage is a signed cookie of half an hour, bound to one subscription.
* A **renewal** is a signed cookie of five minutes: the next page of that session shows the secret
  of the webhook, once. It does not carry the secret.
"""

import secrets
from datetime import timedelta
from uuid import UUID

from django.core import signing

from desk_core import blind_index
from persian.digits import to_ascii

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12
CODE_LIFETIME = timedelta(hours=24)
SESSION = timedelta(minutes=30)
RENEWAL = timedelta(minutes=5)
UNSUBSCRIBE_LIFETIME = timedelta(days=400)
_UNSUBSCRIBE = "notices.subscription.unsubscribe"
_SESSION = "notices.subscription.session"
_RENEWAL = "notices.subscription.renewal"
# Letters that are read for digits; none of them is in the alphabet.
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_code() -> str:
    """A fresh code, bare."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def grouped(code: str) -> str:
    """The code as it is shown: K7QF-2M9D-XW3P."""
    return "-".join(code[start : start + 4] for start in range(0, LENGTH, 4))


def clean_code(text: str) -> str:
    """The bare code in what was typed or pasted, a whole link included; "" when there is none."""
    last = to_ascii(text[:500]).rpartition("#")[2].upper()
    bare = "".join(letter for letter in last if letter.isascii() and letter.isalnum())
    bare = bare.translate(_MISREAD)
    return bare if len(bare) == LENGTH and set(bare) <= set(ALPHABET) else ""


def code_digest(code: str) -> str:
    """What is stored of a code."""
    return blind_index.digest(code, field="notices.subscription_code")


def unsubscribe_token(subscription: UUID) -> str:
    """The signed word in the address that ends a subscription."""
    return signing.dumps(subscription.hex, salt=_UNSUBSCRIBE)


def of_unsubscribe(token: str) -> UUID | None:
    """The subscription that a token ends; None for one that is forged or too old."""
    return _read(token, _UNSUBSCRIBE, UNSUBSCRIBE_LIFETIME)


def session(subscription: UUID) -> str:
    """The cookie of whoever has proved that a subscription is theirs."""
    return signing.dumps(subscription.hex, salt=_SESSION)


def of_session(value: str) -> UUID | None:
    """The subscription of a cookie; None when it is forged or over."""
    return _read(value, _SESSION, SESSION)


def renewal(subscription: UUID) -> str:
    """The cookie of whoever has just renewed the secret of a webhook."""
    return signing.dumps(subscription.hex, salt=_RENEWAL)


def of_renewal(value: str) -> UUID | None:
    """The subscription whose secret was just renewed; None when it is forged or over."""
    return _read(value, _RENEWAL, RENEWAL)


def _read(value: str, salt: str, lifetime: timedelta) -> UUID | None:
    try:
        return UUID(hex=signing.loads(value[:500], salt=salt, max_age=lifetime))
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        return None
