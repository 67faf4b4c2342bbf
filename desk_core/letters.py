"""A stored message, opened and rendered for its channel.

A floor above may have wordings of its own for the templates of a folder: it registers who knows
them, and the packaged template is what is said where they know none.
"""

from collections.abc import Callable
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Wording:
    """What stands in for a packaged template; `gateway_template` names an approved SMS pattern."""

    subject_line: str
    text: str
    gateway_template: str = ""


#: (message, values) → the wording, None for the packaged one.
Writer = Callable[[OutgoingMessage, dict[str, str]], Wording | None]
_writers: dict[str, Writer] = {}


def register_wording(folder: str, writer: Writer) -> None:
    """Let `writer` say how the templates of a folder are worded; asked when a message is sent."""
    _writers[folder] = writer


def write_letter(message: OutgoingMessage) -> Letter:
    """Open and render one message. Raises Unwritable, and Erased when its subject is gone."""
    recipient, context, headers = _opened(message)
    writer = _writers.get(message.template.rpartition("/")[0])
    with translation.override(message.language):
        own = writer(message, context) if writer else None
        wording = own or packaged(message.template, message.channel, context)
    return Letter(
        channel=message.channel,
        recipient=recipient,
        subject_line=wording.subject_line,
        text=wording.text,
        template=message.template,
        context=context,
        language=message.language,
        local_id=message.local_id,
        attempt=message.attempts + 1,
        created_at=message.created_at,
        unsure_since=message.started_at,
        gateway_template=wording.gateway_template,
        headers=headers,
    )


def packaged(template: str, channel: str, context: dict[str, str]) -> Wording:
    """A packaged template in the active language. Raises Unwritable."""
    text = rendered(template_name(template, channel), context)
    subject_line = ""
    if channel == Channel.EMAIL:
        subject_line, _newline, text = text.partition("\n")
    return Wording(subject_line.strip(), text.strip())


def rendered(name: str, context: dict[str, str]) -> str:
    """A template of plain text, by its file, in the active language. Raises Unwritable."""
    try:
        # Nothing is escaped for HTML. The engine's own template object is behind it.
        found = get_template(name).template  # type: ignore[attr-defined]
        return str(found.render(Context(context, autoescape=False)).strip())
    except Exception as error:
        raise Unwritable(f"{name} does not render: {type(error).__name__}") from None


def _opened(message: OutgoingMessage) -> tuple[str, dict[str, str], dict[str, str]]:
    """Recipient, values and headers."""
    try:
        subject = open_subject(message.subject_key)
        content = subject.open_json(message.sealed, record=message.record)
    except UnknownKey as error:
        raise Unwritable(str(error)) from None
    except SealBroken:
        raise Unwritable("its seal is broken") from None
    return content["recipient"], content["context"], content.get("headers", {})
