"""What an editor should know before a window is announced: warnings, never refusals.

Two windows over one service, and a window while the offices behind the service are at work, may
both be right; nobody but the editor knows.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from cms_pages.models import Department, Service
from notices import wording
from notices.enums import Kind
from notices.models import Notice, NoticePage
from notices.state import Facts
from persian.jalali import format_datetime
from sla import working_time

#: More would be read by nobody.
SHOWN = 5


def warnings_for(
    *,
    services: Iterable[Service],
    starts_at: datetime | None,
    expected_end: datetime | None,
    notice: Notice | None = None,
    page: NoticePage | None = None,
) -> list[str]:
    """Full sentences about a window over these services (none: the whole desk), worst first.

    `notice` and `page` are the window's own, which is no conflict with itself. Three queries.
    """
    if starts_at is None or expected_end is None or expected_end <= starts_at:
        return []
    chosen = list(services)
    return [
        *_windows(chosen, starts_at, expected_end, notice),
        *_drafts(chosen, starts_at, expected_end, page),
        *_working_hours(chosen, starts_at, expected_end),
    ]


def warnings_of_page(page: NoticePage) -> list[str]:
    """The same for a draft that is no fact yet; nothing for other kinds than maintenance."""
    if page.kind != Kind.MAINTENANCE or page.known_notice() is not None:
        return []
    return warnings_for(
        services=page.affected_services.all(),
        starts_at=page.starts_at,
        expected_end=page.expected_end,
        page=page,
    )


def warnings_of_notice(notice: Notice) -> list[str]:
    """The same for a published window, after it was moved or extended."""
    if notice.kind != Kind.MAINTENANCE:
        return []
    return warnings_for(
        services=notice.services.all(),
        starts_at=notice.starts_at,
        expected_end=notice.expected_end,
        notice=notice,
    )


def _windows(
    services: list[Service], start: datetime, end: datetime, own: Notice | None
) -> list[str]:
    found = Notice.objects.filter(
        Q(over_at=None) | Q(over_at__gt=start),
        kind=Kind.MAINTENANCE,
        cancelled_at=None,
        starts_at__lt=end,
    )
    if services:
        found = found.filter(Q(services__in=services) | Q(services=None))
    if own is not None:
        found = found.exclude(pk=own.pk)
    sentence = _("Another window touches the same: “%(title)s”. %(when)s")
    return [
        sentence % {"title": each.title, "when": wording.when(each.facts, each.starts_at)}
        for each in found.distinct().order_by("starts_at", "pk")[:SHOWN]
    ]


def _drafts(
    services: list[Service], start: datetime, end: datetime, own: NoticePage | None
) -> list[str]:
    found = NoticePage.objects.filter(
        kind=Kind.MAINTENANCE,
        notice=None,
        alias_of=None,
        starts_at__lt=end,
        expected_end__gt=start,
    ).exclude(translation_key__in=Notice.objects.values("origin"))
    if services:
        found = found.filter(Q(affected_services__in=services) | Q(affected_services=None))
    if own is not None:
        # Its translations are the same window.
        found = found.exclude(translation_key=own.translation_key)
    sentence = _("A draft plans another window over the same: “%(title)s”. %(when)s")
    return [
        sentence % {"title": each.title, "when": wording.when(_facts(each), start)}
        for each in found.distinct().order_by("starts_at", "pk")[:SHOWN]
    ]


def _facts(page: NoticePage) -> Facts:
    assert page.starts_at is not None  # noqa: S101 – it was searched for by its start
    return Facts(Kind.MAINTENANCE, page.starts_at, page.expected_end)


def _working_hours(services: list[Service], start: datetime, end: datetime) -> list[str]:
    """One sentence for each office that would be at work during the window."""
    rows = working_time.rows_around(start, days=(end - start).days + 2)
    offices: set[int | None] = {each.department_id for each in services} or {None}
    numbers = [key for key in offices if key is not None]
    names = dict(Department.objects.filter(pk__in=numbers).values_list("pk", "name"))
    sentences = []
    for office in sorted(offices, key=lambda key: key or 0):
        calendar = working_time.calendar_by_id(office, rows)
        opens = start if calendar.is_open(start) else calendar.next_opening(start, days=31)
        if opens is None or opens >= end:
            continue
        values = {"from": format_datetime(opens), "office": names.get(office or 0, "")}
        sentences.append(
            (
                _("“%(office)s” is at work during the window, from %(from)s.")
                if values["office"]
                else _("The offices are at work during the window, from %(from)s.")
            )
            % values
        )
    return sentences[:SHOWN]
