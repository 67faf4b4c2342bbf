"""Standing in for a colleague: what they saw, in that time, and nothing beside."""

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connections
from django.test import Client
from django.urls import reverse

from cms_pages import staffing
from cms_pages.enums import Role
from desk_core.models import AuditEntry, OutgoingMessage
from desk_core.sealing import open_subject
from service_requests import conversation, deputies, handing_over, workflow
from service_requests.days import today
from service_requests.enums import EventKind, Kind, State
from service_requests.errors import NotAllowed
from service_requests.models import Case, Deputyship
from service_requests.standing import standing_of
from tests.cms_pages.factories import DepartmentFactory, staff_user
from tests.service_requests.factories import head_of, in_review, make_case, officer_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
DAYS = {"first_day": today() + DAY, "last_day": today() + 2 * DAY}


def anew(user):
    """The same person in another request."""
    return type(user).objects.get(pk=user.pk)


def stands_in(absent, deputy, first=None, last=None, **more) -> Deputyship:
    """A row as it is stored, whatever the verb would say about its days."""
    first = first or today()
    return Deputyship.objects.create(
        absent=absent, deputy=deputy, first_day=first, last_day=last or first, **more
    )


def seen_by(user) -> set[str]:
    rows = Case.objects.visible_to(anew(user))
    return set(rows.values_list("code", flat=True))


def test_a_deputy_sees_what_the_absent_saw_and_only_in_that_time():
    case, _officer = in_review()
    head, deputy = head_of(case), staff_user(Role.HEAD)
    # The head is in the complaints office, too: that is lent to nobody.
    staffing.assign(user=head, role=Role.COMPLAINTS)
    complaint = make_case(Kind.COMPLAINT)
    about_us = make_case(Kind.COMPLAINT, complained_department=case.department.key)
    foreign = make_case()
    before = seen_by(deputy)
    stands_in(head, deputy, first=today() - 2 * DAY, last=today() - DAY)
    stands_in(head, deputy, first=today() + DAY, last=today() + 2 * DAY)
    stands_in(head, deputy, ended_at=case.registered_at)
    assert seen_by(deputy) == before
    stands_in(head, deputy)
    assert seen_by(deputy) == before | {case.code}
    assert {complaint.code, about_us.code, foreign.code}.isdisjoint(seen_by(deputy))
    # The queryset and the function say the same of each case.
    standing = standing_of(anew(deputy))
    for each in Case.objects.all():
        assert bool(standing.relations(each)) == (each.code in seen_by(deputy)), each


def test_a_complaint_about_the_deputys_unit_stays_unseen_whoever_had_it():
    case, _officer = in_review()
    head = head_of(case)
    about = DepartmentFactory()
    deputy = staff_user(Role.HEAD, about)
    office = staff_user(Role.COMPLAINTS)
    complaint = make_case(Kind.COMPLAINT, complained_department=about.key)
    complaint = workflow.start_review(case=complaint, actor=office, expected=complaint.version)
    workflow.refer(
        case=complaint,
        actor=office,
        expected=complaint.version,
        department=case.department,
        reason="بررسی در ادارهٔ دیگر",
    )
    stands_in(head, deputy)
    assert complaint.code in seen_by(head)
    assert complaint.code not in seen_by(deputy)


def test_a_deputy_acts_under_their_own_name_and_the_trail_says_for_whom():
    case, officer = in_review()
    deputy = staff_user(Role.OFFICER)
    with pytest.raises(NotAllowed):
        workflow.answer(case=case, actor=deputy, expected=case.version, text="پاسخ")
    stands_in(officer, deputy)
    case = workflow.answer(case=case, actor=anew(deputy), expected=case.version, text="پاسخ")
    entry = AuditEntry.objects.filter(action="case.answer").latest("pk")
    assert (entry.actor_id, entry.detail["on_behalf_of"]) == (deputy.pk, [officer.pk])
    fresh = make_case(department=case.department.key)
    fresh = workflow.start_review(case=fresh, actor=anew(deputy), expected=fresh.version)
    # What is seen for some days only is not taken for good.
    assert fresh.assigned_to_id is None


def test_news_of_an_absent_colleagues_case_reach_the_deputy():
    case, officer = in_review()
    deputy = officer_of(case)
    stands_in(officer, deputy)
    OutgoingMessage.objects.all().delete()
    conversation.citizen_adds(case=case, text="پیام تازه")
    told = OutgoingMessage.objects.filter(template="service_requests/messages/staff_news")
    assert {row.dedupe.rpartition(":")[2] for row in told} == {str(officer.pk), str(deputy.pk)}


def test_who_may_enter_whom():
    case, officer = in_review()
    colleague, head, stranger = officer_of(case), head_of(case), staff_user(Role.OFFICER)
    manager, editor = staff_user(Role.ADMINISTRATOR), staff_user(Role.EDITOR)
    days = {"first_day": today(), "last_day": today() + DAY}
    with pytest.raises(NotAllowed):
        deputies.enter(absent=officer, deputy=colleague, actor=stranger, **days)
    with pytest.raises(NotAllowed):
        deputies.enter(absent=stranger, deputy=colleague, actor=head, **days)
    with pytest.raises(ValidationError, match="deputy"):
        deputies.enter(absent=officer, deputy=stranger, actor=officer, **days)
    with pytest.raises(ValidationError, match="deputy"):
        deputies.enter(absent=officer, deputy=editor, actor=manager, **days)
    row = deputies.enter(absent=officer, deputy=colleague, actor=officer, **days)
    assert deputies.enter(absent=officer, deputy=colleague, actor=head, **days) == row
    with pytest.raises(ValidationError, match="first_day"):
        deputies.enter(absent=officer, deputy=stranger, actor=head, **days)
    with pytest.raises(ValidationError, match="deputy"):
        deputies.enter(absent=colleague, deputy=officer, actor=colleague, **days)
    with pytest.raises(NotAllowed):
        deputies.end(deputyship=row, actor=stranger)
    assert deputies.end(deputyship=row, actor=colleague).ended_by == colleague


def at_once(*entries: dict) -> list[str]:
    """What becomes of deputyships that are entered at the same moment."""
    begin, outcomes = threading.Barrier(len(entries)), []

    def enter(entry: dict) -> None:
        try:
            begin.wait(timeout=30)
            deputies.enter(**{name: anew(user) for name, user in entry.items()}, **DAYS)
            outcomes.append("entered")
        except ValidationError:
            outcomes.append("refused")
        except Exception as error:
            outcomes.append(repr(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=enter, args=(entry,)) for entry in entries]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return sorted(outcomes)


@pytest.mark.django_db(transaction=True)
def test_of_deputies_for_the_same_days_entered_at_once_one_stands():
    case, officer = in_review()
    head, colleagues = head_of(case), [officer_of(case) for _each in range(4)]
    entries = [{"absent": officer, "deputy": each, "actor": head} for each in colleagues]
    assert at_once(*entries) == ["entered", "refused", "refused", "refused"]
    assert Deputyship.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_make_each_other_their_deputies_at_once_are_not_both_away():
    case, officer = in_review()
    colleague = officer_of(case)
    entries = (
        {"absent": officer, "deputy": colleague, "actor": officer},
        {"absent": colleague, "deputy": officer, "actor": colleague},
    )
    assert at_once(*entries) == ["entered", "refused"]


def test_whoever_was_slower_at_the_form_is_told_at_the_field(client, monkeypatch):
    case, officer = in_review()
    colleague, other = officer_of(case), officer_of(case)
    client.force_login(officer)
    real = deputies.enter

    def slower(**given):
        real(**{**given, "deputy": other})
        return real(**given)

    monkeypatch.setattr(deputies, "enter", slower)
    address = reverse("service_requests_deputyship_modeladmin_create")
    day = today().isoformat()
    data = {"absent": officer.pk, "deputy": colleague.pk, "first_day": day, "last_day": day}
    page = client.post(address, data)
    assert page.context["form"].errors["first_day"]
    assert Deputyship.objects.get().deputy == other


def test_the_screens_enter_and_end_and_are_closed_to_strangers():
    case, officer = in_review()
    colleague, client = officer_of(case), Client()
    client.force_login(officer)
    address = reverse("service_requests_deputyship_modeladmin_create")
    data = {
        **{"absent": officer.pk, "deputy": colleague.pk},
        **{"first_day": today().isoformat(), "last_day": today().isoformat()},
    }
    assert client.post(address, {**data, "deputy": officer.pk}).status_code == 200
    entered = client.post(address, data)
    row = Deputyship.objects.get()
    told = client.get(entered.url).content.decode()
    assert reverse("service_requests_deputyship_modeladmin_edit", args=[row.pk]) not in told
    other = officer_of(case)
    refused = client.post(address, {**data, "deputy": other.pk})
    assert refused.context["form"].errors["first_day"]
    index = client.get(reverse("service_requests_deputyship_modeladmin_index")).content.decode()
    end = reverse("service_requests_admin:end_deputy", args=[row.pk])
    assert end in index
    stranger = Client()
    stranger.force_login(staff_user(Role.OFFICER))
    assert stranger.get(end).status_code == 404
    assert client.get(end).status_code == 200
    assert client.post(end).status_code == 302
    assert Deputyship.objects.get().ended_at is not None


# Handing over -------------------------------------------------------------------------------------


def test_all_open_cases_go_over_with_an_event_each_and_one_message():
    case, officer = in_review()
    more = [make_case(department=case.department.key) for _ in range(3)]
    for each in more:
        workflow.start_review(case=each, actor=officer, expected=each.version)
    elsewhere, _other = in_review()
    Case.objects.filter(pk=elsewhere.pk).update(assigned_to=officer)
    closed = make_case(department=case.department.key)
    Case.objects.filter(pk=closed.pk).update(assigned_to=officer, state=State.WITHDRAWN)
    heir, head = officer_of(case), head_of(case)
    with pytest.raises(NotAllowed):
        handing_over.hand_over(leaver=officer, to=heir, actor=heir)
    OutgoingMessage.objects.all().delete()
    done = handing_over.hand_over(leaver=officer, to=heir, actor=head)
    assert (done.given, done.returned) == (4, 0)
    assert handing_over.hand_over(leaver=officer, to=heir, actor=head).given == 0
    for each in Case.objects.filter(assigned_to=heir):
        event = each.events.latest("number")
        assert (event.kind, event.number, event.actor) == (
            *(EventKind.HANDED_OVER, each.version),
            head,
        )
        assert not event.public
    # Not mine to hand over, and not open any more.
    assert set(Case.objects.filter(assigned_to=officer)) == {elsewhere, closed}
    assert OutgoingMessage.objects.count() == 1


def test_a_hand_over_that_was_killed_halfway_tells_of_every_case_once(monkeypatch):
    case, officer = in_review()
    for _each in range(4):
        fresh = make_case(department=case.department.key)
        workflow.start_review(case=fresh, actor=officer, expected=fresh.version)
    heir, head = officer_of(case), head_of(case)
    OutgoingMessage.objects.all().delete()
    monkeypatch.setattr(handing_over, "BATCH", 2)
    real, batches = handing_over.cases_of, []

    def killed(*args):
        batches.append(args)
        if len(batches) == 2:
            raise SystemExit
        return real(*args)

    monkeypatch.setattr(handing_over, "cases_of", killed)
    with pytest.raises(SystemExit):
        handing_over.hand_over(leaver=officer, to=heir, actor=head)
    assert counts_told() == [2]
    done = handing_over.hand_over(leaver=officer, to=heir, actor=head)
    assert (done.given, sum(counts_told())) == (3, 5)
    handing_over.hand_over(leaver=officer, to=heir, actor=head)
    assert sum(counts_told()) == 5


def counts_told() -> list[int]:
    """What the messages about handed over cases say."""
    rows = OutgoingMessage.objects.filter(template="service_requests/messages/staff_handed_over")
    contents = (
        open_subject(row.subject_key).open_json(bytes(row.sealed), record=row.record)
        for row in rows.select_related("subject_key")
    )
    return [int(content["context"]["count"]) for content in contents]


def test_what_the_heir_may_not_work_on_goes_back_to_its_department():
    case, officer = in_review()
    head, client = head_of(case), Client()
    client.force_login(head)
    address = reverse("service_requests_admin:hand_over")
    stranger = staff_user(Role.OFFICER)
    assert client.post(address, {"leaver": officer.pk, "to": officer.pk}).status_code == 422
    assert client.post(address, {"leaver": officer.pk, "to": stranger.pk}).status_code == 302
    case.refresh_from_db()
    assert (case.assigned_to, case.state) == (None, State.IN_REVIEW)
    client.force_login(officer)
    assert client.get(address).status_code in (302, 403)
