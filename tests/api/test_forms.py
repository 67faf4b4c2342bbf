"""Editors' forms through the API: the same questions, rules and places of errors as the pages."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from service_requests import reading
from service_requests.intake import new_submission_key
from service_requests.models import Case
from service_requests.receipts import open_receipt
from service_requests.request_forms import json_schema, rules
from tests.cms_pages.factories import make_site, translate
from tests.service_requests.factories import PDF, officer_of
from tests.service_requests.json_schema import complaints
from tests.service_requests.request_forms import LAND, key, make_form, option, publish

pytestmark = [pytest.mark.django_db, pytest.mark.screen]
API = "/api/desk/v1"
PERSON = {
    "first_name": "مریم",
    "last_name": "کاظمی",
    "national_id": "0499370899",
    "mobile": "09123456789",
    "consent": True,
}
HOUSE = {
    key(16): option(16, 1),
    key(17): 120.5,
    key(33): "2025-03-25",
    key(34): [option(34, 0), option(34, 2)],
    key(48): "0084575948",
    key(50): {"province": "مرکزی", "city": "اراک", "address": "خیابان ۱"},
    key(54): True,
}


@pytest.fixture(autouse=True)
def _no_human_check(settings):
    settings.DESK_HUMAN_CHECK_OFF = True


@pytest.fixture
def page(db):
    return make_form(make_site())


def send(client, answers, **changes):
    body = {**PERSON, "form": "land", "answers": answers, "submission_key": new_submission_key()}
    return client.post(f"{API}/requests", {**body, **changes}, content_type="application/json")


def test_the_forms_are_listed_and_described_in_the_readers_language(client, page):
    translate(page, "en", title="A certificate for a plot")
    listed = client.get(f"{API}/forms", headers={"Accept-Language": "en"}).json()
    assert [(each["key"], each["title"]) for each in listed] == [
        ("land", "A certificate for a plot")
    ]
    assert client.get(f"{API}/forms").json()[0]["title"] == page.title
    answer = client.get(listed[0]["schema_url"], headers={"Accept-Language": "en"})
    assert answer["Content-Type"] == "application/schema+json"
    assert answer["Content-Language"] == "en"
    schema = answer.json()
    assert schema["$schema"].endswith("2020-12/schema")
    assert schema["x-form"]["key"] == "land"
    assert schema["properties"][key(16)]["oneOf"][0] == {
        "const": option(16, 0),
        "title": "زمین",
    }
    assert schema["properties"][key(17)]["x-order"] == 2
    assert client.get(f"{API}/forms/nothing").status_code == 404


def test_a_form_that_is_not_public_is_not_offered(client, page):
    page.unpublish()
    assert client.get(f"{API}/forms").json() == []
    assert client.get(f"{API}/forms/land").status_code == 404
    refused = send(client, LAND)
    assert refused.status_code == 422
    assert list(refused.json()["errors"]) == ["form"]


def test_answers_become_a_case_that_shows_its_questions(client, page):
    answer = send(client, LAND)
    assert answer.status_code == 201, answer.content
    case = Case.objects.get()
    assert case.form_version == page.version
    assert case.department == page.departments.get()
    token = client.post(f"{API}/sessions", answer.json(), content_type="application/json").json()[
        "token"
    ]
    shown = client.get(f"{API}/session/case", headers={"Authorization": f"Bearer {token}"}).json()
    said = {a["label"]: a["text"] for each in shown["form"]["steps"] for a in each["answers"]}
    assert said["نام روستا"] == "ده بالا"
    assert "0084575948" not in json.dumps(shown)
    assert shown["form"]["version"] == page.version.pk
    assert shown["subject"] == page.title


def test_errors_point_at_the_answers_and_repeat_nothing(client, page):
    wrong = {**HOUSE, key(48): "0084575949", key(50): {"city": "اراک"}, key(33): "2025-02-30"}
    del wrong[key(54)]
    answer = send(client, wrong, mobile="12")
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {
        "mobile",
        *(f"/answers/{key(n)}" for n in (33, 48, 54)),
        *(f"/answers/{key(50)}/{part}" for part in ("province", "address")),
    }
    assert "0084575949" not in answer.content.decode()
    assert not Case.objects.exists()


def test_the_api_and_the_pages_say_the_same_at_the_same_place(client, page):
    said = send(client, {**LAND, key(17): "0"}).json()["errors"][f"/answers/{key(17)}"]
    step = reverse("service_requests:form_step", args=["land", f"s{1:08x}0000"])
    shown = client.post(step, {key(16): option(16, 0), key(17): "0", key(18): "ده"})
    assert shown.context["form"].errors[key(17)] == said


def test_a_file_answers_its_question_by_its_place(client, page):
    fields = {**PERSON, "form": "land", "submission_key": new_submission_key()}
    answers = json.dumps({**HOUSE, key(32): 0})
    with_files = f"{API}/requests/with-files"
    unasked = client.post(
        with_files,
        {
            **fields,
            "answers": answers,
            "files": [SimpleUploadedFile(n, PDF) for n in ("a.pdf", "b.pdf")],
        },
    )
    assert list(unasked.json()["errors"]) == ["files"]
    sent = client.post(
        with_files, {**fields, "answers": answers, "files": [SimpleUploadedFile("سند.pdf", PDF)]}
    )
    assert sent.status_code == 201, sent.content
    case = Case.objects.get()
    form = reading.for_staff(case=case, user=officer_of(case)).form
    files = {answer.key: [found.name for found in answer.files] for answer in form.answers()}
    assert files[key(32)] == ["سند.pdf"]


@pytest.mark.parametrize(
    "answers", ["[]", "{", "null", '"x"', '{"a": ' + "[" * 3000 + "]" * 3000 + "}"]
)
def test_answers_that_are_none_are_refused_in_words(client, page, answers):
    fields = {**PERSON, "form": "land", "submission_key": new_submission_key()}
    refused = client.post(f"{API}/requests/with-files", {**fields, "answers": answers})
    assert refused.status_code == 422
    assert not Case.objects.exists()


def test_an_old_version_is_taken_and_an_unknown_one_is_told(client, page):
    old = page.version.pk
    page.title = "نام تازه"
    publish(page)
    assert send(client, LAND, form_version=str(old)).status_code == 201
    assert Case.objects.get().form_version_id == old
    refused = send(client, LAND, form_version="999999")
    assert list(refused.json()["errors"]) == ["form_version"]


def test_the_same_key_again_is_the_same_case(client, page):
    submission_key = new_submission_key()
    first = send(client, LAND, submission_key=submission_key)
    again = send(client, {}, submission_key=submission_key)
    assert (first.status_code, again.status_code) == (201, 200)
    assert open_receipt(submission_key=submission_key).code == again.json()["code"]


def test_the_form_decides_and_not_who_sends_it(client, page):
    answer = send(client, LAND, kind="complaint", person_type="foreign", department="other")
    assert set(answer.json()["errors"]) >= {"person_type", "department"}
    assert not Case.objects.exists()


CHANGES = [
    {},
    {key(18): None},
    {key(18): " "},
    {key(16): option(16, 1)},
    {key(16): None},
    {key(17): 0},
    {key(17): "2"},
    {key(54): False},
    {key(54): None},
    {key(34): []},
    {key(34): ["x"]},
    {key(50): {"city": "اراک"}},
    {key(16): option(16, 1), key(33): "2025-03-25", key(34): [option(34, 0)]},
    {key(32): 7},
    {key(48): 5},
]


@pytest.mark.parametrize("change", CHANGES)
def test_what_the_schema_refuses_the_rules_refuse_too(page, change):
    answers = {**LAND, key(17): 5, **change}
    answers = {name: value for name, value in answers.items() if value is not None}
    schema = json_schema.of(page.version)
    refused = bool(complaints(answers, schema))
    checked = rules.check(page.version.questions, answers, files=range(1))
    # The rules also take a number as people type it, and drop what is hidden, whatever it is.
    hidden = key(16) in answers and answers[key(16)] == option(16, 0)
    if answers[key(17)] == "2" or (hidden and {key(32), key(34)} & set(change)):
        assert refused
        assert not checked.errors
    else:
        assert refused == bool(checked.errors)


def test_a_case_of_a_form_is_taken_along_with_its_questions(client, page):
    import io
    import zipfile

    answer = send(client, LAND)
    token = client.post(f"{API}/sessions", answer.json(), content_type="application/json").json()[
        "token"
    ]
    got = Client().get(f"{API}/session/export", headers={"Authorization": f"Bearer {token}"})
    archive = zipfile.ZipFile(io.BytesIO(b"".join(got)))
    got.close()
    record = json.loads(archive.read("export.json"))
    assert complaints(record, json.loads(archive.read("schema.json"))) == []
    assert "ده بالا" in archive.read("export.json").decode()
    html = next(name for name in archive.namelist() if name.startswith("cases/"))
    assert "ده بالا" in archive.read(html).decode()
