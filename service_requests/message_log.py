"""What was sent about a case, when, and what became of it: for staff, without any text."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from desk_core.models import OutgoingMessage
from desk_core.sealing import Erased, SealBroken, Subject, open_subject
from service_requests.message_words import EVENTS
from service_requests.models import Case

MOST = 100


@dataclass(frozen=True)
class Sent:
    """One message. `recipient` is masked; `trouble` is the last error, in the channel's words."""

    at: datetime
    event: Any
    channel: str
    recipient: str = field(repr=False)
    state: str
    attempts: int
    finished_at: datetime | None
    receipt: str
    trouble: str


def of_case(case: Case) -> list[Sent]:
    """The latest messages about a case, newest first."""
    rows = OutgoingMessage.objects.filter(subject_key=case.subject_key_id).defer("sealed")
    found = list(rows.order_by("-created_at", "-id")[:MOST])
    if not found:
        return []
    subject = _subject(case.subject_key)
    return [_sent(row, subject) for row in found]


def visible_to(user: Any) -> "QuerySet[OutgoingMessage]":
    """Messages about the cases that a member of staff may know of, each with its `case_code`."""
    cases = Case.objects.visible_to(user).order_by()
    of_it = Case.objects.filter(subject_key=OuterRef("subject_key")).order_by()
    return OutgoingMessage.objects.filter(subject_key__in=cases.values("subject_key")).annotate(
        case_code=Subquery(of_it.values("code")[:1]),
        case_department=Subquery(of_it.values("department")[:1]),
    )


def event_label(row: OutgoingMessage) -> Any:
    """What a message is about."""
    event = EVENTS.get(row.template.rpartition("/")[2])
    return event.label if event else row.template


def recipient(row: OutgoingMessage, subject: Subject | None = None) -> str:
    """The masked recipient; "" once the person is erased."""
    opened = subject or _subject(row.subject_key)
    if opened is None or not row.sealed_hint:
        return ""
    try:
        return opened.open(bytes(row.sealed_hint), record=row.hint_record).decode()
    except SealBroken:
        return ""


def receipt_label(row: OutgoingMessage) -> str:
    """What the gateway said, with its own word for it."""
    label = row.get_delivery_display() if row.delivery else ""
    return f"{label} ({row.delivery_code})" if row.delivery_code else label


def _sent(row: OutgoingMessage, subject: Subject | None) -> Sent:
    return Sent(
        at=row.created_at,
        event=event_label(row),
        channel=row.get_channel_display(),
        recipient=recipient(row, subject) if subject else "",
        state=row.get_state_display(),
        attempts=row.attempts,
        finished_at=row.finished_at,
        receipt=receipt_label(row),
        trouble=row.error,
    )


def _subject(key: Any) -> Subject | None:
    try:
        return open_subject(key)
    except (Erased, SealBroken):
        return None
