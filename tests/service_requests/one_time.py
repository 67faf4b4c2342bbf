"""Reading what was sent: the outbox's messages, opened as the worker opens them."""

import re

from desk_core.letters import write_letter
from desk_core.models import OutgoingMessage
from service_requests import contacts
from service_requests.models import Case


def letters(case: Case, event: str = "") -> list:
    """Everything that waits to be told about a case, as it would go out; oldest first."""
    rows = OutgoingMessage.objects.filter(subject_key=case.subject_key_id, state="waiting")
    if event:
        rows = rows.filter(template=f"service_requests/messages/{event}")
    return [write_letter(row) for row in rows.order_by("created_at", "pk")]


def code_sent(case: Case) -> str:
    """The six digits of the newest one-time code."""
    return re.search(r"\b\d{6}\b", letters(case, "one_time_code")[-1].text).group()


def verify(case: Case, channel: str = "sms") -> None:
    """Verify a contact as its holder does."""
    contacts.send_code(case=case, channel=channel)
    contacts.confirm(case=case, channel=channel, code=code_sent(case))
