"""What was held back for quiet hours or a digest, handed over when its time has come."""

from datetime import datetime
from itertools import groupby
from uuid import UUID, uuid4

from django.db import transaction

from desk_core import outbox
from desk_core.outbox import Outgoing
from desk_core.sealing import Subject
from notices.enums import Outcome, SubscriptionState
from notices.models import Delivery, NoticeEvent, Subscription
from notices.subscriptions.event_words import EventWords, Words
from notices.subscriptions.messages import digest_message, event_message, open_contact

BATCH = 100
# Several events a subscriber: so many rows in one statement.
_ROWS = 500

Told = tuple[NoticeEvent, Words]


def hand_over_batch(at: datetime) -> int:
    """Hand over what is due for up to `BATCH` subscribers; how many. One transaction.

    A digest is one message for all its events. What was withdrawn meanwhile is not told, and to
    whoever ended it nothing is.
    """
    due = Delivery.objects.filter(handed_at=None, due_at__lte=at)
    with transaction.atomic():
        who = due.order_by("subscription").values_list("subscription", flat=True).distinct()[:BATCH]
        people = Subscription.objects.filter(pk__in=list(who)).select_related("subject_key")
        known = {row.pk: row for row in people.select_for_update(of=("self",))}
        if not known:
            return 0
        # Locked, so that a second worker finds them handed over.
        rows = list(
            due.filter(subscription__in=list(known))
            .select_related("event__notice", "event__update")
            .order_by("subscription", "event__at", "event")
            .select_for_update(of=("self",))
        )
        words = EventWords(at)
        messages: list[tuple[Outgoing, Subject]] = []
        for key, mine in groupby(rows, key=lambda row: row.subscription_id):
            messages += _of_subscriber(known[key], list(mine), words, at)
        outbox.queue_all(messages)
        Delivery.objects.bulk_update(rows, ["handed_at", "message", "outcome"], batch_size=_ROWS)
    return len(known)


def _of_subscriber(
    row: Subscription, deliveries: list[Delivery], words: EventWords, at: datetime
) -> list[tuple[Outgoing, Subject]]:
    opened = open_contact(row) if row.state == SubscriptionState.ACTIVE else None
    told: list[tuple[Delivery, Words]] = []
    for each in deliveries:
        each.handed_at = at
        said = words.of(each.event, row.language) if opened else None
        if said is None:
            each.outcome = Outcome.CANCELLED
        else:
            told.append((each, said))
    if not told or opened is None:
        return []
    subject, content = opened
    if row.digest:
        one = uuid4()
        _carried(told, one)
        events = [(each.event, said) for each, said in told]
        return [(digest_message(row, content, events, one), subject)]
    found = []
    for each, said in told:
        one = uuid4()
        _carried([(each, said)], one)
        found.append((event_message(row, content, each.event, said, one), subject))
    return found


def _carried(told: list[tuple[Delivery, Words]], message: UUID) -> None:
    for each, _said in told:
        each.message_id = message
