"""The desk API: the same verbs and rules as the pages, problem details for errors."""

import json
import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from desk_core import throttles
from desk_core.human_check import solve
from desk_core.throttles import hit
from service_requests import credentials, workflow
from service_requests.enums import Source, State
from service_requests.intake import new_submission_key
from service_requests.models import Case
from tests.cms_pages.factories import DepartmentFactory, ServiceFactory
from tests.service_requests.factories import PDF, answered, data, head_of, register

pytestmark = [pytest.mark.django_db, pytest.mark.screen]
API = "/api/desk/v1"


def post(client, path, body, **headers):
    return client.post(f"{API}{path}", body, content_type="application/json", **headers)


def submission(**changes):
    return {**data(), "submission_key": new_submission_key(), **changes}


def opened(client, receipt):
    answer = post(client, "/sessions", {"code": receipt.code, "password": receipt.password})
    assert answer.status_code == 201, answer.content
    return {"Authorization": f"Bearer {answer.json()['token']}"}


def test_a_request_is_registered_with_its_human_check(client, settings):
    settings.DESK_HUMAN_CHECK_OFF = False
    puzzle = post(client, "/human-check", {"purpose": "submit"}).json()
    body = submission(human=solve(puzzle))
    answer = post(client, "/requests", body)
    assert answer.status_code == 201, answer.content
    assert len(answer.json()["code"]) == 12
    assert len(answer.json()["password"]) == 16
    assert "no-store" in answer["Cache-Control"]
    assert Case.objects.get().source == Source.API
    again = post(client, "/requests", body)
    assert again.status_code == 200
    assert again.json() == answer.json()
    another = post(client, "/requests", submission(human=body["human"]))
    assert another.status_code == 422, "a solved puzzle pays for one submission only"
    assert Case.objects.count() == 1


def test_without_a_human_check_nothing_is_stored(client, settings):
    settings.DESK_HUMAN_CHECK_OFF = False
    answer = post(client, "/requests", submission())
    assert answer.status_code == 422
    assert not Case.objects.exists()


def test_files_come_as_multipart(client):
    fields = {name: str(value) for name, value in submission().items()}
    files = [SimpleUploadedFile("نامه.pdf", PDF), SimpleUploadedFile("b.pdf", PDF)]
    answer = client.post(f"{API}/requests/with-files", {**fields, "files": files})
    assert answer.status_code == 201, answer.content
    assert Case.objects.get().attachments.count() == 2


def test_errors_stand_at_their_fields_in_the_readers_language(client):
    body = submission(national_id="0084575949", mobile="12", subject="")
    english = post(client, "/requests", body, headers={"Accept-Language": "en"})
    assert english.status_code == 422
    assert english["Content-Type"] == "application/problem+json"
    assert {"national_id", "mobile", "subject"} == set(english.json()["errors"])
    assert english["Content-Language"] == "en"
    persian = post(client, "/requests", body)
    assert persian["Content-Language"] == "fa"
    assert "0084575949" not in english.content.decode()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"submission_key": 5}',
        b'{"submission_key": "short"}',
        b'{"submission_key": "' + b"a" * 200 + b'"}',
        b'{"submission_key": "\\u0000"}',
        b"\xff\xfe\x00",
        json.dumps(
            {"submission_key": "k" * 10 + "123456789012345678901234567", "kind": {}}
        ).encode(),
    ],
)
def test_bad_bodies_are_problems_and_never_crash(client, body):
    answer = client.generic("POST", f"{API}/requests", body, content_type="application/json")
    assert answer.status_code in (400, 422)
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "field", ["body", "first_name", "mobile", "email", "address", "department"]
)
def test_a_million_characters_are_refused_at_the_field(client, field):
    answer = post(client, "/requests", submission(**{field: "ب" * 1_000_000}))
    assert answer.status_code == 422
    assert field in answer.json()["errors"]


def test_the_case_is_followed_answered_and_rated(client):
    case, officer = answered()
    receipt = credentials.reissue(case=case, actor=head_of(case), slip_key=new_submission_key())
    bearer = opened(client, receipt)
    body = client.get(f"{API}/session/case", headers=bearer)
    assert "no-store" in body["Cache-Control"]
    read = body.json()
    assert read["state"] == State.ANSWERED
    assert read["messages"][-1]["text"] == "کار انجام شد."
    assert read["person"]["national_id"] != "0499370899"
    assert officer.username not in body.content.decode()
    rated = client.post(
        f"{API}/session/survey",
        {"answers": {"overall": 4}},
        content_type="application/json",
        headers=bearer,
    )
    assert rated.status_code == 204
    twice = client.post(
        f"{API}/session/survey",
        {"answers": {"overall": 4}},
        content_type="application/json",
        headers=bearer,
    )
    assert twice.status_code == 409


def test_messages_files_and_leaving(client):
    bearer = opened(client, register())
    key = str(uuid.uuid4())
    for _ in range(2):
        answer = client.post(
            f"{API}/session/messages/with-files",
            {"text": "پیوست", "message_id": key, "files": [SimpleUploadedFile("a.pdf", PDF)]},
            headers=bearer,
        )
        assert answer.status_code == 201, answer.content
    message = answer.json()["messages"][0]
    assert len(answer.json()["messages"]) == 1
    file = client.get(f"{API}/session/files/{message['files'][0]['id']}", headers=bearer)
    assert b"".join(file.streaming_content) == PDF
    assert client.get(f"{API}/session/files/{uuid.uuid4()}", headers=bearer).status_code == 404
    assert client.delete(f"{API}/session", headers=bearer).status_code == 204
    ended = client.get(f"{API}/session/case", headers=bearer)
    assert ended.status_code == 401
    assert ended["Content-Type"] == "application/problem+json"


def test_wrong_and_unknown_credentials_are_one_answer(client):
    receipt = register()
    wrong = post(client, "/sessions", {"code": receipt.code, "password": "1" * 16})
    unknown = post(client, "/sessions", {"code": "123456789010", "password": "1" * 16})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()


def test_a_mistyped_digit_is_said_at_the_code_and_counts_as_no_attempt(client):
    receipt = register()
    mistyped = f"{receipt.code[:-1]}{(int(receipt.code[-1]) + 1) % 10}"
    answer = post(client, "/sessions", {"code": mistyped, "password": receipt.password})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["code"])
    short = post(client, "/sessions", {"code": receipt.code, "password": "1" * 15})
    assert (short.status_code, list(short.json()["errors"])) == (422, ["password"])
    assert throttles.peek(credentials.PER_ADDRESS, "127.0.0.1").n == 0


def test_after_many_attempts_the_answer_brings_a_puzzle_along(client, settings):
    settings.DESK_HUMAN_CHECK_OFF = False
    settings.DESK_HUMAN_DIFFICULTY = 500
    receipt = register()
    right = {"code": receipt.code, "password": receipt.password}
    for _ in range(credentials.PER_CODE.rate):
        post(client, "/sessions", {**right, "password": "1" * 16})
    needed = post(client, "/sessions", right)
    assert needed.status_code == 428
    entered = post(client, "/sessions", {**right, "human": solve(needed.json()["challenge"])})
    assert entered.status_code == 201, entered.content


def test_a_stranger_who_tries_meanwhile_does_not_undo_a_solved_puzzle(client, settings):
    settings.DESK_HUMAN_CHECK_OFF = False
    settings.DESK_HUMAN_DIFFICULTY = 100
    receipt = register()
    right = {"code": receipt.code, "password": receipt.password}
    for _ in range(2 * credentials.PER_CODE.rate - 1):
        hit(credentials.PER_CODE, receipt.code)
    puzzle = post(client, "/sessions", right).json()["challenge"]
    assert puzzle["maxnumber"] == 200
    hit(credentials.PER_CODE, receipt.code)
    assert post(client, "/sessions", right).json()["challenge"]["maxnumber"] == 400
    entered = post(client, "/sessions", {**right, "human": solve(puzzle)})
    assert entered.status_code == 201, entered.content


def test_lists_speak_both_languages(client):
    service = ServiceFactory()
    DepartmentFactory(active=False, name="پنهان")
    persian = client.get(f"{API}/services").json()
    english = client.get(f"{API}/services", headers={"Accept-Language": "en"}).json()
    assert persian[0]["name"] == service.name
    assert english[0]["name"] == service.name_en
    assert "پنهان" not in json.dumps(client.get(f"{API}/departments").json())
    kinds = {kind["value"]: kind for kind in client.get(f"{API}/kinds").json()}
    assert "address" in kinds["complaint"]["required"]["natural"]
    assert client.get(f"{API}/notices").json() == []
    assert client.get(f"{API}/agreements").json() == []


def test_an_objection_and_a_reopening_say_why_and_happen_once(client):
    case, officer = answered()
    key = new_submission_key()
    receipt = credentials.reissue(case=case, actor=head_of(case), slip_key=key)
    bearer = opened(client, receipt)

    def send(name, text, message_id=None):
        body = {"text": text, "message_id": message_id}
        return post(client, f"/session/{name}", body, headers=bearer)

    short = send("objection", "ن")
    assert (short.status_code, list(short.json()["errors"])) == (422, ["text"])
    case.refresh_from_db()
    workflow.close(case=case, actor=officer, expected=case.version)
    assert client.get(f"{API}/session/case", headers=bearer).json()["steps"] == ["reopen"]
    step = str(uuid.uuid4())
    first = send("reopening", "هنوز درست نشده است", step)
    again = send("reopening", "هنوز درست نشده است", step)
    assert (first.status_code, again.status_code) == (200, 200), again.content
    assert first.json()["state"] == again.json()["state"] == State.IN_REVIEW
    assert len(again.json()["messages"]) == 2
    assert send("reopening", "هنوز درست نشده است", str(uuid.uuid4())).status_code == 409


def test_a_rating_happens_once(client):
    case, _officer = answered()
    receipt = credentials.reissue(case=case, actor=head_of(case), slip_key=new_submission_key())
    bearer = opened(client, receipt)
    rating = {"answers": {"overall": 4}, "message_id": str(uuid.uuid4())}
    for body, status in ((rating, 204), (rating, 204), ({"answers": {"overall": 1}}, 409)):
        assert post(client, "/session/survey", body, headers=bearer).status_code == status


def test_a_service_is_free_or_has_its_fee(client, django_assert_max_num_queries):
    paid, free = ServiceFactory(fee=250_000), ServiceFactory()
    part = ServiceFactory(parent=free)
    ServiceFactory.create_batch(5, fee=1000, department=paid.department)
    with django_assert_max_num_queries(3):
        found = {row["key"]: row for row in client.get(f"{API}/services").json()}
    assert (found[paid.key]["free"], found[paid.key]["fee"]) == (False, 250_000)
    assert (found[free.key]["free"], found[free.key]["fee"]) == (True, 0)
    assert (found[part.key]["part_of"], found[free.key]["part_of"]) == (free.key, None)


def test_the_description_is_served_and_its_page_loads_nothing_foreign(client):
    described = client.get(f"{API}/openapi.json").json()
    assert described["openapi"].startswith("3.")
    assert "/api/desk/v1/requests" in described["paths"]
    page = client.get(f"{API}/docs")
    assert page.status_code == 200
    assert not re.search(r'(src|href)="(https?:)?//', page.content.decode())


def test_an_unknown_address_is_a_problem_too(client):
    answer = client.get("/api/desk/v1/nothing-here")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"


def test_no_cookie_of_a_browser_opens_anything(client):
    receipt = register()
    response = client.post("/requests/track/", {"code": receipt.code, "password": receipt.password})
    assert response.status_code == 302
    assert client.get(f"{API}/session/case").status_code == 401


def test_a_file_that_is_not_there_is_said_in_a_sentence(client):
    receipt = register()
    answer = client.get(f"{API}/case/files/{uuid.uuid4()}", headers=opened(client, receipt))
    assert answer.status_code == 404
    assert answer.json()["type"] == "urn:desk:problem:not-found"
    assert len(answer.json()["detail"].split()) > 3


@pytest.mark.parametrize("human", [5, [1], "x", {"payload": [1]}])
def test_a_malformed_human_check_is_told_once(client, human):
    answer = post(client, "/requests", submission(human=human))
    assert answer.status_code == 422
    assert all(len(set(found)) == len(found) for found in answer.json()["errors"].values())
