"""Sending what waits in the outbox, in batches, by as many workers as there are.

A worker claims a batch under a lease (`due_at` is the moment it runs out), marks each message as
started just before its channel is called, and writes down the outcome at once. After a crash the
claimed ones are due again when the lease ends. One that was started and whose outcome nobody
knows is only repeated where the channel can tell a repeat; otherwise a person decides.
"""

import logging
import random
import traceback
import uuid
from collections.abc import Callable, Collection
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.module_loading import import_string

from desk_core.channels import channel_path
from desk_core.channels.base import Channel, ChannelDown, GiveUp, Letter, TryAgain, Unsure
from desk_core.enums import DeliveryState, MessageState
from desk_core.letters import Unwritable, write_letter
from desk_core.locks import when_unlocked
from desk_core.models import OutgoingMessage
from desk_core.sealing import Erased

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
# No channel waits for a minute: nothing is begun that could outlast the lease.
MARGIN = timedelta(minutes=1)
MAX_ATTEMPTS = 12
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=3)
FIRST_REPORT = timedelta(minutes=1)
# How the error of a message begins whose outcome nobody knows.
PERHAPS = "it may have been sent"


def deliver_due(
    *,
    limit: int = 50,
    stop: Callable[[], bool] = lambda: False,
    channels: Collection[str] | None = None,
) -> int:
    """Claim and send up to `limit` messages that are due; how many were claimed (0: nothing due).

    `stop` is asked before each message; what was not begun is given back at once. With `channels`
    the other ones are left to another worker.
    """
    batch = _Batch(limit, channels)
    together: list[_Begun] = []
    with ExitStack() as open_channels:
        opened: dict[str, Channel] = {}
        for message in batch.messages:
            if stop():
                break
            if message.channel not in batch.down:
                begun = _begin(batch, message, opened, open_channels)
                if begun is not None and begun.channel.at_once > 1:
                    together.append(begun)
                elif begun is not None:
                    _conclude(batch, begun, lambda begun=begun: begun.channel.send(begun.letter))  # type: ignore[misc]
        _send_together(batch, together)
    batch.give_back()
    return len(batch.messages)


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts: doubling from 30 s to 3 h, spread by a half."""
    doubled = FIRST_PAUSE * 2 ** min(max(attempts, 1) - 1, 20)
    return min(doubled, LONGEST_PAUSE) * random.uniform(0.5, 1.5)  # noqa: S311 - no secret


class _Batch:
    """The messages that one call has claimed, and the writes that its claim allows."""

    def __init__(self, limit: int, channels: Collection[str] | None) -> None:
        self.lease = uuid.uuid4()
        self.channels = channels
        self.down: dict[str, timedelta] = {}
        when_unlocked(lambda: self._claim(limit))
        claimed = OutgoingMessage.objects.filter(lease=self.lease).select_related("subject_key")
        self.messages = list(claimed.order_by("created_at", "pk"))

    def _claim(self, limit: int) -> None:
        now = timezone.now()
        due = OutgoingMessage.objects.due(now).values("pk")
        if self.channels is not None:
            due = due.filter(channel__in=self.channels)
        with transaction.atomic():
            if connection.features.has_select_for_update_skip_locked:
                found = list(due.select_for_update(skip_locked=True)[:limit])
                chosen: Any = [row["pk"] for row in found]
            else:
                # One statement, so that SQLite takes its write lock before it reads.
                chosen = due[:limit]
            OutgoingMessage.objects.filter(pk__in=chosen).update(
                lease=self.lease, due_at=now + LEASE
            )

    def start(self, message: OutgoingMessage) -> bool:
        """Mark a message as begun; False when the claim is over or soon will be."""
        now = timezone.now()
        held = OutgoingMessage.objects.filter(
            pk=message.pk, lease=self.lease, due_at__gt=now + MARGIN
        )
        values = {"attempts": F("attempts") + 1, "started_at": Coalesce("started_at", now)}
        return bool(when_unlocked(lambda: held.update(**values)))

    def finish(self, message: OutgoingMessage, **values: Any) -> None:
        """Write down an outcome and end the claim on this message."""
        held = OutgoingMessage.objects.filter(pk=message.pk, lease=self.lease)
        written = when_unlocked(lambda: held.update(lease=None, **values))
        if not written:
            logger.error("Message %s: its lease ended before its outcome was known.", message.pk)

    def give_back(self) -> None:
        """Let go of what was not begun; what a dead channel holds up waits a while."""
        now = timezone.now()
        left = OutgoingMessage.objects.filter(lease=self.lease)
        for channel, pause in self.down.items():
            later = left.filter(channel=channel)
            when_unlocked(lambda: later.update(lease=None, due_at=now + pause))  # noqa: B023
        when_unlocked(lambda: left.update(lease=None, due_at=now))


@dataclass(frozen=True)
class _Begun:
    """A message that is marked as started, with all that sending it needs."""

    message: OutgoingMessage
    channel: Channel
    letter: Letter
    at: datetime


def _begin(
    batch: _Batch, message: OutgoingMessage, channels: dict[str, Channel], stack: ExitStack
) -> _Begun | None:
    """Open one message and mark it as started; None where it is not to be sent now."""
    if message.attempts >= max_attempts():
        _end(batch, message, MessageState.QUARANTINED, message.error or "too many attempts")
        return None
    if message.not_after is not None and message.not_after <= timezone.now():
        _end(batch, message, MessageState.CANCELLED, "its time was over", forget=True)
        return None
    try:
        letter = write_letter(message)
    except Erased:
        _end(batch, message, MessageState.CANCELLED, "erased", forget=True)
        return None
    except Unwritable as error:
        _end(batch, message, MessageState.QUARANTINED, str(error))
        return None
    channel = _channel(batch, message.channel, channels, stack)
    if channel is None:
        return None
    if letter.unsure_since and not channel.can_repeat(letter):
        _end(batch, message, MessageState.QUARANTINED, f"{PERHAPS} already")
    elif batch.start(message):
        return _Begun(message, channel, letter, timezone.now())
    return None


def _send_together(batch: _Batch, begun: list[_Begun]) -> None:
    """Send several at a time; one that does not come back within its limit is left behind."""
    by_channel: dict[str, list[_Begun]] = {}
    for each in begun:
        by_channel.setdefault(each.message.channel, []).append(each)
    for mine in by_channel.values():
        channel = mine[0].channel
        pool = ThreadPoolExecutor(max_workers=channel.at_once)
        try:
            for start in range(0, len(mine), channel.at_once):
                part = mine[start : start + channel.at_once]
                sending = [pool.submit(channel.send, each.letter) for each in part]
                wait(sending, timeout=channel.longest)
                for each, future in zip(part, sending, strict=True):
                    _conclude(batch, each, lambda future=future: _result(future))  # type: ignore[misc]
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _result(future: "Future[str]") -> str:
    if not future.done():
        raise Unsure("no reply in time")
    return future.result()


def _conclude(batch: _Batch, begun: _Begun, outcome: Callable[[], str]) -> None:
    """Write down what became of a message; `outcome` returns or raises what `Channel.send` does."""
    message, channel, letter = begun.message, begun.channel, begun.letter
    try:
        provider_id = outcome()
    except TryAgain as answer:
        if isinstance(answer, ChannelDown):
            batch.down[message.channel] = answer.after or pause_after(1)
        _postpone(batch, message, str(answer), answer.after, unsure=letter.unsure_since)
    except GiveUp as answer:
        _end(batch, message, MessageState.QUARANTINED, str(answer))
    except Exception as error:
        reason = str(error) if isinstance(error, Unsure) else _where(error)
        since = letter.unsure_since or begun.at
        if channel.can_repeat(replace(letter, unsure_since=since)):
            _postpone(batch, message, reason, None, unsure=since)
        else:
            _end(batch, message, MessageState.QUARANTINED, f"{PERHAPS}: {reason}")
    else:
        values: dict[str, Any] = {"provider_id": provider_id[:100]}
        if provider_id and channel.reports_delivery:
            asked_at = timezone.now() + FIRST_REPORT
            values |= {"delivery": DeliveryState.PENDING, "receipt_due_at": asked_at}
        _end(batch, message, MessageState.SENT, "", forget=True, **values)


def _postpone(
    batch: _Batch, message: OutgoingMessage, reason: str, after: timedelta | None, *, unsure: Any
) -> None:
    attempts = message.attempts + 1
    if attempts >= max_attempts():
        _end(batch, message, MessageState.QUARANTINED, reason)
        return
    due_at = timezone.now() + (after or pause_after(attempts))
    logger.warning("Message %s waits: %s", message.pk, reason)
    batch.finish(message, due_at=due_at, error=reason[:120], started_at=unsure)


def _end(
    batch: _Batch,
    message: OutgoingMessage,
    state: MessageState,
    reason: str,
    *,
    forget: bool = False,
    **values: Any,
) -> None:
    if forget:
        # Nobody needs the recipient any more, sealed or not.
        values["sealed"] = b""
    if state == MessageState.QUARANTINED:
        logger.error("Message %s is set aside: %s", message.pk, reason)
    now = timezone.now()
    batch.finish(
        message, state=state, error=reason[:120], started_at=None, finished_at=now, **values
    )


def _channel(
    batch: _Batch, name: str, channels: dict[str, Channel], stack: ExitStack
) -> Channel | None:
    """The open channel of a batch; None when it cannot even start, which is nobody's attempt."""
    if name not in channels:
        try:
            channel = import_string(channel_path(name))
            channels[name] = stack.enter_context(channel())
        except Exception as error:
            logger.error("The channel %s does not start: %s", name, _where(error))
            batch.down[name] = pause_after(1)
            return None
    return channels[name]


def max_attempts() -> int:
    """How often a message is tried before it is set aside: `DESK_OUTBOX_ATTEMPTS`."""
    return getattr(settings, "DESK_OUTBOX_ATTEMPTS", MAX_ATTEMPTS)


def _where(error: Exception) -> str:
    """The kind and place of an error; its words may quote what is personal."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({frames[-1].name}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}{place}"
