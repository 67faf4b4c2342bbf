"""Writing a backup: the database as of one moment, then the files, and last the manifest."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pyrage
from django.conf import settings
from django.utils import timezone

from desk_core.backup import code_state, files, keys, ledger_copy, manifest, records, rows
from desk_core.backup.alone import alone
from desk_core.backup.errors import BackupError
from desk_core.backup.recipients import recipients
from desk_core.backup.shelf import Part, Shelf, names, tidy
from desk_core.backup.snapshot import snapshot
from desk_core.models import Backup

PART_SIZE = 64 * 1024 * 1024
Say = Callable[[str], Any]


def make(*, name: str = "", say: Say = lambda text: None) -> Backup:
    """Write a backup; without a name it goes on with the youngest unfinished one, or begins one.

    Raises BackupError for everything that stops it: what is there then has no manifest, and the
    same call goes on from it. Parts with files that were written already are not written again;
    the database is read anew, because it is worth nothing unless it is of one moment.
    """
    readers = recipients()
    with alone():
        code_state.refuse_unmigrated()
        ledger = ledger_copy.refresh()
        tidy()
        shelf = _shelf(name, say)
        row = records.begun(shelf.name)
        body: dict[str, Any] = {
            "name": shelf.name,
            "started_at": row.started_at.isoformat(),
            "code": code_state.versions(),
            "ledger": ledger,
        }
        parts = [*_database(shelf, readers, body, say), *_files(shelf, readers, body, say)]
        shelf.drop_all_but(parts)
        body["parts"] = [part.as_json() for part in parts]
        body["finished_at"] = timezone.now().isoformat()
        sums = shelf.write_manifest(manifest.write(body), readers)
        return records.finished(manifest.Manifest(body, sums.sha256))


def part_size() -> int:
    """About how many plain bytes go into a part."""
    return int(getattr(settings, "DESK_BACKUP_PART_SIZE", PART_SIZE))


def _shelf(name: str, say: Say) -> Shelf:
    if not name:
        name = next((each for each in reversed(names()) if not Shelf(each).is_finished), "")
        name = name or timezone.now().strftime("%Y%m%dT%H%M%SZ")
    shelf = Shelf(name)
    if shelf.is_finished:
        raise BackupError(f"The backup {name} is finished. Choose another name.")
    going_on = bool(shelf.part_names())
    say(f"The unfinished backup {name} goes on." if going_on else f"Backup {name}")
    return shelf


def _database(
    shelf: Shelf, readers: list[pyrage.x25519.Recipient], body: dict[str, Any], say: Say
) -> list[Part]:
    parts = []
    with snapshot() as seen:
        dump = rows.Dump(seen.alias)
        body["covers_until"] = seen.taken_at.isoformat()
        body["keys"] = keys.needed(alias=seen.alias, backup=shelf.name)
        for number, lines in enumerate(rows.cut(dump.rows(), part_size()), 1):
            part = shelf.write_part(
                lines,
                readers,
                kind="database",
                prefix=f"database-{number:04d}",
                suffix="ndjson",
            )
            parts.append(part)
            say(f"  {part.name}")
        body["database"] = {
            "vendor": seen.vendor,
            "migrations": code_state.migrations(),
            "tables": dump.as_json(),
        }
    for lost in body["keys"]["lost"]:
        say(f"  Warning: data are sealed under {lost!r}, which is not in DESK_KEYRING.")
    return parts


def _files(
    shelf: Shelf, readers: list[pyrage.x25519.Recipient], body: dict[str, Any], say: Say
) -> Iterator[Part]:
    tally = files.Tally()
    for group in files.groups(part_size()):
        before = tally.count
        part = shelf.write_part(
            files.pack(group, tally), readers, kind="files", prefix="files", suffix="tar"
        )
        yield replace(part, files=tally.count - before)
        say(f"  {part.name}")
    body["files"] = {"count": tally.count, "bytes": tally.size, "vanished": tally.vanished}
