"""Staff of one department see nothing of another's case, at any address of the site.

The table of addresses is read from the URL configuration: a new view is in it by itself.
"""

import re
import uuid

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from cms_pages.enums import Role
from persian.digits import to_ascii
from service_requests import conversation, letters, notes
from service_requests.attachments import IncomingFile
from service_requests.models import Case, LetterBook, Secretariat
from tests.cms_pages.factories import DepartmentFactory, UserFactory, staff_user
from tests.security.urls import every_pattern
from tests.service_requests.factories import in_review, upload

pytestmark = [pytest.mark.django_db, pytest.mark.screen]
OURS = ("service_requests", "service_requests_admin")


@pytest.fixture
def foreign():
    """A case of another department, with a message, a file and a note."""
    case, officer = in_review()
    conversation.citizen_adds(case=case, text="پیام", files=[IncomingFile.of(upload())])
    notes.add(case=case, actor=officer, text="یادداشت")
    secretariat = Secretariat.objects.create(name="دبیرخانه")
    book = LetterBook.objects.create(secretariat=secretariat, direction="incoming")
    letters.register_incoming(case=case, actor=UserFactory(is_superuser=True), book=book)
    return Case.objects.get(pk=case.pk)


@pytest.fixture
def stranger():
    """An officer of another department, signed in."""
    client = Client(raise_request_exception=False)
    client.force_login(staff_user(Role.OFFICER, DepartmentFactory()))
    return client


def values_for(case: Case, names) -> dict:
    """What each parameter of an address would have to be to reach the case."""
    credential = case.credentials.get()
    known = {
        "attachment_id": case.attachments.first().pk,
        "case_id": case.pk,
        "letter_id": case.letters.get().pk,
        "app_label": "service_requests",
        "model_name": "case",
        "content_type": "service_requests.case",
        "content_type_app_label": "service_requests",
        "content_type_model_name": "case",
        "code": case.code,
        "credential_id": credential.pk,
    }
    return {name: known.get(name, case.pk) for name in names}


def addresses(case: Case):
    """Every address with parameters, filled so that it would show the case (or its credential)."""
    credential = case.credentials.get()
    for name, route, converters in every_pattern():
        if not converters:
            continue
        for target in (case.pk, credential.pk, case.letters.get().pk):
            values = values_for(case, converters)
            if "credential" in name or target == credential.pk:
                values = {
                    key: credential.pk if value == case.pk else value
                    for key, value in values.items()
                }
            try:
                yield name, reverse(name, kwargs=values), route
            except NoReverseMatch:
                try:
                    yield name, reverse(name, args=list(values.values())), route
                except NoReverseMatch:
                    continue


def test_every_address_of_cases_is_not_found_for_another_department(foreign, stranger):
    table = [row for row in addresses(foreign) if is_ours(row[0])]
    assert len({name for name, *_rest in table}) >= 8, table
    for name, address, _route in table:
        for method in ("get", "post"):
            response = getattr(stranger, method)(address)
            # The citizens' own pages know no staff: they send away to the tracking page.
            allowed = (302, 404, 405) if name.startswith("service_requests:") else (404, 405)
            assert response.status_code in allowed, (method, name, address, response.status_code)


def test_no_other_address_shows_anything_of_it(foreign, stranger):
    crashed = []
    for name, address, _route in addresses(foreign):
        response = stranger.get(address)
        # Wagtail's own choosers take any text for a number; they show nothing then.
        if response.status_code == 500 and not name.endswith("_chooser:chosen"):
            crashed.append((name, address))
        if not response.streaming:
            shown = to_ascii(response.content.decode("utf-8", "replace"))
            assert foreign.code not in shown.replace(address, ""), (name, address)
    assert not crashed


def test_no_list_report_or_search_of_the_admin_names_it(foreign, stranger):
    for name, route, converters in every_pattern():
        if converters or not route.startswith("admin/"):
            continue
        try:
            address = reverse(name)
        except NoReverseMatch:
            continue
        if name in ("wagtailadmin_logout", "wagtailadmin_error_test"):
            continue  # the second is there to fail
        for query in ("", "?q=آسفالت"):
            shown = shown_at(stranger, name, address + query)
            assert foreign.code not in to_ascii(shown), name
            assert str(foreign.pk) not in shown, name
        # A search repeats what was searched for: no more often for a code that exists.
        found = shown_at(stranger, name, f"{address}?q={foreign.code}")
        unknown = shown_at(stranger, name, f"{address}?q=999999999999")
        assert found.count(foreign.code) == unknown.count("999999999999"), name
        assert str(foreign.pk) not in found, name


def shown_at(client: Client, name: str, address: str) -> str:
    """What a page shows; nothing for a redirect or a refusal, never a crash."""
    response = client.get(address)
    assert response.status_code != 500, (name, address)
    if response.streaming or response.status_code != 200:
        return ""
    return response.content.decode("utf-8", "replace")


def test_a_tracking_session_reaches_no_file_of_another_case(foreign, client):
    from tests.service_requests.factories import register

    receipt = register()
    answer = client.post(
        "/api/desk/v1/sessions",
        {"code": receipt.code, "password": receipt.password},
        content_type="application/json",
    )
    bearer = {"Authorization": f"Bearer {answer.json()['token']}"}
    described = client.get("/api/desk/v1/openapi.json").json()["paths"]
    tried = 0
    for path, operations in described.items():
        # A channel names one's own contact, and no record of anybody.
        if "{" not in path or "{channel}" in path:
            continue
        for method in operations:
            for value in (foreign.attachments.first().pk, foreign.pk, uuid.uuid4()):
                address = re.sub(r"{\w+}", str(value), path)
                response = getattr(client, method)(address, headers=bearer)
                # Staff and third parties come with something else than such a session.
                refused = {401} if "/staff/" in path else {400} if "/question/" in path else {404}
                # Versions of an agreement have numbers, which no key of a file is.
                refused |= {422} if "/agreements/" in path else set()
                assert response.status_code in refused, (method, address)
                tried += 1
    assert tried


def is_ours(name: str) -> bool:
    """Whether an address belongs to the cases."""
    return name.startswith(OURS) or "service_requests_" in name
