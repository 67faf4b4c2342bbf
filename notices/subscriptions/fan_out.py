"""Handing events over to the outbox, subscriber by subscriber, in batches.

A batch is one short transaction: the messages, their deliveries and the event's new cursor, or
nothing of it. So a crash resumes where the last batch ended; two workers who take the same batch
meet at the cursor, and one of them goes home empty-handed. Last of all, (event, subscription) is
unique. Memory and the number of queries of a batch do not depend on how many subscribers there are.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from desk_core import outbox
from desk_core.inserts import insert
from desk_core.outbox import Outgoing
from desk_core.sealing import Subject
from notices import conf, current
from notices.models import Delivery, Notice, NoticeEvent, Subscription
from notices.subscriptions import audiences, held, quiet_hours
from notices.subscriptions.event_words import EventWords
from notices.subscriptions.messages import (
    event_message,
    open_contact,
    still_active,
)
from notices.subscriptions.recalling import recall

logger = logging.getLogger(__name__)
Stop = Callable[[], bool]


def hand_over_due(*, at: datetime | None = None, stop: Stop = lambda: False) -> int:
    """Hand over every event that is not through, and what was held back until now.

    How many subscribers were reached. `stop` is asked between batches. Not in a transaction. What
    fails holds up no other event; the first error is raised at the end.
    """
    now = at or timezone.now()
    reached = 0
    failed: Exception | None = None
    unfinished = NoticeEvent.objects.filter(finished_at=None).order_by("pk")
    keys = unfinished.values_list("pk", flat=True)
    for batches in [*(partial(hand_over_batch, key, now) for key in keys), partial(_held, now)]:
        try:
            while not stop() and (done := batches()) is not None:
                reached += done
        except Exception as error:
            logger.exception("A notice could not be told to its subscribers")
            failed = failed or error
    if failed is not None:
        raise failed
    return reached


def _held(at: datetime) -> int | None:
    return held.hand_over_batch(at) or None


def hand_over_batch(event_id: int, at: datetime) -> int | None:
    """The next batch of one event; None when there is none left, or another worker has it."""
    batch = prepare(event_id, at)
    if batch is None:
        return None
    if batch.last is not None:
        return batch.store()
    told = audiences.hand_over_batch(batch.event, batch.words, at)
    if told is None:
        _finish(batch.event, at)
    return told


def prepare(event_id: int, at: datetime) -> "_Batch | None":
    """Read and seal the next batch of an event; nothing of it is stored. None: nothing to do."""
    event = _event(event_id)
    if event is None or event.finished_at is not None:
        return None
    batch = _Batch(event, EventWords(at), at)
    if batch.words.of(event, settings.LANGUAGE_CODE) is None:
        _finish(event, at, dropped=True)
        return None
    wanted = _wanting(event)
    if event.total is None:
        event.total = wanted.count()
        NoticeEvent.objects.filter(pk=event.pk, total=None).update(total=event.total)
    for row in _next(wanted, event.cursor):
        batch.add(row)
    return batch


def call_back(notice: Notice) -> int:
    """Cancel what the outbox still has of a notice that is not public any more; how many.

    A batch under way is waited for, or finds the notice gone: its event is the lock.
    """
    with transaction.atomic():
        events = NoticeEvent.objects.filter(notice=notice).order_by("pk")
        list(events.select_for_update(of=("self",)).values_list("pk", flat=True))
        if _is_public(notice, timezone.now()):
            return 0
        return recall(Delivery.objects.filter(event__notice=notice), "withdrawn")


def _is_public(notice: Notice, at: datetime) -> bool:
    return current.public_facts(at).filter(pk=notice.pk).exists()


@dataclass
class _Batch:
    """What is written together."""

    event: NoticeEvent
    words: EventWords
    at: datetime
    last: UUID | None = None
    deliveries: list[Delivery] = field(default_factory=list)
    messages: dict[UUID, tuple[Outgoing, Subject]] = field(default_factory=dict)

    def add(self, row: Subscription) -> None:
        """Prepare one subscriber's delivery, and its message where it is due at once."""
        self.last = row.pk
        due_at = quiet_hours.due_at(
            self.at,
            severity=self.event.notice.severity,
            quiet_from=row.quiet_from,
            quiet_until=row.quiet_until,
            digest_hour=conf.digest_hour() if row.digest else None,
        )
        delivery = Delivery(event=self.event, subscription=row, due_at=due_at)
        if due_at <= self.at:
            words = self.words.of(self.event, row.language)
            opened = open_contact(row)
            if words is None or opened is None:
                return
            subject, content = opened
            message = event_message(row, content, self.event, words, uuid4())
            self.messages[row.pk] = (message, subject)
            delivery.handed_at, delivery.message_id = self.at, message.id
        self.deliveries.append(delivery)

    def store(self) -> int | None:
        """Write it, if the cursor is still where this batch began; how many, else None.

        What was taken back or taken down while it was prepared is told to nobody.
        """
        with transaction.atomic():
            here = NoticeEvent.objects.filter(
                pk=self.event.pk, key=self.event.key, cursor=self.event.cursor, finished_at=None
            )
            # First of all: whoever comes second waits here, and then finds another cursor.
            if not here.update(
                cursor=self.last, handed_over=F("handed_over") + len(self.deliveries)
            ):
                return None
            still: set[UUID] = set()
            if _is_public(self.event.notice, self.at):
                still = still_active(each.subscription_id for each in self.deliveries)
            gone = len(self.deliveries) - len(still)
            if gone:
                NoticeEvent.objects.filter(pk=self.event.pk).update(
                    handed_over=F("handed_over") - gone
                )
            outbox.queue_all([pair for key, pair in self.messages.items() if key in still])
            insert([each for each in self.deliveries if each.subscription_id in still])
        return len(still)


def _event(event_id: int) -> NoticeEvent | None:
    rows = NoticeEvent.objects.select_related("notice", "update")
    return rows.filter(pk=event_id).first()


def _wanting(event: NoticeEvent) -> Any:
    notice: Notice = event.notice
    return Subscription.objects.wanting(
        notice=notice.pk,
        kind=notice.kind,
        step=event.step,
        services=list(notice.affected.values_list("service_id", flat=True)),
        before=event.at,
    )


def _next(wanted: Any, cursor: UUID | None) -> Iterable[Subscription]:
    ahead = wanted.filter(pk__gt=cursor) if cursor else wanted
    return ahead.select_related("subject_key").order_by("pk")[: conf.fan_out_batch()]


def _finish(event: NoticeEvent, at: datetime, *, dropped: bool = False) -> None:
    here = NoticeEvent.objects.filter(pk=event.pk, finished_at=None)
    here.update(finished_at=at, dropped=dropped)
