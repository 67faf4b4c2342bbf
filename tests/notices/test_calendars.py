"""The calendar of planned maintenance, as calendars and as Maintnote's programs read it."""

from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.models import Site

from cms_pages.models import DeskSettings
from desk_core import calendar_files
from notices import updates
from notices.enums import Impact, Kind
from tests.cms_pages.factories import ServiceFactory
from tests.notices import calendar_reader
from tests.notices.calendar_reader import time, value
from tests.notices.faces_site import get
from tests.notices.factories import ahead, clock, published

pytestmark = [pytest.mark.django_db, pytest.mark.face]


@pytest.fixture
def index(shared_index):
    return shared_index


CALENDAR = "/status/maintenance.ics"


def window(index, **fields):
    return published(
        index,
        kind=Kind.MAINTENANCE,
        **{"starts_at": ahead(hours=48), "expected_end": ahead(hours=50)} | fields,
    )


def read(client, address=CALENDAR):
    response = get(client, address)
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    return calendar_reader.events(response.content)


def said(page, state, text, **fields):
    updates.post(notice=page.notice, state=state, text=text, author=None, key=text, **fields)


def test_a_window_keeps_its_uid_and_counts_its_changes(index, client):
    page = window(index, title="جابه‌جایی؛ کارساز, برق; شبکه \\ و نشانی‌های بسیار بسیار دراز آن")
    (first,) = read(client)
    assert value(first, "UID") == str(page.notice_id)
    assert value(first, "SEQUENCE") == "0"
    assert value(first, "SUMMARY") == calendar_files.text(page.title)
    assert time(first, "DTSTART") == page.notice.starts_at.replace(microsecond=0)
    later = ahead(hours=60)
    postponed = {"starts_at": ahead(hours=55), "expected_end": later, "alone_because": "کسی نبود."}
    said(page, "scheduled", "به تعویق افتاد.", **postponed)
    (moved,) = read(client)
    assert value(moved, "UID") == value(first, "UID")
    assert value(moved, "SEQUENCE") == "1"
    assert time(moved, "DTEND") == later.replace(microsecond=0)
    assert time(moved, "LAST-MODIFIED") >= time(first, "LAST-MODIFIED")
    assert value(moved, "DESCRIPTION") == "به تعویق افتاد."
    updates.cancel(notice=page.notice, text="لغو شد.", author=None, key="c")
    (gone,) = read(client)
    assert (value(gone, "SEQUENCE"), value(gone, "STATUS")) == ("2", "CANCELLED")
    assert value(gone, "X-MAINTNOTE-STATUS") == "CANCELLED"
    assert time(gone, "DTEND") == later.replace(microsecond=0)


def test_the_clock_changes_the_state_and_no_sequence(index, client):
    notice = window(index).notice
    second = timedelta(seconds=1)
    for moment, state in [
        (notice.starts_at - second, "CONFIRMED"),
        (notice.starts_at + second, "IN-PROCESS"),
        (notice.expected_end + second, "COMPLETED"),
    ]:
        with clock(moment):
            (event,) = read(client)
        assert value(event, "X-MAINTNOTE-STATUS") == state
        assert (value(event, "SEQUENCE"), value(event, "STATUS")) == ("0", "CONFIRMED")
        assert time(event, "LAST-MODIFIED") <= moment
    with clock(notice.expected_end + timedelta(days=89)):
        assert len(read(client)) == 1
    with clock(notice.expected_end + timedelta(days=90, seconds=1)):
        assert read(client) == []


def test_maintnote_names_each_service_with_its_impact(index, client):
    first, second = ServiceFactory(name="پروانه, ساخت"), ServiceFactory()
    page = window(index, services=[first, second], impact=Impact.PARTIAL)
    page.notice.affected.filter(service=second).update(impact=Impact.MAJOR)
    (event,) = read(client)
    assert value(event, "X-MAINTNOTE-IMPACT") == "OUTAGE"
    assert value(event, "X-MAINTNOTE-PROVIDER") == "localhost"
    assert {
        key: parameters["X-MAINTNOTE-OBJECT-IMPACT"]
        for parameters, key in event["X-MAINTNOTE-OBJECT-ID"]
    } == {first.key: "DEGRADED", second.key: "OUTAGE"}
    assert sorted(value(event, "CATEGORIES").split(",")) == sorted(
        ["پروانه\\", " ساخت", second.name]
    )


def test_the_calendar_of_a_service_holds_its_own_and_those_of_the_whole_desk(index, client):
    mine, other = ServiceFactory(), ServiceFactory()
    pages = [
        window(index, title="من", services=[mine]),
        window(index, title="همه", impact=Impact.NONE),
    ]
    window(index, title="دیگری", services=[other])
    published(index, title="قطعی", services=[mine])
    found = read(client, f"/status/services/{mine.key}/maintenance.ics")
    assert {value(each, "UID") for each in found} == {str(page.notice_id) for page in pages}
    (whole,) = [each for each in found if value(each, "UID") == str(pages[1].notice_id)]
    assert whole["X-MAINTNOTE-OBJECT-ID"] == [({"X-MAINTNOTE-OBJECT-IMPACT": "NO-IMPACT"}, "desk")]


def test_what_was_finished_early_ended_then(index, client):
    page = window(index)
    with clock(page.notice.starts_at + timedelta(minutes=5)):
        said(page, "completed", "زودتر تمام شد.")
        (event,) = read(client)
        assert time(event, "DTEND") == timezone.now().replace(microsecond=0)
    assert value(event, "X-MAINTNOTE-STATUS") == "COMPLETED"


def test_the_organizer_is_the_body_where_it_has_an_address(index, client):
    window(index)
    (event,) = read(client)
    assert "ORGANIZER" not in event
    DeskSettings.objects.create(
        site=Site.objects.get(), body_name='ادارهٔ "راه"', email="desk@desk.example"
    )
    (event,) = read(client)
    assert event["ORGANIZER"] == [({"CN": '"ادارهٔ راه"'}, "mailto:desk@desk.example")]
