"""A warning grows and shrinks: every word is kept, machines read it, two answer for the worst."""

import json
from importlib import import_module
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from lxml import etree

from desk_core.querysets import AppendOnly
from notices import current, updates
from notices.approval import four_eyes
from notices.enums import Severity
from notices.models import BreakGlass, Notice, NoticePage, WarningChange
from notices.overview import page_context
from tests.cms_pages.factories import UserFactory, staff_user, translate
from tests.notices.cap_schema import NAMESPACE, schema
from tests.notices.faces_site import get, message
from tests.notices.factories import ago, ahead, draft, published
from tests.notices.test_faces import text_of
from tests.notices.test_warnings import WARNING, warn

pytestmark = [pytest.mark.django_db, pytest.mark.screen]

CAP = f"{{{NAMESPACE}}}"
TRIANGLE = "36.31, 49.62\n36.35, 49.71\n36.28, 49.75"
CIRCLE = "36.3, 49.7, 5"
PLACE = {"shape": f"{CIRCLE}\n\n{TRIANGLE}", "geocodes": "ISO3166-2=IR-28\nRoad=59"}


@pytest.fixture
def index(shared_index):
    return shared_index


def say(notice, key, state="announced", **more):
    return updates.post(notice=notice, state=state, text=key, author=None, key=key, **more)


def refused(notice, **warned):
    before = WarningChange.objects.count()
    with pytest.raises(ValidationError) as error:
        say(notice, "refused", **{"warned": warned} | warned.pop("more", {}))
    assert WarningChange.objects.count() == before
    return set(error.value.message_dict)


def read(client, page, number):
    root = etree.fromstring(get(client, message(page.notice_id, number)).content)
    schema().assertValid(root)
    return root


def words(root, path):
    return [each.text for each in root.findall("/".join(CAP + name for name in path.split("/")))]


class TestPlace:
    def test_machines_and_people_read_where_it_holds(self, index, client):
        page = warn(index, **PLACE)
        shown = text_of(client, page.url)
        assert "\u2066۳۶٫۳۱,\u00a0۴۹٫۶۲\u2069\u00a0· " in shown
        root = read(client, page, 1)
        assert words(root, "info/area/polygon")[0] == (
            "36.31,49.62 36.35,49.71 36.28,49.75 36.31,49.62"
        )
        assert words(root, "info/area/circle")[0] == "36.3,49.7 5"
        assert words(root, "info/area/geocode/valueName") == ["ISO3166-2", "Road"] * 2
        assert words(root, "info/area/geocode/value") == ["IR-28", "59"] * 2
        (answered,) = client.get("/api/desk/v1/notices").json()
        found = answered["warning"]
        assert found["shape"]["type"] == "FeatureCollection"
        assert [each["geometry"]["type"] for each in found["shape"]["features"]] == [
            *("Point", "Polygon"),
        ]
        assert found["geocodes"][0] == {"name": "ISO3166-2", "code": "IR-28"}

    def test_in_english_it_is_told_in_english(self, index):
        page = warn(index, **PLACE)
        with override("en"):
            (shown,) = current.find(timezone.now())
            assert "5 kilometres around" in shown.borders[0]
            assert "between" in shown.borders[1]
        assert page.notice.shape == PLACE["shape"]

    @pytest.mark.parametrize(
        "fields", [{"shape": "36.3, 49.7"}, {"geocodes": "IR"}, {"shape": "<b>x</b>"}]
    )
    def test_what_is_no_place_is_not_published(self, index, fields):
        with pytest.raises(ValidationError) as error:
            warn(index, **fields)
        assert set(error.value.message_dict) == set(fields)
        assert not Notice.objects.exists()

    def test_an_editor_is_told_at_the_field_and_the_second_person_answers_for_it(
        self, index, client
    ):
        client.force_login(staff_user("editor"))
        page = draft(index, **WARNING | {"expected_end": ahead(hours=6)})
        assert {"shape", "geocodes"} <= {
            *client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).context["form"].fields
        }
        assert {"shape", "geocodes"} <= four_eyes.WORDS

    def test_other_kinds_have_no_place(self, index):
        page = published(index, **PLACE)
        assert (page.notice.shape, page.notice.geocodes) == ("", "")
        assert not WarningChange.objects.exists()


class TestChange:
    def test_an_update_lowers_it_and_moves_it_and_every_word_is_kept(self, index, client):
        page = warn(index, starts_at=ago(hours=1), **PLACE)
        translate(page, "en", title="Avalanche", slug="avalanche")
        notice = page.notice
        say(
            notice,
            "کمتر",
            warned={"severity": "minor", "certainty": "observed", "shape": CIRCLE},
        )
        say(notice, "همان")
        assert (notice.severity, notice.certainty, notice.shape) == ("minor", "observed", CIRCLE)
        assert WarningChange.objects.count() == 2
        first, second, third = (read(client, page, number) for number in (1, 2, 3))
        assert [words(each, "info/severity")[0] for each in (first, second, third)] == [
            *("Severe", "Moderate", "Moderate"),
        ]
        assert [words(each, "info/certainty")[1] for each in (first, second, third)] == [
            *("Likely", "Observed", "Observed"),
        ]
        assert words(first, "info/area/polygon")
        assert not words(second, "info/area/polygon")
        assert words(third, "info/area/areaDesc") == [WARNING["area"], WARNING["area_en"]]

    def test_shown_again_after_a_withdrawal_it_warns_as_it_did_last(self, index, client):
        page = warn(index, **PLACE)
        say(page.notice, "کمتر", warned={"severity": "minor", "shape": CIRCLE})
        page = NoticePage.objects.get(pk=page.pk)
        page.unpublish()
        page.save_revision().publish(skip_permission_checks=True)
        cancel, again = read(client, page, 3), read(client, page, 4)
        assert [words(each, "msgType") for each in (cancel, again)] == [["Cancel"], ["Alert"]]
        assert words(again, "info/severity")[0] == "Moderate"
        assert not words(again, "info/area/polygon")

    def test_the_page_says_what_changed_and_when(self, index, client):
        page = warn(index)
        say(page.notice, "بیشتر", warned={"severity": "minor", "area": "تا روستای بالا"})
        said = page_context(NoticePage.objects.get(pk=page.pk))["entries"]
        assert [len(entry.impacts) for entry in said] == [2, 0]
        assert said[0].impacts[1].endswith("تا روستای بالا")
        shown = text_of(client, page.url)
        assert shown.count("تا روستای بالا") == 2

    def test_the_worst_takes_a_reason_and_is_looked_at_afterwards(self, index):
        writer = UserFactory()
        notice = warn(index).notice
        assert refused(notice, severity=Severity.CRITICAL) == {"alone_because"}
        update = updates.post(
            notice=notice,
            state="announced",
            text="بهمن آمد",
            author=writer,
            key="k",
            warned={"severity": Severity.CRITICAL},
            alone_because="شب بود.",
        )
        assert BreakGlass.objects.get().update == update
        say(notice, "همان", warned={"severity": Severity.CRITICAL})
        say(notice, "کمتر", warned={"severity": Severity.MAJOR})
        assert refused(notice, severity=Severity.CRITICAL) == {"alone_because"}
        assert BreakGlass.objects.count() == 1

    @pytest.mark.parametrize(
        ("warned", "wrong"),
        [
            ({"severity": "awful"}, "severity"),
            ({"severity": ""}, "severity"),
            ({"certainty": "surely"}, "certainty"),
            ({"area": "", "area_en": " "}, "area"),
            ({"area": "<b>x</b>"}, "area"),
            ({"area_en": "x" * 501}, "area_en"),
            ({"shape": "36.3"}, "shape"),
            ({"geocodes": "x"}, "geocodes"),
        ],
    )
    def test_what_cannot_be_changes_nothing(self, index, warned, wrong):
        assert refused(warn(index).notice, **warned) == {wrong}

    def test_what_is_over_warns_of_nothing(self, index):
        notice = warn(index, starts_at=ago(hours=1)).notice
        assert refused(notice, severity="minor", more={"state": "lifted"}) == {"severity"}
        say(notice, "رفع شد", state="lifted", warned={"severity": notice.severity})

    def test_other_kinds_are_not_changed_in_this_way(self, index):
        notice = published(index, starts_at=ago(hours=1)).notice
        assert refused(notice, severity="minor", more={"state": "identified"}) == {"severity"}

    def test_what_was_said_stays_said(self, index):
        row = warn(index).notice.updates.get().warning_changes.get()
        for attempt in (row.delete, row.save, WarningChange.objects.all().delete):
            with pytest.raises(AppendOnly):
                attempt()

    def test_the_form_offers_it_and_leaves_what_a_colleague_changed(self, index, client):
        client.force_login(staff_user("editor"))
        notice = warn(index).notice
        address = reverse("notices_admin:update", args=[notice.pk])
        form = client.get(address).context["form"]
        sent = {name: form[name].value() or "" for name in form.fields}
        sent |= {f"initial-{name}": getattr(notice, name) for name in WarningChange.FACTS}
        say(notice, "همکار", warned={"certainty": "observed"})
        client.post(address, sent | {"text": "گسترده‌تر شد", "shape": CIRCLE, "key": uuid4()})
        notice.refresh_from_db()
        assert (notice.shape, notice.certainty) == (CIRCLE, "observed")
        wrong = client.post(address, sent | {"text": "x", "shape": "۱", "key": uuid4()})
        assert "shape" in wrong.context["form"].errors

    def test_a_page_costs_the_same_queries_however_often_it_changed(
        self, index, django_assert_max_num_queries
    ):
        page = warn(index)
        found = []
        for number in range(3):
            with django_assert_max_num_queries(9) as counted:
                page_context(NoticePage.objects.get(pk=page.pk))
            found.append(len(counted))
            severity = [Severity.MINOR, Severity.MAJOR][number % 2]
            say(page.notice, f"k{number}", warned={"severity": severity})
        assert len(set(found)) == 1

    def test_warnings_of_before_say_what_they_said(self, index):
        notice = warn(index, **PLACE).notice
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM notices_warningchange")
        migration = import_module("notices.migrations.0007_places_and_changes_of_warnings")
        migration.say_first_warnings(apps, SimpleNamespace(connection=connection))
        row = WarningChange.objects.get()
        assert (row.update.notice, row.shape, row.severity) == (notice, notice.shape, "major")
        assert json.dumps(row.geojson)
