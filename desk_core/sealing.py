"""Sealing of personal data: one data key per subject, wrapped by a key of the settings' ring.

AES-256-GCM throughout. A sealed value is `version (1) · nonce (12) · ciphertext · tag (16)` and is
bound to the subject and to the name of its record, so that it opens nowhere else. Erasing the
wrapped key erases everything sealed under it, in the database, the files and every backup whose
copy of the row is gone too.
"""

import json
import os
import uuid
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.db import transaction
from django.utils import timezone

from desk_core import erasures, keyring
from desk_core.inserts import insert
from desk_core.models import SubjectKey

VERSION = b"\x01"
NONCE = 12
TAG = 16


class SealBroken(Exception):
    """A sealed value was altered, cut, moved to another record, or belongs to another key."""


class UnknownKey(SealBroken):
    """The key that wrapped this data key is not in `DESK_KEYRING`."""


class Erased(Exception):
    """The data key of this subject was erased on purpose: what it sealed is gone."""


@dataclass(frozen=True)
class Subject:
    """A subject with its data key open, in memory only."""

    row: SubjectKey
    _data_key: bytes = field(repr=False)

    def save(self) -> None:
        """Store the wrapped key, inside the caller's transaction; a stored one is left alone."""
        if self.row._state.adding:
            insert([self.row])

    def derive(self, purpose: bytes, *, salt: bytes = b"") -> bytes:
        """A 32-byte key for one purpose (HKDF-SHA256), independent of every other one."""
        expand = HKDF(algorithm=hashes.SHA256(), length=32, salt=salt or None, info=purpose)
        return expand.derive(self._data_key)

    def seal(self, data: bytes, *, record: str) -> bytes:
        """Seal bytes under this subject, bound to `record` (for example "case:<uuid>:content")."""
        return _encrypt(self._field_key, data, self._bound(record))

    def open(self, sealed: bytes, *, record: str) -> bytes:
        """The bytes sealed as `record`; anything else raises SealBroken."""
        return _decrypt(self._field_key, bytes(sealed), self._bound(record))

    def seal_json(self, obj: Any, *, record: str) -> bytes:
        """Seal anything that JSON can hold."""
        text = json.dumps(obj, ensure_ascii=False, separators=(",", ":"))
        return self.seal(text.encode("utf-8", "surrogatepass"), record=record)

    def open_json(self, sealed: bytes, *, record: str) -> Any:
        """What `seal_json` sealed as `record`."""
        return json.loads(self.open(sealed, record=record))

    @cached_property
    def _field_key(self) -> bytes:
        return self.derive(b"desk:fields")

    def _bound(self, record: str) -> bytes:
        return b"desk:record:" + self.row.pk.bytes + record.encode()


def new_subject() -> Subject:
    """A fresh data key, wrapped by the ring's current key; nothing is stored before `save()`."""
    data_key = os.urandom(keyring.KEY_BYTES)
    row = SubjectKey(id=uuid.uuid4())
    row.key_id, row.wrapped = wrap(data_key, row.pk)
    return Subject(row, data_key)


def open_subject(row: SubjectKey) -> Subject:
    """Open the data key of a stored row.

    Raises Erased when it was erased, UnknownKey when its wrapping key is not in the settings,
    SealBroken when it was altered.
    """
    if row.wrapped is None:
        raise Erased(str(row.pk))
    return Subject(row, unwrap(row))


def erase(row: SubjectKey) -> None:
    """Forget a data key for ever, inside the caller's transaction. Safe to repeat.

    The ledger of erasures has it before the commit, so that no restore brings it back; what the
    ledger cannot take is not erased.
    """
    now = timezone.now()
    with transaction.atomic():
        erased = SubjectKey.objects.filter(pk=row.pk, wrapped__isnull=False).update(
            wrapped=None, key_id="", erased_at=now
        )
        if erased:
            erasures.intend(row.pk)
            # Left out, the line is made up for by `erasures.settle`.
            transaction.on_commit(lambda: erasures.confirm(row.pk), robust=True)
    row.wrapped, row.key_id = None, ""
    row.erased_at = row.erased_at or now


def wrap(data_key: bytes, subject_id: uuid.UUID) -> tuple[str, bytes]:
    """`(key id, wrapped data key)` under the ring's current key."""
    ring = keyring.ring()
    bound = b"desk:subject:" + subject_id.bytes
    return ring.current, _encrypt(ring.keys[ring.current], data_key, bound)


def unwrap(row: SubjectKey) -> bytes:
    """The data key of a row that is not erased, by the key whose id stands beside it."""
    key = keyring.ring().keys.get(row.key_id)
    if key is None:
        raise UnknownKey(f"Key {row.key_id!r} is not in DESK_KEYRING.")
    return _decrypt(key, bytes(row.wrapped or b""), b"desk:subject:" + row.pk.bytes)


def _encrypt(key: bytes, data: bytes, bound: bytes) -> bytes:
    nonce = os.urandom(NONCE)
    return VERSION + nonce + AESGCM(key).encrypt(nonce, data, VERSION + bound)


def _decrypt(key: bytes, sealed: bytes, bound: bytes) -> bytes:
    if len(sealed) < 1 + NONCE + TAG or sealed[:1] != VERSION:
        raise SealBroken("Not a sealed value.")
    nonce, body = sealed[1 : 1 + NONCE], sealed[1 + NONCE :]
    try:
        return AESGCM(key).decrypt(nonce, body, VERSION + bound)
    except InvalidTag:
        raise SealBroken("The seal does not open here.") from None
