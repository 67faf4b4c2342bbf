"""The audit trail as a chain: what was changed, removed, added or moved in it is found.

The worker seals the entries in batches some minutes after they were written, so that no reader
waits for a chain and no two writers for each other. The chain of a seal is

    SHA-256(chain before · its number, bounds and count · each entry as JSON, with its length)

`verify` counts everything again. What a chain cannot know is that its end was cut off, seals and
all: so an auditor notes the newest seal ("12:3f0c…"), and asks for it the next time.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone

from desk_core import keyring, triggers
from desk_core.inserts import insert
from desk_core.locks import UNDER_WAY
from desk_core.models import AuditEntry, AuditSeal

BATCH = 500
#: In one round of the worker.
MOST_BATCHES = 40
#: From when on it is said that the worker does not seal.
LATE = timedelta(hours=1)
#: Of what was found, as many lines are said.
MOST_SAID = 50
_COLUMNS = (
    *("id", "at", "action", "actor_id", "actor_name"),
    *("target", "department_id", "detail"),
)
_START = "0" * 64


@dataclass
class Verification:
    """What an auditor is told."""

    seals: int = 0
    entries: int = 0
    #: The newest seal, to be noted: "number:chain".
    head: str = ""
    #: Entries that no seal covers yet.
    unsealed: int = 0
    problems: list[str] = field(default_factory=list)

    def found(self, problem: str) -> None:
        """Say what is wrong, in English."""
        if len(self.problems) < MOST_SAID:
            self.problems.append(problem)


def protect() -> None:
    """Let the database itself refuse to change entries and seals (`desk_core.triggers`)."""
    triggers.protect(AuditEntry)
    triggers.protect(AuditSeal)


def seal(*, at: datetime | None = None) -> int:
    """Seal what was written up to some minutes ago; how many entries. Safe to repeat.

    A transaction that ends later than that leaves entries in a place that is sealed already,
    which a verification finds; none of ours is open for so long.
    """
    until = (at or timezone.now()) - UNDER_WAY
    sealed = 0
    for _batch in range(MOST_BATCHES):
        last = AuditSeal.objects.order_by("-number").first()
        after = last.last_id if last else 0
        rows = _entries(after)[:BATCH]
        ready = _older_than(until, list(rows))
        if not ready:
            break
        fresh = AuditSeal(
            number=last.number + 1 if last else 1,
            after_id=after,
            last_id=ready[-1][0],
            count=len(ready),
            sealed_at=timezone.now(),
        )
        fresh.chain = _chain(last.chain if last else _START, fresh, ready)
        fresh.mark = _mark(fresh.chain)
        if not insert([fresh], ignore_conflicts=True):
            break  # another worker was faster
        sealed += len(ready)
    return sealed


def verify(*, head: str = "") -> Verification:
    """Count the whole chain again, in batches; `head` is a seal that was noted before."""
    result = Verification()
    before, last_id, wanted = _START, 0, _noted(head)
    if head and wanted is None:
        result.found("The noted seal is not of the form number:chain.")
    for row in AuditSeal.objects.order_by("number").iterator(chunk_size=BATCH):
        result.seals += 1
        if row.number != result.seals:
            result.found(f"Seal {result.seals} is missing before seal {row.number}.")
            result.seals = row.number
        _check(row, before, last_id, result)
        if wanted and row.number == wanted[0] and row.chain == wanted[1]:
            wanted = None
        before, last_id, result.head = row.chain, row.last_id, str(row)
    if wanted:
        result.found(
            f"The noted seal {wanted[0]} is not in the trail: its end was cut or replaced."
        )
    rest = AuditEntry.objects.filter(id__gt=last_id)
    result.unsealed = rest.count()
    oldest = rest.order_by("at").values_list("at", flat=True).first()
    if oldest is not None and oldest < timezone.now() - LATE:
        result.found("Entries of more than an hour ago are not sealed: does sweep_requests run?")
    return result


def _check(row: AuditSeal, before: str, last_id: int, result: Verification) -> None:
    if row.after_id != last_id:
        result.found(f"Seal {row.number} does not begin where the one before ends.")
    found = list(_entries(row.after_id).filter(id__lte=row.last_id))
    result.entries += len(found)
    if len(found) != row.count:
        few = "removed from" if len(found) < row.count else "added to"
        result.found(
            f"Entries were {few} what seal {row.number} covers: {len(found)} instead of "
            f"{row.count}, after {row.after_id} up to {row.last_id}."
        )
    elif _chain(before, row, found) != row.chain:
        result.found(
            f"What seal {row.number} covers was changed or moved: entries after {row.after_id} "
            f"up to {row.last_id}, or the seals before."
        )
    if not hmac.compare_digest(_mark(row.chain), row.mark):
        result.found(f"Seal {row.number} was not made with the key of this site.")


def _entries(after: int) -> Any:
    rows = AuditEntry.objects.filter(id__gt=after).order_by("id")
    return rows.values_list(*_COLUMNS)


def _older_than(until: datetime, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The rows up to the first that is too young."""
    for place, row in enumerate(rows):
        if row[1] > until:
            return rows[:place]
    return rows


def _chain(before: str, row: AuditSeal, entries: Iterable[tuple[Any, ...]]) -> str:
    counted = hashlib.sha256(bytes.fromhex(before))
    for line in ([row.number, row.after_id, row.last_id, row.count], *map(_plain, entries)):
        text = json.dumps(line, ensure_ascii=True, separators=(",", ":"), sort_keys=True).encode()
        counted.update(len(text).to_bytes(4, "big") + text)
    return counted.hexdigest()


def _plain(entry: tuple[Any, ...]) -> list[Any]:
    number, at, *rest = entry
    return [number, at.astimezone(UTC).isoformat(timespec="microseconds"), *rest]


def _mark(chain: str) -> str:
    key = hmac.digest(keyring.index_key(), b"desk:audit chain", hashlib.sha256)
    return hmac.new(key, bytes.fromhex(chain), hashlib.sha256).hexdigest()


def _noted(head: str) -> tuple[int, str] | None:
    number, _colon, chain = head.strip().partition(":")
    return (int(number), chain) if number.isascii() and number.isdigit() and chain else None
