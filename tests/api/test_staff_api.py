"""The staff's part of the API: a token does what its person may, and no more."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms_pages.enums import Role
from desk_core.models import AuditEntry
from service_requests import conversation, notes, staff_reading, tokens
from service_requests.admin.actions import offered
from service_requests.attachments import IncomingFile
from service_requests.days import today
from service_requests.enums import Kind, State, TokenScope
from service_requests.intake import new_submission_key
from service_requests.models import ApiToken, Case
from tests.cms_pages.factories import DepartmentFactory, staff_user
from tests.service_requests.factories import (
    answered,
    head_of,
    in_review,
    make_case,
    officer_of,
    register,
    secret_of,
    upload,
)

pytestmark = pytest.mark.django_db
API = "/api/desk/v1/staff"


class Program:
    """A program with a token, or with whatever it takes for one."""

    def __init__(self, secret: str) -> None:
        self.client = Client(headers={"Authorization": f"Bearer {secret}"})

    def get(self, path: str, **query):
        return self.client.get(f"{API}{path}", query)

    def post(self, path: str, **body):
        return self.client.post(f"{API}{path}", json.dumps(body), "application/json")


def of(user, scope=TokenScope.WRITE) -> Program:
    return Program(secret_of(user, scope))


def kind(answer) -> str:
    return answer.json()["type"].rpartition(":")[2]


def test_only_a_living_token_with_the_scope_opens_anything():
    case, officer = in_review()
    secret = secret_of(officer)
    assert Program(secret).get("/cases").status_code == 200
    for wrong in ("", secret[:-1], secret[:-1] + "!", "desk_" + "A" * 43, "x" * 5000):
        answer = Program(wrong).get("/cases")
        assert (answer.status_code, kind(answer)) == (401, "no-token"), wrong
    token = ApiToken.objects.get()
    assert secret not in (token.digest, token.name)
    assert token.last_used_on == today()
    reader = of(officer, TokenScope.READ)
    refused = reader.post(f"/cases/{case.code}/notes", text="یادداشت")
    assert (refused.status_code, kind(refused)) == (403, "not-allowed")
    assert reader.get(f"/cases/{case.code}").status_code == 200
    ApiToken.objects.filter(pk=token.pk).update(last_day=today() - timedelta(days=1))
    assert Program(secret).get("/cases").status_code == 401
    ApiToken.objects.filter(pk=token.pk).update(last_day=today())
    assert Program(secret).get("/cases").status_code == 200
    tokens.revoke(token=token, actor=officer)
    assert Program(secret).get("/cases").status_code == 401
    other = secret_of(officer)
    type(officer).objects.filter(pk=officer.pk).update(is_active=False)
    assert Program(other).get("/cases").status_code == 401


def test_calls_are_throttled_and_wrong_tokens_shut_out_no_right_one(monkeypatch):
    _case, officer = in_review()
    secret = secret_of(officer)
    for _ in range(40):
        assert Program("desk_" + "A" * 43).get("/cases").status_code == 401
    monkeypatch.setattr(tokens, "CALLS", tokens.Limit("test-calls", rate=2, seconds=60))
    assert [Program(secret).get("/cases").status_code for _ in range(3)] == [200, 200, 429]


def test_a_program_that_reads_leaves_no_mark_of_reading():
    case, officer = in_review()
    conversation.citizen_adds(case=case, text="یک سخن دیگر دربارهٔ همین کار.")
    assert of(officer).get(f"/cases/{case.code}").json()["messages"]
    case.refresh_from_db()
    assert case.unread_by_staff
    assert not case.messages.exclude(read_at=None).exists()


def test_list_and_case_hold_what_its_person_may_know_of():
    case, officer = in_review(files=[IncomingFile.of(upload())])
    foreign = make_case()
    about_us = make_case(Kind.COMPLAINT, complained_department=case.department.key)
    notes.add(case=case, actor=officer, text="یادداشت داخلی")
    program = of(officer)
    listed = program.get("/cases").json()
    assert [each["code"] for each in listed["cases"]] == [case.code]
    assert listed["next"] is None
    shown = program.get(f"/cases/{case.code}").json()
    assert shown["person"] == staff_reading.person_shown(
        type("View", (), {"masked_person": shown["person"]})
    )
    everything = json.dumps(shown, ensure_ascii=False)
    assert "آزمونی‌پور" not in everything
    assert "0499370899" not in everything
    assert "یادداشت داخلی" in everything
    assert AuditEntry.objects.filter(action="case.read", actor_id=officer.pk).exists()
    file = f"/cases/{case.code}/files/{case.attachments.get().pk}"
    assert program.get(file).status_code == 200
    for other in (foreign, about_us):
        assert program.get(f"/cases/{other.code}").status_code == 404
        assert program.post(f"/cases/{other.code}/notes", text="x").status_code == 404
    assert of(staff_user(Role.OFFICER)).get(file).status_code == 404
    auditor = of(staff_user(Role.AUDITOR)).get(f"/cases/{case.code}").json()
    assert (auditor["subject"], auditor["person"], auditor["notes"]) == (None, {}, [])
    secretariat = of(staff_user(Role.SECRETARIAT))
    assert "reason" in secretariat.get(f"/cases/{case.code}").json()["errors"]
    read = secretariat.get(f"/cases/{case.code}", reason="letter").json()
    assert (read["subject"] is None, read["notes"]) == (False, [])


def test_pages_go_on_from_where_they_ended_in_as_many_queries():
    department = DepartmentFactory()
    cases = [make_case(department=department.key) for _ in range(5)]
    program = of(staff_user(Role.OFFICER, department))
    seen, cursor, counts = [], "", []
    while True:
        with CaptureQueriesContext(connection) as queries:
            page = program.get("/cases", limit=2, cursor=cursor).json()
        counts.append(len(queries))
        seen += [each["code"] for each in page["cases"]]
        if len(seen) == 2:
            # What comes in meanwhile moves no page.
            make_case(department=department.key)
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == [case.code for case in reversed(cases)]
    assert max(counts[1:]) <= 8, counts
    assert "cursor" in program.get("/cases", cursor="x").json()["errors"]
    assert "state" in program.get("/cases", state="x").json()["errors"]
    assert program.get("/cases", state="open", assigned="nobody").json()["cases"]
    assert not program.get("/cases", queue="overdue").json()["cases"]
    assert not program.get("/cases", state="closed", department="\x00").json()["cases"]


def test_a_search_is_posted_and_finds_by_words_and_numbers():
    case, officer = in_review()
    program = of(officer)
    for term in (case.code, "0499370899", "09123456789", "آسفالت بنفشه"):
        found = program.post("/cases/search", term=term).json()["cases"]
        assert [each["code"] for each in found] == [case.code], term
    assert program.post("/cases/search", term="").json()["cases"] == []
    details = AuditEntry.objects.filter(action="case.search").values_list("detail", flat=True)
    assert "0499370899" not in json.dumps(list(details))


def test_a_case_goes_its_way_and_the_second_of_two_is_told():
    case = make_case()
    officer, colleague = officer_of(case), officer_of(case)
    one, two = of(officer), of(colleague)
    path = f"/cases/{case.code}"
    stale = case.version
    step = one.post(f"{path}/transitions", step="start_review", expected=stale)
    assert (step.status_code, step.json()["state"]) == (200, State.IN_REVIEW)
    late = two.post(f"{path}/transitions", step="start_review", expected=stale)
    assert (late.status_code, kind(late)) == (409, "conflict")
    version = step.json()["version"]
    assert one.post(f"{path}/notes", text="یادداشت").status_code == 201
    assert one.post(f"{path}/messages", text="پیام").status_code == 201
    version = one.get(path).json()["version"]
    asked = one.post(f"{path}/transitions", step="ask_info", expected=version, text="کدام؟")
    assert asked.json()["state"] == State.NEEDS_INFO
    wrong = one.post(f"{path}/answer", expected=asked.json()["version"], text="پاسخ")
    assert (wrong.status_code, kind(wrong)) == (409, "not-possible")
    again = one.post(f"{path}/transitions", step="start_review", expected=asked.json()["version"])
    done = one.post(f"{path}/answer", expected=again.json()["version"], text="کار انجام شد.")
    assert done.json()["state"] == State.ANSWERED
    unknown = one.post(f"{path}/transitions", step="answer", expected=done.json()["version"])
    assert "step" in unknown.json()["errors"]
    extra = one.post(f"{path}/transitions", step="close", expected=9, reason="دلیل")
    assert "reason" in extra.json()["errors"]


def test_assigning_and_referring_ask_the_same_permissions_as_the_screens():
    case, officer = in_review()
    heir, head = officer_of(case), of(head_of(case))
    path, version = f"/cases/{case.code}", case.version
    refused = of(officer).post(f"{path}/assignment", expected=version, to=heir.username)
    assert (refused.status_code, kind(refused)) == (403, "not-allowed")
    stranger = staff_user(Role.OFFICER)
    odd = head.post(f"{path}/assignment", expected=version, to=stranger.username)
    assert "to" in odd.json()["errors"]
    given = head.post(f"{path}/assignment", expected=version, to=heir.username)
    assert given.json()["assigned_to"] == heir.username
    version = given.json()["version"]
    other = DepartmentFactory()
    assert "team" in head.post(f"{path}/assignment", expected=version, team=7).json()["errors"]
    gone = of(heir).post(
        f"{path}/referral", expected=version, department=other.key, reason="به شما مربوط است"
    )
    assert (gone.status_code, gone.json()["department"]) == (200, other.key)
    assert of(heir).get(path).status_code == 404
    newcomer = of(staff_user(Role.OFFICER, other))
    taken = newcomer.post(f"{path}/assignment", expected=gone.json()["version"], to="me")
    assert taken.status_code == 200


def test_the_api_offers_the_steps_that_the_screen_offers():
    case, officer = in_review()
    for each, user in (
        (case, officer),
        (case, head_of(case)),
        (case, staff_user(Role.AUDITOR)),
        (case, staff_user(Role.SECRETARIAT)),
        (make_case(department=case.department.key), officer),
        (answered()[0], staff_user(Role.COMPLAINTS)),
    ):
        user = type(user).objects.get(pk=user.pk)
        on_screen = {action.step for action in offered(user, each) if action.step}
        by_api = set(staff_reading.steps(each, user))
        assert by_api == on_screen, (user, on_screen ^ by_api)


# The screens of tokens ----------------------------------------------------------------------------


def test_a_secret_is_shown_once_to_its_person_alone():
    officer, manager = staff_user(Role.OFFICER), staff_user(Role.ADMINISTRATOR)
    client, other = Client(), Client()
    client.force_login(officer)
    other.force_login(manager)
    create = reverse("service_requests_apitoken_modeladmin_create")
    data = {"name": "برنامه", "scope": "read", "last_day": today().isoformat()}
    # Nobody but administrators makes one for others.
    assert client.post(create, {**data, "user": manager.pk}).status_code == 200
    assert not ApiToken.objects.exists()
    assert other.post(create, {**data, "user": officer.pk}).status_code == 302
    token = ApiToken.objects.get()
    assert (token.user, token.created_by, token.digest) == (officer, manager, "")
    secret = reverse("service_requests_admin:token_secret", args=[token.pk])
    assert other.post(secret).status_code == 404
    lists = reverse("service_requests_apitoken_modeladmin_index")
    assert secret in client.get(lists).content.decode()
    assert secret not in other.get(lists).content.decode(), "no link that leads nowhere"
    page = client.post(secret)
    assert "desk_" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert client.post(secret).status_code == 302
    index = other.get(lists).content.decode()
    revoke = reverse("service_requests_admin:revoke_token", args=[token.pk])
    assert revoke in index
    stranger = Client()
    stranger.force_login(staff_user(Role.OFFICER))
    assert stranger.post(revoke).status_code == 404
    assert other.post(revoke).status_code == 302
    assert ApiToken.objects.get().revoked_at is not None


def test_the_receipt_comes_as_pdf_while_the_password_is_here():
    receipt_key = new_submission_key()
    register(key=receipt_key)
    client, address = Client(), "/api/desk/v1/receipts/pdf"
    body = json.dumps({"submission_key": receipt_key})
    answer = client.post(address, body, "application/json")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    client.post("/api/desk/v1/receipts/kept", body, "application/json")
    assert client.post(address, body, "application/json").status_code == 404
    assert Case.objects.count() == 1
