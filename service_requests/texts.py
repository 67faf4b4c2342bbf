"""What people write into a case: checked, normalised, sealed."""

from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from desk_core.sealing import Subject
from persian.digits import grouped, localised
from persian.text import control_characters, normalise
from service_requests.enums import Purpose, Side
from service_requests.models import Case, Message

TEXT_MAX = 5000
# What an applicant who is not content says at least.
REASON_MIN = 10


def clean_text(
    text: str,
    *,
    field: str = "text",
    limit: int = TEXT_MAX,
    least: int = 0,
    required: bool = True,
) -> str:
    """Return the text as it is stored; raises ValidationError({field: [...]})."""
    if not isinstance(text, str) or len(text) > 2 * limit + 1000:
        raise ValidationError({field: [_too_long(limit)]})
    if control_characters(text):
        raise ValidationError(
            {field: [_("This text has characters that cannot be read. Please type it again.")]}
        )
    text = normalise(text)
    if len(text) > limit:
        raise ValidationError({field: [_too_long(limit)]})
    if required and not text:
        raise ValidationError({field: [_("Please write something.")]})
    if len(text) < least:
        message = _("Please write at least %(least)s characters.")
        params = {"least": localised(least)}
        raise ValidationError({field: [ValidationError(message, "min_length", params)]})
    return text


def new_message(
    case: Case,
    subject: Subject,
    *,
    side: Side,
    text: str,
    author: Any = None,
    purpose: Purpose | None = None,
    visit: dict[str, str] | None = None,
    message_id: UUID | None = None,
) -> Message:
    """An unsaved, sealed message."""
    message = Message(
        id=message_id or uuid4(),
        case=case,
        side=side,
        author=author,
        purpose=purpose or Purpose.MESSAGE,
    )
    body: dict[str, Any] = {"text": text}
    if visit:
        body["visit"] = visit
    message.sealed_body = subject.seal_json(body, record=message.record)
    return message


def is_repeated(message: Message, subject: Subject, *, side: Side, text: str) -> bool:
    """Whether a stored message is what is sent again now: of the same side, with the same words."""
    body = subject.open_json(bytes(message.sealed_body), record=message.record)
    return message.side == side and body["text"] == text


def _too_long(limit: int) -> ValidationError:
    return ValidationError(
        _("This text is too long: at most %(limit)s characters."), params={"limit": grouped(limit)}
    )
