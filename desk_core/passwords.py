"""Hashes of secrets that the desk hands out: Argon2id over a peppered HMAC.

Stored as `desk1$<pepper id>$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>` (OWASP's and RFC 9106's
shape of parameters; ASVS 5.0 6.5.2). The pepper is in the settings, outside the database: a
stolen database alone allows no guessing at all. A hash takes 20 ms and 19 MB, so it is never
computed while a transaction holds locks, and no more of them run at once than there are cores.
"""

import base64
import hashlib
import hmac
import logging
import os
import threading

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError
from django.db import connections

from desk_core import keyring

PREFIX = "desk1"
logger = logging.getLogger(__name__)
_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1, hash_len=32, salt_len=16)
_room = threading.BoundedSemaphore(max(2, os.cpu_count() or 2))


def _nobodys_hash() -> str:
    """A well-formed hash of nothing: checking against it costs the same and never succeeds."""
    salt, digest = (base64.b64encode(os.urandom(n)).decode().rstrip("=") for n in (16, 32))
    return f"$argon2id$v=19$m=19456,t=2,p=1${salt}${digest}"


_NOBODY = _nobodys_hash()


class HashInTransaction(RuntimeError):
    """A hash was asked for while a transaction was open."""


def hash_secret(secret: str) -> str:
    """The text to store for a secret. Outside transactions only (HashInTransaction)."""
    _refuse_inside_transaction()
    pepper_id = keyring.peppers().current
    with _room:
        encoded = _hasher.hash(_peppered(secret, pepper_id))
    return f"{PREFIX}${pepper_id}{encoded}"


def verify_secret(secret: str, stored: str | None) -> bool:
    """Whether `secret` is the one behind `stored`. Outside transactions only.

    Without a stored hash (an unknown code), and with one that cannot be read, the answer is no
    and takes the same time.
    """
    _refuse_inside_transaction()
    pepper_id, encoded = _parts(stored)
    with _room:
        try:
            _hasher.verify(encoded or _NOBODY, _peppered(secret, pepper_id))
        except (VerificationError, InvalidHashError):
            return False
    return encoded is not None


def is_checkable(stored: str) -> bool:
    """Whether a hash is one of ours, whole, and its pepper is in the settings."""
    return _parts(stored)[1] is not None


def needs_rehash(stored: str) -> bool:
    """Whether a hash was made with an older pepper or other parameters than today's."""
    pepper_id, encoded = _parts(stored)
    if encoded is None or pepper_id != keyring.peppers().current:
        return True
    return _hasher.check_needs_rehash(encoded)


def _parts(stored: str | None) -> tuple[str, str | None]:
    """`(pepper id, Argon2 hash)`; the current pepper and None for what cannot be checked."""
    peppers = keyring.peppers()
    if stored is None:
        return peppers.current, None
    prefix, _, rest = stored.partition("$")
    pepper_id, _, encoded = rest.partition("$")
    if prefix != PREFIX or not encoded.startswith("argon2id$"):
        logger.error("A stored hash is not one of ours.")
        return peppers.current, None
    if pepper_id not in peppers.keys:
        logger.error("The pepper %s is not in DESK_PEPPER.", pepper_id)
        return peppers.current, None
    try:
        extract_parameters(f"${encoded}")
    except InvalidHashError:
        logger.error("A stored hash is damaged.")
        return pepper_id, None
    return pepper_id, f"${encoded}"


def _peppered(secret: str, pepper_id: str) -> bytes:
    pepper = keyring.peppers().keys[pepper_id]
    return hmac.digest(
        pepper, b"desk:secret:" + secret.encode("utf-8", "surrogatepass"), hashlib.sha256
    )


def _refuse_inside_transaction() -> None:
    for connection in connections.all(initialized_only=True):
        # A test case's own surrounding transaction does not count: it holds nobody up.
        if any(not getattr(b, "_from_testcase", False) for b in connection.atomic_blocks):
            raise HashInTransaction("Compute the hash before the transaction begins.")
