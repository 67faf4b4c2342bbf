"""The manifest: what a backup holds, sealed by the site that wrote it.

Two lines of JSON: the manifest, and an HMAC over it under a key derived from the key ring. Anybody
may encrypt for a public key; only the site itself can write a manifest that a restore accepts.
"""

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyrage
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from desk_core import keyring
from desk_core.backup import keys
from desk_core.backup.errors import BackupError
from desk_core.backup.shelf import Part, Shelf

FORMAT = "desk-backup-1"


@dataclass(frozen=True)
class Manifest:
    """A manifest that was read and found to be this site's own; `sha256` is of the stored file."""

    body: dict[str, Any]
    sha256: str

    @property
    def parts(self) -> list[Part]:
        """Every part, those of the database first."""
        return [Part(**each) for each in self.body["parts"]]

    @property
    def counts(self) -> dict[str, int]:
        """Tables, rows, files, bytes of files."""
        tables = self.body["database"]["tables"]
        return {
            "tables": len(tables),
            "rows": sum(table["rows"] for table in tables.values()),
            "files": self.body["files"]["count"],
            "bytes": self.body["files"]["bytes"],
        }

    def moment(self, name: str) -> datetime:
        """One of `started_at`, `covers_until`, `finished_at`."""
        return datetime.fromisoformat(self.body[name])


def write(body: dict[str, Any]) -> bytes:
    """The manifest with its seal."""
    current = keyring.ring().current
    line = json.dumps({"format": FORMAT, **body}, ensure_ascii=False).encode()
    seal = {"seal": {"key": current, "hmac-sha256": _seal(keyring.ring().keys[current], line)}}
    return line + b"\n" + json.dumps(seal).encode() + b"\n"


def read(shelf: Shelf, identities: Sequence[pyrage.x25519.Identity]) -> Manifest:
    """The manifest of a finished backup.

    Raises BackupError when there is none, when it does not open, when keys that the backup needs
    are missing or others (all of them are named), and when this site did not write it.
    """
    data, sha256 = shelf.read_manifest(identities)
    try:
        line, second = data.splitlines()
        body, seal = json.loads(line), json.loads(second)["seal"]
    except (ValueError, KeyError, TypeError) as error:
        raise BackupError("The manifest cannot be read.") from error
    if body.get("format") != FORMAT:
        raise BackupError(f"The backup has the format {body.get('format')!r}, not {FORMAT}.")
    if body["name"] != shelf.name:
        raise BackupError(f"The manifest is that of another backup, {body['name']}.")
    if missing := keys.problems(body["keys"], backup=body["name"]):
        raise BackupError(" ".join(missing))
    key = keyring.ring().keys.get(seal["key"])
    if key is None or not hmac.compare_digest(_seal(key, line), seal["hmac-sha256"]):
        raise BackupError("The manifest was not written by this site: its seal does not fit.")
    return Manifest(body, sha256)


def _seal(key: bytes, line: bytes) -> str:
    derive = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"desk:backup:manifest")
    return hmac.digest(derive.derive(key), line, hashlib.sha256).hex()
