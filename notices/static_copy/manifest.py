"""What a copy knows of itself where it lies: of when it is, and each file with its digest."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.files.storage import Storage
from django.utils.dateparse import parse_datetime

#: Where it lies in every copy.
NAME = ".static-copy.json"


@dataclass(frozen=True)
class Manifest:
    """The list of a copy.

    `files` are names with digests, "" while one is being written. `made_at` is the instant of the
    oldest page there, `mark` that of the page cache at the last writing, and `changes_at` when
    something was to change by itself from then on. Nothing but `files` is known of a copy that was
    broken off.
    """

    files: Mapping[str, str] = field(default_factory=dict)
    made_at: datetime | None = None
    mark: str = ""
    changes_at: datetime | None = None

    def body(self) -> bytes:
        """As it is written."""
        moments = {"made_at": self.made_at, "changes_at": self.changes_at}
        told: dict[str, Any] = {name: at and at.isoformat() for name, at in moments.items()}
        return json.dumps({**told, "mark": self.mark, "files": dict(self.files)}).encode()


def read(storage: Storage) -> Manifest | None:
    """The one that lies there, if any. Raises ValueError for what is none."""
    if not storage.exists(NAME):
        return None
    with storage.open(NAME) as file:
        found = json.loads(file.read())
    if not isinstance(found, dict) or not _is_told(found):
        raise ValueError(f"{NAME} is no list of a copy.")
    if not isinstance(found.get("files"), dict):
        # Written by a release that listed nothing but names.
        return Manifest(dict.fromkeys(found, ""))
    return Manifest(
        found["files"],
        made_at=parse_datetime(found.get("made_at") or ""),
        mark=found.get("mark", ""),
        changes_at=parse_datetime(found.get("changes_at") or ""),
    )


def _is_told(found: dict[str, Any]) -> bool:
    """Whether its moments and its mark are words."""
    return all(isinstance(found.get(name) or "", str) for name in ("made_at", "changes_at", "mark"))
