"""For whom backups are encrypted, and the private identities that open them.

`DESK_BACKUP_RECIPIENTS` lists X25519 public keys in age's form (`age1…`). The private one stays
with the people who may restore; on the server it lies only while a backup is verified.
"""

import os
from pathlib import Path

import pyrage
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from desk_core.backup.errors import BackupError

SECRET = "AGE-SECRET-KEY-1"  # noqa: S105 - how every identity begins


def validate() -> None:
    """Raise ImproperlyConfigured, by the name of the setting, for what is no public key."""
    configured()


def configured() -> list[pyrage.x25519.Recipient]:
    """The public keys of the settings."""
    given = getattr(settings, "DESK_BACKUP_RECIPIENTS", [])
    if not isinstance(given, list | tuple):
        raise ImproperlyConfigured("DESK_BACKUP_RECIPIENTS must be a list of age public keys.")
    return [_recipient(n, text) for n, text in enumerate(given)]


def recipients() -> list[pyrage.x25519.Recipient]:
    """Those to encrypt for; in development an identity is made in `var/` when there is none."""
    found = configured()
    own = getattr(settings, "DESK_BACKUP_DEV_IDENTITY", None)
    if not found and own is not None and settings.DEBUG:
        found = [_development_identity(Path(own)).to_public()]
    if not found:
        raise BackupError(
            "DESK_BACKUP_RECIPIENTS names nobody who could open the backup."
            " docs/backups.md says how to make a key."
        )
    return found


def read_identities(path: str | Path) -> list[pyrage.x25519.Identity]:
    """The private keys in a file as `age-keygen` writes it."""
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise BackupError(f"The identity file cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise BackupError("The identity file is not one of age's.") from error
    found = []
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        try:
            found.append(pyrage.x25519.Identity.from_str(text))
        except pyrage.IdentityError as error:
            raise BackupError(
                f"Line {number} of the identity file is no private key of age ({SECRET}…)."
            ) from error
    if not found:
        raise BackupError("The identity file holds no private key.")
    return found


def _recipient(number: int, text: object) -> pyrage.x25519.Recipient:
    place = f"DESK_BACKUP_RECIPIENTS[{number}]"
    if isinstance(text, str) and text.strip().upper().startswith("AGE-SECRET-KEY"):
        raise ImproperlyConfigured(
            f"{place} is a private identity. Give the public key, and keep that one off the server."
        )
    try:
        return pyrage.x25519.Recipient.from_str(str(text).strip())
    except pyrage.RecipientError:
        raise ImproperlyConfigured(f"{place} is no age public key (age1…).") from None


def _development_identity(path: Path) -> pyrage.x25519.Identity:
    """The identity of a developer's machine; it protects nothing that matters."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        identity = pyrage.x25519.Identity.generate()
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(f"# public key: {identity.to_public()}\n{identity}\n")
    return read_identities(path)[0]
