"""Leaving a draft and taking it up again from anywhere: a code and a password, no account.

Both are of the kind that tracking uses, and attempts count against the same limits; but they open
a draft and nothing else, and end with it. The database keeps the password as a hash.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from desk_core.passwords import hash_secret, verify_secret
from desk_core.throttles import hit
from service_requests import codes, credentials, drafts
from service_requests.errors import AskedTooOften, DraftGone, WrongDraftCredential
from service_requests.limits import ASKED_TOO_OFTEN, LEAVINGS
from service_requests.models import Draft


@dataclass(frozen=True)
class Leave:
    """What the citizen writes down."""

    code: str
    password: str = field(repr=False)
    until: datetime


def leave(*, draft: Draft) -> Leave:
    """Keep the draft longer and give it a code and a password; asked again, a new password.

    Its time runs anew each time somebody writes in it. Raises DraftGone and AskedTooOften.
    Not inside a transaction.
    """
    if hit(LEAVINGS, str(draft.pk)).over:
        raise AskedTooOften(ASKED_TOO_OFTEN)
    password = codes.new_password()
    secret = hash_secret(password)
    until = timezone.now() + drafts.LEFT_LIFETIME
    # Two drafts may draw the same code: then once more, with another one.
    for _attempt in range(2):
        try:
            with transaction.atomic():
                now_there = drafts.locked(draft)
                code = now_there.resume_code or codes.new_code()
                now_there.resume_code, now_there.resume_hash = code, secret
                now_there.expires_at = until
                now_there.save(update_fields=["resume_code", "resume_hash", "expires_at"])
        except IntegrityError:
            continue
        return Leave(code, password, until)
    raise DraftGone


def resume(
    *,
    code: str,
    password: str,
    address: str,
    human_check_passed: int = 0,
    look: Callable[[Draft], object] | None = None,
) -> str:
    """A new token for the draft of this code and password; the browser before loses it.

    `look` sees the draft first: when a door cannot go on with it and raises, nobody loses it.
    Raises HumanCheckNeeded and WrongDraftCredential as tracking does: an unknown code, a wrong
    password and a draft whose time is over are one and the same. Not inside a transaction.
    """
    credentials.count_attempt(code=code, address=address, human_check_passed=human_check_passed)
    bare_code = codes.bare(code, codes.CODE_LENGTH)
    living = Draft.objects.filter(resume_code=bare_code, expires_at__gt=timezone.now())
    found = living.select_related("subject_key").first() if bare_code else None
    secret = codes.bare(password, codes.PASSWORD_LENGTH)
    if not verify_secret(secret, found.resume_hash if found else None) or found is None:
        raise WrongDraftCredential
    if look is not None:
        look(found)
    token = drafts.new_token()
    if not living.filter(resume_hash=found.resume_hash).update(token_digest=drafts.digest(token)):
        raise WrongDraftCredential
    credentials.forget_attempts(code=bare_code)
    return token
