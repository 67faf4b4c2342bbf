"""The rows about backups: written by the commands, asked by whoever must not go on without one."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone

from desk_core.backup.manifest import Manifest
from desk_core.locks import when_unlocked
from desk_core.models import Backup


def verified_after(moment: datetime) -> Backup | None:
    """The youngest verified backup that holds everything committed up to `moment`, if any.

    This is what ends an agreement: `moment` is the last change to its cases and files (R38).
    """
    return Backup.objects.verified().covering(moment).first()


def begun(name: str) -> Backup:
    """A backup is being written, for the first time or again after a break."""
    now = timezone.now()
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
    return _write(manifest, checked_at=now, verified_at=now, verified_counts=counts, problems=[])


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
