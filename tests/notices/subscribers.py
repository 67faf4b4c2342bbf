"""Subscribers as the pages make them, and what has been written to them."""

import json

from django.utils import timezone

from desk_core.models import OutgoingMessage
from desk_core.sealing import new_subject, open_subject
from notices.models import Subscription
from notices.subscriptions import contacts, subscribing
from notices.subscriptions.subscribing import Choices

ADDRESS = "192.0.2.1"


def ask(contact="sara@example.ir", *, language="fa", address=ADDRESS, **choices):
    """Ask for a subscription; the code that was sent."""
    subscribing.ask(contact=contact, choices=Choices(**choices), language=language, address=address)
    return last_code()


def subscribe(contact="sara@example.ir", **more):
    """An active subscription."""
    code = ask(contact, **more)
    opened = subscribing.redeem(code=code, address=ADDRESS)
    drop_codes()
    row = opened.subscription
    row.secret = opened.secret
    return row


def many(count, **fields):
    """Active e-mail subscriptions, stored directly: for what has to do with numbers."""
    made = []
    for number in range(count):
        subject = new_subject()
        subject.save()
        contact = f"n{number}@example.ir"
        row = Subscription(
            **{
                "channel": "email",
                "state": "active",
                "language": "fa",
                "confirmed_at": timezone.now(),
                "subject_key": subject.row,
                "contact_digest": contacts.digest("email", contact),
            }
            | fields
        )
        row.sealed = subject.seal_json({"contact": contact}, record=row.record)
        row.save(force_insert=True)
        made.append(row)
    return made


def opened(message):
    """Recipient, context and headers of a waiting message."""
    subject = open_subject(message.subject_key)
    return subject.open_json(bytes(message.sealed), record=message.record)


def last_code():
    """The code in the newest message that carries one."""
    message = (
        OutgoingMessage.objects.filter(dedupe__startswith="subscription-code:")
        .order_by("created_at")
        .last()
    )
    context = opened(message)["context"]
    if "code" in context:
        return context["code"]
    return json.loads(context["body"])["verification"]["code"]


def drop_codes():
    """Messages with codes out of the way: what is left is about notices."""
    OutgoingMessage.objects.filter(dedupe__startswith="subscription-code:").delete()


def told():
    """(recipient, template) of everything that was handed over about notices."""
    found = OutgoingMessage.objects.filter(bulk=True).select_related("subject_key")
    return sorted(
        (opened(each)["recipient"], each.template.rpartition("/")[2])
        for each in found
        if bytes(each.sealed)
    )
