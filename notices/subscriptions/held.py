"""What was held back for quiet hours or a digest, handed over when its time has come."""

from datetime import datetime
from itertools import groupby
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Max, Q

from desk_core import outbox
from desk_core.enums import MessageState
from desk_core.outbox import Outgoing
from desk_core.sealing import Subject
from notices.enums import Outcome, SubscriptionState
from notices.models import Delivery, Subscription
from notices.subscriptions.event_words import EventWords, Words
from notices.subscriptions.messages import digest_message, event_message, open_contact

BATCH = 100
# Several events a subscriber: so many rows in one statement.
_ROWS = 500

Told = tuple[Delivery, Words]


def hand_over_batch(at: datetime) -> int:
    """Hand over what is due for up to `BATCH` subscribers; how many. One transaction.

    A digest is one message for all its notices. Of several events of a notice the last is told,
    which says where it stands now (programs wait for nothing, and get each). What was withdrawn
    meanwhile is not told, nor what somebody was told later news of; to whoever ended it nothing is.
    """
    due = Delivery.objects.filter(handed_at=None, due_at__lte=at)
    with transaction.atomic():
        who = due.order_by("subscription").values_list("subscription", flat=True).distinct()[:BATCH]
        people = Subscription.objects.filter(pk__in=list(who)).select_related("subject_key")
        known = {row.pk: row for row in people.select_for_update(of=("self",))}
        if not known:
            return 0
        # Locked, so that a second worker finds them handed over.
        ready = due.filter(subscription__in=list(known))
        # A digest that speaks of a notice says all that is held of it: its newest would come a day
        # after it was told.
        beside = Q(subscription__digest=True, event__notice__in=ready.values("event__notice"))
        rows = list(
            Delivery.objects.filter(Q(due_at__lte=at) | beside, handed_at=None)
            .filter(subscription__in=list(known))
            .select_related("event__notice", "event__update")
            .order_by("subscription", "event__at", "event")
            .select_for_update(of=("self",))
        )
        later = _told_since(rows)
        for row in rows:
            if later.get((row.subscription_id, row.event.notice_id), 0) > row.event_id:
                row.handed_at, row.outcome = at, Outcome.CANCELLED
        words = EventWords(at, late=True)
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
    told: list[Told] = []
    for each in deliveries:
        if each.outcome:
            continue
        each.handed_at = at
        said = words.of(each.event, row.language) if opened else None
        if said is None:
            each.outcome = Outcome.CANCELLED
        else:
            told.append((each, said))
    if not told or opened is None:
        return []
    subject, content = opened
    groups = _by_notice(told)
    if row.digest:
        events = [(group[-1][0].event, group[-1][1]) for group in groups]
        return [(digest_message(row, content, events, _carried(told)), subject)]
    found = []
    for group in groups:
        last, said = group[-1]
        message = event_message(row, content, last.event, said, _carried(group))
        found.append((message, subject))
    return found


def _told_since(rows: list[Delivery]) -> dict[tuple[UUID, UUID], int]:
    """Subscription and notice → the last event of which that one was told something already.

    What was called back or given up told nobody anything.
    """
    handed = Delivery.objects.filter(
        subscription__in={row.subscription_id for row in rows},
        event__notice__in={row.event.notice_id for row in rows},
        message__state__in=(MessageState.WAITING, MessageState.SENT),
    )
    found = handed.values_list("subscription", "event__notice").annotate(last=Max("event"))
    return {(who, notice): last for who, notice, last in found.order_by()}


def _by_notice(told: list[Told]) -> list[list[Told]]:
    """Those of one notice together, in the order of what was said last."""
    groups: dict[UUID, list[Told]] = {}
    for each, said in told:
        key = each.event.notice_id
        groups[key] = [*groups.pop(key, []), (each, said)]
    return list(groups.values())


def _carried(told: list[Told]) -> UUID:
    """The key of the one message that carries them all."""
    message = uuid4()
    for each, _said in told:
        each.message_id = message
    return message
