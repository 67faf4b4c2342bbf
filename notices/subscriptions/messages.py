"""Messages to subscribers, as the outbox takes them; every e-mail has its way out (RFC 8058)."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.utils.translation import ngettext, override

from desk_core.enums import OutboxChannel
from desk_core.outbox import Outgoing
from desk_core.sealing import Erased, SealBroken, Subject, open_subject
from notices.enums import Step
from notices.models import NoticeEvent, Subscription
from notices.subscriptions import tokens
from notices.subscriptions.event_words import Words
from persian.digits import localised

EVENT_TEMPLATE = "notices/messages/event"
_DIGEST_TEMPLATE = "notices/messages/digest"
_ONE_CLICK = "List-Unsubscribe=One-Click"


def event_message(
    row: Subscription, content: dict[str, str], event: NoticeEvent, words: Words, message_id: UUID
) -> Outgoing:
    """One event for one subscriber; queued again it is the same message."""
    values = dict(words.values)
    if row.only_followed and event.step == Step.RESOLVED:
        values["farewell"] = "yes"
    return _message(row, content, EVENT_TEMPLATE, values, words, str(event.pk), message_id)


def digest_message(
    row: Subscription,
    content: dict[str, str],
    events: Sequence[tuple[NoticeEvent, Words]],
    message_id: UUID,
) -> Outgoing:
    """What was said last of several notices in one message, oldest first."""
    newest = events[-1][1]
    parts = ["\n".join(filter(None, _lines(words))) for _event, words in events]
    with override(row.language):
        count = len(events)
        heading = ngettext(
            "%(count)s notice of the service desk", "%(count)s notices of the service desk", count
        ) % {"count": localised(count)}
    values = {
        "heading": heading,
        "titles": " / ".join(words.title for _event, words in events)[:200],
        "text": "\n\n".join(parts),
    }
    occasion = f"{events[0][0].pk}-{events[-1][0].pk}"
    return _message(row, content, _DIGEST_TEMPLATE, values, newest, occasion, message_id)


def _lines(words: Words) -> list[str]:
    first = f"{words.heading}: {words.title}"
    return [first, words.when, words.where, words.text, words.url]


def open_contact(row: Subscription) -> tuple[Subject, dict[str, str]] | None:
    """The open key and content of a subscription; None for one that was erased."""
    try:
        subject = open_subject(row.subject_key)
        content: dict[str, str] = subject.open_json(row.sealed, record=row.record)
    except (Erased, SealBroken):
        return None
    return subject, content


def still_active(subscriptions: Iterable[UUID]) -> set[UUID]:
    """Which of these are active, locked until the transaction ends: whoever ends one meanwhile
    waits, and then calls back what it was sent."""
    found = Subscription.objects.active().filter(pk__in=list(subscriptions))
    return set(found.select_for_update().values_list("pk", flat=True))


def _message(
    row: Subscription,
    content: dict[str, str],
    template: str,
    values: dict[str, str],
    words: Words,
    occasion: str,
    message_id: UUID,
) -> Outgoing:
    token = tokens.unsubscribe_token(row.pk)
    way_out = f"{words.way_out}{token}/"
    headers = {}
    if row.channel == OutboxChannel.WEBHOOK:
        context = {"body": words.body.for_subscriber(way_out), "secret": content["secret"]}
    else:
        context = {**values, "manage": words.manage}
    if row.channel == OutboxChannel.EMAIL:
        context["unsubscribe"] = way_out
        headers = {"List-Unsubscribe": f"<{way_out}>", "List-Unsubscribe-Post": _ONE_CLICK}
    return Outgoing(
        id=message_id,
        channel=row.channel,
        recipient=content["contact"],
        template=template,
        context=context,
        language=row.language,
        dedupe=f"{template}:{row.pk}:{occasion}",
        headers=headers,
        bulk=True,
    )
