"""Outages, maintenance and warnings in the Common Alerting Protocol 1.2 (OASIS), signed.

Which messages there are is told by `notices.machine_faces.cap_chain`. Each word that was said has
two <info> blocks, fa-IR and en, with the same codes; the Cancel of a withdrawn notice has none and
stays in the feeds for as long as anybody may hold what it takes back. Times are UTC, written
"-00:00" as the standard demands.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Max, Q
from django.template.defaultfilters import linebreaks_filter
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override
from lxml import etree

from cms_pages.frame import frame_for
from desk_core.xml_signing import sign_where_possible
from notices import current, impact_changes
from notices.current import PublicNotice
from notices.enums import Certainty, Event, Impact, Kind, Severity
from notices.machine_faces.cap_chain import Message, chain, time_text
from notices.machine_faces.desk import Desk
from notices.machine_faces.feeds import Entry, Feed, plain
from notices.models import Appearance, Notice, NoticeUpdate, WarningChange
from notices.models.places import Place
from notices.warnings import changes as warning_changes
from notices.warnings.shapes import Circle

if TYPE_CHECKING:
    from django.db.models import QuerySet

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
CONTENT_TYPE = "application/cap+xml; charset=utf-8"
MOST = 50
LANGUAGES = {"fa": "fa-IR", "en": "en"}
#: All that is left to say of a notice that nobody may read any more.
WITHDRAWN = gettext_noop("The earlier messages about this are withdrawn.")
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


@dataclass(frozen=True)
class _Held:
    """What was the case when a word was said, whatever has changed since."""

    #: Of a warning.
    warned: WarningChange | None
    #: Of other kinds: by the service's key, by None of the whole desk.
    impacts: dict[int | None, Impact]

    @classmethod
    def at(cls, row: NoticeUpdate) -> "_Held":
        return cls(warning_changes.held_with(row), impact_changes.held_with(row))

    def severity(self) -> str:
        if self.warned:
            return _SEVERITY_OF_WARNING[Severity(self.warned.severity)]
        return _SEVERITY[max(self.impacts.values(), key=list(Impact).index)]

    def services(self, each: PublicNotice) -> Iterator[str]:
        for row in each.affected:
            if self.warned or row.service_id in self.impacts:
                yield row.service.key


def document(desk: Desk, at: datetime, notice: UUID, number: int) -> str | None:
    """A message as XML, signed where there is a certificate; None where there is none."""
    fact = _facts_with_words().filter(pk=notice).first()
    found = _chain(fact) if fact else []
    if fact is None or not 1 <= number <= len(found):
        return None
    message = found[number - 1]
    shown = {} if message.withdraws else _in_each_language(at, fact)
    if not shown and not message.withdraws:
        return None
    root = etree.Element(f"{{{NAMESPACE}}}alert", nsmap={None: NAMESPACE})
    _fill(root, _head(desk, message))
    held = _Held.at(message.row)
    for code, page in shown.items():
        _info(root, desk, page, message, held, code)
    sign_where_possible(root)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True).decode()


def feed(desk: Desk, at: datetime) -> Feed:
    """The newest messages of all public notices, an entry each: readers fetch each once.

    Of a notice that is not public any more its withdrawal alone.
    """
    newest = (
        current.public_facts(at)
        .filter(kind__in=_KINDS)
        .annotate(said=Max("updates__at"))
        .order_by("-said", "pk")[:MOST]
    )
    shown = {each.id: each for each in current.showing(newest, at, updates=True)}
    hidden = Appearance.objects.filter(shown=False).order_by("-pk")
    withdrawn = hidden.values_list("notice", flat=True)[:MOST]
    facts = _facts_with_words().filter(pk__in={*shown, *withdrawn})
    found = [
        message
        for fact in facts
        for message in _chain(fact)
        if fact.pk in shown or (message.withdraws and message.expires > at)
    ]
    found.sort(key=lambda each: (each.at, each.identifier), reverse=True)
    entries = [_entry(desk, shown.get(each.notice), each) for each in found[:MOST]]
    return Feed(desk, None, entries, face="cap")


def _facts_with_words() -> "QuerySet[Notice]":
    rows = Notice.objects.filter(kind__in=_KINDS)
    return rows.prefetch_related("updates", "appearances")


def _chain(fact: Notice) -> list[Message]:
    return chain(fact, fact.updates.all(), fact.appearances.all())


def _in_each_language(at: datetime, fact: Notice) -> dict[str, PublicNotice]:
    """The notice as everybody may read it, by language; nothing where nobody may."""
    condition = Q(notice=fact)
    found = {
        code: next(iter(current.find(at, condition, updates=True, language=code)), None)
        for code in LANGUAGES
    }
    return {code: each for code, each in found.items() if each is not None}


def _entry(desk: Desk, each: PublicNotice | None, message: Message) -> Entry:
    if each is None or message.withdraws:
        title = text = _(WITHDRAWN)
        tags: tuple[str, ...] = (message.type,)
    else:
        title, text = plain(each.title), plain(each.text_of(message.row))
        tags = (_category(each), message.type)
    sent = message.at.replace(microsecond=0)
    address = desk.address("cap_message", notice=message.notice, number=message.number)
    return Entry(
        id=message.identifier,
        title=title,
        url=address,
        text=text,
        html=linebreaks_filter(text),
        published=sent,
        updated=sent,
        tags=tags,
    )


def _head(desk: Desk, message: Message) -> Iterator[tuple[str, str]]:
    yield "identifier", message.identifier
    yield "sender", desk.sender
    yield "sent", message.sent
    yield "status", "Actual"
    yield "msgType", message.type
    yield "scope", "Public"
    if message.withdraws:
        yield "note", _in_all_languages(WITHDRAWN)
    if message.earlier:
        yield (
            "references",
            " ".join(f"{desk.sender},{each.identifier},{each.sent}" for each in message.earlier),
        )
    yield "incidents", str(message.notice)


def _in_all_languages(text: str) -> str:
    """A frozen message says the same at every address."""
    said = []
    for code in LANGUAGES:
        with override(code):
            said.append(_(text))
    return " / ".join(said)


def _info(
    root: Any, desk: Desk, each: PublicNotice, message: Message, held: _Held, code: str
) -> None:
    warned = held.warned
    with override(code):
        info = etree.SubElement(root, _name("info"))
        _fill(info, _facts(desk, each, message, held, code))
        for key in held.services(each):
            parameter = etree.SubElement(info, _name("parameter"))
            _fill(parameter, [("valueName", "service"), ("value", key)])
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
    desk: Desk, each: PublicNotice, message: Message, held: _Held, code: str
) -> Iterator[tuple[str, str]]:
    fact, warned = each.notice, held.warned
    certainty = "Observed" if message.begun or message.over else "Likely"
    body = frame_for(desk.request).settings
    row = message.row
    text = each.text_of(row)
    yield "language", LANGUAGES[code]
    yield "category", _category(each)
    yield "event", _event(each)
    yield "responseType", message.response
    yield "urgency", message.urgency
    yield "severity", held.severity()
    yield "certainty", _CERTAINTY[Certainty(warned.certainty)] if warned else certainty
    yield "onset", time_text(row.starts_at)
    yield "expires", time_text(message.expires)
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
