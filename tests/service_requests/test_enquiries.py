"""One question to a third party: what they see, what they answer, and when it is over."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cms_pages.enums import Role
from desk_core.models import AuditEntry, OutgoingMessage
from desk_core.sealing import erase, open_subject
from persian.templatetags.persian import file_size
from service_requests import conversation, cookies, enquiries, limits, reading, workflow
from service_requests.attachments import IncomingFile
from service_requests.enums import EventKind, Kind
from service_requests.errors import Conflict, NotAllowed, NotPossible
from service_requests.models import Case, Enquiry
from service_requests.subject_export import records
from tests.cms_pages.factories import staff_user
from tests.service_requests.factories import in_review, make_case, register, upload

pytestmark = [pytest.mark.django_db, pytest.mark.screen]
API = "/api/desk/v1/question"
QUESTION = "پهنای حریم این کوچه چند متر است؟"
SHOWN = "کوچه‌ای در شمال شهر"
PARTY = "مهندس ناظر شهرداری"
ANSWER = "دوازده متر است."


def fresh(case) -> Case:
    return Case.objects.get(pk=case.pk)


def ask(case, officer, **changes) -> enquiries.Asked:
    words = {"party": PARTY, "question": QUESTION, "shown": SHOWN, "days": 7, **changes}
    return enquiries.ask(case=case, actor=officer, expected=fresh(case).version, **words)


@pytest.fixture
def asked():
    """A case under review with two files, a question that shows one of them, and its officer."""
    case, officer = in_review()
    conversation.citizen_adds(
        case=case,
        text="پیام خصوصی",
        files=[IncomingFile.of(upload("نقشه.pdf")), IncomingFile.of(upload("کارت ملی.pdf"))],
    )
    chosen, hidden = case.attachments.all()
    return ask(fresh(case), officer, files=[chosen.pk]), chosen, hidden, officer


def url(name, *args) -> str:
    return reverse(f"service_requests:{name}", args=args)


def entered(link: str) -> Client:
    client = Client()
    response = client.post(url("question"), {"token": link})
    assert response.status_code == 302, response.content.decode()
    return client


def test_the_link_shows_what_staff_chose_and_nothing_else(asked):
    made, chosen, hidden, _officer = asked
    case = made.enquiry.case
    client = entered(made.link)
    page = client.get(url("question_answer"))
    text = page.content.decode()
    assert QUESTION in text
    assert SHOWN in text
    assert file_size(chosen.size) in text
    for secret in (PARTY, case.code, "بنفشه", "گلنار", "0499370899", "9123456789", "پیام خصوصی"):
        assert secret not in text, secret
    assert "no-store" in page["Cache-Control"]
    file = client.get(url("question_file", chosen.pk))
    assert file.status_code == 200
    assert file["Content-Disposition"].startswith("attachment")
    for other in (hidden.pk, uuid.uuid4()):
        assert client.get(url("question_file", other)).status_code == 404
    assert Client().get(url("question_file", chosen.pk)).status_code == 302
    # Nothing of the case itself is opened by it.
    assert client.get(url("case")).status_code == 302


def test_the_answer_comes_once_reaches_staff_and_never_the_applicant(asked):
    made, _chosen, _hidden, officer = asked
    client = entered(made.link)
    before = OutgoingMessage.objects.count()
    assert client.post(url("question_answer"), {"text": "", "name": ""}).status_code == 200
    done = client.post(url("question_answer"), {"text": ANSWER, "name": "رضا ناظر"})
    assert done.status_code == 302
    over = client.get(url("question_answer"))
    assert over.status_code == 200
    assert QUESTION not in over.content.decode()
    again = client.post(url("question_answer"), {"text": "دوم", "name": "دیگری"})
    assert "دوم" not in again.content.decode()
    case = fresh(made.enquiry.case)
    assert case.unread_by_staff
    assert case.events.last().kind == EventKind.THIRD_ANSWERED
    told = OutgoingMessage.objects.all()[before:]
    assert {message.template for message in told} <= {"service_requests/messages/staff_third"}
    view = reading.for_staff(case=case, user=officer)
    assert [(each.answer, each.answered_by, each.status) for each in view.enquiries] == [
        (ANSWER, "رضا ناظر", "answered")
    ]
    subject = open_subject(case.subject_key)
    kinds = {event.kind for event in reading.timeline(case, subject=subject, public=True)}
    assert not kinds & {EventKind.THIRD_ASKED, EventKind.THIRD_ANSWERED}
    taken = list(records.records([case.pk], language="fa", masked=False))
    assert not any(word in repr(taken) for word in (QUESTION, ANSWER, PARTY, SHOWN))


def test_no_word_of_it_lies_in_clear(asked):
    made, *_rest = asked
    row = Enquiry.objects.values().get()
    stored = repr(row) + repr(list(AuditEntry.objects.values()))
    token = made.link.rpartition("#")[2]
    for word in (QUESTION, SHOWN, PARTY, token):
        assert word not in stored
        assert word.encode() not in bytes(row["sealed_question"])
    assert token not in repr(made)


def test_a_link_ends_with_its_time_its_case_or_when_it_is_withdrawn(asked):
    made, _chosen, _hidden, officer = asked
    client = entered(made.link)
    Enquiry.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    page = client.get(url("question_answer"))
    assert (page.status_code, QUESTION in page.content.decode()) == (410, False)
    Enquiry.objects.update(expires_at=timezone.now() + timedelta(days=1))
    assert client.get(url("question_answer")).status_code == 200
    enquiries.revoke(enquiry=made.enquiry, actor=officer)
    enquiries.revoke(enquiry=made.enquiry, actor=officer)
    assert client.get(url("question_answer")).status_code == 410
    with pytest.raises(NotPossible):
        enquiries.answer(enquiry=made.enquiry, name="ن", text=ANSWER)
    second = ask(made.enquiry.case, officer)
    case = fresh(made.enquiry.case)
    workflow.answer(case=case, actor=officer, expected=case.version, text="پاسخ")
    gone = entered(second.link).get(url("question_answer"))
    assert (gone.status_code, QUESTION in gone.content.decode()) == (410, False)
    assert fresh(case).events.filter(kind=EventKind.THIRD_REVOKED).count() == 1


def test_an_erased_person_leaves_no_question(asked):
    made, chosen, *_rest = asked
    client = entered(made.link)
    erase(made.enquiry.case.subject_key)
    assert client.get(url("question_answer")).status_code == 410
    assert client.get(url("question_file", chosen.pk)).status_code == 404


@pytest.mark.parametrize("token", ["", "x", "#", "\0", "a" * 43, "a" * 600, "👩" * 43])
def test_no_other_token_opens_anything(asked, token):
    client = Client()
    page = client.post(url("question"), {"token": token})
    assert page.status_code == 200
    client.cookies["desk_question"] = "forged"
    assert client.get(url("question_answer")).status_code == 302
    wrong = client.post(f"{API}", {"token": token}, "application/json")
    assert wrong.status_code == 422


def test_guessing_is_slowed_down(monkeypatch):
    monkeypatch.setattr(limits, "QUESTIONS", type(limits.QUESTIONS)("questions-test", 2, 600))
    statuses = [Client().post(url("question"), {"token": "a" * 43}).status_code for _n in range(4)]
    assert statuses == [200, 200, 429, 429]
    assert cookies.QUESTION


def test_the_api_opens_and_answers_with_the_same_rules(asked, client):
    made, *_rest = asked
    token = {"token": made.link.rpartition("#")[2]}
    shown = client.post(API, token, "application/json").json()
    assert (shown["question"], shown["shown"]) == (QUESTION, SHOWN)
    assert set(shown) == {"question", "shown", "files", "until"}
    bad = client.post(f"{API}/answer", token | {"name": "", "text": ""}, "application/json")
    assert bad.status_code == 422
    good = {"name": "ن", "text": ANSWER}
    assert client.post(f"{API}/answer", token | good, "application/json").status_code == 204
    for path in (API, f"{API}/answer"):
        assert client.post(path, token | good, "application/json").status_code == 409
    assert Enquiry.objects.get().answered_at is not None


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"party": ""}, "party"),
        ({"question": " "}, "question"),
        ({"question": "x" * 6000}, "question"),
        ({"days": 0}, "days"),
        ({"days": 31}, "days"),
        ({"email": "نشانی"}, "email"),
        ({"files": [uuid.uuid4()]}, "files"),
    ],
)
def test_what_cannot_be_asked_is_said_at_its_field(wrong, field):
    case, officer = in_review()
    with pytest.raises(ValidationError) as refused:
        ask(case, officer, **wrong)
    assert set(refused.value.message_dict) == {field}
    assert not Enquiry.objects.exists()
    assert fresh(case).version == case.version


def test_who_may_ask_and_how_many():
    case, officer = in_review()
    for stranger in (staff_user(Role.OFFICER), staff_user(Role.AUDITOR), staff_user(Role.EDITOR)):
        with pytest.raises(NotAllowed):
            ask(case, stranger)
    with pytest.raises(Conflict):
        enquiries.ask(case=case, actor=officer, expected=1, party=PARTY, question=QUESTION)
    for _each in range(enquiries.MOST_OPEN):
        made = ask(case, officer)
    with pytest.raises(NotPossible):
        ask(case, officer)
    with pytest.raises(NotAllowed):
        enquiries.revoke(enquiry=made.enquiry, actor=staff_user(Role.HEAD))
    complaint = make_case(Kind.COMPLAINT)
    with pytest.raises(NotAllowed):
        ask(complaint, staff_user(Role.HEAD, complaint.department))


def test_a_file_of_another_case_is_never_shown():
    case, officer = in_review()
    other = register(files=[IncomingFile.of(upload())]).case
    with pytest.raises(ValidationError):
        ask(case, officer, files=[other.attachments.get().pk])


def test_the_link_is_mailed_where_an_address_was_given_and_shown_once(client):
    case, officer = in_review()
    client.force_login(officer)
    screen = reverse("service_requests_case_modeladmin_inspect", args=[case.pk])
    data = {
        "action": "enquire",
        "enquire-expected": case.version,
        "enquire-party": PARTY,
        "enquire-question": QUESTION,
        "enquire-days": "3",
        "enquire-email": "third@example.ir",
    }
    page = client.post(screen, data)
    link = page.context["link"]
    assert link in page.content.decode()
    message = OutgoingMessage.objects.get(template="service_requests/messages/third_question")
    content = open_subject(case.subject_key).open_json(bytes(message.sealed), record=message.record)
    assert content["context"]["link"] == link
    assert client.post(screen, data).status_code == 422  # a reload asks nothing twice
    shown = client.get(screen).content.decode()
    assert QUESTION in shown
    assert link.rpartition("#")[2] not in shown
    revoked = client.post(
        screen,
        {
            "action": "revoke_enquiry",
            "revoke_enquiry-expected": fresh(case).version,
            "revoke_enquiry-enquiry": Enquiry.objects.get().pk,
        },
    )
    assert revoked.status_code == 302
    assert Enquiry.objects.get().revoked_at is not None
