"""Stored replies as they are offered and inserted where staff write."""

from typing import Any

from django.db.models import QuerySet

from service_requests.models import Case, StoredReply
from service_requests.reply_words import filled
from service_requests.texts import TEXT_MAX


def offered(case: Case) -> list[StoredReply]:
    """Those that fit the case as it is; one query for all the forms of its screen."""
    key = f"_stored_replies_{case.version}"
    if key not in case.__dict__:
        case.__dict__[key] = list(StoredReply.objects.for_case(case))
    return case.__dict__[key]


def offered_to(user: Any) -> QuerySet[StoredReply]:
    """Those that an answer to many cases can begin with: for all departments, or of one's own."""
    return StoredReply.objects.offered_to(user)


def inserted(case: Case, reply_id: str, written: str) -> str | None:
    """What was written so far with a stored reply behind it; None for one that is not offered."""
    reply = next((row for row in offered(case) if str(row.pk) == reply_id), None)
    if reply is None:
        return None
    text = filled(reply.text, case, language=reply.language)
    return "\n\n".join(part for part in (written.strip(), text) if part)[:TEXT_MAX]
