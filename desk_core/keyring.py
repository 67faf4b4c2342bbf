"""The secrets of the settings: read, checked and decoded in one place.

`DESK_KEYRING`  `{key id: base64 of 32 bytes}`; the first entry wraps new data keys.
`DESK_INDEX_KEY`  base64 of 32 bytes; the root of all keyed indexes.
`DESK_PEPPER`  base64 of 32 bytes, or `{pepper id: base64}` with the current one first.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32
KEY_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\Z")


@dataclass(frozen=True)
class Ring:
    """Keys by id; `current` is the id of the one for new work."""

    current: str
    keys: Mapping[str, bytes] = field(repr=False)


def ring() -> Ring:
    """The keys that wrap data keys."""
    return _ring("DESK_KEYRING", _frozen("DESK_KEYRING"))


def index_key() -> bytes:
    """The root key of keyed indexes."""
    return _decode("DESK_INDEX_KEY", _required("DESK_INDEX_KEY"))


def peppers() -> Ring:
    """The peppers of password hashes; one written as plain text has the id "1"."""
    value = _required("DESK_PEPPER")
    entries = tuple(value.items()) if isinstance(value, Mapping) else (("1", value),)
    return _ring("DESK_PEPPER", entries)


def validate() -> None:
    """Raise ImproperlyConfigured, naming the setting and never its value, if a secret is unfit.

    Called when the app is ready, so that no server and no command starts without fit secrets.
    """
    used: dict[bytes, str] = {index_key(): "DESK_INDEX_KEY"}
    for name, found in (("DESK_KEYRING", ring()), ("DESK_PEPPER", peppers())):
        for key_id, key in found.keys.items():
            place = f"{name}[{key_id}]"
            if key in used:
                raise ImproperlyConfigured(f"{place} is the same key as {used[key]}.")
            used[key] = place


def _required(name: str) -> Any:
    value = getattr(settings, name, None)
    if not value:
        raise ImproperlyConfigured(f"{name} is not set.")
    return value


def _frozen(name: str) -> tuple[tuple[str, str], ...]:
    value = _required(name)
    if not isinstance(value, Mapping):
        raise ImproperlyConfigured(f"{name} must be a dictionary of key id and base64 key.")
    return tuple(value.items())


@lru_cache(maxsize=16)
def _ring(name: str, entries: tuple[tuple[str, str], ...]) -> Ring:
    keys: dict[str, bytes] = {}
    for key_id, text in entries:
        if not isinstance(key_id, str) or not KEY_ID.match(key_id):
            raise ImproperlyConfigured(
                f"{name}: a key id is 1 to 64 letters, digits, dots, hyphens or underscores."
            )
        keys[key_id] = _decode(f"{name}[{key_id}]", text)
    return Ring(current=entries[0][0], keys=keys)


@lru_cache(maxsize=64)
def _decode(name: str, text: Any) -> bytes:
    """The 32 bytes behind the base64 text; errors never quote it."""
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError, TypeError):
        raise ImproperlyConfigured(f"{name} is not base64.") from None
    if len(key) != KEY_BYTES:
        raise ImproperlyConfigured(f"{name} must be {KEY_BYTES} bytes, it is {len(key)}.")
    if len(set(key)) < 8:
        raise ImproperlyConfigured(f"{name} is not random.")
    return key
