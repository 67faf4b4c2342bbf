"""Outages, maintenance and warnings in the Common Alerting Protocol 1.2 (OASIS), signed.

One message for each word that was said of a notice: Alert, then Updates, or Cancel. Updates are
append-only, so a message's identifier and `sent` are frozen with its first dissemination by
nature, and so are the references to all messages before it. Two <info> blocks, fa-IR and en, with
the same codes. Times are UTC, written "-00:00" as the standard demands.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db.models import Max, Q
from django.template.defaultfilters import linebreaks_filter
from django.utils.translation import gettext as _
from django.utils.translation import override
from lxml import etree

from cms_pages.frame import frame_for
from desk_core.xml_signing import sign_where_possible
from notices import current, warning_changes
from notices.current import PublicNotice
from notices.enums import Certainty, Event, Impact, Kind, Severity, UpdateState
from notices.machine_faces.desk import Desk
from notices.machine_faces.feeds import Entry, Feed, plain
from notices.models import NoticeUpdate, WarningChange
from notices.models.places import Place
from notices.shapes import Circle

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
CONTENT_TYPE = "application/cap+xml; charset=utf-8"
MOST = 50
LANGUAGES = {"fa": "fa-IR", "en": "en"}
# How long a message holds that names no end of its own.
HOLDS = timedelta(hours=24)
# What begins within an hour is "Expected" by the standard, what begins later is "Future".
SOON = timedelta(hours=1)

_KINDS = (Kind.OUTAGE, Kind.MAINTENANCE, Kind.WARNING)
_SEVERITY = {
    Impact.MAJOR: "Severe",
    Impact.PARTIAL: "Moderate",
    Impact.DEGRADED: "Minor",
    Impact.NONE: "Minor",
}
_SEVERITY_OF_WARNING = {
    Severity.CRITICAL: "Extreme",
    Severity.MAJOR: "Severe",
    Severity.MINOR: "Moderate",
    Severity.NONE: "Minor",
}
_CERTAINTY = {
    Certainty.OBSERVED: "Observed",
    Certainty.LIKELY: "Likely",
    Certainty.POSSIBLE: "Possible",
    Certainty.UNLIKELY: "Unlikely",
    Certainty.UNKNOWN: "Unknown",
}
_CATEGORY = {
    Event.ROAD_CLOSED: "Transport",
    Event.ROAD_WORKS: "Transport",
    Event.BRIDGE: "Transport",
    Event.CRASH: "Transport",
    Event.SNOW: "Met",
    Event.FLOOD: "Met",
    Event.VISIBILITY: "Met",
    Event.AVALANCHE: "Geo",
    Event.LANDSLIDE: "Geo",
    Event.BUILDING: "Safety",
    Event.OTHER: "Other",
}
_OVER = {
    UpdateState.RESOLVED,
    UpdateState.COMPLETED,
    UpdateState.LIFTED,
    UpdateState.CANCELLED,
}


@dataclass(frozen=True)
class Message:
    """One word of a notice as a message; `number` counts from 1."""

    notice: UUID
    number: int
    row: NoticeUpdate

    @property
    def identifier(self) -> str:
        """Of the word itself, whose key never changes."""
        return uuid5(self.notice, str(self.row.pk)).urn

    @property
    def sent(self) -> str:
        """When it was said."""
        return _time(self.row.at)

    @property
    def type(self) -> str:
        """Alert, Update or Cancel."""
        if self.row.state == UpdateState.CANCELLED:
            return "Cancel"
        return "Alert" if self.number == 1 else "Update"

    @property
    def over(self) -> bool:
        """Whether it says that all is well again."""
        return self.row.state in _OVER

    @property
    def begun(self) -> bool:
        """Whether the notice was in force when it was said."""
        return self.row.starts_at <= self.row.at

    @property
    def urgency(self) -> str:
        """How soon one has to act."""
        if self.over:
            return "Past"
        if self.begun:
            return "Immediate"
        return "Expected" if self.row.starts_at - self.row.at <= SOON else "Future"

    @property
    def response(self) -> str:
        """What one may do."""
        if self.over:
            return "AllClear"
        return "Monitor" if self.begun else "Prepare"

    @property
    def expires(self) -> datetime:
        """The end that was announced with it, if that lies ahead; else after a day."""
        end = None if self.over else self.row.expected_end
        return end if end is not None and end > self.row.at else self.row.at + HOLDS


def messages(each: PublicNotice) -> list[Message]:
    """All messages of a notice, oldest first."""
    rows = reversed(each.updates)
    return [Message(each.id, number, row) for number, row in enumerate(rows, 1)]


def document(desk: Desk, at: datetime, notice: UUID, number: int) -> str | None:
    """A message as XML, signed where there is a certificate; None where there is none."""
    condition = Q(notice=notice, notice__kind__in=_KINDS)
    shown = {}
    for code in LANGUAGES:
        shown[code] = next(iter(current.find(at, condition, updates=True, language=code)), None)
    any_page = shown["fa"]
    if any_page is None:
        return None
    chain = messages(any_page)
    if not 1 <= number <= len(chain):
        return None
    root = etree.Element(f"{{{NAMESPACE}}}alert", nsmap={None: NAMESPACE})
    _fill(root, _head(desk, chain[:number]))
    for code, page in shown.items():
        if page is not None:
            _info(root, desk, page, chain[number - 1], code)
    sign_where_possible(root)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True).decode()


def feed(desk: Desk, at: datetime) -> Feed:
    """The newest messages of all public notices, an entry each: readers fetch each once."""
    newest = (
        current.public_facts(at)
        .filter(kind__in=_KINDS)
        .annotate(said=Max("updates__at"))
        .order_by("-said", "pk")[:MOST]
    )
    found = [
        (each, message)
        for each in current.showing(newest, at, updates=True)
        for message in messages(each)
    ]
    found.sort(key=lambda pair: (pair[1].row.at, pair[1].row.pk), reverse=True)
    entries = [_entry(desk, each, message) for each, message in found[:MOST]]
    return Feed(desk, None, entries, face="cap")


def _entry(desk: Desk, each: PublicNotice, message: Message) -> Entry:
    text = plain(each.text_of(message.row))
    sent = message.row.at.replace(microsecond=0)
    address = desk.address("cap_message", notice=message.notice, number=message.number)
    return Entry(
        id=message.identifier,
        title=plain(each.title),
        url=address,
        text=text,
        html=linebreaks_filter(text),
        published=sent,
        updated=sent,
        tags=(_category(each), message.type),
    )


def _head(desk: Desk, chain: list[Message]) -> Iterator[tuple[str, str]]:
    *earlier, message = chain
    yield "identifier", message.identifier
    yield "sender", desk.sender
    yield "sent", message.sent
    yield "status", "Actual"
    yield "msgType", message.type
    yield "scope", "Public"
    if earlier:
        yield (
            "references",
            " ".join(f"{desk.sender},{each.identifier},{each.sent}" for each in earlier),
        )
    yield "incidents", str(message.notice)


def _info(root: Any, desk: Desk, each: PublicNotice, message: Message, code: str) -> None:
    warned = warning_changes.held_with(message.row)
    with override(code):
        info = etree.SubElement(root, _name("info"))
        _fill(info, _facts(desk, each, message, warned, code))
        for row in each.affected:
            parameter = etree.SubElement(info, _name("parameter"))
            _fill(parameter, [("valueName", "service"), ("value", row.service.key)])
        body = frame_for(desk.request).settings
        area = etree.SubElement(info, _name("area"))
        named = warned.area_for(code) if warned else ""
        _fill(area, [("areaDesc", plain(named or body.province_name or body.body or body.desk))])
        if warned:
            _place(area, warned)


def _place(area: Any, warned: Place) -> None:
    """What a warning says of its place for machines."""
    shapes = sorted(warned.shapes, key=lambda shape: isinstance(shape, Circle))
    _fill(area, [(type(shape).__name__.lower(), str(shape)) for shape in shapes])
    for name, code in warned.codes:
        geocode = etree.SubElement(area, _name("geocode"))
        _fill(geocode, [("valueName", name), ("value", code)])


def _facts(
    desk: Desk, each: PublicNotice, message: Message, warned: WarningChange | None, code: str
) -> Iterator[tuple[str, str]]:
    fact = each.notice
    certainty = "Observed" if message.begun or message.over else "Likely"
    body = frame_for(desk.request).settings
    row = message.row
    text = (row.text_en if code == "en" else row.text) or each.text_of(row)
    yield "language", LANGUAGES[code]
    yield "category", _category(each)
    yield "event", _event(each)
    yield "responseType", message.response
    yield "urgency", message.urgency
    if warned:
        yield "severity", _SEVERITY_OF_WARNING[Severity(warned.severity)]
        yield "certainty", _CERTAINTY[Certainty(warned.certainty)]
    else:
        yield "severity", _SEVERITY[each.impact]
        yield "certainty", certainty
    yield "onset", _time(row.starts_at)
    yield "expires", _time(message.expires)
    yield "senderName", plain(body.body or body.desk)
    yield "headline", plain(each.title)
    yield "description", plain(text)
    if warned and (instruction := fact.instruction_for(code)):
        yield "instruction", plain(instruction)
    yield "web", desk.link(each)
    if contact := body.phone or body.email:
        yield "contact", plain(contact)


def _category(each: PublicNotice) -> str:
    return _CATEGORY[Event(each.notice.event)] if each.kind == Kind.WARNING else "Infra"


def _event(each: PublicNotice) -> str:
    if each.kind == Kind.WARNING:
        return str(Event(each.notice.event).label)
    return _("Planned maintenance") if each.kind == Kind.MAINTENANCE else _("Service outage")


def _fill(parent: Any, values: Any) -> None:
    for name, value in values:
        etree.SubElement(parent, _name(name)).text = value


def _name(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _time(at: datetime) -> str:
    """Without fractions and without "Z"."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S-00:00")
