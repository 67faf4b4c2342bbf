"""The ledger of erasures: who stays erased when a backup from before is restored.

A file outside of database and backups (`DESK_ERASURE_LEDGER`), append-only, on the disk before the
erasing transaction commits. It holds ids of data keys and times, nothing about anybody. A line is

    {"n":7,"at":"…Z","what":"intent","subject":"<id of the data key>","chain":"<SHA-256>"}

and `chain` is the SHA-256 of the chain before, in hexadecimal, followed by the line up to
`,"chain"`; so no line can be taken out, changed or moved without breaking every one after it.

`begin` opens a ledger. `intent` is written before the commit and `done` after it. A crash between
the two leaves an intent, and so does a rollback; `settle` asks the database later which it was and
writes `done` or `void`. What nobody could settle counts as erased: somebody had ordered it.
"""

import fcntl
import hashlib
import json
import os
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

BEGIN, INTENT, DONE, VOID = "begin", "intent", "done", "void"
# A transaction that is still open after this is not one of ours.
SETTLED_AFTER = timedelta(minutes=15)
_SEPARATOR = b',"chain":"'
_LONGEST_LINE = 1024


class BrokenLedger(Exception):
    """The ledger was altered, cut or mixed with another one; the text says where."""


@dataclass(frozen=True)
class Entry:
    """One line."""

    number: int
    at: datetime
    what: str
    subject: uuid.UUID
    chain: str


Forget = Callable[[Sequence[uuid.UUID]], None]
_forgetters: list[Forget] = []


def register_forgetter(forget: Forget) -> None:
    """Register what deletes the look-up rows of erased subjects; in `ready()`.

    Called with ids of data keys inside the transaction that erases them anew after a restore.
    """
    if forget not in _forgetters:
        _forgetters.append(forget)


def forget(subjects: Sequence[uuid.UUID]) -> None:
    """Let every floor delete what points at these subjects, in the caller's transaction."""
    for each in _forgetters:
        each(subjects)


def path() -> Path:
    """Where the ledger of this site lies."""
    return Path(settings.DESK_ERASURE_LEDGER)


def intend(subject: uuid.UUID) -> None:
    """Write down that a subject is about to be erased; on the disk when this returns.

    Called inside the erasing transaction. What cannot be written down is not erased (OSError,
    BrokenLedger).
    """
    _append(INTENT, subject)


def confirm(subject: uuid.UUID) -> None:
    """Write down that the erasing transaction was committed."""
    _append(DONE, subject)


def begin() -> None:
    """Open the ledger if there is none yet."""
    with _locked() as file:
        _last(file)


def settle(*, at: datetime | None = None) -> int:
    """Write down what became of intents that nobody confirmed; returns how many there were."""
    from desk_core.models import SubjectKey

    before = (at or timezone.now()) - SETTLED_AFTER
    open_ones = [
        entry.subject
        for entry in last_words(entries(read()))
        if entry.what == INTENT and entry.at <= before
    ]
    for subject in open_ones:
        kept = SubjectKey.objects.filter(pk=subject, wrapped__isnull=False).exists()
        _append(VOID if kept else DONE, subject)
    return len(open_ones)


def read() -> bytes:
    """The whole lines of the ledger; nothing where there is none."""
    try:
        data = path().read_bytes()
    except FileNotFoundError:
        return b""
    return data[: data.rfind(b"\n") + 1]


def entries(data: bytes) -> Iterator[Entry]:
    """The lines in order, each checked against the chain. Raises BrokenLedger."""
    chain = ""
    for number, line in enumerate(data.splitlines()):
        entry = _parse(line, number, chain)
        chain = entry.chain
        yield entry


def last_words(lines: Iterable[Entry]) -> Iterable[Entry]:
    """The last line about each subject."""
    last: dict[uuid.UUID, Entry] = {}
    for entry in lines:
        if entry.what != BEGIN:
            last[entry.subject] = entry
    return last.values()


def erased(data: bytes) -> dict[uuid.UUID, datetime]:
    """Whom the ledger names as erased, and when. Raises BrokenLedger."""
    return {entry.subject: entry.at for entry in last_words(entries(data)) if entry.what != VOID}


def put_back(data: bytes) -> None:
    """Write a ledger to this machine, where there is none or the beginning of the same one."""
    with _locked() as file:
        there = os.pread(file, os.fstat(file).st_size, 0)
        if not data.startswith(there):
            raise BrokenLedger("The ledger on this machine is another one.")
        _write(file, data[len(there) :])


def _append(what: str, subject: uuid.UUID) -> None:
    with _locked() as file:
        last = _last(file)
        _write(file, _line(last.number + 1, what, subject, last.chain))


@contextmanager
def _locked() -> Iterator[int]:
    """The open ledger, for this process alone."""
    target = path()
    fresh = not target.exists()
    target.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(target, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file
    finally:
        os.close(file)
    if fresh:
        folder = os.open(target.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)


def _last(file: int) -> Entry:
    """The last line; an empty ledger is begun.

    A line without its end was never on the disk for sure, so nobody has relied on it: it goes.
    """
    size = os.fstat(file).st_size
    start = max(0, size - _LONGEST_LINE)
    tail = os.pread(file, size - start, start)
    whole = tail.rfind(b"\n") + 1
    if whole < len(tail):
        os.ftruncate(file, start + whole)
        tail = tail[:whole]
    if not tail:
        line = _line(0, BEGIN, uuid.uuid4(), "")
        _write(file, line)
        tail = line
    return _fields(tail.splitlines()[-1])


def _write(file: int, data: bytes) -> None:
    os.lseek(file, 0, os.SEEK_END)
    while data:
        data = data[os.write(file, data) :]
    os.fsync(file)


def _line(number: int, what: str, subject: uuid.UUID, chain: str) -> bytes:
    at = datetime.now(UTC).isoformat(timespec="microseconds")
    values: dict[str, Any] = {"n": number, "at": at, "what": what, "subject": str(subject)}
    body = json.dumps(values, separators=(",", ":"))[:-1].encode()
    return body + _SEPARATOR + _chained(chain, body).encode() + b'"}\n'


def _chained(before: str, body: bytes) -> str:
    return hashlib.sha256(before.encode() + body).hexdigest()


def _parse(line: bytes, number: int, chain: str) -> Entry:
    entry = _fields(line)
    body = line.rpartition(_SEPARATOR)[0]
    if entry.number != number or entry.chain != _chained(chain, body):
        raise BrokenLedger(f"The ledger of erasures is broken at line {number + 1}.")
    return entry


def _fields(line: bytes) -> Entry:
    try:
        found = json.loads(line)
        return Entry(
            number=int(found["n"]),
            at=datetime.fromisoformat(found["at"]),
            what=str(found["what"]),
            subject=uuid.UUID(found["subject"]),
            chain=str(found["chain"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise BrokenLedger("The ledger of erasures has a line that cannot be read.") from error
