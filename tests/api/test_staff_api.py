"""The staff's part of the API: a token does what its person may, and no more."""

import json
import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from cms_pages.enums import Role
from desk_core.models import AuditEntry
from service_requests import conversation, four_eyes, notes, staff_reading, tokens
from service_requests.admin.actions import offered
from service_requests.attachments import IncomingFile
from service_requests.days import today
from service_requests.enums import Kind, State, TokenScope
from service_requests.intake import new_submission_key
from service_requests.models import (
    ApiToken,
    Case,
    DepartmentRules,
    LetterBook,
    Secretariat,
    Visit,
)
from tests.cms_pages.factories import DepartmentFactory, staff_user
from tests.service_requests.factories import (
    answered,
    booked,
    called,
    head_of,
    in_review,
    make_case,
    officer_of,
    receives,
    register,
    secret_of,
    upload,
)

pytestmark = [pytest.mark.django_db, pytest.mark.screen]
API = "/api/desk/v1/staff"
REASON = "رسیدگی به این موضوع در حوزهٔ ما نیست."


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


def test_a_token_ends_with_the_password_of_its_person(client):
    _case, officer = in_review()
    officer.set_password("گذرواژهٔ نخست ۱۲۳")
    officer.save()
    secret, other = secret_of(officer), secret_of(head_of(_case))
    assert Program(secret).get("/cases").status_code == 200
    officer.set_password("گذرواژهٔ دوم ۴۵۶")
    officer.save()
    assert Program(secret).get("/cases").status_code == 401
    assert Program(other).get("/cases").status_code == 200
    client.force_login(officer)
    listed = client.get(reverse("service_requests_apitoken_modeladmin_index")).content.decode()
    token = ApiToken.objects.get(user=officer)
    assert gettext("Ended with the password") in listed
    assert reverse("service_requests_admin:revoke_token", args=[token.pk]) not in listed
    assert Program(secret_of(officer)).get("/cases").status_code == 200


def test_tokens_that_ended_with_a_password_leave_room_for_new_ones(monkeypatch):
    _case, officer = in_review()
    monkeypatch.setattr(tokens, "MOST_TOKENS", 1)
    secret_of(officer)
    with pytest.raises(ValidationError):
        secret_of(officer)
    officer.set_password("گذرواژهٔ دوم ۴۵۶")
    officer.save()
    assert secret_of(officer)


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


def test_the_steps_of_a_rejection_by_two_and_of_a_visit_are_those_of_the_screen():
    case, officer = in_review()
    DepartmentRules.objects.create(department=case.department, rejection_by_two=True)
    proposed = four_eyes.propose(case=case, actor=officer, expected=case.version, reason=REASON)
    waits, _officer = called(department=case.department.key)
    comes, _officer = booked(department=case.department.key)
    Visit.objects.filter(case=comes).update(starts_at=timezone.now() - timedelta(minutes=5))
    for each in (case, proposed, waits, comes):
        for user in (officer, head_of(case), staff_user(Role.SECRETARIAT, case.department)):
            user = type(user).objects.get(pk=user.pk)
            fresh = Case.objects.get(pk=each.pk)
            on_screen = {action.key for action in offered(user, fresh) if action.step}
            on_screen = {"request_visit" if key == "call_visit" else key for key in on_screen}
            assert set(staff_reading.steps(fresh, user)) == on_screen, user


def test_a_rejection_by_two_takes_a_second_person():
    case, officer = in_review()
    DepartmentRules.objects.create(department=case.department, rejection_by_two=True)
    one, two = of(officer), of(officer_of(case))
    path = f"/cases/{case.code}"

    def step(program, name, version, **more):
        return program.post(f"{path}/transitions", step=name, expected=version, **more)

    alone = step(one, "reject", case.version, reason=REASON)
    assert (alone.status_code, kind(alone)) == (409, "not-possible")
    proposed = step(one, "propose_rejection", case.version, reason=REASON)
    assert (proposed.status_code, proposed.json()["state"]) == (200, State.IN_REVIEW)
    own = step(one, "confirm_rejection", proposed.json()["version"])
    assert (own.status_code, kind(own)) == (403, "not-allowed")
    assert "note" in step(two, "refuse_rejection", proposed.json()["version"]).json()["errors"]
    refused = step(two, "refuse_rejection", proposed.json()["version"], note="هنوز نه")
    assert refused.status_code == 200
    assert "confirm_rejection" not in two.get(path).json()["steps"]
    again = step(one, "propose_rejection", refused.json()["version"], reason=REASON)
    assert "confirm_rejection" in two.get(path).json()["steps"]
    done = step(two, "confirm_rejection", again.json()["version"])
    assert done.json()["state"] == State.REJECTED


def test_the_priority_is_named_and_shown():
    case, officer = in_review()
    program, path = of(officer), f"/cases/{case.code}"
    assert program.get(path).json()["priority"] == "normal"
    odd = program.post(f"{path}/priority", expected=case.version, priority="3")
    assert "priority" in odd.json()["errors"]
    done = program.post(f"{path}/priority", expected=case.version, priority="high")
    assert (done.status_code, done.json()["priority"]) == (200, "high")
    stale = program.post(f"{path}/priority", expected=case.version, priority="low")
    assert (stale.status_code, kind(stale)) == (409, "conflict")


def test_an_answer_and_a_message_bring_files_that_the_applicant_gets():
    case, officer = in_review()
    program, path = of(officer), f"{API}/cases/{case.code}"
    body = {"text": "پیوست را ببینید.", "files": upload("نقشه.pdf")}
    assert program.client.post(f"{path}/messages/with-files", body).status_code == 201
    bad = {"text": "پیوست", "files": upload("گزارش.exe")}
    assert "files" in program.client.post(f"{path}/messages/with-files", bad).json()["errors"]
    version = Case.objects.get(pk=case.pk).version
    body = {"expected": version, "text": "کار انجام شد.", "files": upload("گزارش.pdf")}
    done = program.client.post(f"{path}/answer/with-files", body)
    assert (done.status_code, done.json()["state"]) == (200, State.ANSWERED)
    shown = program.get(f"/cases/{case.code}").json()
    names = [file["name"] for message in shown["messages"] for file in message["files"]]
    assert names == ["نقشه.pdf", "گزارش.pdf"]


def test_a_visit_is_called_for_called_off_and_its_outcome_noted():
    case, officer = in_review()
    program, path = of(officer), f"/cases/{case.code}"
    closed = program.post(f"{path}/visit", expected=case.version)
    assert closed.status_code == 422, "no visiting hours are published"
    for at in ("2020-01-01T09:00:00+03:30", "9999-12-31T23:59:59-12:00", "2030-01-01T09:00:00"):
        odd = program.post(f"{path}/visit", expected=case.version, at=at, place="اتاق ۱۴")
        assert "at" in odd.json()["errors"], at
    receives(case.department)
    waits = program.post(f"{path}/visit", expected=case.version, bring="اصل شناسنامه")
    assert waits.json()["state"] == State.VISIT_REQUESTED
    shown = program.get(path).json()
    assert (shown["visit"]["state"], shown["visit"]["starts_at"]) == ("waiting", None)
    version = shown["version"]
    off = {"step": "cancel_visit", "expected": version}
    assert "text" in program.post(f"{path}/transitions", **off).json()["errors"]
    off = program.post(f"{path}/transitions", **off, text="آن روز تعطیل شد.")
    at = (timezone.now() + timedelta(days=2)).isoformat()
    version = off.json()["version"]
    assert "at" in program.post(f"{path}/visit", expected=version, place="اتاق").json()["errors"]
    fixed = program.post(f"{path}/visit", expected=version, at=at, place="اتاق ۱۴")
    assert program.get(path).json()["visit"]["place"] == "اتاق ۱۴"
    version = fixed.json()["version"]
    early = program.post(f"{path}/transitions", step="note_missed", expected=version)
    assert (early.status_code, kind(early)) == (409, "not-possible")
    Visit.objects.filter(case=case).update(starts_at=timezone.now() - timedelta(minutes=5))
    came = program.post(f"{path}/transitions", step="note_came", expected=version)
    assert came.json()["state"] == State.IN_REVIEW
    assert program.get(path).json()["visit"] is None


def test_letters_are_registered_once_and_voided():
    case, officer = answered()
    program, path = of(head_of(case)), f"/cases/{case.code}"
    secretariat = Secretariat.objects.create(name="دبیرخانه")
    for direction in ("incoming", "outgoing"):
        LetterBook.objects.create(secretariat=secretariat, direction=direction)
    incoming, outgoing = program.get(f"{path}/letters/choices").json()
    assert [paper["paper"] for paper in incoming["papers"]] == ["case"]
    answer = str(case.messages.get().pk)
    assert [paper["paper"] for paper in outgoing["papers"]] == [answer]
    into = {"direction": "incoming", "book": incoming["books"][0]["book"], "paper": "case"}
    letter_id = str(uuid.uuid4())
    first = program.post(f"{path}/letters", **into, letter_id=letter_id)
    assert (first.status_code, first.json()["id"]) == (201, letter_id)
    assert program.post(f"{path}/letters", **into, letter_id=letter_id).json() == first.json()
    twice = program.post(f"{path}/letters", **into)
    assert (twice.status_code, kind(twice)) == (409, "not-possible")
    out = {"direction": "outgoing", "book": outgoing["books"][0]["book"], "paper": answer}
    for field, value in (
        *(("direction", "x"), ("book", into["book"]), ("paper", "x")),
        *(("paper", "case"), ("in_reply_to", str(uuid.uuid4())), ("following", letter_id)),
    ):
        assert field in program.post(f"{path}/letters", **{**out, field: value}).json()["errors"]
    sent = program.post(f"{path}/letters", **out, in_reply_to=letter_id, enclosed="نقشه")
    assert sent.status_code == 201
    shown = program.get(path).json()["letters"]
    assert [each["in_reply_to"] for each in shown] == ["", first.json()["number"]]
    void = f"{path}/letters/{letter_id}/voiding"
    assert "reason" in program.post(void, reason="").json()["errors"]
    assert program.post(void, reason="دوباره ثبت شد").json()["voided_at"]
    assert program.post(void, reason="دوباره ثبت شد").status_code == 200
    assert program.get(path).json()["letters"][0]["void_reason"] == "دوباره ثبت شد"
    strange = make_case(department=case.department.key)
    elsewhere = void.replace(case.code, strange.code)
    assert program.post(elsewhere, reason="دلیل").status_code == 404
    refused = of(officer).post(f"{path}/letters", **into)
    assert (refused.status_code, kind(refused)) == (403, "not-allowed")


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
    assert client.get(secret).status_code == 200
    page = client.post(secret)
    assert "desk_" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert client.post(secret).status_code == 302
    assert client.get(secret).status_code == 302, "it is not offered again"
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
