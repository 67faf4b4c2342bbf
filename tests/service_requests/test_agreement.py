"""Each case records the agreement in force when it was registered (R12)."""

import pytest

from service_requests import agreement
from sla.models import AgreementVersion
from tests.service_requests.factories import make_case
from tests.sla import factories as sla

pytestmark = pytest.mark.django_db


def test_a_case_keeps_the_version_in_force_and_a_later_one_does_not_change_it(
    django_capture_on_commit_callbacks,
):
    before = make_case()
    assert before.agreement_version is None
    assert before.agreement_note
    with django_capture_on_commit_callbacks(execute=True):
        sla.make_signed()
    version = AgreementVersion.objects.get()
    after = make_case()
    assert (after.agreement_version, after.agreement_note) == (version, "")
    before.refresh_from_db()
    assert before.agreement_version is None


def test_the_answer_is_remembered_until_something_changes(
    django_assert_num_queries, django_capture_on_commit_callbacks
):
    first = agreement.at_registration()
    with django_assert_num_queries(0):
        assert agreement.at_registration() is first
    with django_capture_on_commit_callbacks(execute=True):
        sla.make_signed()
    assert agreement.at_registration().version_id == AgreementVersion.objects.get().pk


def test_a_departments_own_agreement_is_recorded_for_its_cases(
    django_capture_on_commit_callbacks,
):
    with django_capture_on_commit_callbacks(execute=True):
        body = sla.make_signed().version
    before = make_case()
    assert before.agreement_version == body
    with django_capture_on_commit_callbacks(execute=True):
        own = sla.make_signed(key="own").version
        own.agreement.department = before.department
        own.agreement.save()
    assert make_case(department=before.department.key).agreement_version == own
    assert make_case().agreement_version == body, "another department's case"


def test_where_the_agreement_of_a_case_is_read(rf):
    page = sla.make_signed()
    assert agreement.url_of(page.version).endswith(page.get_url())
    assert agreement.url_of(None) == ""
    type(page).objects.filter(pk=page.pk).update(live=False)
    assert agreement.url_of(page.version) == "/api/desk/v1/agreements/desk/versions/1"
