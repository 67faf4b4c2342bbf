"""What goes wrong with a backup, in words for the operator."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import InterfaceError, OperationalError

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class BackupError(Exception):
    """A backup, its verification or a restore cannot go on; the text says why and what to do."""


class Hindered(BackupError):
    """Something around the backup failed: no room, a storage that does not answer.

    It says nothing about the backup.
    """


#: What a machine fails at while a backup is tried: its disk, its memory, its database. A file that
#: is not there is no such thing: then it did not come back.
HINDRANCES = (Hindered, OSError, MemoryError, OperationalError, InterfaceError)


def says_nothing_of_the_backup(error: BaseException) -> bool:
    """Whether it is the machine that failed, and not what was read from the backup."""
    return isinstance(error, HINDRANCES) and not isinstance(error, FileNotFoundError)


def in_a_line(error: BaseException) -> str:
    """What an exception says in its first line, or its name where it says nothing."""
    return str(error).strip().partition("\n")[0] or type(error).__name__


@contextmanager
def storing(what: str) -> Iterator[None]:
    """Turn whatever a storage raises while `what` is written into a BackupError."""
    try:
        yield
    except BackupError:
        raise
    except OSError as error:
        if error.errno in NO_ROOM:
            raise Hindered(
                f"There is no room left for {what}. Make room and run the same command again:"
                " it goes on where it stopped."
            ) from error
        raise Hindered(f"{what} cannot be written: {error.strerror or error}.") from error
    except Exception as error:
        # An object store has errors of its own kind.
        raise Hindered(f"{what} cannot be written: {type(error).__name__}: {error}") from error


@contextmanager
def fetching(what: str) -> Iterator[None]:
    """Turn whatever a storage raises while `what` is read into a BackupError."""
    try:
        yield
    except BackupError:
        raise
    except FileNotFoundError as error:
        raise BackupError(f"{what} is missing.") from error
    except Exception as error:
        raise Hindered(f"{what} cannot be read: {type(error).__name__}: {error}") from error
