"""Proving that a backup comes back: restored beside the live site, compared, read through the apps.

The live site goes on meanwhile. The private identity is needed, so it is on the server for as
long as this takes and no longer.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from desk_core.backup import code_state, records, scratch
from desk_core.backup import manifest as manifests
from desk_core.backup.errors import BackupError, Hindered, in_a_line
from desk_core.backup.manifest import Manifest
from desk_core.backup.recipients import read_identities
from desk_core.backup.shelf import Shelf
from desk_core.models import Backup

SAMPLE = 50
Say = Callable[[str], Any]


def verify(
    *, name: str, identity: Path | str, sample: int = SAMPLE, say: Say = lambda text: None
) -> Backup:
    """Verify a backup and record the outcome; returns its row.

    Raises BackupError when it cannot be tried at all (no such backup, another identity, keys or
    migrations that are not here, a sample of nothing, a machine that is full or fails): that says
    nothing about the backup, and nothing is recorded.
    A backup that was tried and failed has `problems` in its row.
    """
    if sample < 1:
        raise BackupError("A backup is proven by opening what is in it: --sample 1 or more.")
    shelf, identities = Shelf(name), read_identities(identity)
    manifest = _manifest(shelf, identities)
    if told := code_state.differences(manifest.body["database"]["migrations"]):
        raise BackupError(" ".join(told))
    records.finished(manifest)
    say("Checking the parts ...")
    problems = list(shelf.problems_of(manifest.parts))
    counts: dict[str, Any] = {}
    if not problems:
        say("Restoring beside the live site ...")
        scratch.require_room(manifest.counts["bytes"])
        try:
            report = _rehearse(name, Path(identity), sample)
        except (OSError, ValueError) as error:
            # Its folder cannot be made, or its report is cut: the disk is full.
            report = {"hindered": in_a_line(error)}
        if "hindered" in report:
            said = report["hindered"]
            raise Hindered(f"The backup could not be tried, so it stays as it was: {said}")
        problems, counts = report["problems"], report["counts"]
    if problems:
        records.failed(name, problems, counts=counts)
        return Backup.objects.get(name=name)
    return records.verified(manifest, counts=counts)


def _manifest(shelf: Shelf, identities: Any) -> Manifest:
    """The manifest; one that is not the file that was written is a failed verification."""
    known = Backup.objects.finished().filter(name=shelf.name).first()
    if known is not None and shelf.is_finished and shelf.manifest_sha256() != known.manifest_sha256:
        problem = "The manifest is not the file that was written."
        records.failed(shelf.name, [problem])
        raise BackupError(problem)
    if known is not None and not shelf.is_finished:
        records.failed(shelf.name, ["The manifest is missing."])
    return manifests.read(shelf, identities)


def _rehearse(name: str, identity: Path, sample: int) -> dict[str, Any]:
    with scratch.site() as environment:
        report = Path(environment["REHEARSAL_SITE"]).with_name("report.json")
        done = subprocess.run(  # noqa: S603 - this very Python, with arguments of our own
            [
                sys.executable,
                "-m",
                "desk_core.backup.rehearsal",
                *(name, str(identity.resolve()), str(sample), str(report)),
            ],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if not report.exists():
            last = (done.stderr.strip().splitlines() or ["without a word"])[-1]
            raise BackupError(f"The site beside the live one broke off: {last}")
        found: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
        return found
