"""Each case records the agreement in force when it was registered (R12)."""

from datetime import date

import pytest
from django.urls import reverse

from cms_pages.models import DeskSettings, PrivacyPage
from desk_core.page_cache import purge_now
from service_requests import agreement, cookies, drafts
from service_requests.enums import Kind
from service_requests.submissions import clean
from sla.models import AgreementVersion
from tests.cms_pages.factories import DepartmentFactory, add_page, make_site, translate
from tests.service_requests.factories import data, make_case
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
    department = DepartmentFactory()
    first = agreement.at_registration(department.pk)
    with django_assert_num_queries(0):
        assert agreement.at_registration(department.pk) is first
    with django_capture_on_commit_callbacks(execute=True):
        sla.make_signed()
    version = AgreementVersion.objects.get()
    assert agreement.at_registration(department.pk).version_id == version.pk


def test_a_departments_own_agreement_goes_before_that_of_the_body(
    django_assert_num_queries, django_capture_on_commit_callbacks
):
    roads, land = DepartmentFactory(), DepartmentFactory()
    with django_capture_on_commit_callbacks(execute=True):
        body = sla.make_signed(key="desk").version
        own = sla.make_signed(key="roads", department=roads).version
    assert make_case(department=roads.key).agreement_version == own
    assert make_case(department=land.key).agreement_version == body
    complaint = make_case(Kind.COMPLAINT, complained_department=roads.key)
    assert complaint.agreement_version == own
    with django_assert_num_queries(0):
        for department in (roads, land):
            clean(data(department=department.key))


def test_the_note_names_the_departments_own_last_version(django_capture_on_commit_callbacks):
    roads, land = DepartmentFactory(), DepartmentFactory()
    with django_capture_on_commit_callbacks(execute=True):
        days = {"valid_from": date(2024, 3, 20), "valid_to": date(2025, 3, 19)}
        sla.make_signed(signed_on=date(2024, 3, 20), department=roads, **days)
    assert make_case(department=roads.key).agreement_note == "هیچ؛ آخرین: نسخهٔ ۱"
    assert make_case(department=land.key).agreement_note == "هیچ"


def test_the_page_before_sending_links_the_agreement_that_will_be_recorded(
    client, django_capture_on_commit_callbacks
):
    roads = DepartmentFactory()
    with django_capture_on_commit_callbacks(execute=True):
        sla.make_signed(key="desk")
        page = sla.make_signed(key="roads", department=roads)
    for kind, place in (("request", "department"), ("complaint", "complained_department")):
        token = drafts.new_token()
        answers = data(kind, **{place: roads.key})
        drafts.write(token=token, draft=None, answers=answers | {"consent": ""})
        client.cookies[cookies.DRAFT] = token
        shown = client.get(reverse("service_requests:submit_check"))
        assert shown.context["agreement_url"] == page.url, kind


def test_the_consent_is_to_the_statement_that_the_settings_link():
    site = make_site()
    add_page(site.home, PrivacyPage, title="نخست", slug="first", version="first")
    linked = add_page(site.home, PrivacyPage, title="پیوند", slug="linked", version="linked")
    translate(linked, "en", title="Linked", version="linked-en")
    assert make_case().consent_version == "first"
    DeskSettings.objects.create(site=site.site, privacy_page=linked.page_ptr)
    purge_now()
    assert make_case().consent_version == "linked"
    PrivacyPage.objects.filter(pk=linked.pk).update(live=False)
    purge_now()
    assert make_case().consent_version == "linked-en"
    PrivacyPage.objects.filter(translation_key=linked.translation_key).update(live=False)
    purge_now()
    assert make_case().consent_version == "first"


def test_where_the_agreement_of_a_case_is_read(rf):
    page = sla.make_signed()
    assert agreement.url_of(page.version).endswith(page.get_url())
    assert agreement.url_of(None) == ""
    type(page).objects.filter(pk=page.pk).update(live=False)
    assert agreement.url_of(page.version) == "/api/desk/v1/agreements/desk/versions/1"
