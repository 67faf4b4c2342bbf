"""The rows about backups: written by the commands, asked by whoever must not go on without one."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import ProtectedError
from django.utils import timezone

from desk_core.backup.errors import BackupError
from desk_core.backup.manifest import Manifest
from desk_core.backup.shelf import MANIFEST, Shelf
from desk_core.locks import when_unlocked
from desk_core.models import Backup


def verified_after(moment: datetime, *, at_a_glance: bool = False) -> Backup | None:
    """The youngest verified backup that holds everything stamped up to `moment`, if any.

    One that lost a file since, or has another in its place, does not count. This is what ends an
    agreement: `moment` is the last change to its cases and files (R38). `at_a_glance` is for
    showing, see `changed_files`. Raises BackupError when the storage does not answer.
    """
    for backup in Backup.objects.verified().covering(moment):
        if not changed_files(backup, at_a_glance=at_a_glance):
            return backup
    return None


def changed_files(backup: Backup, *, at_a_glance: bool = False) -> list[str]:
    """The names of the files of a verified backup that are missing or others now.

    Parts are known by name and size, the manifest by its hash: nothing large is read. A bucket is
    asked once for each size; `at_a_glance` looks at the names of the parts alone, which are one
    list. Raises BackupError when the storage does not answer.
    """
    shelf = Shelf(backup.name)
    whole = shelf.is_finished and shelf.manifest_sha256() == backup.manifest_sha256
    if at_a_glance:
        there = set(shelf.part_names())
        changed = [part["name"] for part in backup.parts if part["name"] not in there]
    else:
        sizes = shelf.part_sizes()
        changed = [part["name"] for part in backup.parts if sizes.get(part["name"]) != part["size"]]
    return changed if whole else [MANIFEST, *changed]


def begun(name: str) -> Backup:
    """A backup is being written, for the first time or again after a break.

    What is known of an earlier one of that name, which was deleted, is forgotten.
    """
    now = timezone.now()
    try:
        when_unlocked(lambda: Backup.objects.finished().filter(name=name).delete())
    except ProtectedError as error:
        raise BackupError(
            f"{name} is named as the proof of something that was ended. Give the backup another"
            " name."
        ) from error
    return when_unlocked(
        lambda: Backup.objects.get_or_create(name=name, defaults={"started_at": now})[0]
    )


def finished(manifest: Manifest) -> Backup:
    """A backup has its manifest. Safe to repeat: from the manifest alone."""
    return _write(
        manifest,
        finished_at=manifest.moment("finished_at"),
        covers_until=manifest.moment("covers_until"),
        manifest_sha256=manifest.sha256,
        counts=manifest.counts,
    )


def verified(manifest: Manifest, *, counts: dict[str, Any]) -> Backup:
    """A verification found nothing wrong."""
    now = timezone.now()
    finished(manifest)
    parts = [{"name": p.name, "size": p.size, "sha256": p.sha256} for p in manifest.parts]
    return _write(
        manifest,
        checked_at=now,
        verified_at=now,
        verified_counts=counts,
        parts=parts,
        problems=[],
    )


def failed(name: str, problems: Iterable[str], *, counts: dict[str, Any] | None = None) -> None:
    """A verification found something wrong: the backup counts as verified no more."""
    values = {
        "checked_at": timezone.now(),
        "verified_at": None,
        "verified_counts": counts or {},
        "problems": list(problems),
    }
    when_unlocked(lambda: Backup.objects.filter(name=name).update(**values))


def _write(manifest: Manifest, **values: Any) -> Backup:
    started = {"started_at": manifest.moment("started_at")}
    name = manifest.body["name"]
    return when_unlocked(
        lambda: Backup.objects.update_or_create(
            name=name, defaults=values, create_defaults={**started, **values}
        )[0]
    )
