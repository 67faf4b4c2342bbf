"""The contract between the outbox and its channels."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import TracebackType
from typing import ClassVar, Self

from desk_core.enums import DeliveryState


@dataclass(frozen=True)
class Letter:
    """One message, opened and rendered, on its way out.

    `local_id` is ours and never changes; `attempt` counts from 1. `unsure_since` is when an
    earlier attempt began whose outcome is unknown (a crash, a lost reply), else None.
    `gateway_template` is the gateway's own name of an approved pattern that staff chose for it.
    """

    channel: str
    recipient: str = field(repr=False)
    subject_line: str = field(repr=False)
    text: str = field(repr=False)
    template: str
    context: dict[str, str] = field(repr=False)
    language: str
    local_id: int
    attempt: int
    created_at: datetime
    unsure_since: datetime | None = None
    gateway_template: str = ""
    headers: dict[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Report:
    """What a gateway says became of a message; `code` is its own word for it."""

    state: DeliveryState
    code: str


class TryAgain(Exception):
    """Certainly not sent; later it may go. `after` overrides the usual back-off.

    The message is shown to staff and logged: it never holds a recipient, a text or a key.
    """

    def __init__(self, reason: str, *, after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.after = after


class ChannelDown(TryAgain):
    """As TryAgain, and no other letter would fare better now: no connection, no credit, bad key."""


class GiveUp(Exception):
    """Certainly not sent, and never will be (a wrong number, a refused text)."""


class Unsure(Exception):
    """The reply was lost: it may have been sent."""


class Channel:
    """One way out. An instance serves one batch, within `with`, in one thread.

    With `at_once` above 1 that many letters are under way at a time, each in a thread of its own:
    `send` then has to allow for that, keeps within `longest` seconds, and touches no database.
    """

    reports_delivery: ClassVar[bool] = False
    at_once: ClassVar[int] = 1
    longest: ClassVar[float] = 60.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None

    @classmethod
    def problems(cls) -> list[str]:
        """What is wrong with this channel's settings, for the system checks; no value is quoted."""
        return []

    def send(self, letter: Letter) -> str:
        """Hand a letter over; the provider's id of it ("" when there is none).

        Raises TryAgain, GiveUp or Unsure. Every wait has a limit below a minute.
        """
        raise NotImplementedError

    def reports(self, provider_ids: Sequence[str]) -> dict[str, Report]:
        """What became of messages, by their provider's ids; one that is not there is not known.

        Raises as `send` does; asking twice does no harm.
        """
        return {}

    def can_repeat(self, letter: Letter) -> bool:
        """Whether sending a letter whose earlier attempt is unsure still delivers it only once."""
        return False
