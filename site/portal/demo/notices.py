"""The demo's notices, past, running and coming, and what they come from."""

import datetime as dt
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.utils import timezone

from cms_pages.models import Service, ServicePage
from notices import recurring, updates
from notices.enums import Certainty, Event, Impact, Kind, MonitorKind, Repeats, Severity
from notices.models import (
    MaintenanceRule,
    MonitorSource,
    NoticeIndexPage,
    NoticePage,
    NoticeTemplate,
)
from notices.monitors import heartbeats
from notices.publishing import first_publish
from portal.demo import notice_texts as texts

if TYPE_CHECKING:
    from django.contrib.auth.models import User

#: Since when the demo's desk tells of faults: longer than the bars of the past days reach.
KNOWN = dt.timedelta(days=120)
FRIDAY = 4


def build_notices() -> None:
    """What is over, what runs and what comes, a template, a rule, and a monitor that waits."""
    now = timezone.now()
    for model in (NoticeIndexPage, ServicePage):
        model.objects.update(first_published_at=now - KNOWN)
    hour = now.replace(minute=0, second=0, microsecond=0)
    _build_past(hour)
    _build_present(now, hour)
    _build_recurring()
    _build_monitor(now)


def _build_past(hour: dt.datetime) -> None:
    for row in texts.PAST:
        begun = hour - dt.timedelta(days=row.days_ago)
        page = NoticePage(
            title=row.title,
            slug=row.slug,
            kind=Kind.OUTAGE,
            impact=row.impact,
            starts_at=begun,
            message=row.message,
        )
        told = begun + dt.timedelta(minutes=row.told_after)
        _publish(page, row.service, at=told)
        _say(page, "resolved", row.resolved, begun + dt.timedelta(minutes=row.minutes))
    done = hour - dt.timedelta(days=25)
    window = NoticePage(
        title=texts.DONE.title,
        slug="land-move",
        kind=Kind.MAINTENANCE,
        impact=Impact.MAJOR,
        starts_at=done,
        expected_end=done + dt.timedelta(hours=3),
        message=texts.DONE.message,
    )
    _publish(window, "land-enquiry", at=done - dt.timedelta(days=5))


def _build_present(now: dt.datetime, hour: dt.datetime) -> None:
    slow = NoticePage(
        title=texts.SLOW.title,
        slug="land-slow",
        kind=Kind.OUTAGE,
        impact=Impact.DEGRADED,
        starts_at=hour - dt.timedelta(hours=3),
        message=texts.SLOW.message,
    )
    _publish(slow, "land-enquiry", at=now - dt.timedelta(hours=2, minutes=45))
    _say(slow, "identified", texts.IDENTIFIED, now - dt.timedelta(hours=1))
    coming = NoticePage(
        title=texts.COMING.title,
        slug="permits-update",
        kind=Kind.MAINTENANCE,
        impact=Impact.MAJOR,
        starts_at=hour + dt.timedelta(days=2, hours=1),
        expected_end=hour + dt.timedelta(days=2, hours=4),
        message=texts.COMING.message,
    )
    _publish(coming, "housing-permit", at=now)
    road = NoticePage(
        title=texts.ROAD.title,
        slug="pass-snow",
        kind=Kind.WARNING,
        event=Event.SNOW,
        severity=Severity.MAJOR,
        certainty=Certainty.OBSERVED,
        starts_at=hour - dt.timedelta(hours=1),
        expected_end=hour + dt.timedelta(hours=30),
        message=texts.ROAD.message,
        **texts.ROAD_FACTS,
    )
    _publish(road, at=now - dt.timedelta(minutes=50))


def _build_recurring() -> None:
    """A template, and a rule that one person wrote and another approved; its first windows."""
    users = get_user_model()
    NoticeTemplate.objects.create(
        name=texts.TEMPLATE_NAME, kind=Kind.MAINTENANCE, impact=Impact.MAJOR, **texts.TEMPLATE
    )
    rule = MaintenanceRule.objects.create(
        **texts.RULE,
        impact=Impact.DEGRADED,
        repeats=Repeats.JALALI_WEEKDAY,
        which=1,
        weekday=FRIDAY,
        clock=dt.time(6),
        minutes=90,
        first_day=timezone.localdate(),
        days_ahead=35,
        publishes=True,
        changed_by=users.objects.get(username="editor"),
    )
    rule.services.add(Service.objects.get(key="road-sign"))
    manager = users.objects.get(username="manager")
    recurring.approve(rule=rule, by=manager, seen=recurring.digest(rule))
    recurring.make_ahead()


def _build_monitor(now: dt.datetime) -> None:
    """A heartbeat that is late. It has no token: whoever wants to send beats makes one."""
    MonitorSource.objects.create(
        name=texts.MONITOR,
        kind=MonitorKind.HEARTBEAT,
        service=Service.objects.get(key="housing-permit"),
        impact=Impact.PARTIAL,
        interval_minutes=15,
        last_seen_at=now - dt.timedelta(minutes=40),
    )
    heartbeats.miss(at=now)


def _publish(page: NoticePage, service: str = "", *, at: dt.datetime) -> None:
    """As an editor would have at a moment, on which its fact stands."""
    index = NoticeIndexPage.objects.get(locale__language_code="fa")
    page.locale, page.live = index.locale, True
    index.add_child(instance=page)
    page.affected_services = list(Service.objects.filter(key=service))
    first_publish(page=page, author=_editor(), at=at)
    page.save_revision(user=None).publish()
    NoticePage.objects.filter(pk=page.pk).update(first_published_at=at, last_published_at=at)


def _say(page: NoticePage, state: str, text: str, at: dt.datetime) -> None:
    assert page.notice is not None  # noqa: S101 – it was published just now
    updates.post(
        notice=page.notice, state=state, text=text, author=_editor(), key=f"demo-{state}", at=at
    )


def _editor() -> "User":
    return get_user_model().objects.get(username="editor")
