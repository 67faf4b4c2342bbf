"""Drafts of forms through the API: the same drafts, rules and limits as on the pages."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from desk_core import throttles
from service_requests import (
    attachments,
    drafts,
    housekeeping,
    intake,
    limits,
    reading,
    resuming,
)
from service_requests.enums import Source
from service_requests.errors import DraftChanged
from service_requests.form_drafts import FormDraft
from service_requests.models import Attachment, Case, Draft, RequestFormPage
from service_requests.request_forms import versions
from tests.cms_pages.factories import DepartmentFactory, make_site
from tests.service_requests.factories import PDF, officer_of, photo, register
from tests.service_requests.request_forms import LAND, key, make_form, option, publish

pytestmark = pytest.mark.django_db
API = "/api/desk/v1"
PERSON = {
    "first_name": "مریم",
    "last_name": "کاظمی",
    "national_id": "0499370899",
    "mobile": "09123456789",
}
HOUSE = {
    **LAND,
    key(16): option(16, 1),
    key(33): "2025-03-25",
    key(34): [option(34, 0), option(34, 2)],
    key(50): {"province": "مرکزی", "city": "اراک", "address": "خیابان ۱"},
}


@pytest.fixture(autouse=True)
def _no_human_check(settings):
    settings.DESK_HUMAN_CHECK_OFF = True


@pytest.fixture
def page(db):
    return make_form(make_site())


def post(client, path, body=None, token="", **more):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    more = more or {"content_type": "application/json"}
    return client.post(f"{API}/{path}", body or {}, headers=headers, **more)


def get(client, token):
    return client.get(f"{API}/draft", headers={"Authorization": f"Bearer {token}"})


def begin(client, **body):
    answer = post(client, "drafts", {"form": "land", **body})
    assert answer.status_code == 201, answer.content
    assert "no-store" in answer["Cache-Control"]
    return answer.json()["token"]


def test_a_draft_is_begun_saved_read_and_sent_as_a_case(client, page):
    token = begin(client, answers={key(16): option(16, 1), key(17): 120.5})
    first = get(client, token).json()
    assert first["answers"] == {key(16): option(16, 1), key(17): "120.5"}
    assert {f"/answers/{key(33)}", "first_name"} <= set(first["errors"])
    assert "consent" not in first["errors"]
    saved = post(client, "draft", {"fields": PERSON, "answers": HOUSE}, token).json()
    assert saved["errors"] == {}
    assert saved["fields"]["mobile"] == "09123456789"
    assert saved["answers"][key(50)]["city"] == "اراک"
    file = {"question": key(32), "file": SimpleUploadedFile("سند.pdf", PDF)}
    with_file = post(client, "draft/files", file, token, format="multipart").json()
    assert [(each["question"], each["name"]) for each in with_file["files"]] == [
        (key(32), "سند.pdf")
    ]
    sent = post(client, "draft/submission", {"consent": True}, token)
    assert sent.status_code == 201
    case = Case.objects.get()
    assert (case.source, case.form_version) == (Source.API, page.version)
    assert sent.json()["code"] == case.code
    shown = reading.for_staff(case=case, user=officer_of(case)).form.answers()
    texts = {answer.label: answer.text for answer in shown}
    assert texts["تصویر سند"] == "سند.pdf"
    assert texts["چه می‌خواهید؟"]
    again = post(client, "draft/submission", {"consent": True}, token)
    assert (again.status_code, again.json()) == (200, sent.json())
    assert get(client, token).status_code == 404
    assert Case.objects.count() == 1


def test_without_consent_or_with_wrong_answers_nothing_is_sent_and_nothing_lost(client, page):
    token = begin(client, fields=PERSON, answers=LAND)
    refused = post(client, "draft/submission", {}, token)
    assert (refused.status_code, list(refused.json()["errors"])) == (422, ["consent"])
    post(client, "draft", {"answers": {key(17): -4, key(54): False}}, token)
    wrong = post(client, "draft/submission", {"consent": True}, token)
    assert set(wrong.json()["errors"]) == {f"/answers/{key(17)}", f"/answers/{key(54)}"}
    assert get(client, token).json()["answers"][key(18)] == LAND[key(18)]
    assert not Case.objects.exists()


def test_null_takes_an_answer_and_a_file_away_and_the_rest_stays(client, page):
    token = begin(client, answers=HOUSE)
    file = {"question": key(32), "file": SimpleUploadedFile("سند.pdf", PDF)}
    post(client, "draft/files", file, token, format="multipart")
    left = post(client, "draft", {"answers": {key(17): None, key(32): None}}, token).json()
    assert key(17) not in left["answers"]
    assert left["answers"][key(34)] == HOUSE[key(34)]
    assert left["files"] == []
    assert not Attachment.objects.exists()


def test_a_picture_is_kept_with_its_hidden_data_when_that_is_evidence(client, page):
    token = begin(client, answers=HOUSE)
    for keep in ("false", "true"):
        file = {"question": key(32), "file": photo(), "keep_as_sent": keep}
        post(client, "draft/files", file, token, format="multipart")
        assert Attachment.objects.get().kept_as_sent == (keep == "true")


def test_a_file_that_is_asked_for_no_more_goes_when_the_draft_is_sent_and_not_before(
    client, page, django_capture_on_commit_callbacks
):
    token = begin(client, fields=PERSON, answers=HOUSE)
    file = {"question": key(32), "file": SimpleUploadedFile("سند.pdf", PDF)}
    post(client, "draft/files", file, token, format="multipart")
    post(client, "draft", {"answers": LAND}, token)
    read = drafts.find(token)
    filled = FormDraft(read, drafts.read(read), page.version)
    submission = filled.submission()
    post(client, "draft", {"fields": {"mobile": "09121111111"}}, token)
    with pytest.raises(DraftChanged), django_capture_on_commit_callbacks(execute=True):
        intake.submit(
            submission=submission,
            submission_key=drafts.submission_key(token),
            source=Source.API,
            language="fa",
            draft=read,
            left_out=filled.left_out(submission),
        )
    kept = read.attachments.get()
    subject = drafts.subject_of(read)
    assert b"".join(attachments.read(kept, subject)) == PDF
    with django_capture_on_commit_callbacks(execute=True):
        assert post(client, "draft/submission", {"consent": True}, token).status_code == 201
    assert not Attachment.objects.exists()
    with pytest.raises(FileNotFoundError):
        next(attachments.read(kept, subject))


UNTYPABLE = {
    "list": ([1], {17, 48, 50}),
    "object": ({"a": 1}, {17, 34, 48}),
    "true": (True, {17, 34, 48, 50}),
    "half a letter": ("\ud800", {17, 34, 48, 50}),
    "nested": ([[]], {17, 34, 48, 50}),
    "odd part": ({"city": ["x"]}, {17, 34, 48, 50}),
}


@pytest.mark.parametrize(
    ("question", "value"),
    [
        pytest.param(question, value, id=f"{question} {what}")
        for what, (value, questions) in UNTYPABLE.items()
        for question in sorted(questions)
    ],
)
def test_what_nobody_could_type_is_refused_at_its_answer(client, page, question, value):
    token = begin(client)
    answer = post(client, "draft", {"answers": {key(question): value}}, token)
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [f"/answers/{key(question)}"]
    assert post(client, "draft", {"fields": {"city": "\ud800"}}, token).status_code == 422
    assert get(client, token).json()["answers"] == {}


def test_a_draft_is_left_and_taken_up_again_here_or_on_the_pages(client, page):
    token = begin(client, answers=LAND)
    left = post(client, "draft/leave", token=token).json()
    wrong = post(client, "drafts/resume", {**left, "password": "0" * 16})
    assert wrong.status_code == 401
    unknown = post(client, "drafts/resume", {**left, "code": register().code})
    assert unknown.json()["detail"] == wrong.json()["detail"]
    resumed = post(Client(), "drafts/resume", left).json()
    assert resumed["answers"][key(18)] == LAND[key(18)]
    assert get(client, token).status_code == 401
    assert get(client, resumed["token"]).status_code == 200
    browser = Client()
    entered = {"code": left["code"], "password": left["password"]}
    assert browser.post(reverse("service_requests:resume"), entered).status_code == 302
    first = browser.get(reverse("service_requests:form_step", args=["land", f"s{1:08x}0000"]))
    assert LAND[key(18)] in first.content.decode()


@pytest.mark.parametrize("what", ["the desk's own", "a form taken offline"])
def test_a_draft_that_cannot_be_taken_up_here_stays_with_its_browser(
    client, page, monkeypatch, what
):
    if what == "the desk's own":
        token = drafts.new_token()
        draft = drafts.write(token=token, draft=None, answers={"kind": "request"})
    else:
        token = begin(client, answers=LAND)
        draft = drafts.find(token)
        monkeypatch.setattr(versions, "FINISHED_WITHIN", timezone.timedelta(0))
        page.departments = [DepartmentFactory()]
        publish(page).unpublish()
    left = resuming.leave(draft=draft)
    entered = {"code": left.code, "password": left.password}
    assert post(Client(), "drafts/resume", entered).status_code == 404
    assert drafts.find(token) == draft


def test_attempts_to_resume_count_against_the_limits_of_tracking(client, page):
    left = post(client, "draft/leave", token=begin(client)).json()
    answers = [
        post(client, "drafts/resume", {**left, "password": "0" * 16}).status_code
        for _attempt in range(12)
    ]
    assert answers[0] == 401
    assert answers[-1] == 428


def test_a_draft_is_left_so_often_and_no_more_by_either_door(client, page):
    token = begin(client)
    answers = [post(client, "draft/leave", token=token) for _time in range(limits.LEAVINGS.rate)]
    assert {answer.status_code for answer in answers} == {200}
    assert post(client, "draft/leave", token=token).status_code == 429
    browser = Client()
    last = answers[-1].json()
    entered = {"code": last["code"], "password": last["password"]}
    assert browser.post(reverse("service_requests:resume"), entered).status_code == 302
    refused = browser.post(reverse("service_requests:later"))
    assert refused.status_code == 429
    assert str(limits.ASKED_TOO_OFTEN) in refused.content.decode()
    assert browser.get(reverse("service_requests:on")).status_code == 302


def test_a_draft_is_erased_also_when_it_was_left(client, page):
    token = begin(client, answers=HOUSE)
    file = {"question": key(32), "file": SimpleUploadedFile("سند.pdf", PDF)}
    post(client, "draft/files", file, token, format="multipart")
    left = post(client, "draft/leave", token=token).json()
    headers = {"Authorization": f"Bearer {token}"}
    assert client.delete(f"{API}/draft", headers=headers).status_code == 204
    assert get(client, token).status_code == 401
    assert post(client, "drafts/resume", left).status_code == 401
    housekeeping.sweep(at=timezone.now())
    assert not Draft.objects.exists()
    assert not Attachment.objects.exists()


def test_so_many_drafts_from_a_network_and_no_more(client, page, monkeypatch):
    few = throttles.Limit("drafts-of-the-test", rate=1, seconds=3600)
    monkeypatch.setattr("service_requests.api.drafts.DRAFTS", few)
    begin(client)
    answer = post(client, "drafts", {"form": "land"})
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")
    assert limits.DRAFTS.rate > 1


def test_a_form_that_is_not_offered_or_not_received_is_not_begun(
    client, page, django_capture_on_commit_callbacks
):
    assert list(post(client, "drafts", {"form": "no"}).json()["errors"]) == ["form"]
    old = {"form": "land", "form_version": "999"}
    assert list(post(client, "drafts", old).json()["errors"]) == ["form_version"]
    with django_capture_on_commit_callbacks(execute=True):
        only = page.departments.get()
        only.active = False
        only.save()
        DepartmentFactory()
    assert list(post(client, "drafts", {"form": "land"}).json()["errors"]) == ["form"]
    assert not client.get(f"{API}/forms").json()[0]["can_be_sent"]


def test_a_draft_of_a_version_that_is_over_says_what_it_lost(client, page, monkeypatch):
    roads, water = DepartmentFactory(), DepartmentFactory()
    page.departments = [roads, water]
    page = publish(page)
    token = begin(client, fields={**PERSON, "department": water.key}, answers=LAND)
    page.departments = [roads, DepartmentFactory()]
    newest = publish(page).version
    monkeypatch.setattr(versions, "FINISHED_WITHIN", timezone.timedelta(0))
    moved = get(client, token).json()
    assert (moved["moved"], moved["dropped"]) == (True, ["department"])
    assert moved["form_version"] == newest.pk
    saved = post(client, "draft", {"fields": {"department": roads.key}}, token).json()
    assert (saved["moved"], saved["errors"]) == (False, {})


def test_no_other_token_opens_a_draft_and_the_desks_own_draft_is_no_form(client, page):
    assert get(client, "x" * 43).status_code == 401
    refused = client.get(f"{API}/draft")
    assert refused["WWW-Authenticate"] == 'Bearer realm="draft"'
    token = drafts.new_token()
    drafts.write(token=token, draft=None, answers={"kind": "request"})
    assert get(client, token).status_code == 404
    assert post(client, "draft", {"answers": {}}, token).status_code == 404
    RequestFormPage.objects.get().unpublish()
    assert list(post(client, "drafts", {"form": "land"}).json()["errors"]) == ["form"]


def test_the_doors_are_described(client):
    paths = client.get(f"{API}/openapi.json").json()["paths"]
    doors = {
        (path.removeprefix(f"{API}/"), method): described
        for path, each in paths.items()
        for method, described in each.items()
        if "/draft" in path
    }
    assert set(doors) == {
        ("drafts", "post"),
        ("drafts/resume", "post"),
        ("draft", "get"),
        ("draft", "post"),
        ("draft", "delete"),
        ("draft/files", "post"),
        ("draft/leave", "post"),
        ("draft/submission", "post"),
    }
    for (path, _method), described in doors.items():
        assert described["summary"]
        assert described["description"]
        assert ("security" in described) == (not path.startswith("drafts"))
