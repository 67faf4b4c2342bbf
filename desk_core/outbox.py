"""The outbox's way in: a message is a row of the transaction that causes it.

Sending happens afterwards (`desk_core.delivery`), so that a dead gateway never fails anybody's
work, and a transaction that is rolled back tells nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from django.db import transaction
from django.dispatch import Signal
from django.template.loader import get_template
from django.utils import timezone

from desk_core.enums import MessageState, OutboxChannel
from desk_core.inserts import insert
from desk_core.models import OutgoingMessage

if TYPE_CHECKING:
    from desk_core.sealing import Subject


#: A quarantined message waits again; sent with its `key`, in the same transaction.
requeued = Signal()


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """A message to be queued; `repr` shows nothing personal.

    `recipient` is an e-mail address, or a mobile number as +98…. `template` is a path without
    ending: the text is `templates/<template>.<channel>.txt`, rendered when sent in `language`; the
    first line of an e-mail is its subject line. `variant` is a word by which other wordings of it
    may differ (`letters.register_wording`); a message that is not sent until `not_after` never is.
    `headers` go with it where its channel has any. A `bulk` message waits behind all that are not.
    `id` is known beforehand where the caller keeps it beside something of its own.
    """

    channel: str
    recipient: str = field(repr=False)
    template: str
    context: dict[str, str] = field(repr=False)
    language: str
    dedupe: str
    variant: str = ""
    not_after: datetime | None = None
    headers: dict[str, str] = field(default_factory=dict, repr=False)
    bulk: bool = False
    id: UUID = field(default_factory=uuid4)


def queue_many(messages: Sequence[Outgoing], *, subject: "Subject") -> None:
    """Write messages to do with one subject, in the caller's transaction and in one statement.

    A message whose `dedupe` was queued before stays as it was. Recipient and context are sealed
    under the subject, whose row must be stored already. A template that does not exist raises
    TemplateDoesNotExist here.
    """
    queue_all([(each, subject) for each in messages])


def queue_all(messages: "Sequence[tuple[Outgoing, Subject]]") -> int:
    """The same for messages to do with several subjects, each beside its own; how many are new."""
    for each, _subject in messages:
        _has_template(template_name(each.template, each.channel))
    # ON CONFLICT DO NOTHING: no savepoint, and the first to say it is the one who said it.
    return insert([_sealed(each, subject) for each, subject in messages], ignore_conflicts=True)


@transaction.atomic
def requeue(*, message: OutgoingMessage) -> bool:
    """Let a quarantined message be tried afresh, now. Whether it was quarantined."""
    waiting = OutgoingMessage.objects.quarantined().filter(pk=message.pk)
    found = waiting.update(
        state=MessageState.WAITING,
        attempts=0,
        lease=None,
        started_at=None,
        error="",
        due_at=timezone.now(),
        finished_at=None,
    )
    if found:
        requeued.send(sender=OutgoingMessage, key=message.pk)
    return bool(found)


@cache
def _has_template(name: str) -> None:
    """Raise TemplateDoesNotExist if there is none; one that was there is not looked for again."""
    get_template(name)


def _sealed(each: Outgoing, subject: "Subject") -> OutgoingMessage:
    message = OutgoingMessage(
        id=each.id,
        channel=OutboxChannel(each.channel),
        subject_key=subject.row,
        template=each.template,
        language=each.language,
        variant=each.variant,
        dedupe=each.dedupe,
        not_after=each.not_after,
        bulk=each.bulk,
    )
    content: dict[str, Any] = {"recipient": each.recipient, "context": each.context}
    if each.headers:
        content["headers"] = each.headers
    message.sealed = subject.seal_json(content, record=message.record)
    hint = masked(each.recipient).encode()
    message.sealed_hint = subject.seal(hint, record=message.hint_record)
    return message


def masked(recipient: str) -> str:
    """Enough of an address to tell two of a person's own apart: 0912•••••89, g•••@example.ir.

    Of a web address the host alone is left.
    """
    if "://" in recipient:
        return f"{urlsplit(recipient).hostname or ''}/•••"
    name, at, domain = recipient.rpartition("@")
    if at:
        return f"{name[:1]}•••@{domain}"
    digits = "0" + recipient.removeprefix("+98") if recipient.startswith("+98") else recipient
    return f"{digits[:4]}•••••{digits[-2:]}" if len(digits) > 8 else "•••"


def template_name(template: str, channel: str) -> str:
    """The file that holds the text of a message for one channel."""
    return f"{template}.{OutboxChannel(channel).value}.txt"
