"""What the public may know of notices at an instant, for every face: pages, forms, API, feeds.

A notice is public as long as at least one page that shows it is (`NoticePageQuerySet.public_at`):
a draft, a future, a private and a withdrawn notice appear nowhere. A notice that has pages in
several languages appears once, through the page in the reader's language where there is one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import get_language

from desk_core import instants
from desk_core.statements import Slot, Statement
from notices import beside, faces, state, wording
from notices.conf import banner_window
from notices.enums import (
    ACTIVE_PHASES,
    KINDS_WITH_IMPACT,
    OVER_PHASES,
    Impact,
    Kind,
    Phase,
    Severity,
    UpdateState,
)
from notices.models import AffectedService, Notice, NoticePage, NoticeUpdate
from notices.querysets import open_q, running_q

if TYPE_CHECKING:
    from cms_pages.models import Service
    from notices.querysets import NoticeQuerySet

RECENT = timedelta(days=7)
_KEPT = "_desk_recent_notices"
_BANNER_ORDER = {
    Phase.OVERDUE: 0,
    Phase.RUNNING: 0,
    Phase.ANNOUNCED: 1,
    Phase.CANCELLED: 2,
    Phase.ENDED: 2,
}
_BANNER_KINDS = (Kind.OUTAGE, Kind.WARNING, Kind.MAINTENANCE, Kind.ANNOUNCEMENT)
_BANNER_SEVERITIES = {
    Severity.NONE: 0,
    Severity.MINOR: 1,
    Severity.MAJOR: 2,
    Severity.CRITICAL: 4,
}


@dataclass(frozen=True)
class PublicNotice:
    """One public notice as one reader sees it at one instant."""

    page: NoticePage
    at: datetime

    @property
    def notice(self) -> Notice:
        """The fact."""
        fact = self.page.notice
        assert fact is not None  # noqa: S101 – `public_at` finds no page without one
        return fact

    @property
    def id(self) -> UUID:
        """The fact's stable key."""
        return self.notice.pk

    @property
    def title(self) -> str:
        """The page's title."""
        return self.page.title

    @property
    def url(self) -> str | None:
        """The page's address, without asking for a request; templates use `{% pageurl %}`."""
        return self.page.url

    @property
    def kind(self) -> Kind:
        """Outage, maintenance, announcement or warning."""
        return Kind(self.notice.kind)

    @property
    def severity(self) -> Severity:
        """How heavy it weighs."""
        return Severity(self.notice.severity)

    @property
    def has_impact(self) -> bool:
        """Whether it makes services unavailable; news and warnings do not."""
        return self.kind in KINDS_WITH_IMPACT

    @property
    def area(self) -> str:
        """Where a warning holds, in the language of the page."""
        return self.notice.area_for(self.page.locale.language_code)

    @property
    def borders(self) -> list[str]:
        """The polygons and circles of a warning in words."""
        return [wording.borders(shape) for shape in self.notice.shapes]

    @property
    def instruction(self) -> str:
        """What people should do, in the language of the page."""
        return self.notice.instruction_for(self.page.locale.language_code)

    @property
    def phase(self) -> Phase:
        """Where it stands."""
        return self.notice.phase(self.at)

    @property
    def key(self) -> str:
        """What a reader dismisses: this notice in this phase."""
        return f"{self.id}:{self.phase.value}"

    @property
    def tone(self) -> str:
        """The design system's tone."""
        return faces.tone(self.kind, self.impact, self.phase, self.severity)

    @property
    def icon(self) -> str:
        """The name of the sign."""
        return faces.icon(self.kind, self.impact, self.phase, self.severity)

    @property
    def heading(self) -> str:
        """The word in front of the title."""
        return str(faces.heading(self.kind, self.phase))

    @property
    def when(self) -> str:
        """One sentence about its time."""
        return wording.when(self.notice.facts, self.at)

    @property
    def is_active(self) -> bool:
        """In force now."""
        return self.phase in ACTIVE_PHASES

    @property
    def over_at(self) -> datetime | None:
        """When it is or was over; None: nobody knows yet."""
        return state.over_at(self.notice.facts)

    @property
    def is_over(self) -> bool:
        """Ended or called off."""
        return self.phase in OVER_PHASES

    @property
    def affected(self) -> list[AffectedService]:
        """Affected services with their impact; empty: the whole desk."""
        return list(self.notice.affected.all())

    @property
    def felt(self) -> list[AffectedService]:
        """Those of them that suffer something now; all, where none does."""
        rows = self.affected
        return [row for row in rows if row.impact != Impact.NONE] or rows

    @property
    def impact(self) -> Impact:
        """The worst impact on any service; the page's own when no service is named."""
        order = list(Impact)
        found = [Impact(row.impact) for row in self.affected] or [Impact(self.notice.impact)]
        return max(found, key=order.index)

    @property
    def updates(self) -> list[NoticeUpdate]:
        """Updates, newest first."""
        return sorted(self.notice.updates.all(), key=lambda row: (row.at, row.pk), reverse=True)

    @property
    def latest_text(self) -> str:
        """What was said last, in the reader's language if it was; the page's own words before."""
        rows = self.updates
        return self.page.message if len(rows) < 2 else self.text_of(rows[0])

    def text_of(self, row: NoticeUpdate) -> str:
        """The words of one of its updates in the reader's language, else in that of the page.

        The page may have translated those of the first.
        """
        own = row.text_en if get_language() == "en" else row.text
        first = row.pk == self.updates[-1].pk
        language = self.page.locale.language_code
        return own or (self.page.message if first else "") or row.text_for(language)

    @property
    def progress(self) -> UpdateState:
        """The word for how far it is."""
        posted = [UpdateState(row.state) for row in reversed(self.updates)]
        return state.progress(self.notice.facts, posted, self.at)


def find(
    at: datetime,
    condition: Q | None = None,
    *,
    updates: bool = False,
    language: str | None = None,
    also: dict[str, Any] | None = None,
) -> list[PublicNotice]:
    """Public notices that meet a condition on `notice__…`, earliest start first.

    Titles come in `language` (None: the active one) where there is such a page. One query, with
    their services and, if asked for, their updates; `also` annotates their pages.
    """
    pages = _pages(at, condition or Q(), updates=updates).annotate(**(also or {}))
    return _as_public(pages, at, language)


def _pages(at: "datetime | Slot", condition: Q, *, updates: bool) -> "QuerySet[NoticePage]":
    return (
        NoticePage.objects.public_at(at)
        .filter(condition)
        .select_related("notice", "locale")
        .annotate(**beside.rows_beside("notice_id", updates=updates))
        .order_by("notice__starts_at", "notice_id", F("alias_of").asc(nulls_first=True), "path")
    )


def _as_public(
    pages: Iterable[NoticePage], at: datetime, language: str | None = None
) -> list[PublicNotice]:
    chosen = one_page_each(pages, language)
    for page in chosen:
        beside.attach_beside(page.notice, page)
    return [PublicNotice(page=page, at=at) for page in chosen]


def _recent(*, updates: bool) -> "QuerySet[NoticePage]":
    lately = open_q(Slot("since", Notice.starts_at), "notice__")
    return _pages(Slot("at", NoticePage.expire_at), lately, updates=updates)


# Every page asks for these.
_RECENT = {updates: Statement(partial(_recent, updates=updates)) for updates in (False, True)}


def public_facts(at: datetime) -> "NoticeQuerySet":
    """Notices that some public page shows."""
    pages = NoticePage.objects.public_at(at).filter(notice=OuterRef("pk"))
    return Notice.objects.filter(Exists(pages))


def showing(facts: Iterable[Notice], at: datetime, *, updates: bool = False) -> list[PublicNotice]:
    """These facts through their public pages, in the order given."""
    keys = [fact.pk for fact in facts]
    found = {each.id: each for each in find(at, Q(notice__in=keys), updates=updates)}
    return [found[key] for key in keys if key in found]


def one_page_each(pages: Iterable[NoticePage], language: str | None = None) -> list[NoticePage]:
    """Of several pages of one notice the one in the reader's language, else the first."""
    wanted = language or get_language()
    chosen: dict[UUID, NoticePage] = {}
    for page in pages:
        kept = chosen.get(page.notice_id)
        better = kept is not None and (
            page.locale.language_code == wanted and kept.locale.language_code != wanted
        )
        if kept is None or better:
            chosen[page.notice_id] = page
    return list(chosen.values())


def running(at: datetime, *, updates: bool = False) -> list[PublicNotice]:
    """Begun and not over."""
    return find(at, running_q(at, "notice__"), updates=updates)


def coming(at: datetime, *, updates: bool = False) -> list[PublicNotice]:
    """Announced and not begun, however far ahead."""
    return find(at, Q(notice__starts_at__gt=at) & open_q(at, "notice__"), updates=updates)


def recent(at: datetime, *, updates: bool = False) -> list[PublicNotice]:
    """Coming, running, and over for a week at most: what the slots of every page choose from."""
    since = at - max(RECENT, banner_window().after)
    return _as_public(_RECENT[updates].instances(at=at, since=since), at)


def recent_for(request: HttpRequest, *, updates: bool = False) -> list[PublicNotice]:
    """The recent ones now, read once a request; who needs updates has to ask first."""
    kept = vars(request)
    if _KEPT not in kept:
        kept[_KEPT] = recent(instants.now(), updates=updates)
    return kept[_KEPT]


def known_to(request: HttpRequest | None) -> list[PublicNotice] | None:
    """What `recent_for` has read for this request, if anything."""
    return getattr(request, _KEPT, None)


def on_banner(at: datetime) -> list[PublicNotice]:
    """Those that every page tells of: soon, now, or over for a few hours."""
    return worth_a_banner(recent(at), at)


def worth_a_banner(found: Iterable[PublicNotice], at: datetime) -> list[PublicNotice]:
    """Of these the ones for the banner: running first, then coming, then just over.

    Warnings of the highest severity lead: they are about life and limb. Then faults and warnings,
    the heaviest first, a fault before a warning that weighs the same; then what was planned.
    """
    window = banner_window()
    chosen = [each for each in found if state.on_banner(each.notice.facts, at, window)]
    return sorted(
        chosen,
        key=lambda each: (
            _BANNER_ORDER[each.phase],
            -_weight(each),
            _BANNER_KINDS.index(each.kind),
            each.notice.starts_at,
        ),
    )


def _weight(each: PublicNotice) -> int:
    """How urgently a reader needs it: 4 for danger, 3 to 0 for what is felt or threatens."""
    if each.kind == Kind.WARNING:
        return _BANNER_SEVERITIES[each.severity]
    return list(Impact).index(each.impact) if each.kind == Kind.OUTAGE else 0


def touches_q(service: "Service") -> Q:
    """Condition on pages: the notice names the service or, being no mere news, names none."""
    rows = AffectedService.objects.order_by()
    whole_desk = ~Q(Exists(rows.filter(notice=OuterRef("notice_id")))) & Q(
        notice__kind__in=KINDS_WITH_IMPACT
    )
    return Q(notice__in=rows.filter(service=service).values("notice_id")) | whole_desk


def next_change(at: datetime) -> datetime | None:
    """The first instant after `at` at which something public will look different by itself."""
    return next_change_of(recent(at), at)


def next_change_of(found: Iterable[PublicNotice], at: datetime) -> datetime | None:
    """The same, of notices at hand: those of `recent`."""
    window = banner_window()
    changes: list[datetime] = []
    for each in found:
        change = state.next_change(each.notice.facts, at, window)
        changes += [
            instant for instant in (change, each.page.expire_at) if instant and instant > at
        ]
    return min(changes, default=None)


def as_dicts(at: datetime, language: str) -> list[dict[str, Any]]:
    """Running and coming notices as plain data for APIs; aware datetimes, keys stable."""
    found = find(at, open_q(at, "notice__"), updates=True, language=language)
    return [as_dict(each, language) for each in found]


def as_dict(each: PublicNotice, language: str) -> dict[str, Any]:
    """One notice as plain data."""
    fact = each.notice
    return {
        "id": str(fact.pk),
        "kind": fact.kind,
        "severity": fact.severity,
        "impact": str(each.impact.value),
        "phase": str(each.phase.value),
        "state": str(each.progress.value),
        "title": each.title,
        "url": each.page.full_url,
        "services": [
            {
                "key": row.service.key,
                "name": (row.service.name_en if language == "en" else "") or row.service.name,
                "impact": row.impact,
            }
            for row in each.affected
        ],
        "starts_at": fact.starts_at,
        "expected_end": fact.expected_end,
        "ended_at": fact.ended_at,
        "cancelled_at": fact.cancelled_at,
        "first_published_at": fact.first_published_at,
        "warning": _warning(fact, language) if fact.kind == Kind.WARNING else None,
        "updates": [
            {"state": row.state, "text": row.text_for(language), "at": row.at}
            for row in each.updates
        ],
    }


def _warning(fact: Notice, language: str) -> dict[str, Any]:
    return {
        "event": fact.event,
        "certainty": fact.certainty,
        "area": fact.area_for(language),
        "shape": fact.geojson,
        "geocodes": [{"name": name, "code": code} for name, code in fact.codes],
        "instruction": fact.instruction_for(language),
    }
