"""After an outage its short survey is asked instead of the ordinary one, once it is over."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from cms_pages.enums import Role
from desk_core.models import OutgoingMessage
from desk_core.suppression import FEWEST
from service_requests import workflow
from service_requests.about_notices import linking
from service_requests.enums import Kind, SurveyPurpose
from service_requests.errors import NotPossible
from service_requests.models import Case, PendingAnswer, Survey, SurveyAnswer, SurveyLink
from service_requests.surveys import answering, composing, figures, links, occasions, permits
from tests.cms_pages.factories import DepartmentFactory, ServiceFactory, staff_user
from tests.notices.factories import clock
from tests.service_requests.about_notices import linked, outage, over
from tests.service_requests.factories import register

pytestmark = pytest.mark.django_db


@pytest.fixture
def service():
    return ServiceFactory()


@pytest.fixture
def notice(service):
    return outage(services=[service])


@pytest.fixture
def answered_case(notice, service):
    case, officer = linked(notice, service, review=True)
    return workflow.answer(case=case, actor=officer, expected=case.version, text="شد.")


def composed(**fields):
    """A survey about outages that an editor composed, whose link is sent."""
    question = {"type": "satisfaction", "value": {"text": "راضی؟", "text_en": "", "required": True}}
    survey = Survey.objects.create(
        **{"purpose": SurveyPurpose.OUTAGE, "title": "قطعی", "invite_by_message": True, **fields},
        questions=[question],
    )
    composing.publish(survey=survey)
    return survey


def test_nothing_is_asked_while_it_lasts_and_the_short_one_afterwards(notice, answered_case):
    assert not links.is_open(answered_case)
    with pytest.raises(NotPossible):
        links.begin(case=answered_case)
    over(notice)
    assert links.is_open(answered_case)
    permit = permits.read(links.begin(case=answered_case))
    assert permit.asked.purpose == SurveyPurpose.OUTAGE
    assert [each.key for each in permit.asked.definition.questions][:2] == ["told", "mended"]


def test_it_is_one_of_the_two_and_never_both(notice, answered_case):
    over(notice)
    permit = permits.read(links.begin(case=answered_case))
    assert answering.answer(permit=permit, given={"overall": 4}).counted
    assert not links.is_open(answered_case)
    # Unlinked afterwards, it is not asked the ordinary one as well.
    case = Case.objects.get(pk=answered_case.pk)
    head = staff_user(Role.HEAD, case.department)
    linking.unlink(case=case, actor=head, expected=case.version, notice=notice, reason="اشتباه")
    assert not links.is_open(Case.objects.get(pk=case.pk))
    row = PendingAnswer.objects.get()
    assert (row.purpose, row.department, row.kind) == ("outage", case.department, Kind.REQUEST)
    assert "notice" not in {field.name for field in PendingAnswer._meta.get_fields()}


def test_other_cases_are_asked_as_before(notice, service):
    receipt = register(service=service.key)
    case = Case.objects.get(pk=receipt.case.pk)
    officer = staff_user(Role.OFFICER, case.department)
    case = workflow.start_review(case=case, actor=officer, expected=case.version)
    case = workflow.answer(case=case, actor=officer, expected=case.version, text="شد.")
    assert permits.read(links.begin(case=case)).asked.purpose == SurveyPurpose.CLOSING


def test_an_applicant_is_asked_the_short_one_on_the_tracking_page(notice, service):
    receipt = register(service=service.key)
    case = Case.objects.get(pk=receipt.case.pk)
    head = staff_user(Role.HEAD, case.department)
    case = linking.link(case=case, actor=head, expected=case.version, notice=notice)
    case = workflow.start_review(case=case, actor=head, expected=case.version)
    workflow.answer(case=case, actor=head, expected=case.version, text="شد.")
    over(notice)
    visitor = Client()
    visitor.post(
        reverse("service_requests:track"), {"code": receipt.code, "password": receipt.password}
    )
    with translation.override("en"):
        asked = visitor.post(reverse("service_requests:case_survey"), follow=True)
        assert "How was the outage dealt with?" in asked.content.decode()


def test_the_link_is_sent_once_it_is_over_and_once_only(notice, answered_case):
    composed()
    case = answered_case
    now = timezone.now()
    assert occasions.invite_after_outages(at=now) == 0
    OutgoingMessage.objects.all().delete()
    over(notice)
    assert occasions.invite_after_outages(at=timezone.now()) == 1
    sent = OutgoingMessage.objects.count()
    assert sent > 0
    assert SurveyLink.objects.get().case == case
    assert occasions.invite_after_outages(at=timezone.now()) == 0
    assert OutgoingMessage.objects.count() == sent


def test_whoever_is_answered_after_the_end_gets_the_link_at_once(notice, service):
    composed()
    over(notice)
    case, officer = linked(notice, service, review=True)
    workflow.answer(case=case, actor=officer, expected=case.version, text="شد.")
    assert SurveyLink.objects.get().case == case
    assert occasions.invite_after_outages(at=timezone.now()) == 0


def test_nobody_is_sent_a_link_for_an_old_outage_or_where_none_is_to_be_sent(notice, answered_case):
    over(notice)
    assert occasions.invite_after_outages(at=timezone.now()) == 0
    composed()
    later = timezone.now() + timedelta(days=31)
    with clock(later):
        assert occasions.invite_after_outages(at=later) == 0


def rated(count, department):
    month = figures.window()[-1]
    SurveyAnswer.objects.bulk_create(
        SurveyAnswer(
            month=month,
            purpose=SurveyPurpose.OUTAGE,
            department=department,
            kind="request",
            answers={"overall": 5},
        )
        for _number in range(count)
    )


@pytest.mark.parametrize(("count", "shown"), [(FEWEST - 1, False), (FEWEST, True)])
def test_results_stand_on_the_page_of_the_notice_without_small_numbers(
    client, notice, count, shown
):
    department = DepartmentFactory()
    rated(count, department)
    client.force_login(staff_user(Role.HEAD, department))
    page = client.get(reverse("service_requests_admin:about_notice", args=[notice.pk]))
    assert page.context["survey"].count == (count if shown else 0)
    screen = reverse("service_requests_surveyanswer_modeladmin_index")
    assert client.get(screen, {"purpose": "outage"}).context["purpose"] == "outage"


def test_an_officer_sees_no_results(client, notice):
    client.force_login(staff_user(Role.OFFICER))
    page = client.get(reverse("service_requests_admin:about_notice", args=[notice.pk]))
    assert page.context["survey"] is None
