"""Which CAP messages a notice has given rise to, oldest first; pure.

A message for each word that was said while the public could read it: Alert, then Updates, or
Cancel. A notice that is withdrawn while its last message still holds leaves a Cancel without words;
brought back before it is over, it begins anew with an Alert. Rows are append-only, so a message's
identifier, `sent` and references are frozen with its first dissemination by nature.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from notices import state
from notices.enums import OVER_PHASES, Kind, UpdateState
from notices.models import Appearance, Notice, NoticeUpdate

# How long a message holds that names no end of its own.
HOLDS = timedelta(hours=24)
# What begins within an hour is "Expected" by the standard, what begins later is "Future".
SOON = timedelta(hours=1)

_OVER = {
    UpdateState.RESOLVED,
    UpdateState.COMPLETED,
    UpdateState.LIFTED,
    UpdateState.CANCELLED,
}


@dataclass(frozen=True)
class Message:
    """One message; `number` counts from 1.

    `row` is the word that it tells, `turn` the withdrawal or return that made it, if one did;
    `earlier` are those that it refers to.
    """

    notice: UUID
    number: int
    row: NoticeUpdate
    turn: Appearance | None
    earlier: tuple["Message", ...]

    @property
    def at(self) -> datetime:
        """When it was said."""
        return self.turn.at if self.turn else self.row.at

    @property
    def identifier(self) -> str:
        """Of the row that made it, whose key never changes."""
        made_by = f"turn:{self.turn.pk}" if self.turn else str(self.row.pk)
        return uuid5(self.notice, made_by).urn

    @property
    def sent(self) -> str:
        """The same time as the standard writes it."""
        return time_text(self.at)

    @property
    def withdraws(self) -> bool:
        """Whether it takes the earlier ones back and says no word of the notice."""
        return self.turn is not None and not self.turn.shown

    @property
    def type(self) -> str:
        """Alert, Update or Cancel."""
        if self.withdraws or self.row.state == UpdateState.CANCELLED:
            return "Cancel"
        return "Update" if self.earlier else "Alert"

    @property
    def over(self) -> bool:
        """Whether it says that all is well again."""
        return self.row.state in _OVER

    @property
    def begun(self) -> bool:
        """Whether the notice was in force when it was said."""
        return self.row.starts_at <= self.at

    @property
    def urgency(self) -> str:
        """How soon one has to act."""
        if self.over:
            return "Past"
        if self.begun:
            return "Immediate"
        return "Expected" if self.row.starts_at - self.at <= SOON else "Future"

    @property
    def response(self) -> str:
        """What one may do."""
        if self.over:
            return "AllClear"
        return "Monitor" if self.begun else "Prepare"

    @property
    def expires(self) -> datetime:
        """The end that was announced with it, if that lies ahead; else after a day.

        Of a withdrawal: as long as anybody may hold what it takes back, and a day at least.
        """
        if self.withdraws:
            return max(self.at + HOLDS, *(each.expires for each in self.earlier))
        end = None if self.over else self.row.expected_end
        return end if end is not None and end > self.at else self.at + HOLDS


def chain(
    notice: Notice, updates: Iterable[NoticeUpdate], turns: Iterable[Appearance]
) -> list[Message]:
    """All messages of a notice."""
    found: list[Message] = []
    since = 0  # where the chain begins that is not withdrawn
    shown, said = True, None
    for row in _in_order(updates, turns):
        if isinstance(row, NoticeUpdate):
            said = row
            if not shown:
                continue
            made = Message(notice.pk, len(found) + 1, row, None, tuple(found[since:]))
        else:
            shown, open_ones = row.shown, tuple(found[since:])
            since = len(found)
            if said is None or not _worth_saying(notice, said, row, open_ones):
                continue
            made = Message(notice.pk, len(found) + 1, said, row, () if shown else open_ones)
            since += not shown  # nothing refers to a withdrawal
        found.append(made)
    return found


def time_text(at: datetime) -> str:
    """UTC, without fractions and without "Z"."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S-00:00")


def _in_order(
    updates: Iterable[NoticeUpdate], turns: Iterable[Appearance]
) -> list[NoticeUpdate | Appearance]:
    """Both by their times; what was first published in private was never shown."""
    rows: list[tuple[datetime, int, int, NoticeUpdate | Appearance]] = []
    rows += [(row.at, 0, row.pk, row) for row in turns]
    rows += [(row.at, 1, row.pk, row) for row in updates]
    return [each[3] for each in sorted(rows, key=lambda each: each[:3])]


def _worth_saying(
    notice: Notice, said: NoticeUpdate, turn: Appearance, open_ones: tuple[Message, ...]
) -> bool:
    """A withdrawal, while somebody may hold what it takes back; a return, before it is over."""
    if not turn.shown:
        last = open_ones[-1] if open_ones else None
        return last is not None and last.type != "Cancel" and last.expires > turn.at
    facts = state.Facts(Kind(notice.kind), said.starts_at, said.expected_end, said.ended_at)
    return said.state not in _OVER and state.phase(facts, turn.at) not in OVER_PHASES
