"""The staff's screens of what may happen to a case beside its steps."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import gettext

from cms_pages.enums import Role
from desk_core.models import AuditEntry
from persian.jalali import format_date
from service_requests import four_eyes, workflow
from service_requests.days import last_day, today
from service_requests.enums import Kind, Priority, SetAside, State
from service_requests.models import Case, DepartmentRules, StoredReply, Team
from tests.cms_pages.factories import DepartmentFactory, staff_user
from tests.service_requests.factories import head_of, in_review, make_case, officer_of, register

pytestmark = [pytest.mark.django_db, pytest.mark.screen]
INDEX = "service_requests_case_modeladmin_index"


def screen(case) -> str:
    return reverse("service_requests_case_modeladmin_inspect", args=[case.pk])


def act(client, case, action, expected=None, more=None, **fields):
    data = {"action": action, f"{action}-expected": expected or case.version, **(more or {})}
    data |= {f"{action}-{name}": value for name, value in fields.items()}
    return client.post(screen(case), data)


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def fresh(case) -> Case:
    return Case.objects.get(pk=case.pk)


# One case -----------------------------------------------------------------------------------------


def test_priority_team_spam_and_joining_on_the_screen():
    case, officer = in_review()
    second = make_case(department=case.department.key)
    team = Team.objects.create(name="گروه نقشه", department=case.department)
    client, head = signed_in(officer), signed_in(head_of(case))
    assert act(client, case, "prioritise", priority="3").status_code == 302
    assert fresh(case).priority == Priority.HIGH
    assert act(head, fresh(case), "assign", team=team.pk).status_code == 302
    assert fresh(case).team == team
    both = act(head, fresh(case), "assign", team=team.pk, to=officer.pk)
    assert both.status_code == 422
    assert act(client, second, "merge", into="000000000000").status_code == 422
    assert act(client, second, "merge", into=case.code).status_code == 302
    assert fresh(second).merged_into == case
    assert str(second.pk) in client.get(screen(case)).content.decode()
    assert str(case.pk) in client.get(screen(second)).content.decode()
    assert act(client, fresh(second), "restore").status_code == 302
    assert act(client, fresh(second), "mark_spam").status_code == 302
    assert fresh(second).set_aside == SetAside.SPAM
    page = client.get(screen(second)).content.decode()
    assert 'value="restore"' in page
    assert 'value="reopen"' not in page


def test_a_rejection_by_two_on_the_screen():
    case, officer = in_review()
    DepartmentRules.objects.create(department=case.department, rejection_by_two=True)
    one, other = signed_in(officer), signed_in(officer_of(case))
    page = one.get(screen(case)).content.decode()
    assert 'value="reject"' not in page
    # Who posts the step that is not offered gets no further.
    act(one, case, "reject", reason="دلیل")
    assert fresh(case).state == State.IN_REVIEW
    assert act(one, case, "propose_rejection", reason="دلیل ساختگی").status_code == 302
    case = fresh(case)
    page = one.get(screen(case)).content.decode()
    assert 'value="confirm_rejection"' not in page
    assert 'value="refuse_rejection"' in page
    seen = other.get(screen(case)).content.decode()
    assert "دلیل ساختگی" in seen
    assert 'value="confirm_rejection"' in seen
    assert act(other, case, "confirm_rejection").status_code == 302
    assert fresh(case).state == State.REJECTED


def test_whoever_reads_no_words_reads_no_proposed_reason():
    case, officer = in_review()
    DepartmentRules.objects.create(department=case.department, rejection_by_two=True)
    four_eyes.propose(case=case, actor=officer, expected=case.version, reason="دلیل پنهان")
    for user in (staff_user(Role.AUDITOR), staff_user(Role.SECRETARIAT)):
        page = signed_in(user).get(screen(case))
        assert page.status_code == 200
        assert "دلیل پنهان" not in page.content.decode()


def test_asking_offers_the_departments_days_and_takes_another_or_none():
    case, officer = in_review()
    DepartmentRules.objects.create(department=case.department, reply_days=7)
    client = signed_in(officer)
    offered = format_date(today() + timedelta(days=7), digits=False)
    page = client.get(screen(case)).content.decode()
    assert re.search(r'name="ask_info-reply_by"[^>]*value="[^"]+"', page)
    refused = act(client, case, "ask_info", text="کدام کوچه؟", reply_by=format_date(today()))
    assert refused.status_code == 422
    assert "کدام کوچه" in refused.content.decode()
    assert act(client, case, "ask_info", text="کدام کوچه؟", reply_by=offered).status_code == 302
    assert last_day(fresh(case).reply_by) == today() + timedelta(days=7)


def test_the_applicant_is_told_until_when_and_that_it_was_joined(client):
    receipt = register()
    case = fresh(receipt.case)
    officer = officer_of(case)
    case = workflow.start_review(case=case, actor=officer, expected=case.version)
    day = today() + timedelta(days=5)
    case = workflow.ask_info(
        case=case, actor=officer, expected=case.version, text="کدام کوچه؟", reply_by=day
    )
    data = {"code": receipt.code, "password": receipt.password}
    client.post(reverse("service_requests:track"), data)
    page = client.get(reverse("service_requests:case")).content.decode()
    assert format_date(day, "long") in page
    main = make_case(department=case.department.key)
    case = workflow.merge(case=case, actor=officer, expected=case.version, into=main.code)
    page = client.get(reverse("service_requests:case"))
    assert main.code in page.content.decode().replace("\u200c", "").replace(" ", "") or (
        page.context["dealt_with_in"] == main
    )
    assert page.context["reopening_form"] is not None
    token = client.post("/api/desk/v1/sessions", data, content_type="application/json").json()[
        "token"
    ]
    shown = client.get(
        "/api/desk/v1/session/case", headers={"Authorization": f"Bearer {token}"}
    ).json()
    assert (shown["set_aside"], shown["dealt_with_in"], shown["reply_by"]) == (
        "duplicate",
        main.code,
        None,
    )


# Stored replies -----------------------------------------------------------------------------------


def test_a_stored_reply_is_inserted_filled_in_and_nothing_is_done_yet():
    case, officer = in_review()
    reply = StoredReply.objects.create(
        title="رسید", text="نامهٔ {code} در {department} است.", language="fa"
    )
    other = StoredReply.objects.create(title="دیگر", text="x", language="en")
    client = signed_in(officer)
    page = act(
        client,
        case,
        "answer",
        more={"insert": "1"},
        text="سلام",
        stored_reply=reply.pk,
    )
    assert page.status_code == 200
    form = page.context["view"].bound
    assert form.initial["text"].startswith("سلام\n\nنامهٔ ")
    assert str(case.department) in form.initial["text"]
    assert fresh(case).version == case.version
    for wrong in (other.pk, "", "x", "\0", "9" * 30):
        page = act(client, case, "answer", more={"insert": "1"}, stored_reply=wrong)
        assert page.status_code == 200
        assert not page.context["view"].bound.initial["text"]
    done = act(client, case, "answer", text="پاسخ", stored_reply=reply.pk)
    assert done.status_code == 302


def test_insert_in_a_form_without_replies_is_harmless():
    case, officer = in_review()
    client = signed_in(officer)
    page = act(client, case, "note", more={"insert": "1"}, text="یادداشت")
    assert page.status_code == 200
    assert fresh(case).version == case.version


# Teams, rules, replies ----------------------------------------------------------------------------


def place(model: str, action: str, *args) -> str:
    return reverse(f"service_requests_{model}_modeladmin_{action}", args=args)


def test_a_head_makes_teams_rules_and_replies_of_the_own_department_only():
    case = make_case()
    elsewhere = DepartmentFactory()
    head, colleague = head_of(case), officer_of(case)
    stranger = staff_user(Role.OFFICER, elsewhere)
    client = signed_in(head)
    data = {"name": "گروه نقشه", "department": case.department.pk, "active": "on"}
    made = client.post(place("team", "create"), data | {"members": [colleague.pk]})
    assert made.status_code == 302, made.context["form"].errors
    assert list(Team.objects.get().members.all()) == [colleague]
    for wrong in ({"members": [stranger.pk]}, {"department": elsewhere.pk}, {"name": ""}, {}):
        answer = client.post(place("team", "create"), data | {"members": [colleague.pk]} | wrong)
        assert answer.status_code in (200, 422)
    assert Team.objects.count() == 1
    rules = {"department": case.department.pk, "rejection_by_two": "on", "reply_days": "10"}
    assert client.post(place("departmentrules", "create"), rules).status_code == 302
    for wrong in ({}, {"department": elsewhere.pk}, {"reply_days": "366"}, {"reply_days": "2"}):
        client.post(place("departmentrules", "create"), rules | wrong)
    assert DepartmentRules.objects.get().reply_days == 10
    reply = {
        "title": "رسید",
        "text": "{code}",
        "department": case.department.pk,
        "language": "fa",
        "active": "on",
        "kind": "",
        "state": "",
    }
    assert client.post(place("storedreply", "create"), reply).status_code == 302
    for wrong in (
        {"department": ""},
        {"department": elsewhere.pk},
        {"text": "{name}"},
        {"language": "xx"},
    ):
        client.post(place("storedreply", "create"), reply | wrong)
    assert StoredReply.objects.count() == 1


@pytest.mark.parametrize("model", ["storedreply", "reminderstep", "improvement"])
def test_who_has_to_choose_a_department_is_not_told_that_it_may_be_left_open(model):
    head = staff_user(Role.HEAD, DepartmentFactory())
    field = signed_in(head).get(place(model, "create")).context["form"].fields["department"]
    assert (field.required, field.help_text) == (True, "")
    who = Role.COMPLAINTS if model == "storedreply" else Role.ADMINISTRATOR
    client = signed_in(staff_user(who))
    field = client.get(place(model, "create")).context["form"].fields["department"]
    assert field.help_text
    assert not field.required


def test_another_departments_teams_rules_and_replies_do_not_exist():
    department = DepartmentFactory()
    rows = {
        "team": Team.objects.create(name="گ", department=department),
        "departmentrules": DepartmentRules.objects.create(department=department),
        "storedreply": StoredReply.objects.create(
            title="ر", text="م", language="fa", department=department
        ),
    }
    head, officer = staff_user(Role.HEAD), staff_user(Role.OFFICER, department)
    admin = staff_user(Role.ADMINISTRATOR)
    for model, row in rows.items():
        assert signed_in(head).get(place(model, "edit", row.pk)).status_code == 404
        # Refused by the base, or sent home by Wagtail's own door.
        assert signed_in(officer).get(place(model, "index")).status_code in (302, 403)
        assert signed_in(officer).get(place(model, "edit", row.pk)).status_code in (302, 403, 404)
        assert signed_in(admin).get(place(model, "edit", row.pk)).status_code == 200


def test_replies_for_all_are_changed_by_administrators_and_to_complaints_by_their_office():
    general = StoredReply.objects.create(title="ر", text="م", language="fa")
    complaint = StoredReply.objects.create(title="ش", text="م", language="fa", kind=Kind.COMPLAINT)
    for role, row, may in (
        (Role.HEAD, general, False),
        (Role.COMPLAINTS, general, False),
        (Role.COMPLAINTS, complaint, True),
        (Role.ADMINISTRATOR, general, True),
    ):
        answer = signed_in(staff_user(role)).get(place("storedreply", "edit", row.pk))
        assert (answer.status_code == 200) == may, (role, row)


# Several cases, workload, list --------------------------------------------------------------------


def chosen(*cases, **fields):
    return {
        "case": [case.pk for case in cases],
        "seen": [f"{case.pk}:{case.version}" for case in cases],
        **fields,
    }


def test_several_cases_at_once_each_with_its_own_result():
    first, officer = in_review()
    second = make_case(department=first.department.key)
    other = make_case()
    client, bulk = signed_in(head_of(first)), reverse("service_requests_admin:bulk")
    stale = fresh(second)
    workflow.prioritise(case=second, actor=officer, expected=1, priority=Priority.LOW)
    shown = client.post(bulk, chosen(first, stale, other, action="prioritise"))
    assert [case for case, _seen in shown.context["chosen"]] == [stale, first]
    data = chosen(first, stale, other, action="prioritise", priority="3", confirm="1")
    results = {r.case.pk: r.done for r in client.post(bulk, data).context["results"]}
    assert results == {first.pk: True, stale.pk: False}
    assert fresh(first).priority == Priority.HIGH
    assert fresh(second).priority == Priority.LOW
    assert fresh(other).priority == Priority.NORMAL
    again = client.post(bulk, data).context["results"]
    assert not any(result.done for result in again)
    # Closing needs a state that allows it; the one that has none says so.
    case, actor = fresh(first), officer
    case = workflow.answer(case=case, actor=actor, expected=case.version, text="پاسخ")
    data = chosen(case, fresh(second), action="close", confirm="1")
    found = client.post(bulk, data).context["results"]
    assert {r.case.pk: r.done for r in found} == {case.pk: True, second.pk: False}
    (refused,) = [result.words for result in found if not result.done]
    assert refused == gettext("The state of this case does not allow it."), "nothing has changed"


def test_several_cases_are_given_to_a_colleague_or_a_team():
    first = make_case()
    second = make_case(department=first.department.key)
    colleague, head = officer_of(first), head_of(first)
    team = Team.objects.create(name="گروه", department=first.department)
    client, bulk = signed_in(head), reverse("service_requests_admin:bulk")
    data = chosen(first, second, action="assign", confirm="1")
    assert client.post(bulk, data | {"to": colleague.pk, "team": team.pk}).status_code == 422
    assert client.post(bulk, data).status_code == 422
    assert client.post(bulk, data | {"to": staff_user(Role.OFFICER).pk}).status_code == 422
    client.post(bulk, data | {"to": colleague.pk})
    assert {fresh(first).assigned_to, fresh(second).assigned_to} == {colleague}
    first, second = fresh(first), fresh(second)
    client.post(bulk, chosen(first, second, action="assign", confirm="1", team=team.pk))
    assert {fresh(first).team, fresh(second).team} == {team}


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"action": "close"},
        {"action": "nope", "case": "x"},
        {"action": "close", "case": ["\0", "x" * 5000, "9" * 40]},
        {"action": "close", "case": "00000000-0000-4000-8000-000000000000", "confirm": "1"},
    ],
)
def test_nothing_chosen_or_nonsense_goes_back_to_the_list(data):
    case = make_case()
    client, bulk = signed_in(officer_of(case)), reverse("service_requests_admin:bulk")
    assert client.post(bulk, data).status_code == 302
    assert client.get(bulk).status_code == 302
    refused = chosen(case, action="prioritise", confirm="1", priority="7")
    assert client.post(bulk, refused).status_code == 422
    assert client.post(bulk, chosen(case, action="close") | {"seen": "x:y"}).status_code == 200
    assert fresh(case).version == 1


def test_who_only_reads_or_works_elsewhere_changes_nothing_in_bulk():
    case = make_case()
    bulk = reverse("service_requests_admin:bulk")
    data = chosen(case, action="prioritise", priority="3", confirm="1")
    for user in (staff_user(Role.AUDITOR), staff_user(Role.ADMINISTRATOR)):
        assert signed_in(user).post(bulk, data).status_code in (302, 403)
    assert signed_in(staff_user(Role.OFFICER)).post(bulk, data).status_code == 302
    assert fresh(case).priority == Priority.NORMAL


def test_the_list_offers_boxes_to_those_who_work_and_the_new_filters(client):
    case = make_case()
    officer = officer_of(case)
    workflow.prioritise(case=case, actor=officer, expected=1, priority=Priority.HIGH)
    spam = make_case(department=case.department.key)
    workflow.mark_spam(case=spam, actor=officer, expected=1)
    client.force_login(officer)
    page = client.get(reverse(INDEX)).content.decode()
    assert f'name="case" value="{case.pk}"' in page
    for query, found in (("priority=3", case), ("aside=spam", spam)):
        page = client.get(f"{reverse(INDEX)}?{query}").content.decode()
        assert str(found.pk) in page
        assert page.count('name="seen"') == 1
    assert client.get(f"{reverse(INDEX)}?assigned=team").status_code == 200
    for wrong in ("priority=2", "aside=x", "priority=%00"):
        assert client.get(f"{reverse(INDEX)}?{wrong}").status_code == 400
    client.force_login(staff_user(Role.AUDITOR))
    assert 'name="seen"' not in client.get(reverse(INDEX)).content.decode()


def test_a_head_sees_the_workload_of_the_own_department_in_few_queries(client):
    case, officer = in_review()
    team = Team.objects.create(name="گروه", department=case.department)
    head = head_of(case)
    for number in range(4):
        row = make_case(department=case.department.key)
        if number:
            workflow.assign_team(case=row, actor=head, expected=1, team=team)
    workflow.prioritise(case=case, actor=officer, expected=case.version, priority=Priority.HIGH)
    make_case()
    client.force_login(head)
    url = reverse("service_requests_admin:workload")
    load = client.get(url).context["loads"]
    assert [each.department for each in load] == [case.department]
    rows = {(row.person, row.team): (row.open, row.high) for row in load[0].rows}
    assert rows == {(None, team): (3, 0), (None, None): (1, 0), (officer, None): (1, 1)}
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for _more in range(3):
        row = make_case(department=case.department.key)
        workflow.start_review(case=row, actor=officer_of(case), expected=1)
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) == len(few)
    for user in (officer, staff_user(Role.AUDITOR), staff_user(Role.ADMINISTRATOR)):
        assert signed_in(user).get(url).status_code in (302, 403)
    assert not AuditEntry.objects.filter(target="workload").exists()
