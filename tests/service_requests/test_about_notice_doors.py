"""The screens and the API around requests about a notice: what they show, and to whom."""

import json
from datetime import timedelta
from io import BytesIO
from uuid import uuid4
from zipfile import ZipFile

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from cms_pages.enums import Role
from desk_core.sealing import Erased, open_subject
from notices.enums import Kind
from persian.digits import to_ascii
from service_requests import erasing, history, workflow
from service_requests.about_notices import answering, linking
from service_requests.about_notices.answering import Chosen
from service_requests.enums import GroupResult, State
from service_requests.models import Case, CaseNotice, GroupAnswer, StoredReply
from tests.cms_pages.factories import DepartmentFactory, ServiceFactory, UserFactory, staff_user
from tests.notices.factories import ago, make_index, published
from tests.service_requests.about_notices import about, linked, over
from tests.service_requests.factories import register, secret_of

pytestmark = [pytest.mark.django_db, pytest.mark.screen]
TITLE = "قطعی سامانهٔ پروانه"


@pytest.fixture
def department():
    return DepartmentFactory()


@pytest.fixture
def service(department):
    return ServiceFactory(department=department)


@pytest.fixture
def page(service):
    return published(make_index(), title=TITLE, services=[service], starts_at=ago(hours=1))


@pytest.fixture
def notice(page):
    return page.notice


@pytest.fixture
def head(department):
    return staff_user(Role.HEAD, department)


@pytest.fixture
def at_work(client, head):
    client.force_login(head)
    return client


def screen(case):
    return reverse("service_requests_case_modeladmin_inspect", args=[case.pk])


def about_url(notice):
    return reverse("service_requests_admin:about_notice", args=[notice.pk])


def answer_url(notice):
    return reverse("service_requests_admin:answer_linked", args=[notice.pk])


def text_of(response):
    return response.content.decode()


# A case


def test_a_case_offers_what_it_may_be_about_and_one_click_confirms(at_work, notice, service):
    case = about(service)
    with translation.override("en"):
        shown = text_of(at_work.get(screen(case)))
    assert TITLE in shown
    data = {
        "action": "link_notice",
        "link_notice-expected": case.version,
        "link_notice-notice": str(notice.pk),
    }
    assert at_work.post(screen(case), data).status_code == 302
    assert CaseNotice.objects.active().filter(case=case, notice=notice).exists()
    shown = text_of(at_work.get(screen(case)))
    assert about_url(notice) in shown
    data = {
        "action": "unlink_notice",
        "unlink_notice-expected": case.version + 1,
        "unlink_notice-notice": str(notice.pk),
        "unlink_notice-reason": "اشتباه بود",
    }
    assert at_work.post(screen(case), data).status_code == 302
    assert not CaseNotice.objects.active().exists()


def test_who_may_not_link_is_offered_nothing(client, notice, service, department):
    case = about(service)
    client.force_login(staff_user(Role.SECRETARIAT, department))
    assert TITLE not in text_of(client.get(screen(case)))


def test_the_list_is_narrowed_to_linked_and_to_suggested(at_work, notice, service, head):
    suggested, (is_linked, _head) = about(service), linked(notice, service, actor=head)
    neither = about(ServiceFactory(department=service.department))
    address = reverse("service_requests_case_modeladmin_index")
    for value, expected in (("linked", is_linked), ("suggested", suggested)):
        shown = to_ascii(text_of(at_work.get(address, {"notice": value})))
        for case in (suggested, is_linked, neither):
            assert (str(case.pk) in shown) is (case == expected), value


def test_ticked_cases_are_linked_at_once_each_with_its_result(at_work, notice, service):
    cases = [about(service), about(service)]
    Case.objects.filter(pk=cases[1].pk).update(state=State.CLOSED)
    data = {
        "action": "link_notice",
        "confirm": "1",
        "notice": str(notice.pk),
        "case": [str(case.pk) for case in cases],
        "seen": [f"{case.pk}:{case.version}" for case in cases],
    }
    shown = at_work.post(reverse("service_requests_admin:bulk"), data)
    assert [result.done for result in shown.context["results"]].count(True) == 1
    assert CaseNotice.objects.get().case == cases[0]
    asked = at_work.post(reverse("service_requests_admin:bulk"), {**data, "confirm": []})
    assert asked.status_code == 200


# Requests about this


def test_the_page_of_a_notice_lists_linked_and_suggested_of_ones_own(
    at_work, notice, service, head
):
    case, _head = linked(notice, service, actor=head)
    other = about(service)
    elsewhere = about(service)
    Case.objects.filter(pk=elsewhere.pk).update(department=DepartmentFactory())
    root = UserFactory(is_superuser=True)
    linking.link(case=elsewhere, actor=root, expected=elsewhere.version, notice=notice)
    response = at_work.get(about_url(notice))
    lists = dict(response.context["lists"])
    assert [list(lists[name].object_list) for name in ("linked", "suggested")] == [[case], [other]]
    assert lists["linked"].paginator.count == 1
    shown = to_ascii(text_of(response))
    assert elsewhere.code not in shown.replace(" ", "")
    assert str(elsewhere.pk) not in shown


def test_the_page_of_a_notice_costs_the_same_however_many_requests(
    at_work, notice, service, head, django_assert_max_num_queries
):
    at_work.get(about_url(notice))
    with django_assert_max_num_queries(40) as few:
        at_work.get(about_url(notice))
    for _number in range(3):
        linked(notice, service, actor=head)
        about(service)
    with django_assert_max_num_queries(len(few.captured_queries) + 4):
        at_work.get(about_url(notice))


def test_pages_beyond_the_last_and_numbers_that_are_none_do_no_harm(at_work, notice, service):
    about(service)
    for value in ("0", "-1", "999", "x", "۲", ""):
        assert at_work.get(about_url(notice), {"suggested": value}).status_code == 200


@pytest.mark.parametrize("role", [Role.EDITOR, Role.ADMINISTRATOR, None])
def test_nobody_without_cases_opens_any_of_the_pages(client, notice, service, head, role):
    linked(notice, service, actor=head)
    answer = answering.ask(**asked(notice, head))
    client.force_login(staff_user(role))
    for door in (about_url(notice), answer_url(notice), group_url(answer)):
        assert client.get(door).status_code in (302, 404)
        assert client.post(door).status_code in (302, 404, 405)


def test_an_auditor_looks_and_answers_nothing(client, notice, service, head):
    linked(notice, service, actor=head)
    client.force_login(staff_user(Role.AUDITOR))
    assert client.get(about_url(notice)).status_code == 200
    assert client.get(answer_url(notice)).status_code == 404


def test_a_withdrawn_notice_is_known_to_whoever_has_a_case_about_it(client, page, service, head):
    notice = page.notice
    case, officer = linked(notice, service)
    page.unpublish()
    for user, status in ((officer, 200), (head, 200), (staff_user(Role.OFFICER), 404)):
        client.force_login(user)
        assert client.get(about_url(notice)).status_code == status
    assert case.notice_links.active().exists()


def test_news_have_no_requests(at_work):
    news = published(make_index(), kind=Kind.ANNOUNCEMENT).notice
    assert at_work.get(about_url(news)).status_code == 404


def test_the_list_of_notices_leads_there_those_who_work_with_requests(client, notice, head):
    address = reverse("notices_notice_modeladmin_index")
    client.force_login(head)
    assert about_url(notice) in text_of(client.get(address))
    client.force_login(staff_user(Role.EDITOR))
    assert about_url(notice) not in text_of(client.get(address))


# One answer for all


def asked(notice, actor, **changes):
    return {
        "answer_id": uuid4(),
        "notice": notice,
        "actor": actor,
        "outcome": "answer",
        "text": "سامانه دوباره کار می‌کند.",
        "language": "fa",
        "chosen": Chosen((), rest=True),
        "seen_at": timezone.now(),
        **changes,
    }


def group_url(answer):
    return reverse("service_requests_admin:group_answer", args=[answer.pk])


def posted(response, **changes):
    """What a browser sends from the form that it was shown."""
    context = response.context
    boxes = [*context["quiet"], *context["with_matters"]]
    return {
        "outcome": "answer",
        "language": "fa",
        "text": "کار می‌کند: {code}",
        **{name: context[name] for name in ("listed", "seen_at", "answer_id")},
        "case": [str(each.case.pk) for each, ticked in boxes if ticked],
        "shown": [str(each.case.pk) for each, _ticked in boxes],
        **changes,
    }


def test_the_answer_is_shown_before_it_is_given_and_followed_afterwards(
    at_work, notice, service, head, django_capture_on_commit_callbacks
):
    over(notice)
    case, _head = linked(notice, service, actor=head)
    waits, _head = linked(notice, service, actor=head)
    workflow.ask_info(case=waits, actor=head, expected=waits.version, text="کدام یک؟")
    form = at_work.get(answer_url(notice))
    assert form.context["goes_on"] is False
    assert [ticked for _each, ticked in form.context["quiet"]] == [True]
    assert [ticked for _each, ticked in form.context["with_matters"]] == [False]
    preview = at_work.post(answer_url(notice), posted(form))
    assert preview.context["preview"]["count"] == 1
    assert case.code in to_ascii(preview.context["preview"]["text"])
    assert not GroupAnswer.objects.exists()
    fields: dict[str, list] = {}
    for name, value in preview.context["preview"]["fields"]:
        fields.setdefault(name, []).append(value)
    with django_capture_on_commit_callbacks(execute=True):
        done = at_work.post(answer_url(notice), {**fields, "confirm": "1"})
    answer = GroupAnswer.objects.get()
    assert done["Location"] == group_url(answer)
    shown = at_work.get(done["Location"])
    assert (shown.context["done"], shown.context["all"]) == (1, 1)
    assert Case.objects.get(pk=case.pk).state == State.ANSWERED
    assert Case.objects.get(pk=waits.pk).state == State.NEEDS_INFO
    # Sent again, it is the same answer.
    at_work.post(answer_url(notice), {**fields, "confirm": "1"})
    assert GroupAnswer.objects.count() == 1


def test_before_the_end_there_is_a_warning(at_work, notice, service, head):
    linked(notice, service, actor=head)
    assert at_work.get(answer_url(notice)).context["goes_on"] is True


def test_another_language_makes_the_list_anew(at_work, notice, service, head):
    case, _head = linked(notice, service, actor=head)
    form = at_work.get(answer_url(notice))
    again = at_work.post(answer_url(notice), posted(form, language="en"))
    assert again.context["preview"] is None
    assert [each.case for each, _ticked in again.context["with_matters"]] == [case]


def test_wrong_words_and_no_box_are_refused_with_what_was_written(at_work, notice, service, head):
    linked(notice, service, actor=head)
    form = at_work.get(answer_url(notice))
    for wrong in ({"text": "سلام {name}"}, {"case": []}, {"text": ""}, {"outcome": "x"}):
        refused = at_work.post(answer_url(notice), posted(form, **wrong))
        assert refused.status_code == 422, wrong
    assert not GroupAnswer.objects.exists()


def test_a_stored_reply_is_put_into_the_text(at_work, notice, service, head):
    linked(notice, service, actor=head)
    reply = StoredReply.objects.create(title="رفع قطعی", text="دوباره کار می‌کند.", language="fa")
    form = at_work.get(answer_url(notice))
    data = posted(form, text="سلام", stored_reply=str(reply.pk), insert="1")
    filled = at_work.post(answer_url(notice), data).context["form"]
    assert filled["text"].value() == "سلام\n\nدوباره کار می‌کند."


def test_failures_are_named_and_somebody_elses_answer_is_not_found(
    client, at_work, notice, service, head, department
):
    case, _head = linked(notice, service, actor=head)
    seen = timezone.now() - timedelta(days=1)
    answer = answering.ask(**asked(notice, head, seen_at=seen))
    answering.work(answer_id=answer.pk)
    shown = at_work.get(group_url(answer))
    assert [row.result for row in shown.context["failed"]] == [GroupResult.CHANGED]
    assert str(case.pk) in text_of(shown)
    client.force_login(staff_user(Role.HEAD, department))
    assert client.get(group_url(answer)).status_code == 404


# The applicant


def tracked(receipt):
    visitor = Client()
    data = {"code": receipt.code, "password": receipt.password}
    visitor.post(reverse("service_requests:track"), data)
    return visitor


def test_the_applicant_sees_the_notice_only_once_it_is_linked_and_while_it_is_public(
    page, service, head
):
    notice = page.notice
    receipt = register(service=service.key)
    visitor, address = tracked(receipt), reverse("service_requests:case")
    on_the_banner = text_of(visitor.get(address)).count(TITLE)
    case = Case.objects.get(pk=receipt.case.pk)
    case = linking.link(case=case, actor=head, expected=case.version, notice=notice)
    shown = text_of(visitor.get(address))
    assert page.url in shown
    assert shown.count(TITLE) == on_the_banner + 1, "the events of linking are for staff"
    page.unpublish()
    assert TITLE not in text_of(visitor.get(address))


def test_the_citizens_api_says_it_too(client, page, service, head):
    receipt = register(service=service.key)
    case = Case.objects.get(pk=receipt.case.pk)
    linking.link(case=case, actor=head, expected=case.version, notice=page.notice)
    opened = client.post(
        "/api/desk/v1/sessions",
        {"code": receipt.code, "password": receipt.password},
        content_type="application/json",
    )
    bearer = {"Authorization": f"Bearer {opened.json()['token']}"}
    read = client.get("/api/desk/v1/session/case", headers=bearer).json()
    assert [each["title"] for each in read["notices"]] == [TITLE]
    assert read["notices"][0]["phase"] == "running"


# The staff's API


def api(user):
    return Client(headers={"Authorization": f"Bearer {secret_of(user)}"})


def send(caller, path, **body):
    return caller.post(f"/api/desk/v1/staff/{path}", json.dumps(body), "application/json")


def test_programs_link_list_answer_and_look(
    notice, service, head, django_capture_on_commit_callbacks
):
    case, caller = about(service), api(head)
    read = caller.get(f"/api/desk/v1/staff/cases/{case.code}").json()["notices"]
    assert [each["id"] for each in read["suggested"]] == [str(notice.pk)]
    address = f"cases/{case.code}/notices"
    done = send(caller, address, expected=case.version, notice=str(notice.pk))
    assert done.status_code == 200
    read = caller.get(f"/api/desk/v1/staff/cases/{case.code}").json()["notices"]
    assert ([each["id"] for each in read["linked"]], read["suggested"]) == ([str(notice.pk)], [])
    of_notice = f"/api/desk/v1/staff/notices/{notice.pk}"
    listed = caller.get(f"{of_notice}/cases").json()["cases"]
    assert [each["code"] for each in listed] == [case.code]
    assert caller.get(f"{of_notice}/cases?of=suggested").json()["cases"] == []
    found = caller.get(f"{of_notice}/candidates").json()
    assert [(each["code"], each["quiet"]) for each in found["cases"]] == [(case.code, True)]
    body = {
        "id": str(uuid4()),
        "outcome": "answer",
        "text": "کار می‌کند.",
        "language": "fa",
        "cases": [],
        "all_quiet": True,
        "seen_at": found["seen_at"],
    }
    with django_capture_on_commit_callbacks(execute=True):
        given = send(caller, f"notices/{notice.pk}/answers", **body)
    assert given.status_code == 202, given.json()
    again = send(caller, f"notices/{notice.pk}/answers", **body)
    assert again.json()["counts"]["done"] == 1
    look = caller.get(f"{of_notice}/answers/{body['id']}")
    assert look.json()["finished_at"]
    undone = send(
        caller,
        f"{address}/unlinking",
        expected=Case.objects.get(pk=case.pk).version,
        notice=str(notice.pk),
        reason="اشتباه بود",
    )
    assert undone.status_code == 200
    assert not CaseNotice.objects.active().exists()


def test_programs_of_strangers_find_no_case_and_no_answer(notice, service, head):
    case, _head = linked(notice, service, actor=head)
    answer = answering.ask(**asked(notice, head))
    caller, of_notice = api(staff_user(Role.HEAD)), f"/api/desk/v1/staff/notices/{notice.pk}"
    assert caller.get(f"{of_notice}/cases").json()["cases"] == []
    assert caller.get(f"{of_notice}/candidates").json()["cases"] == []
    assert caller.get(f"{of_notice}/answers/{answer.pk}").status_code == 404
    assert caller.get(f"/api/desk/v1/staff/notices/{uuid4()}/cases").status_code == 404
    body = {
        **{"outcome": "answer", "text": "کار می‌کند.", "language": "fa", "all_quiet": True},
        "seen_at": timezone.now().isoformat(),
    }
    wanted = {"id": str(uuid4()), "cases": [case.code], **body}
    assert send(caller, f"notices/{notice.pk}/answers", **wanted).status_code == 422
    taken = {"id": str(answer.pk), "cases": [case.code], **body}
    assert send(caller, f"notices/{notice.pk}/answers", **taken).status_code == 409
    for wrong in ("x", "linked' or 1=1"):
        assert caller.get(f"{of_notice}/cases", {"of": wrong}).status_code == 422


def test_a_notice_that_is_none_is_refused_at_its_field(notice, service, head):
    case = about(service)
    address = f"cases/{case.code}/notices"
    refused = send(api(head), address, expected=case.version, notice=str(uuid4()))
    assert refused.status_code == 422
    assert "notice" in str(refused.json())


# What is taken along, and what is destroyed


def test_the_applicant_takes_the_public_notice_along_and_no_reason_of_staff(page, service, head):
    receipt = register(service=service.key)
    case = Case.objects.get(pk=receipt.case.pk)
    case = linking.link(case=case, actor=head, expected=case.version, notice=page.notice)
    visitor, address = tracked(receipt), reverse("service_requests:case_export")

    def taken():
        packed = b"".join(visitor.get(address).streaming_content)
        with ZipFile(BytesIO(packed)) as archive:
            (name,) = (each for each in archive.namelist() if each.endswith("export.json"))
            (found,) = json.loads(archive.read(name))["cases"]
            return found

    assert [each["title"] for each in taken()["notices"]] == [TITLE]
    args = {"actor": head, "expected": case.version, "notice": page.notice}
    linking.unlink(case=case, reason="دلیل داخلی", **args)
    found = taken()
    assert found["notices"] == []
    assert "دلیل داخلی" not in json.dumps(found, ensure_ascii=False)


def test_of_an_erased_case_the_bare_link_is_left_and_no_word(notice, service, head):
    case, _head = linked(notice, service, actor=head)
    args = {"actor": head, "expected": case.version, "notice": notice}
    case = linking.unlink(case=case, reason="دلیل داخلی", **args)
    case = linking.link(**{**args, "expected": case.version}, case=case)
    answer = answering.ask(**asked(notice, head))
    with transaction.atomic():
        erasing.anonymise(case=history.lock(case))
    assert CaseNotice.objects.filter(case=case).count() == 2
    with pytest.raises(Erased):
        open_subject(Case.objects.get(pk=case.pk).subject_key)
    answering.work(answer_id=answer.pk)
    assert answer.cases.get().result in (GroupResult.FORBIDDEN, GroupResult.CHANGED)
    gone = Case.objects.get(pk=case.pk)
    with pytest.raises(Erased):
        linking.unlink(case=gone, reason="نه", **{**args, "expected": gone.version})
