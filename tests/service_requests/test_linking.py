"""Cases and notices: suggested by the desk, confirmed and taken back by staff."""

from copy import deepcopy
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from cms_pages.enums import Role
from desk_core.models import AuditEntry
from notices import updates
from notices.enums import Impact, Kind, UpdateState
from notices.models import Notice
from service_requests.about_notices import linking, suggesting
from service_requests.enums import EventKind, State
from service_requests.errors import Conflict, NotAllowed, NotPossible
from service_requests.models import Case, CaseNotice
from tests.cms_pages.factories import ServiceFactory, staff_user
from tests.notices.factories import ago, ahead, make_index, published
from tests.service_requests.about_notices import about, linked, outage, over
from tests.service_requests.factories import make_case, officer_of
from tests.shared_content import made_once

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def index_of_the_module(django_db_setup, django_db_blocker):
    with made_once(django_db_blocker):
        yield make_index()


@pytest.fixture
def index(index_of_the_module, db):
    return deepcopy(index_of_the_module)


@pytest.fixture
def service():
    return ServiceFactory()


def at(case: Case, moment) -> Case:
    """The case as if it had been registered then."""
    Case.objects.filter(pk=case.pk).update(registered_at=moment)
    return Case.objects.get(pk=case.pk)


def suggested(notice: Notice, case: Case) -> bool:
    """What all three ways of asking agree on."""
    answers = {
        notice in suggesting.notices_for(case),
        case in suggesting.cases_for(notice, Case.objects.all()),
        case in suggesting.narrowed(Case.objects.all()),
    }
    assert len(answers) == 1, answers
    return answers.pop()


def test_a_case_on_an_affected_service_is_suggested_from_shortly_before_to_shortly_after(
    index, service
):
    notice = outage(index, hours=10, services=[service])
    case = about(service)
    for hours, expected in ((13, False), (11, True), (5, True), (0, True)):
        assert suggested(notice, at(case, ago(hours=hours))) is expected, hours
    notice = over(notice, ended_at=ago(hours=9))
    assert suggested(notice, at(case, timezone.now()))
    notice.refresh_from_db()
    assert not suggested(notice, at(case, notice.over_at + timedelta(hours=24, seconds=1)))
    assert suggested(notice, at(case, notice.over_at + timedelta(hours=24)))


def test_margins_are_settings(index, service, settings):
    settings.DESK_LINK_BEFORE_HOURS = 5
    notice = outage(index, hours=10, services=[service])
    assert suggested(notice, at(about(service), ago(hours=14)))


def test_another_service_and_what_is_not_open_are_not_suggested(index, service):
    notice = outage(index, services=[service])
    assert not suggested(notice, about(ServiceFactory()))
    assert not suggested(notice, make_case())
    case = about(service)
    Case.objects.filter(pk=case.pk).update(state=State.CLOSED)
    assert not suggested(notice, Case.objects.get(pk=case.pk))


def test_an_outage_of_the_whole_desk_is_suggested_to_every_open_case(index, service):
    notice = outage(index, services=[])
    assert suggested(notice, about(service))
    assert suggested(notice, make_case())


@pytest.mark.parametrize(
    "fields", [{"kind": Kind.ANNOUNCEMENT}, {"impact": Impact.NONE}, {"services": []}]
)
def test_news_and_what_has_no_impact_are_not_suggested(index, service, fields):
    if fields == {"services": []}:
        fields = {"kind": Kind.ANNOUNCEMENT, "services": []}
    notice = outage(index, **{"services": [service]} | fields)
    assert not suggested(notice, about(service))


def test_a_service_that_was_given_the_all_clear_was_touched_all_the_same(index, service):
    notice = outage(index, services=[service])
    updates.post(
        notice=notice,
        state=UpdateState.MONITORING,
        text="بهتر شد.",
        author=None,
        key="better",
        impacts={service: Impact.NONE},
    )
    assert suggested(Notice.objects.get(pk=notice.pk), about(service))


def test_a_withdrawn_or_coming_notice_is_not_suggested_and_cannot_be_linked(index, service):
    page = published(index, services=[service], starts_at=ago(hours=1))
    coming = published(
        index,
        title="بعد",
        kind=Kind.MAINTENANCE,
        services=[service],
        starts_at=ahead(hours=1),
        expected_end=ahead(hours=2),
    )
    case = about(service)
    assert suggested(page.notice, case)
    page.unpublish()
    for notice in (page.notice, coming.notice):
        assert notice not in suggesting.notices_for(case)
        with pytest.raises(ValidationError):
            linking.link(case=case, actor=officer_of(case), expected=case.version, notice=notice)


def test_a_link_is_an_event_and_an_entry_of_the_trail_and_is_no_longer_suggested(index, service):
    notice = outage(index, services=[service])
    case, officer = linked(notice, service)
    row = CaseNotice.objects.get()
    assert (row.case, row.notice, row.confirmed_by, row.ended_at) == (case, notice, officer, None)
    event = case.events.get(kind=EventKind.NOTICE_LINKED)
    assert (event.actor, event.public, event.number) == (officer, False, case.version)
    entry = AuditEntry.objects.get(action="case.notice_linked")
    assert entry.target == f"case:{case.code}"
    assert entry.detail["notice"] == str(notice.pk)
    assert not suggested(notice, case)
    assert list(Case.objects.linked_to(notice)) == [case]


def test_linked_twice_is_linked_once_whatever_version_was_seen(index, service):
    notice = outage(index, services=[service])
    case, officer = linked(notice, service)
    again = linking.link(case=case, actor=officer, expected=1, notice=notice)
    assert (CaseNotice.objects.count(), again.version) == (1, case.version)
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseNotice.objects.create(case=case, notice=notice, confirmed_by=officer)


def test_a_link_is_ended_with_a_reason_and_may_be_made_again(index, service):
    notice = outage(index, services=[service])
    case, officer = linked(notice, service)
    args = {"actor": officer, "notice": notice}
    with pytest.raises(ValidationError):
        linking.unlink(case=case, expected=case.version, reason=" ", **args)
    case = linking.unlink(case=case, expected=case.version, reason="اشتباه بود", **args)
    row = CaseNotice.objects.get()
    assert (row.ended_by, row.ended_at is None) == (officer, False)
    assert case.events.get(kind=EventKind.NOTICE_UNLINKED).sealed_note
    assert AuditEntry.objects.filter(action="case.notice_unlinked").count() == 1
    same = linking.unlink(case=case, expected=1, reason="دوباره", **args)
    assert same.version == case.version
    assert suggested(notice, case)
    case = linking.link(case=case, expected=case.version, **args)
    assert CaseNotice.objects.count() == 2


def test_of_two_at_once_the_second_looks_again(index, service):
    notice = outage(index, services=[service])
    case = about(service)
    with pytest.raises(Conflict):
        linking.link(case=case, actor=officer_of(case), expected=case.version + 1, notice=notice)


def test_a_closed_case_is_not_linked(index, service):
    notice = outage(index, services=[service])
    case = about(service)
    Case.objects.filter(pk=case.pk).update(state=State.CLOSED)
    with pytest.raises(NotPossible):
        linking.link(case=case, actor=officer_of(case), expected=case.version, notice=notice)


def test_only_who_handles_the_case_links_it(index, service):
    notice = outage(index, services=[service])
    case = about(service)
    strangers = [
        staff_user(Role.OFFICER),
        staff_user(Role.HEAD),
        staff_user(Role.SECRETARIAT, case.department),
        staff_user(Role.EDITOR, case.department),
        staff_user(Role.AUDITOR),
        staff_user(Role.ADMINISTRATOR),
    ]
    for user in strangers:
        with pytest.raises(NotAllowed):
            linking.link(case=case, actor=user, expected=case.version, notice=notice)
        with pytest.raises(NotAllowed):
            linking.unlink(case=case, actor=user, expected=case.version, notice=notice, reason="نه")
    assert not CaseNotice.objects.exists()


def test_links_are_visible_as_their_cases_are(index, service):
    notice = outage(index, services=[service])
    _case, officer = linked(notice, service)
    assert CaseNotice.objects.visible_to(officer).count() == 1
    assert CaseNotice.objects.visible_to(staff_user(Role.AUDITOR)).count() == 1
    assert not CaseNotice.objects.visible_to(staff_user(Role.HEAD)).exists()


def test_suggestions_cost_the_same_however_many_cases(index, service, django_assert_num_queries):
    notice = outage(index, services=[service])
    for _number in range(3):
        case = about(service)
    with django_assert_num_queries(1):
        suggesting.notices_for(case)
    with django_assert_num_queries(2):
        list(suggesting.cases_for(notice, Case.objects.all()))
    with django_assert_num_queries(1):
        list(suggesting.narrowed(Case.objects.all()))
