"""The Statuspage API as strict readers read it, in every state a desk can be in."""

import json
from copy import deepcopy
from datetime import datetime, timedelta

import pytest

from cms_pages.models import Service
from notices import updates
from notices.enums import Impact, Kind
from notices.machine_faces import statuspage as machine_statuspage
from notices.models import NoticeIndexPage, NoticePage
from tests.cms_pages.factories import DepartmentFactory, ServiceFactory, translate
from tests.notices import statuspage_reader
from tests.notices.faces_site import ENDPOINTS, statuspage
from tests.notices.factories import ago, ahead, clock, make_index, published
from tests.notices.test_warnings import warn
from tests.shared_content import made_once

pytestmark = [pytest.mark.django_db, pytest.mark.face]


@pytest.fixture(scope="module")
def desk(django_db_setup, django_db_blocker):
    """A desk with two departments, three services, and a notice in every state."""
    with made_once(django_db_blocker):
        index = make_index()
        roads, land = DepartmentFactory(key="roads"), DepartmentFactory(key="land")
        a = ServiceFactory(key="roads", department=roads)  # a key that a department has, too
        b = ServiceFactory(key="permits", department=roads)
        c = ServiceFactory(key="plots", department=land)
        outage = published(
            index, title="درگاه", services=[a], impact=Impact.PARTIAL, starts_at=ago(hours=2)
        )
        say(outage, "monitoring", "تعمیر شد.")
        past = published(index, title="گذشته", services=[b], starts_at=ago(hours=30))
        say(past, "resolved", "رفع شد.")
        published(index, title="انتظار", services=[b], starts_at=ahead(hours=3))
        published(index, title="خبر", kind=Kind.ANNOUNCEMENT)
        published(
            index,
            title="جاری",
            kind=Kind.MAINTENANCE,
            services=[b],
            starts_at=ago(hours=1),
            expected_end=ahead(hours=1),
        )
        coming = window(index, "آینده")
        called_off = window(index, "لغو")
        updates.cancel(notice=called_off.notice, text="انجام نمی‌شود.", author=None, key="c")
        yield {"index": index, "outage": outage, "coming": coming, "past": past, "plots": c}


@pytest.fixture
def quiet(desk):
    """The same site without a public notice; its index as stored."""
    NoticePage.objects.update(live=False)
    return NoticeIndexPage.objects.get()


def window(index, title, **fields):
    """A maintenance of the whole desk, two days ahead."""
    return published(
        index,
        title=title,
        kind=Kind.MAINTENANCE,
        **{"starts_at": ahead(hours=48), "expected_end": ahead(hours=50)} | fields,
    )


def say(page, state, text):
    updates.post(notice=page.notice, state=state, text=text, author=None, key=text)


def names(found):
    return [each["name"] for each in found]


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_strict_readers_take_every_endpoint(desk, client, endpoint, prefix):
    body = statuspage_reader.read(statuspage(client, endpoint, prefix), ENDPOINTS[endpoint])
    assert body["page"]["time_zone"] == "Asia/Tehran"
    assert body["page"]["url"] == f"http://testserver{prefix}/status"


def test_a_desk_without_services_or_notices_is_read_too(quiet, client):
    Service.objects.update(active=False)
    for endpoint, parts in ENDPOINTS.items():
        body = statuspage_reader.read(statuspage(client, endpoint), parts)
        assert body.get("status", {"indicator": "none"})["indicator"] == "none"


def test_each_endpoint_holds_what_its_name_says(desk, client):
    assert names(statuspage(client, "incidents")["incidents"]) == ["درگاه", "گذشته"]
    assert names(statuspage(client, "incidents/unresolved")["incidents"]) == ["درگاه"]
    windows = "scheduled_maintenances"
    every = statuspage(client, "scheduled-maintenances")[windows]
    assert sorted(names(every)) == sorted(["آینده", "لغو", "جاری"])
    assert {each["name"]: each["status"] for each in every} == {
        "آینده": "scheduled",
        "لغو": "completed",
        "جاری": "in_progress",
    }
    assert names(statuspage(client, "scheduled-maintenances/upcoming")[windows]) == ["آینده"]
    assert names(statuspage(client, "scheduled-maintenances/active")[windows]) == ["جاری"]
    summary = statuspage(client, "summary")
    assert names(summary["incidents"]) == ["درگاه"]
    assert sorted(names(summary[windows])) == sorted(["آینده", "جاری"])


def test_services_are_components_of_their_departments(desk, client):
    found = {each["id"]: each for each in statuspage(client, "components")["components"]}
    assert {key: each["status"] for key, each in found.items()} == {
        "group.roads": "partial_outage",
        "roads": "partial_outage",
        "permits": "under_maintenance",
        "group.land": "operational",
        "plots": "operational",
    }
    assert found["group.roads"]["components"] == ["roads", "permits"]
    assert found["group.roads"]["updated_at"] == max(
        found[key]["updated_at"] for key in ("roads", "permits")
    )


def test_an_incident_tells_what_each_update_made_of_its_components(desk, client):
    (found,) = statuspage(client, "incidents/unresolved")["incidents"]
    assert found["id"] == str(desk["outage"].notice_id)
    assert found["impact"] == "major"
    assert found["monitoring_at"] == found["updated_at"]
    assert found["resolved_at"] is None
    assert datetime.fromisoformat(found["started_at"]) < datetime.fromisoformat(found["created_at"])
    assert [each["id"] for each in found["components"]] == ["roads"]
    changes = [
        (each["status"], row["old_status"], row["new_status"])
        for each in found["incident_updates"]
        for row in each["affected_components"]
    ]
    assert changes == [
        ("monitoring", "partial_outage", "partial_outage"),
        ("investigating", "operational", "partial_outage"),
    ]
    past = statuspage(client, "incidents")["incidents"][1]
    assert past["status"] == "resolved"
    assert past["incident_updates"][0]["affected_components"][0]["new_status"] == "operational"
    assert past["components"][0]["status"] == "under_maintenance"  # as it stands now


def test_each_update_tells_what_the_impact_was_then(quiet, client):
    a, b = Service.objects.get(key="roads"), Service.objects.get(key="permits")
    page = published(quiet, services=[a], impact=Impact.PARTIAL, starts_at=ago(hours=1))
    updates.post(
        notice=page.notice,
        state="identified",
        text="بهتر",
        author=None,
        key="k",
        impacts={a: Impact.DEGRADED, b: Impact.PARTIAL},
    )
    say(page, "resolved", "رفع شد.")
    (found,) = statuspage(client, "incidents")["incidents"]
    changes = [
        {row["code"]: (row["old_status"], row["new_status"]) for row in each["affected_components"]}
        for each in reversed(found["incident_updates"])
    ]
    assert changes == [
        {"roads": ("operational", "partial_outage"), "permits": ("operational", "operational")},
        {
            "roads": ("partial_outage", "degraded_performance"),
            "permits": ("operational", "partial_outage"),
        },
        {
            "roads": ("degraded_performance", "operational"),
            "permits": ("partial_outage", "operational"),
        },
    ]


def test_warnings_are_not_there_for_no_component_feels_them(quiet, client):
    before = statuspage(client, "summary")
    page = warn(quiet, starts_at=ago(hours=1), services=[Service.objects.get(key="roads")])
    assert statuspage(client, "summary") == before
    for endpoint in ("incidents", "scheduled-maintenances", "incidents/unresolved"):
        assert str(page.notice_id) not in json.dumps(statuspage(client, endpoint))


def test_a_window_opens_and_closes_by_the_clock_alone(desk, client):
    notice = desk["coming"].notice
    second = timedelta(seconds=1)
    for moment, status in [
        (notice.starts_at - second, "scheduled"),
        (notice.starts_at, "in_progress"),
        (notice.expected_end, "completed"),
    ]:
        with clock(moment):
            found = statuspage(client, "scheduled-maintenances")["scheduled_maintenances"]
            (shown,) = [each for each in found if each["id"] == str(notice.pk)]
            page = statuspage(client, "components")
        assert shown["status"] == status
        assert len(shown["components"]) == 3  # none is named: all of them
        assert datetime.fromisoformat(shown["updated_at"]) <= moment
        if status != "scheduled":
            assert datetime.fromisoformat(shown["updated_at"]) == moment.replace(
                microsecond=moment.microsecond // 1000 * 1000
            )
            assert page["page"]["updated_at"] == shown["updated_at"]


def test_ids_stay_when_texts_and_pages_change(desk, client):
    page = desk["outage"]
    before = statuspage(client, "incidents/unresolved")
    page.title = "عنوان دیگر"
    page.save_revision().publish()
    english = translate(NoticePage.objects.get(pk=page.pk), "en", title="Gateway", slug="gateway")
    assert english.notice_id == page.notice_id
    after = statuspage(client, "incidents/unresolved")
    assert names(after["incidents"]) == ["عنوان دیگر"]
    after["incidents"][0]["name"] = before["incidents"][0]["name"]
    assert after == before
    (other,) = statuspage(client, "incidents/unresolved", "/en")["incidents"]
    assert other["name"] == "Gateway"
    assert other["shortlink"].endswith("/en/notices/gateway/")
    assert other["id"] == before["incidents"][0]["id"]


@pytest.mark.parametrize("impact", Impact)
@pytest.mark.parametrize("kind", [Kind.OUTAGE, Kind.MAINTENANCE])
def test_the_indicator_is_the_worst_of_all(quiet, client, settings, impact, kind):
    published(
        quiet,
        kind=kind,
        impact=impact,
        services=[Service.objects.first()],
        starts_at=ago(hours=1),
        expected_end=ahead(hours=1),
    )
    wanted = {"none": "none", "degraded": "minor", "partial": "major", "major": "critical"}[impact]
    if kind == Kind.MAINTENANCE and impact != Impact.NONE:
        wanted = "maintenance"
    assert statuspage(client, "status")["status"]["indicator"] == wanted
    settings.DESK_STATUSPAGE_STRICT = True
    body = statuspage_reader.read(statuspage(client, "summary"), ENDPOINTS["summary"], strict=True)
    assert body["status"]["indicator"] == ("none" if wanted == "maintenance" else wanted)


def test_a_service_that_is_no_longer_offered_stays_named_in_its_incident(desk, client):
    service = desk["past"].notice.services.get()
    service.active = False
    service.save()
    body = statuspage_reader.read(statuspage(client, "incidents"), ENDPOINTS["incidents"])
    (component,) = body["incidents"][1]["components"]
    assert (component["id"], component["group_id"]) == ("permits", None)


def test_the_reader_of_these_tests_is_strict(desk, client):
    good = statuspage(client, "summary")
    parts = ENDPOINTS["summary"]

    def broken(change):
        body = deepcopy(good)
        change(body)
        with pytest.raises(statuspage_reader.Rejected):
            statuspage_reader.read(body, parts)

    broken(lambda body: body.pop("components"))
    broken(lambda body: body["status"].pop("indicator"))
    broken(lambda body: body["components"].append(body["components"][0]))
    broken(lambda body: body["incidents"].append(body["incidents"][0]))
    broken(lambda body: body["components"][0].update(status="sleepy"))
    broken(lambda body: body["scheduled_maintenances"][0].update(status="cancelled"))
    broken(lambda body: body["scheduled_maintenances"][0].update(scheduled_for="soon"))
    broken(lambda body: body["page"].update(updated_at="2026-11-22T14:57:43Z"))


def test_lists_have_an_end_and_ask_as_much_for_many_as_for_few(
    quiet, client, monkeypatch, django_assert_max_num_queries
):
    monkeypatch.setattr(machine_statuspage, "MOST", 5)
    first = published(quiet, title="نخست", services=Service.objects.all())
    rows = _copies(first.notice, 6)
    assert len(statuspage(client, "incidents")["incidents"]) == 5
    with django_assert_max_num_queries(8):
        assert len(statuspage(client, "summary")["incidents"]) == len(rows) + 1


def _copies(notice, count):
    """More facts with pages of their own, past all signals: only their number counts."""
    made = []
    page = notice.pages.get()
    for number in range(count):
        copy = page.copy(update_attrs={"slug": f"copy-{number}"}, keep_live=True)
        fact = type(notice).objects.get(pk=notice.pk)
        said = list(fact.updates.all())
        fact.pk, fact.origin = None, copy.translation_key
        fact._state.adding = True
        fact.save(force_insert=True)
        for row in said:
            row.pk, row.notice = None, fact
            row._state.adding = True
            row.save(force_insert=True)
        NoticePage.objects.filter(pk=copy.pk).update(notice=fact, live=True)
        made.append(fact)
    return made
