"""What agreements and the working calendar put into the frame of every page.

The agreement of the footer and of the home page is read once a request, in one query; so is the
working calendar.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from wagtail.models import Page

from cms_pages.frame import frame_for
from cms_pages.models import Department
from persian.digits import localised
from sla import working_time
from sla.agreements import Known, choose_in_force, choose_latest_expired
from sla.calendar import WorkingCalendar
from sla.enums import State
from sla.models.agreements import AgreementVersion
from sla.models.calendar import WeeklySchedule
from sla.models.pages import AgreementPage
from sla.showing import state_sentence
from sla.state import Facts, state_on, today
from sla.tones import TONES
from sla.working_time import Row, calendar_of, rows_around, sentence_of

#: The names of the days as `date.weekday()` counts.
DAY_NAMES = tuple(
    field.verbose_name
    for name in WeeklySchedule.BY_WEEKDAY
    for field in WeeklySchedule._meta.fields
    if field.name == name
)


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
    def sentence(self) -> str:
        """Its state in one sentence."""
        return state_sentence(self.state, self.facts, today())


def footer_agreement(request: HttpRequest) -> str:
    """«معتبر تا …», or since when it has not been; nothing where there is no agreement."""
    return _card_html(request, "sla/slots/footer_agreement.html")


def home_agreement(request: HttpRequest) -> str:
    """The agreement as a card."""
    return _card_html(request, "sla/slots/home_agreement.html")


def footer_hours(request: HttpRequest) -> str:
    """Open now, or when next."""
    now = timezone.now()
    calendar = calendar_of(None, _rows(request, now))
    return render_to_string("sla/slots/footer_hours.html", _hours(calendar, now))


def department_hours(request: HttpRequest) -> str:
    """The hours of the department whose page this is, as they are this week."""
    department = getattr(getattr(request, "desk_page", None), "department", None)
    if not isinstance(department, Department):
        return ""
    now = timezone.now()
    calendar = calendar_of(department, _rows(request, now))
    context = {**_hours(calendar, now), "days": _ordinary_week(calendar)}
    return render_to_string("sla/slots/department_hours.html", context)


def next_change(at: datetime, request: HttpRequest | None = None) -> datetime | None:
    """For the page cache: when an office opens or closes, from what the page has read."""
    return working_time.next_change(at, getattr(request, "_desk_calendar", None))


def _rows(request: HttpRequest, at: datetime) -> list[Row]:
    """The working calendar of this request, read once."""
    kept = vars(request)
    if "_desk_calendar" not in kept:
        kept["_desk_calendar"] = rows_around(at)
    return kept["_desk_calendar"]


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
    language = frame_for(request).language
    pages = AgreementPage.objects.filter(version=OuterRef("pk"), live=True, alias_of=None)
    here = pages.filter(locale__language_code=language).order_by("pk")
    path = Subquery(here.values("url_path")[:1])
    other = Subquery(pages.order_by("pk").values("url_path")[:1])
    rows: list[AgreementVersion] = list(
        AgreementVersion.objects.of_department(None)
        .filter(g2g=False)
        .with_facts()
        .annotate(path_here=path, path_other=other)
    )
    known: Known = [(row, row.facts(siblings=rows)) for row in rows]
    day = today()
    version = choose_in_force(known, day) or choose_latest_expired(known, day)
    if version is None:
        return None
    facts = {row.pk: facts for row, facts in known}[version.pk]
    return Card(version, facts, state_on(facts, day), _url(request, version))


def _url(request: HttpRequest, version: Any) -> str:
    """The address of its page, without reading the page."""
    path = version.path_here or version.path_other
    if not path:
        return ""
    return Page(pk=0, url_path=path, depth=2).get_url(request) or ""


def _hours(calendar: WorkingCalendar, now: Any) -> dict[str, Any]:
    """Whether it is open, and the sentence; `known` tells whether there are hours at all."""
    return {
        "known": bool(calendar.weeks or calendar.special),
        "open": calendar.is_open(now),
        "sentence": sentence_of(calendar, now),
    }


def _ordinary_week(calendar: WorkingCalendar) -> list[tuple[Any, list[tuple[str, str]]]]:
    """The names of the days, Saturday first, each with its hours in an ordinary week now."""
    day = today()
    weeks = [w for w in calendar.weeks if w.first <= day and (w.last is None or day <= w.last)]
    if not weeks:
        return []
    week = max(weeks, key=lambda row: (row.own, row.first))
    found = []
    for number in (5, 6, 0, 1, 2, 3, 4):
        name = DAY_NAMES[number]
        spans = [(_clock(span.opens), _clock(span.closes)) for span in week.days[number]]
        found.append((name, spans))
    return found


def _clock(minutes: int) -> str:
    return localised(f"{minutes // 60}:{minutes % 60:02d}")
