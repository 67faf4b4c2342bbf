"""Which keys of the settings a backup will need: their ids and marks to know them by, no keys."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from desk_core import keyring
from desk_core.models import SubjectKey

INDEX = "index"
_SETTINGS = {"keyring": "DESK_KEYRING", "pepper": "DESK_PEPPER", "index": "DESK_INDEX_KEY"}


def needed(*, alias: str, backup: str) -> dict[str, Any]:
    """For the manifest: by kind the ids of the keys, each with a mark that proves it.

    A mark is an HMAC of the backup's name under the key: it shows whether somebody has the key
    and says nothing about it. `lost` are keys that the data name and this site does not have.
    """
    ring, peppers = keyring.ring(), keyring.peppers()
    used = SubjectKey.objects.using(alias).filter(wrapped__isnull=False)
    ids = set(used.order_by().values_list("key_id", flat=True).distinct()) | {ring.current}
    return {
        "keyring": {each: _mark(ring.keys[each], backup) for each in sorted(ids & set(ring.keys))},
        "pepper": {each: _mark(key, backup) for each, key in peppers.keys.items()},
        "index": {INDEX: _mark(keyring.index_key(), backup)},
        "lost": sorted(ids - set(ring.keys)),
    }


def problems(wanted: Mapping[str, Any], *, backup: str) -> list[str]:
    """Sentences on the keys that the settings lack or have with another value."""
    here: dict[str, Mapping[str, bytes]] = {
        "keyring": keyring.ring().keys,
        "pepper": keyring.peppers().keys,
        "index": {INDEX: keyring.index_key()},
    }
    told = []
    for kind, keys in here.items():
        for key_id, mark in wanted[kind].items():
            place = f"{_SETTINGS[kind]}[{key_id}]" if kind != "index" else _SETTINGS[kind]
            if key_id not in keys:
                told.append(f"{place} is missing: the backup needs this key.")
            elif not hmac.compare_digest(_mark(keys[key_id], backup), mark):
                told.append(f"{place} is another key than the one that the backup needs.")
    return told


def _mark(key: bytes, backup: str) -> str:
    return hmac.digest(key, b"desk:backup:mark:" + backup.encode(), hashlib.sha256).hex()[:32]
