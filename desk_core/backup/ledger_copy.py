"""The ledger of erasures beside the backups, and which of its copies a restore believes."""

from typing import Any

from django.core.files.base import ContentFile

from desk_core import erasures
from desk_core.backup.errors import BackupError, fetching, storing
from desk_core.backup.shelf import storage

NAME = "erasures.ledger"


def refresh() -> dict[str, Any]:
    """Settle what is open and copy the ledger beside the backups; what a manifest says of it.

    The copy only ever grows: a ledger that does not go on from the copy is not copied over it.
    """
    try:
        erasures.begin()
        erasures.settle()
        data = erasures.read()
        lines = list(erasures.entries(data))
    except (OSError, erasures.BrokenLedger) as error:
        raise BackupError(f"The ledger of erasures cannot be used: {error}") from error
    copied = _copy()
    if not data.startswith(copied):
        raise BackupError(
            f"The ledger of erasures on this machine does not go on from {NAME} beside the"
            " backups. If it was lost, put that copy in its place (DESK_ERASURE_LEDGER)."
        )
    if data != copied:
        with storing("The copy of the ledger of erasures"):
            storage().save(NAME, ContentFile(data))
        if _copy() != data:
            raise BackupError('STORAGES["backups"] does not replace files.')
    return _mark_of(lines)


def for_restore(mark: dict[str, Any]) -> bytes:
    """The ledger to replay: the longer one of this machine's and the copy beside the backups.

    `mark` is what the manifest says of the ledger at the time of the backup. Raises BackupError
    when there is none, or when it is broken, cut, or not the one that goes on from there.
    """
    here, copied = erasures.read(), _copy()
    longer, shorter = sorted((here, copied), key=len, reverse=True)
    if not longer:
        raise BackupError(
            "The ledger of erasures is missing: neither on this machine (DESK_ERASURE_LEDGER) nor"
            f" beside the backups ({NAME}). Whoever was erased since the backup would come back."
            " If it is lost for good, say --without-ledger."
        )
    if not longer.startswith(shorter):
        raise BackupError(
            f"The ledger of erasures on this machine and {NAME} beside the backups are two"
            " different ones. Keep the right one (DESK_ERASURE_LEDGER), or say --without-ledger."
        )
    try:
        lines = list(erasures.entries(longer))
    except erasures.BrokenLedger as error:
        raise BackupError(
            f"{error} Put an unbroken copy in its place, or say --without-ledger."
        ) from error
    number = mark["lines"]
    if len(lines) < number or _mark_of(lines[:number]) != mark:
        raise BackupError(
            "The ledger of erasures is not the one of this backup, or was cut: its"
            f" line {number} is missing or another one. Put the right one in its place, or say"
            " --without-ledger."
        )
    return longer


def _mark_of(lines: list[erasures.Entry]) -> dict[str, Any]:
    return {"lines": len(lines), "chain": lines[-1].chain}


def _copy() -> bytes:
    with fetching(f"{NAME} beside the backups"):
        if not storage().exists(NAME):
            return b""
        with storage().open(NAME, "rb") as stored:
            return bytes(stored.read())
