"""What an editor is told before a window is announced: warnings, never refusals."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from notices import conflicts, updates
from notices.enums import Kind
from notices.models import Notice, NoticePage
from sla.models import Holiday, WeeklySchedule
from tests.cms_pages.factories import ServiceFactory, staff_user
from tests.notices.factories import ahead, clock, draft, published
from tests.notices.test_staff import fields_of, jalali

pytestmark = [pytest.mark.django_db, pytest.mark.screen]

# Sunday, 1405/09/08, ten in the morning in Tehran.
SUNDAY = datetime(2026, 11, 29, 6, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def service(db):
    return ServiceFactory()


def window(index, title, start, *services, make=published, hours=2):
    return make(
        index,
        title=title,
        kind=Kind.MAINTENANCE,
        services=services,
        starts_at=start,
        expected_end=start + hours * HOUR,
    )


def warned(start, *services, hours=1, **own):
    return conflicts.warnings_for(
        services=services, starts_at=start, expected_end=start + hours * HOUR, **own
    )


def test_windows_and_drafts_over_the_same_service_are_named(index, service):
    start = ahead(days=2)
    other = ServiceFactory()
    mine = window(index, "الف", start, service)
    window(index, "ب", start, other)
    window(index, "همهٔ میز", start + HOUR)
    sketch = window(index, "پیش‌نویس", start, service, make=draft)
    window(index, "بعد", start + 9 * HOUR, service)
    found = "\n".join(warned(start, service, hours=2))
    assert [title in found for title in ("الف", "همهٔ میز", "پیش‌نویس")] == [True] * 3
    assert "ب”" not in found
    assert "بعد" not in found
    found = "\n".join(warned(start, service, notice=mine.notice, page=sketch))
    assert "الف" not in found
    assert "پیش‌نویس" not in found
    assert len(warned(start)) == 3, "the whole desk touches everything in that hour"


def test_windows_that_only_touch_or_are_called_off_are_no_conflict(index, service):
    start = ahead(days=2)
    page = window(index, "الف", start, service)
    assert warned(start + 2 * HOUR, service) == warned(start - HOUR, service) == []
    updates.cancel(notice=page.notice, text="لغو", author=None, key="c")
    assert warned(start, service) == []


@pytest.fixture
def week(db):
    hours = dict.fromkeys(WeeklySchedule.BY_WEEKDAY, "7:30-14:30")
    return WeeklySchedule.objects.create(first_day=date(2026, 1, 1), **hours | {"friday": ""})


@pytest.mark.parametrize(
    ("start", "hours", "at_work"),
    [
        (SUNDAY, 1, True),
        (SUNDAY + 6 * HOUR, 3, False),
        (SUNDAY - 5 * HOUR, 2, False),
        (SUNDAY - 5 * HOUR, 3, True),
        (SUNDAY - 2 * 24 * HOUR, 5, False),
    ],
)
def test_a_window_while_the_offices_work_is_said(week, service, start, hours, at_work):
    assert bool(warned(start, service, hours=hours)) is at_work
    assert bool(warned(start, hours=hours)) is at_work


def test_on_a_holiday_nobody_is_at_work(week, service):
    Holiday.objects.create(day=date(2026, 11, 29), name="تعطیل")
    assert warned(SUNDAY, service) == []


def test_each_office_with_hours_of_its_own_is_named(week, service):
    hours = dict.fromkeys(WeeklySchedule.BY_WEEKDAY, "")
    WeeklySchedule.objects.create(
        department=service.department, first_day=date(2026, 1, 1), **hours
    )
    other = ServiceFactory()
    (sentence,) = warned(SUNDAY, service, other)
    assert other.department.name in sentence


def test_it_costs_few_queries_however_many_services(index, week, django_assert_max_num_queries):
    services = [ServiceFactory() for _number in range(6)]
    with django_assert_max_num_queries(4):
        assert len(warned(SUNDAY, *services)) == conflicts.SHOWN


@pytest.mark.parametrize("times", [(None, SUNDAY), (SUNDAY, None), (SUNDAY, SUNDAY)])
def test_unfinished_times_are_no_conflict(week, times):
    start, end = times
    assert conflicts.warnings_for(services=[], starts_at=start, expected_end=end) == []


def test_the_editor_reads_them_where_the_draft_is_saved_and_publishes_all_the_same(
    client, index, service, settings
):
    settings.DESK_NOTICES_PLANNED_BY_TWO = False
    start = ahead(days=3).replace(second=0, microsecond=0)
    window(index, "پنجرهٔ دیگر", start, service)
    client.force_login(staff_user("editor"))
    data = fields_of(
        kind="maintenance",
        title="تازه",
        starts_at=jalali(start),
        expected_end=jalali(start + HOUR),
        affected_services=[service.pk],
    )
    add = reverse("wagtailadmin_pages:add", args=["notices", "noticepage", index.pk])
    answer = client.post(add, data)
    said = [str(message) for message in get_messages(answer.wsgi_request)]
    assert any("پنجرهٔ دیگر" in sentence for sentence in said)
    page = NoticePage.objects.get(title="تازه")
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert "پنجرهٔ دیگر" in client.get(edit).content.decode()
    assert client.post(edit, data | {"action-publish": "1"}).status_code == 302
    assert Notice.objects.filter(title="تازه").exists()


def test_moving_a_window_onto_another_is_said_after_it_was_done(client, index, service):
    start = ahead(days=3).replace(second=0, microsecond=0)
    window(index, "آن یکی", start, service)
    moved = window(index, "این یکی", start - 20 * HOUR, service).notice
    client.force_login(staff_user("editor"))
    url = reverse("notices_admin:update", args=[moved.pk])
    with clock(ahead(minutes=1)):
        answer = client.post(
            url,
            {
                "key": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff",
                "state": "scheduled",
                "text": "جابه‌جا شد.",
                "starts_at": jalali(start),
                "expected_end": jalali(start + HOUR),
            },
        )
    assert answer.status_code == 302
    assert any("آن یکی" in str(message) for message in get_messages(answer.wsgi_request))
