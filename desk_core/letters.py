"""A stored message, opened and rendered for its channel."""

from django.template import Context
from django.template.loader import get_template
from django.utils import translation

from desk_core.channels.base import Letter
from desk_core.enums import Channel
from desk_core.models import OutgoingMessage
from desk_core.outbox import template_name
from desk_core.sealing import SealBroken, UnknownKey, open_subject


class Unwritable(Exception):
    """The message cannot be opened or rendered; the words say why without quoting it."""


def write_letter(message: OutgoingMessage) -> Letter:
    """Open and render one message. Raises Unwritable, and Erased when its subject is gone."""
    recipient, context = _opened(message)
    name = template_name(message.template, message.channel)
    try:
        # Plain text: nothing is escaped for HTML. The engine's own template object is behind it.
        template = get_template(name).template  # type: ignore[attr-defined]
        with translation.override(message.language):
            text = template.render(Context(context, autoescape=False)).strip()
    except Exception as error:
        raise Unwritable(f"{name} does not render: {type(error).__name__}") from None
    subject_line = ""
    if message.channel == Channel.EMAIL:
        subject_line, _newline, text = text.partition("\n")
    return Letter(
        channel=message.channel,
        recipient=recipient,
        subject_line=subject_line.strip(),
        text=text.strip(),
        template=message.template,
        context=context,
        language=message.language,
        local_id=message.local_id,
        attempt=message.attempts + 1,
        created_at=message.created_at,
        unsure_since=message.started_at,
    )


def _opened(message: OutgoingMessage) -> tuple[str, dict[str, str]]:
    """Recipient and values."""
    try:
        subject = open_subject(message.subject_key)
        content = subject.open_json(message.sealed, record=message.record)
    except UnknownKey as error:
        raise Unwritable(str(error)) from None
    except SealBroken:
        raise Unwritable("its seal is broken") from None
    return content["recipient"], content["context"]
