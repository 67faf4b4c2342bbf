"""What messages may say: the events, their variables, and what is refused when a text is saved.

A message says the code and a neutral sentence (R41). Hence the variables are few, none is about a
person, a department or what a case is about, and a text without those that its message is for is
refused. `{cases}` and `{counts}` stand for a whole list in the words of a packaged template.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from desk_core.enums import Channel
from desk_core.letters import Wording, packaged, rendered
from desk_core.sms_length import measure
from persian.digits import localised
from persian.jalali import format_date
from service_requests.site_address import tracking_url

if TYPE_CHECKING:
    from service_requests.models import MessageText

FOLDER = "service_requests/messages"
LONGEST_EMAIL = 2000
#: More parts than this no gateway joins reliably, and each is paid for.
MOST_PARTS = 4
#: Variables that are made of several values, by the template `due_<name>.txt`.
_LISTS = ("cases", "counts")
_VARIABLE = re.compile(r"\{([^{}\n]*)\}")
_LONE_BRACE = re.compile(r"[{}]")


@dataclass(frozen=True)
class Event:
    """A message: what it is called, whom it goes to, what it may and what it must say."""

    label: Any
    variables: tuple[str, ...] = ("code", "url")
    needed: tuple[str, ...] = ("code",)
    channels: tuple[str, ...] = (Channel.SMS, Channel.EMAIL)
    #: Values that only the packaged text asks for; they are no words to insert.
    packaged: tuple[str, ...] = ()

    @property
    def carries(self) -> tuple[str, ...]:
        """Everything that a message of this event may be queued with."""
        return (*self.variables, *self.packaged)

    @property
    def in_a_line(self) -> tuple[str, ...]:
        """The variables of a subject line: a list takes several lines."""
        return tuple(name for name in self.variables if name not in _LISTS)


def _listing(name: str) -> dict[str, Any]:
    return {"variables": (name,), "needed": (name,), "channels": (Channel.EMAIL,)}


_WITH_DAY = ("code", "day", "url")
_TO_STAFF: dict[str, Any] = {"variables": ("code",), "channels": (Channel.EMAIL,)}
EVENTS: dict[str, Event] = {
    "registered": Event(_("Registered")),
    "news": Event(_("News about the case")),
    "own_step": Event(_("The applicant did something themselves")),
    "reply_due": Event(_("A reply is needed by a day"), _WITH_DAY, ("code", "day")),
    "visit_reminder": Event(_("Reminder of a visit")),
    "reissued": Event(_("New tracking password")),
    "credential_ended": Event(_("Tracking password ended")),
    "one_time_code": Event(_("One-time code"), ("otp",), ("otp",)),
    "agreement_ends": Event(_("End of the agreement announced"), _WITH_DAY, packaged=("certain",)),
    "agreement_holds": Event(_("Announced end called off"), _WITH_DAY),
    "notice": Event(_("A notice concerns the service"), ("code", "link"), ("code",)),
    "third_question": Event(
        _("Question to a third party"), ("link", "day"), ("link",), (Channel.EMAIL,)
    ),
    "survey": Event(_("Invitation to a survey"), ("link",), ("link",)),
    "staff_new": Event(_("To staff: new case"), **_TO_STAFF),
    "staff_news": Event(_("To staff: the applicant acted"), **_TO_STAFF),
    "staff_third": Event(_("To staff: a third party answered"), **_TO_STAFF),
    "staff_due": Event(_("To staff: promised times near or over"), **_listing("cases")),
    "staff_due_counts": Event(_("To administrators: how many are over"), **_listing("counts")),
    "staff_handed_over": Event(_("To staff: cases were handed over"), **_listing("count")),
}
#: The one event whose text may differ by the state of the case.
BY_STATE = "news"


def problems(row: "MessageText") -> dict[str, ValidationError]:
    """What is wrong with a text, by field; nothing when it can go out."""
    event = EVENTS.get(row.event)
    if event is None or row.channel not in Channel.values:
        return {}
    errors: dict[str, ValidationError] = {}
    if row.state and row.event != BY_STATE:
        errors["state"] = ValidationError(_("Only news may differ by the state of the case."))
    if row.channel not in event.channels:
        errors["channel"] = ValidationError(_("This message goes by e-mail alone."))
    if row.channel == Channel.EMAIL:
        if not row.subject_line.strip():
            errors["subject_line"] = ValidationError(_("An e-mail needs a subject line."))
        elif wrong := _wrong_words(row.subject_line, event.in_a_line, ()):
            errors["subject_line"] = wrong
        if row.gateway_template:
            errors["gateway_template"] = ValidationError(_("Only text messages have a pattern."))
    elif row.subject_line.strip():
        errors["subject_line"] = ValidationError(_("A text message has no subject line."))
    if wrong := _wrong_words(row.text, event.variables, event.needed) or _too_long(row):
        errors["text"] = wrong
    return errors


def _wrong_words(
    text: str, known: tuple[str, ...], needed: tuple[str, ...]
) -> ValidationError | None:
    names = _VARIABLE.findall(text)
    for name in names:
        if name not in known:
            return ValidationError(
                _("There is no variable {%(name)s} in this message. There are: %(known)s."),
                params={"name": name[:40], "known": _braced(known)},
            )
    if _LONE_BRACE.search(_VARIABLE.sub("", text)):
        return ValidationError(_("A brace stands alone. Variables are written like {code}."))
    missing = tuple(name for name in needed if name not in names)
    if missing:
        return ValidationError(
            _("This message is worth nothing without %(names)s."),
            params={"names": _braced(missing)},
        )
    return None


def _too_long(row: "MessageText") -> ValidationError | None:
    if row.channel != Channel.SMS:
        return None
    with translation.override(row.language):
        parts = measure(filled(row.text, sample(row.event))).parts
    if parts <= MOST_PARTS:
        return None
    return ValidationError(
        _("This text is too long: it takes %(parts)s parts, and at most %(most)s are sent."),
        params={"parts": localised(parts), "most": localised(MOST_PARTS)},
    )


def _braced(names: tuple[str, ...]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)


def sample(event: str) -> dict[str, str]:
    """Values such as a message of this event carries, for previews and for counting."""
    code = "123456789012"
    values = {
        "code": {"code": code},
        "day": {"day": timezone.now().date().isoformat()},
        "otp": {"otp": "123456"},
        "link": {"link": f"{tracking_url()}#{'x' * 43}"},
        "count": {"count": "3"},
        "cases": {"late": code, "near": code, "more": "2"},
        "counts": {"late": "3", "near": "2"},
    }
    found: dict[str, str] = {}
    for name in EVENTS[event].variables:
        found |= values.get(name, {})
    return found


def filled(text: str, context: dict[str, str]) -> str:
    """A text with its variables filled in, in the active language: one pass over plain names.

    Raises Unwritable where a list does not render.
    """
    values = dict(context)
    if "day" in values:
        values["day"] = format_date(date.fromisoformat(values["day"]))
    if "{url}" in text:
        values["url"] = tracking_url()
    if "count" in values:
        values["count"] = localised(values["count"])
    for name in _LISTS:
        if f"{{{name}}}" in text and "late" in values:
            values[name] = rendered(f"{FOLDER}/due_{name}.txt", context)
    return _VARIABLE.sub(lambda match: values.get(match[1], match[0]), text)


def wording(row: "MessageText", context: dict[str, str]) -> Wording:
    """What a row makes of a message in the active language."""
    return Wording(
        filled(row.subject_line.strip(), context),
        filled(row.text.strip(), context),
        row.gateway_template,
    )


def packaged_wording(event: str, channel: str, context: dict[str, str]) -> Wording:
    """What the packaged template makes of it in the active language."""
    return packaged(f"{FOLDER}/{event}", channel, context)
