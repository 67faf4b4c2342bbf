"""What agreements and the working calendar put into the frame of every page.

All versions of agreements are read once a request, in one query, which pages of agreements share;
the working calendar is read along with the frame.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from cms_pages.models import Department
from desk_core import instants
from persian.digits import localised
from sla import working_time
from sla.agreements import Known, choose_in_force, choose_latest_expired
from sla.calendar import WorkingCalendar
from sla.enums import State
from sla.models.agreements import AgreementVersion
from sla.models.calendar import WeeklySchedule
from sla.months import month_of
from sla.performance.at_a_glance import glance_of
from sla.performance.views import address_of, note_shown
from sla.reading import url_of, versions_for
from sla.showing import state_sentence
from sla.state import Facts, state_on, today
from sla.tones import TONES
from sla.working_time import calendar_of, ordinary_week, rows_for, sentence_of

#: The names of the days as `date.weekday()` counts.
DAY_NAMES = tuple(
    field.verbose_name
    for name in WeeklySchedule.BY_WEEKDAY
    for field in WeeklySchedule._meta.fields
    if field.name == name
)


_BINDING = frozenset({State.IN_FORCE, State.EXPIRING})


@dataclass(frozen=True, slots=True)
class Card:
    """The agreement that the frame speaks of: the one in force, else the last that was."""

    version: AgreementVersion
    facts: Facts
    state: State
    url: str

    @property
    def tone(self) -> str:
        """Its tone."""
        return TONES[self.state]

    @property
    def last_day(self) -> date | None:
        """The last day of its own text, or the one before a confirmed end."""
        ends = self.facts.ending_from
        days = (self.facts.valid_to, ends and ends - timedelta(days=1))
        return min((day for day in days if day), default=None)

    @property
    def sentence(self) -> str:
        """Its state in one sentence."""
        return state_sentence(self.state, self.facts, today())


def footer_agreement(request: HttpRequest) -> str:
    """«معتبر تا …», or since when it has not been; nothing where there is no agreement."""
    return _card_html(request, "sla/slots/footer_agreement.html")


def home_agreement(request: HttpRequest) -> str:
    """The agreement as a card, with how many promises are kept so far this month."""
    card = _card(request)
    if card is None:
        return ""
    found = None
    if card.state in _BINDING:
        # Without a figure yet, too: the first one must not wait for the next publication.
        note_shown(request)
        found = glance_of(card.version, month_of(instants.now()))
    context = {
        "card": card,
        "glance": found,
        "performance_url": address_of(card.version.agreement.key, card.version.number),
    }
    return render_to_string("sla/slots/home_agreement.html", context)


def footer_hours(request: HttpRequest) -> str:
    """Open now, or when next."""
    now = instants.now()
    calendar = calendar_of(None, rows_for(request))
    return render_to_string("sla/slots/footer_hours.html", _hours(calendar, now))


def department_hours(request: HttpRequest) -> str:
    """The hours of the department whose page this is, as they are this week."""
    department = getattr(getattr(request, "desk_page", None), "department", None)
    if not isinstance(department, Department):
        return ""
    now = instants.now()
    calendar = calendar_of(department, rows_for(request))
    context = {**_hours(calendar, now), "days": _ordinary_week(calendar)}
    return render_to_string("sla/slots/department_hours.html", context)


def next_change(at: datetime, request: HttpRequest | None = None) -> datetime | None:
    """For the page cache: when an office opens or closes, from what the page has read."""
    return working_time.next_change(at, working_time.known_to(request))


def _card_html(request: HttpRequest, template: str) -> str:
    card = _card(request)
    return render_to_string(template, {"card": card}) if card is not None else ""


def _card(request: HttpRequest) -> Card | None:
    """The card of this request, made once."""
    kept = vars(request)
    if "_desk_agreement" not in kept:
        kept["_desk_agreement"] = _make_card(request)
    return kept["_desk_agreement"]


def _make_card(request: HttpRequest) -> Card | None:
    rows: list[Any] = [
        row for row in versions_for(request) if row.agreement.department_id is None and not row.g2g
    ]
    known: Known = [(row, row.facts(siblings=rows)) for row in rows]
    day = today()
    version: Any = choose_in_force(known, day) or choose_latest_expired(known, day)
    if version is None:
        return None
    facts = {row.pk: facts for row, facts in known}[version.pk]
    url = url_of(request, version.path_here, version.path_other)
    return Card(version, facts, state_on(facts, day), url)


def _hours(calendar: WorkingCalendar, now: Any) -> dict[str, Any]:
    """Whether it is open, and the sentence; `known` tells whether there are hours at all."""
    return {
        "known": bool(calendar.weeks or calendar.special),
        "open": calendar.is_open(now),
        "sentence": sentence_of(calendar, now),
    }


def _ordinary_week(calendar: WorkingCalendar) -> list[tuple[Any, list[tuple[str, str]]]]:
    """The names of the days, Saturday first, each with its hours in an ordinary week now."""
    return [
        (DAY_NAMES[number], [(_clock(span.opens), _clock(span.closes)) for span in spans])
        for number, spans in ordinary_week(calendar, today())
    ]


def _clock(minutes: int) -> str:
    return localised(f"{minutes // 60}:{minutes % 60:02d}")
