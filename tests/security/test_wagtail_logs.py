"""Not even a superuser reads anything personal in Wagtail's own logs, reports and searches."""

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse
from wagtail.log_actions import registry
from wagtail.models import ModelLogEntry, PageLogEntry, ReferenceIndex, Revision

from service_requests.models import Case
from tests.cms_pages.factories import DepartmentFactory, UserFactory
from tests.security.decoding import canonical
from tests.security.desk_life import everything_opened
from tests.security.urls import every_pattern
from tests.service_requests.factories import LEGAL, answered, head_of, register, upload

pytestmark = [pytest.mark.django_db, pytest.mark.screen]

# Where a superuser may read a case: our own screens, which ask for a reason and keep a record.
OURS = ("service_requests",)
LOGS = ("reports", "history", "usage", "search", "chooser", "collection", "workflow", "home")


@pytest.fixture
def superuser():
    client = Client(raise_request_exception=False)
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    return client


@pytest.fixture
def secrets():
    """Everything sealed in some cases that staff have worked on."""
    from service_requests import credentials, notes
    from service_requests.attachments import IncomingFile
    from service_requests.intake import new_submission_key

    case, officer = answered(files=[IncomingFile.of(upload("نقشهٔ_خانه.pdf"))])
    notes.add(case=case, actor=officer, text="یادداشت درونی همکاران")
    credentials.reissue(case=case, actor=head_of(case), slip_key=new_submission_key())
    register("complaint", LEGAL, complained_department=DepartmentFactory().key)
    found = [text for text in everything_opened() if len(canonical(text)) >= 6]
    assert len(found) > 12
    return found


def admin_addresses():
    for name, route, converters in every_pattern():
        if converters or not route.startswith("admin/") or name == "wagtailadmin_error_test":
            continue
        if name.startswith(OURS) or "service_requests" in name or name == "wagtailadmin_logout":
            continue
        try:
            yield name, reverse(name)
        except NoReverseMatch:
            continue


def test_no_page_of_wagtail_shows_anything_personal_to_a_superuser(superuser, secrets):
    seen = []
    for name, address in admin_addresses():
        for query in ("", "?q=آسفالت", "?q=0499370899", "?object_type=service_requests.case"):
            answer = superuser.get(address + query)
            assert answer.status_code != 500 or not query, (name, query)
            if answer.streaming or answer.status_code != 200:
                continue
            seen.append(name)
            shown = canonical(answer.content.decode("utf-8", "replace").replace(query[3:], ""))
            held = [text for text in secrets if canonical(text) in shown]
            # A search repeats what was searched for.
            assert not [text for text in held if text not in query], (name, query)
    assert len(set(seen)) > 30
    assert any("report" in name for name in seen)


def test_the_log_keeps_no_words_of_a_case(superuser, secrets, client):
    case = Case.objects.first()
    screen = reverse("service_requests_case_modeladmin_inspect", args=[case.pk])
    superuser.get(screen)
    superuser.post(screen, {"action": "open", "reason": "contact"})
    for model in registry.get_log_entry_models():
        for entry in model.objects.all():
            kept = canonical(f"{entry.label} {entry.data} {entry}")
            assert not [text for text in secrets if canonical(text) in kept]
    ours = ("service_requests", "desk_core")
    for model in (ModelLogEntry, PageLogEntry, Revision):
        rows = model.objects.filter(content_type__app_label__in=ours)
        assert not rows.exists(), model
    assert not ReferenceIndex.objects.filter(base_content_type__app_label="service_requests")


def test_a_label_of_a_case_in_any_log_is_its_code_or_number(secrets):
    from django.apps import apps

    for model in apps.get_app_config("service_requests").get_models():
        for row in model._base_manager.all():
            said = canonical(f"{row} {row!r}")
            assert not [text for text in secrets if canonical(text) in said], model
