"""Making and trying one-time codes; `contacts` and `recovery` say what a right one opens.

A code is checked outside of transactions. Each try is counted before it is judged, and using a code
up is one conditional update: of two people who type the right one at once, one gets in.
"""

import secrets
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from desk_core.blind_index import digest
from desk_core.outbox import Outgoing
from desk_core.passwords import verify_secret
from desk_core.throttles import Limit
from service_requests import codes
from service_requests.errors import WrongCode
from service_requests.message_words import FOLDER
from service_requests.models import Case, OneTimeCode

LENGTH = 6
LIFETIME = timedelta(minutes=10)
MOST_TRIES = 5
#: Kept a little longer than they are worth anything, for the limits and for whoever looks.
KEPT = timedelta(days=1)

PER_CONTACT = Limit("one-time-code-contact", rate=3, seconds=3600)
#: Of its own: what is asked from a case says nothing to whoever asks at the door.
VERIFYING = Limit("one-time-code-verifying", rate=3, seconds=3600)
PER_ADDRESS = Limit("one-time-code-address", rate=20, seconds=3600)
PER_SITE = Limit("one-time-code-site", rate=600, seconds=3600)
#: Tries are counted per address as well: many rows with five tries each are many tries.
TRIES = Limit("one-time-code-tries", rate=30, seconds=3600)


def new_code() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(10**LENGTH):0{LENGTH}d}"


def clean(text: str) -> str:
    """The bare code; raises ValidationError by field."""
    code = codes.bare(text, LENGTH)
    if not code:
        raise ValidationError({"one_time_code": [_("The one-time code has 6 digits.")]})
    return code


def contact_digest(channel: str, contact: str) -> str:
    """By which a contact in canonical form is known without being stored."""
    return digest(f"{channel}:{contact}", field="contact.verified")


def message(*, row: OneTimeCode, case: Case, contact: str, code: str) -> Outgoing:
    """The message with a code: without the tracking code, and worth nothing once it is over."""
    return Outgoing(
        channel=row.channel,
        recipient=contact,
        template=f"{FOLDER}/one_time_code",
        context={"otp": code},
        language=case.language,
        dedupe=f"one-time-code:{row.pk}",
        not_after=row.expires_at,
    )


def use_up(row: OneTimeCode | None, code: str) -> None:
    """Return if this is the right clean code, once; raises WrongCode otherwise.

    Not in a transaction. Without a row, or one behind which nobody is known, the work is the same.
    """
    now = timezone.now()
    counted = False
    if row is not None:
        living = OneTimeCode.objects.filter(pk=row.pk, used_at=None, expires_at__gt=now)
        counted = bool(living.filter(tries__lt=MOST_TRIES).update(tries=F("tries") + 1))
    stored: Any = row.code_hash if row is not None and counted else None
    right = verify_secret(code, stored or None)
    if not right or row is None or not _mark_used(row):
        raise WrongCode


def _mark_used(row: OneTimeCode) -> bool:
    row.used_at = timezone.now()
    unused = OneTimeCode.objects.filter(pk=row.pk, used_at=None)
    return bool(unused.update(used_at=row.used_at))


def forget_old(*, at: Any) -> int:
    """Delete what is over for long; how many."""
    return OneTimeCode.objects.filter(created_at__lte=at - KEPT).delete()[0]
