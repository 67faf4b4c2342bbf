"""Search terms that may be personal: never in an address in clear, so in no log and no history.

The search form is posted; the address that it leads to carries the term sealed, for an hour.
"""

import base64
import binascii
import os
import time

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from desk_core.keyring import index_key

MARK = "~"
LIFETIME = 3600
LONGEST_TERM = 100
_NONCE = 12


def hide(term: str) -> str:
    """The sealed form of a term (at most LONGEST_TERM characters of it), fit for an address."""
    nonce = os.urandom(_NONCE)
    stamped = f"{int(time.time())}:{term[:LONGEST_TERM]}".encode("utf-8", "replace")
    sealed = _cipher().encrypt(nonce, stamped, b"")
    return MARK + base64.urlsafe_b64encode(nonce + sealed).decode().rstrip("=")


def reveal(text: str) -> str:
    """The term of a sealed form, "" when it is too old or not ours; other text comes back as is."""
    if not text.startswith(MARK):
        return text
    try:
        raw = base64.urlsafe_b64decode(text[len(MARK) :] + "==")
        stamp, _, term = _cipher().decrypt(raw[:_NONCE], raw[_NONCE:], b"").decode().partition(":")
    except (binascii.Error, ValueError, InvalidTag):
        return ""
    return term if time.time() - int(stamp) <= LIFETIME else ""


def _cipher() -> AESGCM:
    derive = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"desk:search-term")
    return AESGCM(derive.derive(index_key()))
