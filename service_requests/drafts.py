"""A submission while it is being written: kept sealed, found only by the token in a cookie.

The random key of the submission is derived from the same token, so that one browser can hand in
one draft only once, and finds its receipt again after a lost reply.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import router, transaction
from django.utils import timezone

from desk_core.models import SubjectKey
from desk_core.sealing import Subject, new_subject, open_subject
from desk_core.statements import Slot, Statement
from service_requests.errors import DraftGone
from service_requests.models import Draft

LIFETIME = timedelta(hours=2)
# With a code by which it can be taken up again.
LEFT_LIFETIME = timedelta(days=7)
# A token of 256 bits is 43 characters long; nothing longer is looked up.
_TOKEN_LENGTH = 43


def new_token() -> str:
    """A token for the cookie: 256 random bits."""
    return secrets.token_urlsafe(32)


def is_token(text: str) -> bool:
    """Whether a cookie's value can be a token at all."""
    return len(text) == _TOKEN_LENGTH and text.isascii()


def submission_key(token: str) -> str:
    """The key of the submission that this draft becomes; the database knows neither of the two."""
    return hmac.new(token.encode(), b"desk:submission", hashlib.sha256).hexdigest()


def find(token: str) -> Draft | None:
    """The draft of this browser, while it lives."""
    if not is_token(token):
        return None
    for row in _LIVING.rows(digest=digest(token), now=timezone.now()):
        alias = router.db_for_write(Draft)
        draft = Draft.from_db(alias, _COLUMNS, row[: len(_COLUMNS)])
        draft.subject_key = SubjectKey.from_db(alias, _KEY_COLUMNS, row[len(_COLUMNS) :])
        return draft
    return None


_COLUMNS = [field.attname for field in Draft._meta.concrete_fields]
_KEY_COLUMNS = [field.attname for field in SubjectKey._meta.concrete_fields]
_LIVING = Statement(
    lambda: Draft.objects.filter(
        token_digest=Slot("digest", Draft.token_digest),
        expires_at__gt=Slot("now", Draft.expires_at),
    ).values_list(*_COLUMNS, *(f"subject_key__{name}" for name in _KEY_COLUMNS))
)


def read(draft: Draft | None) -> dict[str, Any]:
    """The answers so far, as they were typed, by the names of the fields of the pages."""
    if draft is None or draft.sealed_data is None:
        return {}
    return open_subject(draft.subject_key).open_json(bytes(draft.sealed_data), record=draft.record)


def write(*, token: str, draft: Draft | None, answers: Mapping[str, Any]) -> Draft:
    """Keep answers beside the earlier ones and the draft alive; starts one where there is none.

    The earlier ones are those in the database, whatever `draft` was read with; afterwards it is as
    written. Raises DraftGone when the draft was handed in, erased or forgotten meanwhile: its key
    may be a case's by now, so it must never come back.
    """
    if draft is None:
        return _begun(token, answers)
    subject = open_subject(draft.subject_key)
    with transaction.atomic():
        now_there = locked(draft)
        draft.sealed_data, draft.resume_code = now_there.sealed_data, now_there.resume_code
        _put(draft, {**read(draft), **answers}, subject)
        draft.save(update_fields=["sealed_data", "expires_at"])
    return draft


def _begun(token: str, answers: Mapping[str, Any]) -> Draft:
    subject = new_subject()
    draft = Draft(token_digest=digest(token), subject_key=subject.row)
    _put(draft, answers, subject)
    with transaction.atomic():
        subject.save()
        draft.save(force_insert=True)
    return draft


def _put(draft: Draft, answers: Mapping[str, Any], subject: Subject) -> None:
    draft.sealed_data = subject.seal_json(dict(answers), record=draft.record)
    draft.expires_at = timezone.now() + (LEFT_LIFETIME if draft.resume_code else LIFETIME)


def locked(draft: Draft) -> Draft:
    """The draft as it is now, nobody else's until the caller's transaction ends.

    Raises DraftGone.
    """
    found = Draft.objects.select_for_update().filter(pk=draft.pk).first()
    # Asked of the clock only now: who waited for the lock may have waited for the erasing.
    if found is None or found.expires_at <= timezone.now():
        raise DraftGone
    return found


def let_go(draft: Draft) -> None:
    """Nobody goes on with it: it is found no more, and erased. One that was left stays."""
    Draft.objects.filter(pk=draft.pk, resume_code="").update(expires_at=timezone.now())


def give_up(draft: Draft) -> None:
    """Erase it, also one that was left: whoever asks holds its token."""
    Draft.objects.filter(pk=draft.pk).update(
        expires_at=timezone.now(), resume_code="", resume_hash=""
    )


def touch(draft: Draft) -> None:
    """Give the draft another version: its files changed, its answers stay. Raises DraftGone."""
    write(token="", draft=draft, answers={})


def version(draft: Draft) -> str:
    """Another one after every writing and `touch`; says nothing about the answers."""
    return hashlib.sha256(bytes(draft.sealed_data or b"")).hexdigest()[:32]


def subject_of(draft: Draft) -> Subject:
    """The key under which its answers and files are sealed."""
    return open_subject(draft.subject_key)


def digest(token: str) -> str:
    """What the database knows a token by."""
    return hashlib.sha256(b"desk:draft:" + token.encode()).hexdigest()
