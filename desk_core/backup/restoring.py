"""Bringing a backup back, into an empty database and empty storages only."""

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pyrage
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import (
    DEFAULT_DB_ALIAS,
    DatabaseError,
    IntegrityError,
    OperationalError,
    connection,
    transaction,
)
from django.utils import timezone

from desk_core import erasures, page_cache, triggers
from desk_core.backup import code_state, files, guard, ledger_copy, records, rows, target
from desk_core.backup import manifest as manifests
from desk_core.backup.errors import BackupError, Hindered, storing
from desk_core.backup.manifest import Manifest
from desk_core.backup.recipients import read_identities
from desk_core.backup.shelf import Shelf
from desk_core.enums import MessageState
from desk_core.models import OutgoingMessage, SubjectKey

Say = Callable[[str], Any]
_AT_ONCE = 500


def restore(
    *,
    name: str,
    identity: Path | str,
    again: bool = False,
    without_ledger: bool = False,
    say: Say = lambda text: None,
) -> dict[str, Any]:
    """Restore a backup; returns what was restored, counted.

    Everything that can be known is checked before anything is written: identity, seal, keys,
    migrations, ledger, emptiness of the target, every byte of every part. From the first write to
    the last the database is shut for everybody else (`guard`). The rows come in one transaction,
    in which they are compared with the manifest and the erased are erased anew. Raises BackupError.
    """
    shelf, identities = Shelf(name), read_identities(identity)
    manifest = manifests.read(shelf, identities)
    if told := code_state.differences(manifest.body["database"]["migrations"]):
        raise BackupError(" ".join(told))
    ledger = b"" if without_ledger else ledger_copy.for_restore(manifest.body["ledger"])
    with guard.lifted():
        target.refuse_what_is_there(name=name, again=again)
        say("Checking the parts ...")
        if told := list(shelf.problems_of(manifest.parts)):
            raise BackupError(" ".join(told))
        try:
            target.shut(name=name)
            return _write(shelf, manifest, identities, ledger, again=again, say=say)
        except DatabaseError as error:
            # What follows in its text may quote values.
            first = str(error).partition("\n")[0]
            said = f"The database refused what was to be restored: {first}"
            # Full, away or busy: that is the database's own, and not the rows'.
            raise (Hindered if isinstance(error, OperationalError) else BackupError)(
                said
            ) from error


def _write(
    shelf: Shelf,
    manifest: Manifest,
    identities: Sequence[pyrage.x25519.Identity],
    ledger: bytes,
    *,
    again: bool,
    say: Say,
) -> dict[str, Any]:
    """Everything that writes, into a database that is shut; it is opened at the end."""
    say("Making the tables ...")
    call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
    say("Restoring the files ...")
    _files(shelf, manifest, identities, again=again)
    say("Restoring the rows ...")
    with transaction.atomic():
        _rows(shelf, manifest, identities)
        erased = _erase_anew(erasures.erased(ledger))
        held = _hold_messages_back()
        records.finished(manifest)
    ContentType.objects.clear_cache()
    if ledger:
        with storing("The ledger of erasures"):
            erasures.put_back(ledger)
    say("Building the indexes ...")
    _rebuild()
    guard.unmark()
    return {**manifest.counts, "erased": erased, "messages": held}


def _files(
    shelf: Shelf, manifest: Manifest, identities: Sequence[pyrage.x25519.Identity], *, again: bool
) -> None:
    count = size = 0
    for part in manifest.parts:
        if part.kind != "files":
            continue
        with shelf.open_part(part, identities) as archive:
            tally = files.unpack(archive, keep_equal=again)
        if tally.count != part.files:
            raise BackupError(f"{part.name} has {tally.count} files instead of {part.files}.")
        count, size = count + tally.count, size + tally.size
    if (count, size) != (manifest.counts["files"], manifest.counts["bytes"]):
        raise BackupError("The files are not as many as the manifest says.")


def _rows(shelf: Shelf, manifest: Manifest, identities: Sequence[pyrage.x25519.Identity]) -> None:
    target.clear_rows()
    # What was there comes back even where it would be refused today; the system check names it.
    triggers.lift(tables=triggers.refusing())
    for part in manifest.parts:
        if part.kind == "database":
            with shelf.open_part(part, identities) as lines:
                rows.load(lines, alias=DEFAULT_DB_ALIAS)
    try:
        connection.check_constraints()
    except IntegrityError as error:
        raise BackupError(f"The rows do not fit together: {error}") from error
    found = rows.Dump(DEFAULT_DB_ALIAS).measure()
    if told := rows.differences(manifest.body["database"]["tables"], found):
        raise BackupError(" ".join(told))
    target.reset_sequences()
    triggers.install()


def _erase_anew(erased: dict[uuid.UUID, datetime]) -> int:
    """Erase whom the ledger names; what points at them goes too. Returns how many came back."""
    ids, count = list(erased), 0
    for start in range(0, len(ids), _AT_ONCE):
        batch = ids[start : start + _AT_ONCE]
        back = list(SubjectKey.objects.filter(pk__in=batch).exclude(wrapped=None))
        for row in back:
            SubjectKey.objects.filter(pk=row.pk).update(
                wrapped=None, key_id="", erased_at=erased[row.pk]
            )
        count += len(back)
        erasures.forget(batch)
    return count


def _hold_messages_back() -> int:
    """What waited at the time of the backup may have been sent since: people decide."""
    return OutgoingMessage.objects.filter(state=MessageState.WAITING).update(
        state=MessageState.QUARANTINED,
        error="it may have been sent: restored from a backup",
        lease=None,
        started_at=None,
        finished_at=timezone.now(),
    )


def _rebuild() -> None:
    """What is made from the rest: indexes, the table of the cache, kept pages."""
    call_command("createcachetable", verbosity=0)
    call_command("wagtail_update_index", verbosity=0)
    call_command("rebuild_references_index", verbosity=0)
    page_cache.purge_now()
