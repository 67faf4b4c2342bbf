"""Backups that anybody with the private key can read, and that were proven to come back (R38).

`making.make` writes one, `verifying.verify` restores it beside the live site and compares,
`restoring.restore` brings it back. docs/backups.md describes the format. Nothing here knows a
domain: which tables there are is read from the apps, what a sample reads is registered.
"""

from desk_core.backup.errors import BackupError, says_nothing_of_the_backup
from desk_core.backup.samples import Sample, register_sample

__all__ = ["BackupError", "Sample", "register_sample", "says_nothing_of_the_backup"]
