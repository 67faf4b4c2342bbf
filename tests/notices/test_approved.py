"""Planned maintenance stays what two people approved, or one says why, and is looked at."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk_core.models import AuditEntry
from notices import updates
from notices.enums import Impact, Kind, UpdateState
from notices.models import BreakGlass, Notice
from tests.cms_pages.factories import ServiceFactory, staff_user
from tests.notices.factories import ahead, published
from tests.notices.test_staff import jalali

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
START = timezone.now().replace(second=0, microsecond=0) + 40 * HOUR
END = START + 3 * HOUR


@pytest.fixture
def services(db):
    return [ServiceFactory(), ServiceFactory()]


@pytest.fixture
def notice(index, services):
    """Three hours, in which the first service is partly unavailable."""
    return window(index, services)


def window(index, services, **fields):
    fields = {"impact": Impact.PARTIAL, "services": services[:1]} | fields
    page = published(index, kind=Kind.MAINTENANCE, starts_at=START, expected_end=END, **fields)
    return page.notice


def say(notice, state=UpdateState.SCHEDULED, **more):
    key = str(uuid.uuid4())
    return updates.post(notice=notice, state=state, text="متن", author=None, key=key, **more)


def refused(notice, **more):
    """The fields complained of; nothing is stored."""
    before = notice.updates.count(), Notice.objects.values().get()
    with pytest.raises(ValidationError) as error:
        say(notice, **more)
    assert (notice.updates.count(), Notice.objects.values().get()) == before
    return set(error.value.message_dict)


BEYOND = {
    "longer": {"expected_end": END + HOUR},
    "earlier": {"starts_at": START - HOUR},
    "earlier, as long": {"starts_at": START - HOUR, "expected_end": END - HOUR},
    "later and longer": {"starts_at": START + HOUR, "expected_end": END + 2 * HOUR},
    "a little longer": {"expected_end": END + timedelta(minutes=2)},
}
WITHIN = {
    "nothing": {},
    "shorter": {"expected_end": END - HOUR},
    "begins later": {"starts_at": START + HOUR},
    "as long, later": {"starts_at": START + 9 * HOUR, "expected_end": END + 9 * HOUR},
    "the same minute": {"starts_at": START - timedelta(seconds=30)},
}


@pytest.mark.parametrize("times", BEYOND.values(), ids=BEYOND)
def test_a_window_beyond_what_was_approved_takes_a_reason_and_is_looked_at(notice, times):
    assert refused(notice, **times) == {"alone_because"}
    assert refused(notice, alone_because=" \u200c", **times) == {"alone_because"}
    update = say(notice, alone_because="پیمانکار نرسید.", **times)
    assert BreakGlass.objects.unreviewed().get().update == update
    assert AuditEntry.objects.filter(action="notice.broke_glass").count() == 1


@pytest.mark.parametrize("times", WITHIN.values(), ids=WITHIN)
def test_a_window_within_it_is_moved_freely(notice, times):
    say(notice, **times)
    assert not BreakGlass.objects.exists()


def test_heavier_impact_and_more_services_take_a_reason(notice, services):
    first, second = services
    for impacts in ({first: Impact.MAJOR}, {second: Impact.DEGRADED}):
        assert refused(notice, impacts=impacts) == {"alone_because"}
    for impacts in ({first: Impact.DEGRADED}, {first: Impact.PARTIAL}, {second: Impact.NONE}):
        say(notice, impacts=impacts)
    assert not BreakGlass.objects.exists()
    say(notice, impacts={first: Impact.MAJOR}, alone_because="کسی نبود.")
    assert BreakGlass.objects.count() == 1


def test_so_does_a_heavier_impact_on_the_whole_desk(index):
    notice = window(index, [])
    assert refused(notice, impacts={None: Impact.MAJOR}) == {"alone_because"}
    say(notice, impacts={None: Impact.NONE})
    say(notice, impacts={None: Impact.PARTIAL})
    assert not BreakGlass.objects.exists()


def test_what_has_its_reason_needs_none_again_until_it_goes_further(notice, services):
    say(notice, expected_end=END + HOUR, alone_because="کسی نبود.")
    say(notice, expected_end=END + HOUR)
    say(notice, impacts={services[0]: Impact.DEGRADED})
    assert refused(notice, expected_end=END + 2 * HOUR) == {"alone_because"}
    say(notice, expected_end=END)
    assert refused(notice, expected_end=END + HOUR) == {"alone_because"}
    assert BreakGlass.objects.count() == 1


def test_a_minute_at_a_time_is_no_way_around(notice):
    seconds = timedelta(seconds=50)
    say(notice, expected_end=END + seconds)
    assert refused(notice, expected_end=END + 2 * seconds) == {"alone_because"}
    say(notice, starts_at=START - seconds, expected_end=END - HOUR)
    assert refused(notice, starts_at=START - 2 * seconds) == {"alone_because"}


def test_finishing_and_cancelling_are_free(index, services):
    done, off = window(index, services), window(index, services, title="دیگر")
    during = START + HOUR
    say(done, UpdateState.IN_PROGRESS, at=during)
    say(done, UpdateState.COMPLETED, at=during + HOUR)
    updates.cancel(notice=off, text="لغو شد.", author=None, key="c")
    assert not BreakGlass.objects.exists()


def test_where_one_person_plans_one_person_extends(notice, settings):
    settings.DESK_NOTICES_PLANNED_BY_TWO = False
    say(notice, expected_end=END + HOUR)
    assert not BreakGlass.objects.exists()


def test_a_fault_and_an_announcement_are_extended_freely(index):
    for kind in (Kind.OUTAGE, Kind.ANNOUNCEMENT):
        found = published(
            index, title=kind, kind=kind, impact=Impact.PARTIAL, expected_end=ahead(hours=2)
        ).notice
        state = "investigating" if kind == Kind.OUTAGE else "announced"
        say(found, state, expected_end=ahead(hours=9))
    assert not BreakGlass.objects.exists()


@pytest.mark.screen
def test_the_form_asks_for_the_reason_beside_its_field(client, notice, services):
    writer = staff_user("editor")
    client.force_login(writer)
    url = reverse("notices_admin:update", args=[notice.pk])
    data = {"key": str(uuid.uuid4()), "state": "scheduled", "text": "بیشتر طول می‌کشد."}
    assert 'name="alone_because"' in client.get(url).content.decode()
    for more in (
        {"expected_end": jalali(END + HOUR)},
        {"starts_at": jalali(START - HOUR)},
        {f"impact_{services[0].pk}": "major"},
        {"more": [services[1].pk], "more_impact": "degraded"},
    ):
        answer = client.post(url, data | more)
        assert set(answer.context["form"].errors) == {"alone_because"}
    assert notice.updates.count() == 1
    longer = data | {"expected_end": jalali(END + HOUR), "alone_because": "پیمانکار نرسید."}
    assert client.post(url, longer).status_code == 302
    row = BreakGlass.objects.get()
    assert (row.by, row.reason) == (writer, "پیمانکار نرسید.")
    review = reverse("notices_admin:review", args=[row.pk])
    client.force_login(staff_user("editor"))
    assert review in client.get(reverse("wagtailadmin_home")).content.decode()


MOVES = st.fixed_dictionaries(
    {
        "start": st.none() | st.integers(-4, 4),
        "end": st.none() | st.integers(-4, 4),
        "impact": st.none() | st.sampled_from(list(Impact)),
        "other": st.none() | st.sampled_from(list(Impact)),
        "alone": st.booleans(),
    }
)


def is_heavier(notice, services):
    """Than three hours from START on, with the first service partly unavailable and no other."""
    order, impacts = list(Impact), dict(notice.affected.values_list("service", "impact"))
    first, other = (impacts.get(each.pk, Impact.NONE) for each in services)
    return (
        notice.starts_at < START
        or notice.expected_end - notice.starts_at > END - START
        or order.index(first) > order.index(Impact.PARTIAL)
        or other != Impact.NONE
    )


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(MOVES, max_size=5))
def test_it_is_never_heavier_than_approved_without_a_reason_on_record(index, services, moves):
    notice = window(index, services, title=str(uuid.uuid4()))
    rows = BreakGlass.objects.filter(update__notice=notice)
    for move in moves:
        given_times = {
            "starts_at": None if move["start"] is None else START + move["start"] * HOUR,
            "expected_end": None if move["end"] is None else END + move["end"] * HOUR,
        }
        said = zip(services, (move["impact"], move["other"]), strict=True)
        impacts = {service: impact for service, impact in said if impact is not None}
        count = rows.count()
        was_heavier = is_heavier(Notice.objects.get(pk=notice.pk), services)
        try:
            say(
                notice,
                impacts=impacts,
                alone_because="کسی نبود." if move["alone"] else "",
                **given_times,
            )
        except ValidationError:
            assert rows.count() == count
        now_heavier = is_heavier(Notice.objects.get(pk=notice.pk), services)
        assert not now_heavier or rows.exists()
        if rows.count() > count:
            assert move["alone"]
            assert now_heavier
        elif now_heavier:
            assert was_heavier
