"""Staff register for somebody; credentials and surveys in the admin."""

import re

import pytest
from django.urls import reverse

from cms_pages.enums import Role
from service_requests import credentials
from service_requests.enums import Kind, Source
from service_requests.models import Case, SurveyAnswer
from tests.cms_pages.factories import staff_user
from tests.service_requests.factories import LEGAL, data, head_of, make_case, officer_of, upload

pytestmark = pytest.mark.django_db
TABLE = 'class="listing"'
REGISTER = "service_requests_admin:register"


def form_key(client) -> str:
    page = client.get(reverse(REGISTER)).content.decode()
    return re.search(r'name="submission_key" value="([^"]+)"', page).group(1)


def posted(client, **changes):
    values = {**data(), "consent": "on", "source": Source.LETTER, "language": "fa"}
    values["submission_key"] = form_key(client)
    return values | changes


def password_in(page: str) -> str:
    shown = re.search(r'<span class="desk-print-only">(.*?)</span>\s*</dd>', page, re.S).group(1)
    return "".join(re.findall(r"\d+", re.sub(r"<[^>]+>", "", shown)))


def test_a_letter_is_registered_and_the_slip_opens_the_case(client):
    user = staff_user(Role.SECRETARIAT)
    client.force_login(user)
    values = posted(client, files=upload())
    response = client.post(reverse(REGISTER), values)
    case = Case.objects.get()
    assert (case.source, case.events.get().actor) == (Source.LETTER, user)
    assert case.attachments.count() == 1
    assert "no-store" in response["Cache-Control"]
    password = password_in(response.content.decode())
    assert credentials.verify(code=case.code, password=password, address="a").case == case
    values.pop("files")
    again = client.post(reverse(REGISTER), values)
    assert password_in(again.content.decode()) == password
    assert Case.objects.count() == 1


def test_a_legal_person_and_a_complaint(client):
    client.force_login(staff_user(Role.OFFICER))
    values = {
        **data(Kind.COMPLAINT, LEGAL),
        "consent": "on",
        "source": Source.WALK_IN,
        "language": "en",
        "submission_key": form_key(client),
    }
    assert client.post(reverse(REGISTER), values).status_code == 200
    assert Case.objects.get().kind == Kind.COMPLAINT


@pytest.mark.parametrize(
    "changes",
    [
        {"national_id": "123"},
        {"consent": ""},
        {"source": "web"},
        {"body": "x" * 100_000},
        {"department": "nope"},
        {"submission_key": "short"},
        {"subject": "\0"},
        {"files": upload("x.exe", b"MZ")},
        {"kind": "tip"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_bad_input_is_explained_and_kept(client, changes):
    client.force_login(staff_user(Role.SECRETARIAT))
    response = client.post(reverse(REGISTER), posted(client, **changes))
    assert response.status_code == 422
    assert "آزمونی" in response.content.decode()
    assert not Case.objects.exists()


@pytest.mark.parametrize("role", [Role.EDITOR, Role.AUDITOR, Role.ADMINISTRATOR])
def test_others_may_not_register(client, role):
    client.force_login(staff_user(role))
    assert client.get(reverse(REGISTER)).status_code in {302, 403}
    assert client.post(reverse(REGISTER), {}).status_code in {302, 403}
    assert not Case.objects.exists()


def test_credentials_list_never_shows_a_secret(client):
    case = make_case()
    credential = case.credentials.get()
    client.force_login(head_of(case))
    index = reverse("service_requests_credential_modeladmin_index")
    inspect = reverse("service_requests_credential_modeladmin_inspect", args=[credential.pk])
    for url in (index, f"{index}?active=yes", f"{index}?q={case.code}", inspect):
        page = client.get(url).content.decode()
        assert case.code[:4] in page
        assert "argon2" not in page
        assert credential.secret_hash[-20:] not in page
    oracle = client.get(f"{index}?secret_hash__startswith=a")
    assert oracle.status_code == 400


def test_survey_figures_need_ten_answers(client):
    case = make_case()
    client.force_login(head_of(case))
    url = reverse("service_requests_surveyanswer_modeladmin_index")
    for n in range(10):
        page = client.get(url).content.decode()
        assert TABLE not in page, n
        SurveyAnswer.objects.create(
            month="1405-09", department=case.department, kind=case.kind, answers={"overall": 4}
        )
    page = client.get(url).content.decode()
    assert TABLE in page
    assert TABLE in client.get(f"{url}?month=1405-09").content.decode()
    assert TABLE not in client.get(f"{url}?month=1405-08").content.decode()
    for bad in ("department=x", "department=1%27", "answers__overall=4", "month__startswith=1"):
        assert client.get(f"{url}?{bad}").status_code == 400
    client.force_login(officer_of(case))
    assert client.get(url).status_code in {302, 403}
