"""Cases in the Wagtail admin: the list, the screen, the steps."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, override

from cms_pages import staffing
from cms_pages.enums import Role
from desk_core.models import AuditEntry
from persian import jalali
from persian.digits import to_ascii
from persian.templatetags.persian import code_groups
from service_requests import (
    conversation,
    credentials,
    notes,
    permissions,
    reading,
    receipts,
    workflow,
)
from service_requests.admin.action_forms import ReferForm
from service_requests.attachments import IncomingFile
from service_requests.enums import Kind, ReadReason, State
from service_requests.models import Attachment, Case, Credential, InternalNote, Message
from service_requests.surveys import answering
from tests.cms_pages.factories import DepartmentFactory, ServiceFactory, UserFactory, staff_user
from tests.service_requests.factories import (
    PDF,
    answered,
    head_of,
    in_review,
    make_case,
    officer_of,
    upload,
)

pytestmark = [pytest.mark.django_db, pytest.mark.screen]
INDEX = "service_requests_case_modeladmin_index"


def screen(case) -> str:
    return reverse("service_requests_case_modeladmin_inspect", args=[case.pk])


def act(client, case, action, expected=None, **fields):
    data = {"action": action, f"{action}-expected": expected or case.version}
    data |= {f"{action}-{name}": value for name, value in fields.items()}
    return client.post(screen(case), data)


def test_the_list_shows_facts_and_nothing_personal(client):
    case = make_case()
    client.force_login(officer_of(case))
    page = to_ascii(client.get(reverse(INDEX)).content.decode())
    assert case.code[:4] in page
    for secret in ("گلنار", "بنفشه", "0499370899", "9123456789"):
        assert secret not in page


def test_the_list_holds_only_visible_cases(client):
    mine, theirs = make_case(), make_case()
    complaint = make_case(Kind.COMPLAINT, complained_department=mine.department.key)
    client.force_login(officer_of(mine))
    page = client.get(reverse(INDEX)).content.decode()
    assert str(mine.pk) in page
    assert str(theirs.pk) not in page
    assert str(complaint.pk) not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=registered", True),
        ("state=open", True),
        ("state=closed", False),
        ("kind__exact=request", True),
        ("kind__exact=complaint", False),
        ("assigned=nobody", True),
        ("assigned=me", False),
        ("news=yes", True),
    ],
)
def test_filters_by_exact_values(client, query, found):
    case = make_case()
    client.force_login(officer_of(case))
    page = client.get(f"{reverse(INDEX)}?{query}").content.decode()
    assert (str(case.pk) in page) == found


@pytest.mark.parametrize(
    "query",
    [
        "sealed_content__startswith=a",
        "code__startswith=1",
        "credentials__secret_hash__startswith=p",
        "state=nope",
        "state__in=open",
        "department=999999",
        "department=x",
        "assigned=you",
        "assigned_to__password__startswith=a",
        "nope=1",
        "kind__exact=%00",
        "id=abc",
    ],
)
def test_no_other_look_up_is_answered(client, query):
    case = make_case()
    client.force_login(officer_of(case))
    response = client.get(f"{reverse(INDEX)}?{query}")
    assert response.status_code == 400 or str(case.pk) not in response.content.decode()
    assert response.status_code in {200, 400}


@pytest.mark.parametrize("term", ["code", "0499370899", "بنفشه", "۰۹۱۲۳۴۵۶۷۸۹"])
def test_search_finds_and_leaves_no_term_behind(client, term):
    case = make_case()
    term = case.code if term == "code" else term
    client.force_login(officer_of(case))
    page = client.get(reverse(INDEX), {"q": term}).content.decode()
    assert str(case.pk) in page
    entry = AuditEntry.objects.filter(action="case.search").first()
    assert entry is not None
    assert term not in str(entry.detail)


def test_the_list_takes_as_many_queries_for_nine_cases_as_for_one(client):
    first = make_case()
    client.force_login(officer_of(first))
    client.get(reverse(INDEX))
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as made:
            client.get(reverse(INDEX))
        counts.append([query["sql"] for query in made if "service_requests" in query["sql"]])
        for _ in range(8):
            make_case(department=first.department.key)
    # The rows, their count, for whom the reader stands in, the reader's saved filters.
    assert [len(found) for found in counts] == [4, 4]


def test_the_screen_shows_the_conversation_and_masks_the_person(client):
    case, officer = answered()
    notes.add(case=case, actor=officer, text="یادداشت همکار")
    client.force_login(officer)
    response = client.get(screen(case))
    page = response.content.decode()
    assert "بنفشه" in page
    assert "کار انجام شد." in page
    assert "یادداشت همکار" in page
    assert "0499370899" not in to_ascii(page)
    assert "آزمونی" not in page
    assert "no-store" in response["Cache-Control"]
    assert "بنفشه" not in re.search(r"<title>(.*?)</title>", page, re.S).group(1)
    assert AuditEntry.objects.filter(action="case.read", actor=officer).count() == 1


def test_the_person_opens_with_a_reason_for_a_while(client):
    case = make_case()
    client.force_login(officer_of(case))
    bad = client.post(screen(case), {"action": "open", "what": "person", "reason": "curious"})
    assert bad.status_code == 302
    assert "آزمونی" not in client.get(screen(case)).content.decode()
    client.post(screen(case), {"action": "open", "what": "person", "reason": "contact"})
    page = client.get(screen(case)).content.decode()
    assert "آزمونی" in page
    assert re.search("0912 345 6789|۰۹۱۲ ۳۴۵ ۶۷۸۹", page)
    assert AuditEntry.objects.get(action="case.read_person").detail["reason"] == "contact"
    client.post(screen(case), {"action": "close_details", "what": "person"})
    assert "آزمونی" not in client.get(screen(case)).content.decode()


def test_one_reason_opens_one_case_only(client):
    case = make_case()
    other = make_case(department=case.department.key)
    client.force_login(officer_of(case))
    client.post(screen(case), {"action": "open", "what": "person", "reason": "contact"})
    assert "آزمونی" not in client.get(screen(other)).content.decode()


@pytest.mark.parametrize("who", ["secretariat", "superuser"])
def test_secretariat_and_superuser_say_why_before_they_read(client, who):
    case = make_case(files=[IncomingFile.of(upload())])
    user = staff_user(Role.SECRETARIAT) if who == "secretariat" else UserFactory(is_superuser=True)
    client.force_login(user)
    file = file_url(case, Attachment.objects.get())
    assert "بنفشه" not in client.get(screen(case)).content.decode()
    assert client.get(file).status_code == 302
    client.post(screen(case), {"action": "open", "what": "content", "reason": "letter"})
    assert "بنفشه" in client.get(screen(case)).content.decode()
    assert client.get(file).status_code == 200
    assert {
        entry.detail["reason"]
        for entry in AuditEntry.objects.filter(action__startswith="case.read")
    } == {ReadReason.LETTER}


def test_the_auditor_sees_facts_and_no_word(client):
    case, officer = answered()
    client.force_login(staff_user(Role.AUDITOR))
    page = client.get(screen(case)).content.decode()
    assert case.code[:4] in page
    for secret in ("بنفشه", "کار انجام شد", "گ…"):
        assert secret not in page
    reason = {"action": "open", "what": "content", "reason": "supervision"}
    assert client.post(screen(case), reason).status_code == 404
    history = reverse("service_requests_case_modeladmin_history", args=[case.pk])
    assert officer.username in client.get(history).content.decode()


def test_a_whole_life_on_the_screen(client):
    case = make_case()
    officer = officer_of(case)
    client.force_login(officer)
    assert act(client, case, "start_review").status_code == 302
    case.refresh_from_db()
    assert (case.state, case.assigned_to) == (State.IN_REVIEW, officer)
    act(client, case, "ask_info", text="کدام کوچه؟")
    case.refresh_from_db()
    conversation.citizen_adds(case=case, text="بنفشه ۳")
    case.refresh_from_db()
    act(client, case, "note", text="با شهرداری هماهنگ شد")
    case.refresh_from_db()
    act(client, case, "message", text="در حال پیگیری هستیم")
    case.refresh_from_db()
    moment = timezone.now() + timedelta(days=3)
    act(
        client,
        case,
        "request_visit",
        at=jalali.format_datetime(moment, digits=False),
        place="اتاق ۱۲",
        bring="کارت ملی",
    )
    case.refresh_from_db()
    assert case.state == State.VISIT_REQUESTED
    assert "اتاق ۱۲" in client.get(screen(case)).content.decode()
    act(client, case, "answer", text="انجام شد", files=upload("پاسخ.pdf"))
    case.refresh_from_db()
    assert case.state == State.ANSWERED
    assert case.attachments.count() == 1
    act(client, case, "close")
    case.refresh_from_db()
    assert case.state == State.CLOSED


def test_two_officers_at_once_and_what_the_second_wrote_is_still_there(client):
    case, officer = in_review()
    client.force_login(officer_of(case))
    workflow.ask_info(case=case, actor=officer, expected=case.version, text="پرسش")
    workflow.start_review(case=case, actor=officer, expected=case.version + 1)
    response = act(client, case, "answer", text="پاسخ نفر دوم")
    assert response.status_code == 422
    page = response.content.decode()
    assert f'name="answer-expected" value="{case.version + 2}"' in page
    assert typed(page, "answer-text") == "پاسخ نفر دوم"
    case.refresh_from_db()
    assert case.state == State.IN_REVIEW
    act(client, case, "answer", text=typed(page, "answer-text"))
    message = reading.for_staff(case=case, user=officer).messages[-1]
    assert message.text == "پاسخ نفر دوم"


def typed(page, name) -> str:
    """What stands in a text box."""
    return re.search(rf'<textarea name="{name}"[^>]*>(.*?)</textarea>', page, re.S).group(1).strip()


def test_what_was_typed_for_a_step_that_is_over_is_still_shown_without_its_button(
    client, monkeypatch
):
    case, officer = in_review()
    client.force_login(officer_of(case))
    seen = case.version
    workflow.answer(case=case, actor=officer, expected=seen, text="پاسخ نخست", files=())
    late = act(client, case, "answer", seen, text="پاسخ دیر")
    # The other way in: the step ends between the look at the case and its lock.
    other, officer = in_review()
    client.force_login(officer_of(other))
    real = workflow.answer

    def overtaken(**given):
        real(case=other, actor=officer, expected=other.version, text="پاسخ نخست", files=())
        return real(**given)

    monkeypatch.setattr(workflow, "answer", overtaken)
    overtaken_page = act(client, other, "answer", text="پاسخ دیر")
    for response in (late, overtaken_page):
        page = response.content.decode()
        assert response.status_code == 422
        assert typed(page, "answer-text") == "پاسخ دیر"
        form = page[page.index('value="answer"') :]
        assert "<button" not in form[: form.index("</form>")]


@pytest.mark.parametrize(
    ("action", "field", "model"),
    [("message", "message_id", Message), ("note", "note_id", InternalNote)],
)
def test_a_double_click_writes_once(client, action, field, model):
    case, officer = in_review()
    client.force_login(officer)
    page = client.get(screen(case)).content.decode()
    assert "data-once" in page
    found = re.search(rf'name="{action}-{field}" value="([^"]+)"', page).group(1)
    for _ in range(2):
        sent = act(client, case, action, text="یک بار", **{field: found})
        assert sent.status_code == 302
    assert str(model.objects.get().pk) == found
    assert act(client, case, action, text="یک بار", **{field: "x"}).status_code == 422


def test_the_screen_says_nothing_about_the_survey(client):
    case, officer = answered()
    client.force_login(officer)
    before = client.get(screen(case)).content.decode()
    answering.answer_case(case=case, given={"overall": 1})
    after = client.get(screen(case)).content.decode()
    facts = re.compile(r'<section aria-labelledby="facts">.*?</dl>', re.S)
    assert facts.search(before).group() == facts.search(after).group()


def test_bad_input_keeps_what_was_typed_and_saves_nothing(client):
    case, officer = in_review()
    client.force_login(officer)
    for fields in (
        {"text": ""},
        {"text": "x" * 20_000},
        {"text": "خوب", "files": upload("a.pdf", b"MZ")},
        {"text": "\0"},
    ):
        assert act(client, case, "answer", **fields).status_code == 422
    bad_visit = act(client, case, "request_visit", at="دیروز", place="اتاق")
    assert bad_visit.status_code == 422
    assert "اتاق" in bad_visit.content.decode()
    past = act(client, case, "request_visit", at="1400/01/01 10:00", place="اتاق")
    assert past.status_code == 422
    case.refresh_from_db()
    assert case.events.count() == 2


@pytest.mark.parametrize("action", ["", "close", "reopen", "nope", "x" * 500, "assign", "\0"])
def test_what_is_not_offered_is_not_done(client, action):
    case = make_case()
    client.force_login(officer_of(case))
    response = client.post(screen(case), {"action": action, f"{action}-expected": 1})
    assert response.status_code in {302, 400}
    case.refresh_from_db()
    assert (case.state, case.version) == (State.REGISTERED, 1)


def test_a_post_without_the_token_is_refused(client):
    from django.test import Client

    case = make_case()
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(officer_of(case))
    assert act(strict, case, "start_review").status_code == 403


def test_a_complaint_is_offered_no_department_that_it_cannot_be_referred_to(
    django_assert_max_num_queries,
):
    case = make_case(Kind.COMPLAINT)
    below = DepartmentFactory(parent=case.complained_department)
    deeper, elsewhere = DepartmentFactory(parent=below), DepartmentFactory()
    office = staff_user(Role.COMPLAINTS)
    with django_assert_max_num_queries(2):
        form = ReferForm(case=case, user=office)
        offered = set(form.fields["department"].queryset)
    assert elsewhere in offered
    assert not offered & {case.complained_department, below, deeper}


def test_referring_away_leads_back_to_the_list(client):
    case = make_case()
    client.force_login(officer_of(case))
    response = act(
        client, case, "refer", department=DepartmentFactory().pk, reason="در صلاحیت شما نیست"
    )
    assert response["Location"] == reverse(INDEX)
    assert client.get(screen(case)).status_code == 404


def test_who_has_the_case_and_what_comes_next_stand_before_everything_else(client):
    case = make_case()
    officer = officer_of(case)
    client.force_login(officer)

    def top() -> str:
        page = client.get(screen(case)).content.decode()
        found = re.search(r'<section class="desk-next".*?</section>', page, re.S)
        assert found is not None
        assert found.start() < page.index('id="talk"')
        return found[0]

    before = top()
    assert gettext("Nobody has taken the case yet.") in before
    # One press, without anything to open or to fill in.
    form = next(f for f in re.findall("<form.*?</form>", before, re.S) if 'value="take"' in f)
    assert f">{gettext('Take it')}</button>" in form
    assert f"<summary>{gettext('Take it')}" not in before
    sent = dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', form))
    assert client.post(screen(case), sent).status_code == 302
    case.refresh_from_db()
    assert case.assigned_to == officer
    assert gettext("The case is yours.") in top()
    assert 'value="take"' not in top()
    client.force_login(head_of(case))
    assert (officer.get_full_name() or officer.get_username()) in top()


def test_a_head_assigns_to_their_own_people(client):
    case = make_case()
    officer, stranger = officer_of(case), staff_user(Role.OFFICER)
    client.force_login(head_of(case))
    assert act(client, case, "assign", to=stranger.pk).status_code == 422
    act(client, case, "assign", to=officer.pk)
    case.refresh_from_db()
    assert case.assigned_to == officer


def file_url(case, attachment) -> str:
    return reverse("service_requests_admin:file", args=[case.pk, attachment.pk])


def test_a_file_is_a_download_and_never_a_page(client):
    case = make_case(files=[IncomingFile.of(upload())])
    client.force_login(officer_of(case))
    response = client.get(file_url(case, Attachment.objects.get()))
    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert "no-store" in response["Cache-Control"]
    assert AuditEntry.objects.filter(action="case.read_file").count() == 1


def test_reissuing_prints_a_slip_once_and_the_password_is_on_no_screen(client):
    case = make_case()
    client.force_login(officer_of(case))
    page = client.get(screen(case)).content.decode()
    key = re.search(r'name="reissue-slip_key" value="([^"]+)"', page).group(1)
    refused = act(client, case, "reissue", slip_key=key)
    assert refused.status_code == 422
    stated = {"identity_checked": "on", "reason": "lost_password", "identity": "passport"}
    response = act(client, case, "reissue", slip_key=key, **stated)
    password = receipts.open_receipt(submission_key=key).password
    assert password not in re.sub(r"\D", "", to_ascii(response.content.decode()))
    entry = AuditEntry.objects.get(action="credential.reissued")
    assert entry.detail == {"identity": "passport", "reason": "lost_password"}
    found = credentials.verify(code=case.code, password=password, address="192.0.2.9")
    assert found.issued_by_id is not None
    assert Credential.objects.filter(case=case).count() == 2
    door = reverse("service_requests_admin:slip_pdf", args=[case.pk])
    other = reverse("service_requests_admin:slip_pdf", args=[make_case().pk])
    assert client.post(other, {"submission_key": key}).status_code == 404
    assert client.get(door).status_code == 405
    printed = client.post(door, {"submission_key": key})
    assert printed.content.startswith(b"%PDF")
    assert "no-store" in printed["Cache-Control"]
    assert client.post(door, {"submission_key": key}).status_code == 302
    assert receipts.open_receipt(submission_key=key).password is None


def test_an_export_is_facts_only_and_for_heads(client):
    case = make_case()
    client.force_login(officer_of(case))
    url = f"{reverse(INDEX)}?export=csv"
    assert client.get(url).status_code in {302, 403}
    client.force_login(head_of(case))
    text = b"".join(client.get(url)).decode()
    assert case.code in text
    for secret in ("گلنار", "بنفشه", "0499370899"):
        assert secret not in text
    assert AuditEntry.objects.filter(action="list.export").exists()


def test_an_export_holds_what_the_reader_answers_for(client):
    led = make_case()
    other = make_case()
    complaint = make_case(Kind.COMPLAINT)
    head = head_of(led)
    staffing.assign(user=head, role=Role.OFFICER, department=other.department)
    client.force_login(head)
    page = client.get(reverse(INDEX)).content.decode()
    assert str(led.pk) in page
    assert str(other.pk) in page
    text = b"".join(client.get(f"{reverse(INDEX)}?export=csv")).decode()
    assert led.code in text
    assert other.code not in text
    assert AuditEntry.objects.get(action="list.export").detail["rows"] == 1
    client.force_login(staff_user(Role.COMPLAINTS))
    text = b"".join(client.get(f"{reverse(INDEX)}?export=csv")).decode()
    assert complaint.code in text
    assert led.code not in text
    leading = get_user_model().objects.get(pk=head.pk)
    for user in (leading, staff_user(Role.COMPLAINTS), UserFactory(is_superuser=True)):
        for case in Case.objects.all():
            may = permissions.user_can_export(user, case)
            assert Case.objects.led_by(user).filter(pk=case.pk).exists() == may


def test_the_history_says_why_a_person_was_looked_at(client):
    case = make_case()
    officer = officer_of(case)
    reading.person_for_staff(case=case, user=officer, reason=ReadReason.LAWFUL)
    client.force_login(head_of(case))
    page = client.get(reverse("service_requests_case_modeladmin_history", args=[case.pk]))
    html = page.content.decode()
    with override("fa"):
        assert gettext("Personal details read") in html
        assert str(ReadReason.LAWFUL.label) in html
    assert "case.read_person" not in html


def test_the_history_of_a_case_is_for_who_answers_for_it(client):
    led, other = make_case(), make_case()
    head = head_of(led)
    staffing.assign(user=head, role=Role.OFFICER, department=other.department)
    client.force_login(head)
    for case, shown in ((led, True), (other, False)):
        url = reverse("service_requests_case_modeladmin_history", args=[case.pk])
        assert (client.get(url).status_code == 200) == shown
        assert (url in client.get(screen(case)).content.decode()) == shown


def test_an_export_takes_as_many_queries_for_five_cases_as_for_one(client):
    service = ServiceFactory()
    case = make_case(service=service.key)
    client.force_login(head_of(case))
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as made:
            assert case.code in b"".join(client.get(f"{reverse(INDEX)}?export=csv")).decode()
        counts.append(sum("cms_pages_service" in query["sql"] for query in made))
        for _ in range(4):
            make_case(service=service.key)
    assert counts[0] == counts[1]


def test_the_home_page_shows_mine_and_what_is_new(client):
    mine, officer = in_review()
    new = make_case(department=mine.department.key)
    other = make_case()
    client.force_login(officer)
    page = client.get(reverse("wagtailadmin_home")).content.decode()
    assert screen(mine) in page
    assert screen(new) in page
    assert screen(other) not in page
    client.force_login(staff_user(Role.EDITOR, mine.department))
    assert screen(mine) not in client.get(reverse("wagtailadmin_home")).content.decode()


def test_the_home_offers_a_search_that_works_for_the_role(client):
    case = make_case()
    client.force_login(officer_of(case))
    home = client.get(reverse("wagtailadmin_home")).content.decode()
    [form] = re.findall(r'<form[^>]*role="search".*?</form>', home, re.S)
    assert f'action="{reverse(INDEX)}"' in form
    found = client.post(reverse(INDEX), {"q": case.code}, follow=True)
    assert case.code[:4] in found.content.decode()
    client.force_login(staff_user(Role.EDITOR))
    home = client.get(reverse("wagtailadmin_home")).content.decode()
    [form] = re.findall(r'<form[^>]*role="search".*?</form>', home, re.S)
    assert "/admin/pages/" in form
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    home = client.get(reverse("wagtailadmin_home")).content.decode()
    assert len(re.findall(r'role="search"', home)) == 2


def test_the_date_of_a_visit_has_the_calendar_and_an_example(client):
    case, officer = in_review()
    client.force_login(officer)
    page = client.get(screen(case)).content.decode()
    box = re.search(r'<input[^>]*name="request_visit-at"[^>]*>', page)[0]
    assert "desk-jalali" in box
    assert "persian/jalali.js" in page
    assert re.search("[1۱][4۴][0۰][5۵]/[0۰][9۹]/[0۰][1۱] [1۱][0۰]:[3۳][0۰]", page)
    typed = "۱۴۲۰/۰۹/۰۱ ۱۰:۳۰"
    asked = act(client, case, "request_visit", at=typed, place="اتاق")
    assert asked.status_code == 302
    visit = reading.for_staff(case=Case.objects.get(), user=officer).messages[-1].visit_at
    assert (
        jalali.format_datetime(visit).translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")) == typed
    )


def test_the_heading_has_the_code_in_groups_and_the_details_are_written_for_people(client):
    case = make_case()
    client.force_login(officer_of(case))
    client.post(screen(case), {"action": "open", "what": "person", "reason": ReadReason.CASEWORK})
    page = client.get(screen(case)).content.decode()
    heading = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.S)[1]
    assert code_groups(case.code) in heading
    assert case.code in re.search("<title>(.*?)</title>", page, re.S)[1]
    for shown in ("0912 345 6789", "0499370899"):
        local = f"{shown.translate(str.maketrans('0123456789', '۰۱۲۳۴۵۶۷۸۹'))}</bdi>"
        assert f"{shown}</bdi>" in page or local in page
    assert 'class="words"' in page


def test_the_empty_choice_of_a_department_is_said_in_words(client):
    case, officer = in_review()
    client.force_login(officer)
    assert "---------" not in client.get(screen(case)).content.decode()


def test_the_filters_fold_into_one_on_a_phone(client):
    case = make_case()
    client.force_login(officer_of(case))
    page = client.get(reverse(INDEX)).content.decode()
    toggle = page.index('class="desk-list__toggle"')
    choices = page.index('class="desk-list__choices"')
    assert toggle < choices < page.index('class="desk-list__filter"')
