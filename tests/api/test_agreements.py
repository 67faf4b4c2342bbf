"""Agreements in the desk API and the content API: versions, clauses, what changed."""

from datetime import date

import pytest
from django.utils.translation import override

from cms_pages.models import Department
from sla.models import AgreementPage
from tests.sla.factories import clause, clauses, make_page, make_signed

pytestmark = [pytest.mark.django_db, pytest.mark.screen]
API = "/api/desk/v1"


@pytest.fixture(autouse=True)
def _private(settings, tmp_path, monkeypatch):
    from sla.models import Signature

    storage = type(Signature._meta.get_field("scan").storage)(location=tmp_path, base_url=None)
    monkeypatch.setattr(Signature._meta.get_field("scan"), "storage", storage)


@pytest.fixture
def two(db):
    first = make_signed(clauses=clauses(free=True), valid_to=date(2027, 3, 20))
    changed = [*clauses()[:1], clause("period", "دوره", "<p>تا پایان سال آینده.</p>")]
    second = make_page(
        clauses=changed, valid_from=date(2027, 4, 1), valid_to=date(2028, 3, 19), live=True
    )
    return first, second


def test_the_list_and_one_agreement(client, two, django_assert_max_num_queries):
    make_page(key="draft")
    with django_assert_max_num_queries(6):
        rows = client.get(f"{API}/agreements").json()
    assert [(row["agreement"], row["number"], row["state"]) for row in rows] == [
        ("desk", 2, "awaiting"),
        ("desk", 1, rows[1]["state"]),
    ]
    assert rows[0]["url"].endswith(two[1].get_url())
    one = client.get(f"{API}/agreements/desk").json()
    assert one["agreement"] == "desk"
    assert one["department"] is None
    assert [row["number"] for row in one["versions"]] == [2, 1]
    assert one["gaps"] == [], "what is not signed leaves no gap"


def test_a_departments_agreement_names_it(client):
    make_signed(key="land", department=Department.objects.create(key="land", name="زمین"))
    assert client.get(f"{API}/agreements/land").json()["department"] == "land"


def test_a_version_is_its_sealed_text_for_ever(client, two):
    first = two[0]
    AgreementPage.objects.filter(pk=first.pk).update(title="دستکاری", live=False)
    found = client.get(f"{API}/agreements/desk/versions/1").json()
    assert found["title"] != "دستکاری"
    assert found["sealed"] is True
    assert found["digest"] == first.digest
    assert found["url"] is None
    assert [row["number"] for row in found["clauses"]] == ["1", "2", "3"]
    assert found["clauses"][2]["free"] is True
    assert (found["valid_to"], found["ending"]) == ("2027-03-20", "date")
    assert [row["signs"] for row in found["parties"]] == [True, False]
    assert found["signatures"][0]["letter_number"] == "123/ص"
    assert found["targets"] == []
    unsigned = client.get(f"{API}/agreements/desk/versions/2").json()
    assert (unsigned["sealed"], unsigned["signatures"]) == (False, [])
    assert unsigned["digest"] == two[1].version.offered_digest


def test_what_changed(client, two, django_assert_max_num_queries):
    url = f"{API}/agreements/desk/changes"
    with django_assert_max_num_queries(8):
        found = client.get(url, {"from": 1, "to": 2}).json()
    assert (found["old"], found["new"], found["same"]) == (1, 2, False)
    assert [(row["kind"], row["old_number"], row["new_number"]) for row in found["clauses"]] == [
        ("same", "1", "1"),
        ("changed", "2", "2"),
        ("removed", "3", None),
    ]
    assert [row["name"] for row in found["terms"]] == ["valid_from", "valid_to"]
    assert found["terms"][1] == {"name": "valid_to", "old": "2027-03-20", "new": "2028-03-19"}
    ops = [piece["op"] for line in found["clauses"][1]["lines"] for piece in line["pieces"]]
    assert "ins" in ops
    assert found["url"].endswith("changes/1-2/")
    assert client.get(url, {"from": 2, "to": 1}).json() == found
    assert client.get(url, {"from": 1, "to": 1}).json()["same"] is True


@pytest.mark.parametrize(
    "path",
    [
        "/agreements/none",
        "/agreements/%00",
        "/agreements/draft",
        "/agreements/draft/versions/1",
        "/agreements/desk/versions/9",
        "/agreements/desk/versions/-1",
        f"/agreements/desk/versions/{10**30}",
        "/agreements/desk/changes?from=1&to=9",
        "/agreements/none/changes?from=1&to=2",
    ],
)
def test_what_is_not_there_or_a_draft_is_a_problem_and_not_found(client, two, path):
    make_page(key="draft")
    response = client.get(f"{API}{path}")
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["type"] == "urn:desk:problem:not-found"


@pytest.mark.parametrize("query", ["", "from=1", "from=x&to=2", "from=1&to=", "from=1.5&to=2"])
def test_bad_numbers_are_problems_with_their_field(client, two, query):
    response = client.get(f"{API}/agreements/desk/changes?{query}")
    assert response.status_code == 422
    assert response["Content-Type"] == "application/problem+json"
    assert set(response.json()["errors"]) <= {"from", "to"}
    assert client.get(f"{API}/agreements/desk/versions/x").status_code == 422


@pytest.mark.parametrize("path", ["", "/desk", "/desk/versions/1", "/desk/changes?from=1&to=2"])
def test_who_has_it_already_hears_304(client, two, path):
    url = f"{API}/agreements{path}"
    first = client.get(url)
    assert "must-revalidate" in first["Cache-Control"]
    assert "Accept-Language" in first["Vary"]
    again = client.get(url, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    make_signed(key="another")
    make_page(live=True, valid_from=date(2029, 1, 1), valid_to=date(2029, 12, 31))
    if path in ("", "/desk"):
        later = client.get(url, headers={"if-none-match": first["ETag"]})
        assert later.status_code == 200


def test_the_language_is_the_readers(client, two):
    agreement = two[0].version.agreement
    agreement.title_en = "Desk agreement"
    agreement.save()
    english = client.get(f"{API}/agreements", headers={"accept-language": "en"}).json()
    assert english[0]["title"] == "Desk agreement"


def test_the_content_api_gives_versions_targets_and_where_changes_stand(client, two):
    with override("en"):
        found = client.get(f"/api/v2/pages/{two[0].pk}/").json()
    assert found["targets"] == []
    assert [row["number"] for row in found["versions"]] == [2, 1]
    assert found["changes_url"].endswith(f"{two[0].get_url()}changes/")
    assert found["succession"] == []
    assert found["validity"]["to"] == "2027-03-20"


def test_the_description_names_every_answer(client):
    paths = client.get(f"{API}/openapi.json").json()["paths"]
    for path in ("", "/{key}", "/{key}/versions/{number}", "/{key}/changes"):
        operation = paths[f"{API}/agreements{path}"]["get"]
        assert operation["summary"]
        assert "schema" in operation["responses"]["200"]["content"]["application/json"]
