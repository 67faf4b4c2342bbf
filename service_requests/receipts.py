"""The receipt: code and password, readable for fifteen minutes to whoever holds the key.

The browser draws a random submission key and keeps it. The receipt is sealed under a key derived
from it (HKDF-SHA256, AES-256-GCM) and nowhere else; the database holds a digest of it only. A
reply lost on the way is thus repeated by sending the same submission again, and never costs the
citizen the password.
"""

import hashlib
import json
import os
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from desk_core.statements import Slot, Statement
from service_requests.models import Case, Credential, Receipt

LIFETIME = timedelta(minutes=15)
_NONCE = 12
_KEY = re.compile(r"[A-Za-z0-9_-]{32,128}")
_FEWEST_CHARACTERS = 8


@dataclass(frozen=True)
class OpenReceipt:
    """What the citizen gets; `password` is None once the receipt was kept or its time is over."""

    case: Case
    password: str | None = field(repr=False)
    expires_at: datetime
    created: bool = False

    @property
    def code(self) -> str:
        """The tracking code, twelve bare digits."""
        return self.case.code


def new_submission_key() -> str:
    """A fresh key for one submission: 256 bits."""
    return secrets.token_urlsafe(32)


def key_digest(submission_key: str) -> str:
    """What the database knows the key by.

    Raises ValidationError for a key that is no random one: 32 to 128 letters, digits, "-" or "_".
    """
    if (
        not isinstance(submission_key, str)
        or not _KEY.fullmatch(submission_key)
        or len(set(submission_key)) < _FEWEST_CHARACTERS
    ):
        raise ValidationError(
            {"submission_key": [_("Send a random key of 32 to 128 letters and digits.")]}
        )
    return hashlib.sha256(b"desk:receipt:" + submission_key.encode()).hexdigest()


def make(*, submission_key: str, credential: Credential, code: str, password: str) -> Receipt:
    """An unsaved receipt of a fresh credential."""
    digest = key_digest(submission_key)
    now = timezone.now()
    return Receipt(
        key_digest=digest,
        credential=credential,
        sealed=_seal(submission_key, digest, {"code": code, "password": password}),
        created_at=now,
        expires_at=now + LIFETIME,
    )


def open_receipt(*, submission_key: str) -> OpenReceipt | None:
    """The receipt of a submission that was registered, or None when the key is unknown."""
    digest = key_digest(submission_key)
    # Mostly there is none: look before the whole case is asked for.
    if not _KNOWN.rows(digest=digest):
        return None
    receipt = Receipt.objects.select_related("credential__case__department").get(key_digest=digest)
    password = None
    if receipt.sealed and receipt.expires_at > timezone.now():
        password = _open(submission_key, digest, bytes(receipt.sealed))["password"]
    return OpenReceipt(receipt.credential.case, password, receipt.expires_at)


_KNOWN = Statement(
    lambda: Receipt.objects.filter(key_digest=Slot("digest", Receipt.key_digest)).values_list("pk")
)


def keep(*, submission_key: str) -> bool:
    """The citizen says that they kept it: the password is gone from here at once. Repeatable.

    Whether this was the first time.
    """
    now = timezone.now()
    unkept = Receipt.objects.filter(key_digest=key_digest(submission_key), kept_at=None)
    return bool(unkept.update(kept_at=now, sealed=None))


def wipe_expired(*, at: datetime | None = None) -> int:
    """Wipe the sealed part of receipts whose time is over; how many there were."""
    due = Receipt.objects.filter(expires_at__lte=at or timezone.now(), sealed__isnull=False)
    return due.update(sealed=None)


def _cipher(submission_key: str) -> AESGCM:
    derive = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"desk:receipt:v1")
    return AESGCM(derive.derive(submission_key.encode()))


def _seal(submission_key: str, bound: str, content: dict[str, str]) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + _cipher(submission_key).encrypt(
        nonce, json.dumps(content).encode(), bound.encode()
    )


def _open(submission_key: str, bound: str, sealed: bytes) -> dict[str, str]:
    try:
        plain = _cipher(submission_key).decrypt(sealed[:_NONCE], sealed[_NONCE:], bound.encode())
    except InvalidTag as error:
        raise ValidationError({"submission_key": [_("This receipt cannot be read.")]}) from error
    return json.loads(plain)
