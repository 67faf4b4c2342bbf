"""The tracking page and the case: one answer for everything wrong, and nobody is locked out."""

import re
import time
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from cms_pages.enums import Role
from desk_core import throttles
from desk_core.human_check import solve
from desk_core.human_check.fields import ANSWERS
from desk_core.throttles import hit
from persian.jalali import format_date
from service_requests import codes, conversation, credentials, reading, tracking, workflow
from service_requests.days import today
from service_requests.enums import EventKind, State
from service_requests.models import Case, PendingAnswer
from tests.cms_pages.factories import DepartmentFactory, ServiceFactory, staff_user
from tests.service_requests.factories import (
    answered,
    head_of,
    in_review,
    make_case,
    officer_of,
    register,
    upload,
)

pytestmark = [pytest.mark.django_db, pytest.mark.screen]


def url(name: str) -> str:
    return reverse(f"service_requests:{name}")


@pytest.fixture
def receipt():
    return register()


def work_of_browser(page) -> dict[str, str]:
    """What a browser with JavaScript sends along with a shown form."""
    html = page.content.decode()
    fields = dict(re.findall(r'name="(human-[a-z]+)"[^>]*value="([^"]*)"', html))
    salt = re.search(r'data-salt="([^"]+)"', html)[1]
    challenge = re.search(r'data-challenge="([^"]+)"', html)[1]
    most = int(re.search(r'data-maxnumber="(\d+)"', html)[1])
    puzzle = {"salt": salt, "challenge": challenge, "maxnumber": most, "ticket": ""}
    return {**fields, "human-proof": str(solve(puzzle)["number"])}


def sign_in(client: Client, receipt) -> Client:
    response = client.post(url("track"), {"code": receipt.code, "password": receipt.password})
    assert response.status_code == 302, response.context["form"].errors
    return client


@pytest.mark.parametrize("group", ["{}", "{:.4} {:.4}", "persian", "dashes"])
def test_code_and_password_open_the_case_in_any_script_and_grouping(client, receipt, group):
    code, password = receipt.code, receipt.password
    if group == "persian":
        code = code.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
        password = password.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    elif group == "dashes":
        code, password = ("-".join(re.findall("....", text)) for text in (code, password))
    elif group != "{}":
        password = " ".join(re.findall("....", password))
    response = client.post(url("track"), {"code": code, "password": password})
    assert response.url == f"{url('case')}?in"
    page = client.get(url("case"))
    assert page.context["case"].code == receipt.code
    assert "no-store" in page["Cache-Control"]
    assert page["Referrer-Policy"] == "same-origin"


def test_a_wrong_password_and_an_unknown_code_look_the_same(client, receipt):
    wrong = client.post(url("track"), {"code": receipt.code, "password": "1" * 16})
    unknown = client.post(url("track"), {"code": "123456789010", "password": "1" * 16})
    assert wrong.status_code == unknown.status_code == 200
    assert wrong.context["form"].errors == unknown.context["form"].errors
    assert wrong.context["human"] is None


def test_a_mistyped_digit_is_said_at_the_code_and_counts_as_no_attempt(client, receipt):
    mistyped = f"{receipt.code[:-1]}{(int(receipt.code[-1]) + 1) % 10}"
    page = client.post(url("track"), {"code": mistyped, "password": receipt.password})
    assert [error.code for error in page.context["form"].errors.as_data()["code"]] == ["check"]
    assert throttles.peek(credentials.PER_CODE, mistyped).n == 0
    assert throttles.peek(credentials.PER_ADDRESS, "127.0.0.1").n == 0


def test_past_the_limit_the_right_password_still_enters_with_a_human_check(
    client, receipt, settings
):
    settings.DESK_HUMAN_CHECK_OFF = False
    stranger = Client(REMOTE_ADDR="203.0.113.9")
    for _ in range(credentials.PER_CODE.rate + 1):
        stranger.post(url("track"), {"code": receipt.code, "password": "1" * 16})
    page = client.post(url("track"), {"code": receipt.code, "password": receipt.password})
    human = page.context["human"]
    assert human is not None, "the attempt should cost a human check"
    assert "desk_tracking" not in client.cookies
    time.sleep(2.1)  # a person needs at least two seconds
    response = client.post(
        url("track"), {"code": receipt.code, "password": receipt.password, **work_of_browser(page)}
    )
    assert response.status_code == 302, response.context["human"].errors


def test_a_stranger_who_tries_meanwhile_does_not_undo_the_work_of_a_browser(
    client, receipt, settings
):
    settings.DESK_HUMAN_CHECK_OFF = False
    settings.DESK_HUMAN_DIFFICULTY = 100
    settings.DESK_FORM_MIN_SECONDS = 0
    for _ in range(2 * credentials.PER_CODE.rate - 1):
        hit(credentials.PER_CODE, receipt.code)
    right = {"code": receipt.code, "password": receipt.password}
    page = client.post(url("track"), right)
    assert 'data-maxnumber="200"' in page.content.decode()
    answer = work_of_browser(page)
    hit(credentials.PER_CODE, receipt.code)
    assert credentials.required_difficulty(code=receipt.code, address="x") == 400
    response = client.post(url("track"), {**right, **answer})
    assert response.status_code == 302, response.context["human"].errors


def test_answers_in_words_are_counted_by_the_code_and_then_both_are_asked_for(
    client, receipt, settings
):
    settings.DESK_HUMAN_CHECK_OFF = False
    for _ in range(credentials.PER_CODE.rate + 1):
        hit(credentials.PER_CODE, receipt.code)
    for _ in range(ANSWERS.rate + 1):
        hit(ANSWERS, f"code:{receipt.code}")
    both = gettext(
        "Many answers were given just now. Please answer both: the picture and the question."
    )
    right = {"code": receipt.code, "password": receipt.password}
    assert both in client.post(url("track"), right).content.decode()
    other = {"code": codes.new_code(), "password": receipt.password}
    for _ in range(credentials.PER_CODE.rate + 1):
        page = client.post(url("track"), other)
    assert page.context["human"]
    assert both not in page.content.decode()


def test_without_the_cookie_there_is_a_message_and_no_circle(client, receipt):
    response = client.post(url("track"), {"code": receipt.code, "password": receipt.password})
    page = Client().get(response.url)
    assert page.status_code == 400
    assert Client().get(url("case")).url == url("track")


def test_leaving_ends_the_session_everywhere(client, receipt):
    sign_in(client, receipt)
    stolen = client.cookies["desk_tracking"].value
    client.post(url("leave"))
    other = Client()
    other.cookies["desk_tracking"] = stolen
    assert other.get(url("case")).url == f"{url('track')}?over"


def test_the_applicant_writes_and_attaches(client, receipt):
    sign_in(client, receipt)
    page = client.get(url("case"))
    key = page.context["message_form"]["message_id"].value()
    data = {"text": "مدارک پیوست شد.", "message_id": str(key)}
    for _ in range(2):  # a double click is one message
        response = client.post(url("case_message"), {**data, "files": [upload()]})
        assert response.url == f"{url('case')}?written"
    case = Case.objects.get()
    assert case.messages.count() == 1
    other = client.post(url("case_message"), {**data, "text": "سخنی دیگر"})
    form = other.context["message_form"]
    assert form.errors
    assert form["text"].value() == "سخنی دیگر"
    again = {"text": "سخنی دیگر", "message_id": form["message_id"].value()}
    assert client.post(url("case_message"), again).url == f"{url('case')}?written"
    assert case.messages.count() == 2
    file = case.attachments.get()
    sent = client.get(reverse("service_requests:case_file", args=[file.pk]))
    assert b"".join(sent.streaming_content).startswith(b"%PDF")
    assert sent["Content-Disposition"].startswith("attachment")
    assert "sandbox" in sent["Content-Security-Policy"]


def test_a_file_of_another_case_is_not_found(client, receipt):
    sign_in(client, receipt)
    other = register(files=[])
    foreign = make_case()
    from service_requests.attachments import IncomingFile

    conversation.citizen_adds(case=foreign, text="x", files=[IncomingFile.of(upload())])
    file = foreign.attachments.get()
    assert client.get(reverse("service_requests:case_file", args=[file.pk])).status_code == 404
    assert other.code != receipt.code


def test_an_empty_message_is_told_at_the_field(client, receipt):
    sign_in(client, receipt)
    shown = client.get(url("case")).content.decode()
    form = shown[shown.index('id="write"') :]
    form = form[: form.index("</form>")]
    assert gettext("(optional)") not in form
    assert gettext("Write a message, attach a file, or both.") in form
    page = client.post(url("case_message"), {"text": ""})
    assert page.status_code == 200
    wanted = gettext("Write a message or attach a file.")
    assert page.context["message_form"].errors["text"] == [wanted]
    assert wanted in page.content.decode()


def test_the_answer_is_read_rated_once_and_objected_to(client):
    case, officer = answered()
    password = reissued(case, officer)
    sign_in(client, password)
    page = client.get(url("case"))
    assert "کار انجام شد." in page.content.decode()
    assert client.post(url("case_survey")).url == url("survey")
    response = client.post(url("survey"), {"overall": "2", "comment": "دیر بود"})
    assert response.url == f"{url('survey_thanks')}?case&unhappy"
    thanks = client.get(response.url).content.decode()
    assert f'href="{url("track")}"' in thanks, "the way to have it looked at again"
    assert case.code not in thanks
    again = client.post(url("survey"), {"overall": "5"})
    assert again.url == f"{url('survey_thanks')}?case&again"
    assert client.get(url("survey")).status_code == 200
    assert client.post(url("case_survey")).status_code == 200, "rated already"
    assert PendingAnswer.objects.count() == 1
    response = client.post(url("case_objection"), {"text": "پاسخ کامل نبود و کار نشد."})
    assert response.url == f"{url('case')}?objected"
    case.refresh_from_db()
    assert case.state == State.OBJECTED


def hidden(page, form):
    """The identity that a form of the page brings along."""
    return str(page.context[form]["message_id"].value())


def test_what_is_sent_again_after_a_lost_reply_is_answered_as_the_first_time(client):
    case, officer = answered()
    sign_in(client, reissued(case, officer))
    page = client.get(url("case"))
    objection = {"text": "پاسخ کامل نبود.", "message_id": hidden(page, "objection_form")}
    for name, data, done in (("case_objection", objection, "objected"),):
        for _ in range(2):
            assert client.post(url(name), data).url == f"{url('case')}?{done}"
    leaving = {"sure": "on", "message_id": hidden(client.get(url("case")), "withdraw_form")}
    for _ in range(2):
        assert client.post(url("case_withdrawal"), leaving).url == f"{url('case')}?withdrawn"


def test_a_closed_case_is_opened_again_with_a_reason(client):
    case, officer = answered()
    sign_in(client, reissued(case, officer))
    case.refresh_from_db()
    assert client.get(url("case")).context["reopening_form"] is None
    workflow.close(case=case, actor=officer, expected=case.version)
    page = client.get(url("case"))
    assert page.context["objection_form"] is None
    key = hidden(page, "reopening_form")
    refused = client.post(url("case_reopening"), {"text": "نه", "message_id": key})
    assert list(refused.context["reopening_form"].errors) == ["text"]
    assert f'value="{key}"' in refused.content.decode()
    for _ in range(2):
        again = client.post(url("case_reopening"), {"text": "هنوز خراب است.", "message_id": key})
        assert again.url == f"{url('case')}?reopened"
    case.refresh_from_db()
    assert case.state == State.IN_REVIEW
    assert case.events.filter(kind="reopened").count() == 1


def test_neither_objection_nor_reopening_is_offered_after_its_time(client):
    case, officer = answered()
    sign_in(client, reissued(case, officer))
    past = timezone.now() - timedelta(days=31)
    Case.objects.filter(pk=case.pk).update(answered_at=past)
    assert client.get(url("case")).context["objection_form"] is None
    Case.objects.filter(pk=case.pk).update(state=State.CLOSED, closed_at=past)
    assert client.get(url("case")).context["reopening_form"] is None


def test_a_file_may_be_sent_without_words(client, receipt):
    sign_in(client, receipt)
    sent = client.post(url("case_message"), {"text": "", "files": [upload()]})
    assert sent.url == f"{url('case')}?written"
    assert Case.objects.get().attachments.count() == 1


def test_earlier_words_stay_those_of_the_department_that_wrote_them(client):
    case, officer = in_review()
    roads, land = case.department, DepartmentFactory()
    conversation.staff_writes(case=case, actor=officer, text="سخن نخست")
    case.refresh_from_db()
    workflow.refer(
        case=case, actor=officer, expected=case.version, department=land, reason="کار آنهاست"
    )
    case.refresh_from_db()
    conversation.staff_writes(case=case, actor=officer_of(case), text="سخن دوم")
    sign_in(client, reissued(case, officer_of(case)))
    page = client.get(url("case"))
    writers = [(message.text, writer) for message, writer in page.context["talk"]]
    assert writers == [("سخن نخست", str(roads)), ("سخن دوم", str(land))]
    token = tracking.open_session(credential=case.credentials.get(ended_at=None))[0]
    shown = client.get(
        "/api/desk/v1/session/case", headers={"Authorization": f"Bearer {token}"}
    ).json()
    assert [row["department"] for row in shown["messages"]] == [str(roads), str(land)]


def test_what_the_complaints_office_writes_is_not_said_by_the_unit_complained_of(client):
    receipt = register("complaint")
    case = receipt.case
    conversation.staff_writes(case=case, actor=staff_user(Role.COMPLAINTS), text="در دست بررسی")
    sign_in(client, receipt)
    ((_message, writer),) = client.get(url("case")).context["talk"]
    assert writer != str(case.complained_department)


@pytest.mark.parametrize("fee", [0, 250_000])
def test_the_fee_is_that_of_the_service(client, fee):
    service = ServiceFactory(fee=fee)
    receipt = register(service=service.key)
    sign_in(client, receipt)
    with translation.override("en"):
        assert client.get(url("track")).status_code == 200
        html = client.get(reverse("service_requests:case")).content.decode()
    assert ("Free of charge" in html) is (fee == 0)
    assert ("rials" in html) is (fee > 0)


def test_withdrawing_needs_a_tick(client, receipt):
    sign_in(client, receipt)
    assert client.post(url("case_withdrawal"), {}).context["withdraw_form"].errors
    client.post(url("case_withdrawal"), {"sure": "on"})
    assert Case.objects.get().state == State.WITHDRAWN


def test_no_internal_word_reaches_the_applicant(client):
    from service_requests import notes

    case, officer = in_review()
    notes.add(case=case, actor=officer, text="این یادداشت داخلی است")
    sign_in(client, reissued(case, officer))
    html = client.get(url("case")).content.decode()
    assert "این یادداشت داخلی است" not in html
    assert officer.username not in html


def test_the_case_page_is_read_in_few_queries(client, receipt, django_assert_max_num_queries):
    sign_in(client, receipt)
    client.get(url("case"))
    with django_assert_max_num_queries(24):
        client.get(url("case"))


def reissued(case, officer):
    from service_requests.intake import new_submission_key
    from tests.service_requests.factories import head_of

    return credentials.reissue(case=case, actor=head_of(case), slip_key=new_submission_key())


def test_visits_show_time_place_and_what_to_bring(client):
    import datetime as dt

    case, officer = in_review()
    workflow.request_visit(
        case=case,
        actor=officer,
        expected=case.version,
        at=dt.datetime.now(dt.UTC) + dt.timedelta(days=3),
        place="اتاق ۱۲",
        bring="شناسنامه",
    )
    sign_in(client, reissued(case, officer))
    html = client.get(url("case")).content.decode()
    assert "اتاق ۱۲" in html
    assert "شناسنامه" in html


def test_a_complainant_is_never_told_that_the_unit_complained_of_has_it(client):
    receipt = register("complaint")
    unit = str(receipt.case.complained_department)
    sign_in(client, receipt)
    page = client.get(url("case"))
    assert page.context["holder"] != unit
    assert unit not in page.context["sentence"]
    assert unit not in [step["holder"] for step in page.context["course"]]
    answer = client.post(
        "/api/desk/v1/sessions",
        {"code": receipt.code, "password": receipt.password},
        content_type="application/json",
    )
    bearer = {"Authorization": f"Bearer {answer.json()['token']}"}
    read = client.get("/api/desk/v1/session/case", headers=bearer).json()
    assert read["department"] != unit
    assert unit not in [step["department"] for step in read["timeline"]]


@pytest.mark.parametrize(
    "deed", ["case_message", "case_objection", "case_withdrawal", "case_survey"]
)
def test_the_address_of_a_form_that_failed_can_be_reloaded(client, receipt, deed):
    sign_in(client, receipt)
    page = client.post(url(deed), {})
    assert page.status_code == 200
    for method in (client.get, client.head):
        again = method(url(deed))
        assert (again.status_code, again.url) == (302, url("case"))
    english = client.get(f"/en/{url(deed).removeprefix('/en').lstrip('/')}")
    assert english.url == "/en/requests/case/"
    assert client.put(url(deed)).status_code == 405


def test_whoever_never_signed_in_is_not_told_that_a_visit_has_ended(client, receipt):
    assert client.get(url("case")).url == url("track")
    sign_in(client, receipt)
    client.cookies["desk_tracking"] = "x" * 43
    assert client.get(url("case")).url == f"{url('track')}?over"


def test_the_applicants_own_deeds_are_told_to_them_and_are_no_departments(client, receipt):
    sign_in(client, receipt)
    client.post(url("case_message"), {"text": "یک پیام"})
    for_staff = reading.timeline(receipt.case, subject=None, public=False)
    assert for_staff[-1].label == str(EventKind.APPLICANT_WROTE.label)
    course = client.get("/en/requests/case/").context["course"]
    assert (course[-1]["label"], course[-1]["holder"]) == ("You wrote", "")
    assert course[0]["holder"] == str(receipt.case.department)
    client.post(url("case_withdrawal"), {"sure": "on"})
    page = client.get("/en/requests/case/?withdrawn")
    assert page.context["course"][-1]["label"] == "You withdrew it"
    html = page.content.decode()
    assert html.count("You have withdrawn it.") == 1
    assert "Answers will stand here" not in html
    assert "Withdrawn by the applicant" not in html
    again = client.get("/en/requests/case/").content.decode()
    assert again.count("You have withdrawn it.") == 1


def test_when_staff_begin_is_told_while_it_is_their_turn_alone(client, receipt):
    sign_in(client, receipt)
    assert client.get(url("case")).context["working"]
    case, officer = answered()
    sign_in(client, reissued(case, officer))
    assert not client.get(url("case")).context["working"]


def test_english_sentences_begin_with_a_capital(client):
    receipt = register("complaint")
    officer = staff_user(Role.COMPLAINTS)
    case = workflow.start_review(case=receipt.case, actor=officer, expected=1)
    sign_in(client, receipt)
    page = client.get("/en/requests/case/")
    assert page.context["sentence"].startswith("The complaints office is working")
    assert page.context["holder"] == "The complaints office"
    assert {step["holder"][:1] for step in page.context["course"]} <= {"T", ""}
    assert case.state == State.IN_REVIEW


def test_what_people_write_keeps_its_own_direction_and_forms_stay_off_paper(client):
    case, officer = answered()
    sign_in(client, reissued(case, officer))
    html = client.get(url("case")).content.decode()
    assert html.count('class="bubble-text words"') == 2
    for form in re.finditer(r'<form[^>]*action="[^"]*/case/(\w+)/"', html):
        if form[1] == "leave":
            continue
        block = max(html.rfind(tag, 0, form.start()) for tag in ("<section ", "<details "))
        assert "screen-only" in html[block : html.index(">", block)], form[1]


def text_of(client) -> str:
    """The page of the case in Persian."""
    with translation.override("fa"):
        address = url("case")
    return " ".join(client.get(address).content.decode().split())


def test_who_withdraws_is_told_before_that_it_ends_and_after_what_to_do_if_it_is_needed(
    client, receipt
):
    sign_in(client, receipt)
    with translation.override("fa"):
        end = gettext(
            "Then nobody works on it any more, and it cannot be taken up again. What is written "
            "stays readable here."
        )
        anew = gettext(
            "Nobody works on it any more, and it cannot be taken up again. If you need it after "
            "all, register it anew."
        )
    before = text_of(client)
    assert end in before
    assert anew not in before
    client.post(url("case_withdrawal"), {"sure": "on"})
    after = text_of(client)
    assert anew in after
    assert end not in after
    assert after.count("/requests/new/") > before.count("/requests/new/")


def test_a_case_joined_with_another_says_where_to_write_and_until_when_it_can_be_parted(client):
    first = make_case()
    receipt = register(department=first.department.key)
    merged = workflow.merge(
        case=receipt.case,
        actor=head_of(first),
        expected=receipt.case.version,
        into=first.code,
    )
    sign_in(client, receipt)
    with translation.override("fa"):
        there = gettext("If you have something to add, write there, with its own password.")
        below = gettext("If this is another matter, have it opened again below.")
        until = gettext("You can have it opened again until %(day)s.") % {
            "day": format_date(workflow.objection_until(merged))
        }
    page = text_of(client)
    assert there in page
    assert below in page
    assert until in page
    long_ago = timezone.now() - timedelta(days=60)
    Case.objects.filter(pk=merged.pk).update(closed_at=long_ago)
    later = text_of(client)
    assert there in later
    assert below not in later
    assert until not in later


def test_a_case_that_closed_by_itself_says_why(client):
    receipt = register()
    case = receipt.case
    case = workflow.start_review(case=case, actor=officer_of(case), expected=case.version)
    case = workflow.ask_info(
        case=case,
        actor=officer_of(case),
        expected=case.version,
        text="کدام کوچه؟",
        reply_by=today() + timedelta(days=3),
    )
    past = timezone.now() - timedelta(days=1)
    Case.objects.filter(pk=case.pk).update(reply_by=past, reply_announced_at=past)
    case = workflow.expire(case=Case.objects.get(pk=case.pk))
    sign_in(client, receipt)
    with translation.override("fa"):
        why = gettext("It was closed by itself, because no reply came in time.")
    assert why in text_of(client)
    workflow.reopen_for_applicant(case=case, text="هنوز به آن نیاز دارم.")
    assert why not in text_of(client)
    case = Case.objects.get(pk=case.pk)
    case = workflow.answer(
        case=case, actor=officer_of(case), expected=case.version, text="انجام شد."
    )
    workflow.close(case=case, actor=officer_of(case), expected=case.version)
    assert why not in text_of(client)
