"""Staff register for somebody; credentials and surveys in the admin."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from cms_pages.enums import Role
from persian import identifiers, jalali
from persian.digits import to_ascii
from service_requests import credentials, receipts
from service_requests.enums import Kind, Source
from service_requests.forms import HINTS, LABELS
from service_requests.models import Case, SurveyAnswer
from tests.cms_pages.factories import staff_user
from tests.service_requests.factories import LEGAL, data, head_of, make_case, photo, upload

pytestmark = [pytest.mark.django_db, pytest.mark.screen]
TABLE = 'id="questions-admin"'
REGISTER = "service_requests_admin:register"


def form_key(client) -> str:
    page = client.get(reverse(REGISTER)).content.decode()
    return re.search(r'name="submission_key" value="([^"]+)"', page).group(1)


def posted(client, **changes):
    values = {**data(), "consent": "on", "source": Source.LETTER, "language": "fa"}
    values["submission_key"] = form_key(client)
    return values | changes


def password_of(values: dict) -> str:
    """What the slip of a submission will say; the page itself never does."""
    return receipts.open_receipt(submission_key=values["submission_key"]).password


def test_a_letter_is_registered_and_the_slip_opens_the_case(client):
    user = staff_user(Role.SECRETARIAT)
    client.force_login(user)
    values = posted(client, files=upload())
    response = client.post(reverse(REGISTER), values)
    case = Case.objects.get()
    assert (case.source, case.events.get().actor) == (Source.LETTER, user)
    assert case.attachments.count() == 1
    assert "no-store" in response["Cache-Control"]
    password = password_of(values)
    assert password not in re.sub(r"\D", "", to_ascii(response.content.decode()))
    assert credentials.verify(code=case.code, password=password, address="a").case == case
    values.pop("files")
    again = client.post(reverse(REGISTER), values)
    assert password_of(values) == password
    assert again.status_code == 200
    assert Case.objects.count() == 1


@pytest.mark.parametrize("choice", [{}, {"keep_as_sent": "on"}])
def test_pictures_stay_as_they_are_when_the_applicant_wants_it(client, choice):
    client.force_login(staff_user(Role.SECRETARIAT))
    client.post(reverse(REGISTER), posted(client, files=photo(), **choice))
    assert Case.objects.get().attachments.get().kept_as_sent == bool(choice)


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


def test_an_unusual_postal_code_is_asked_about_once_and_never_refused(client):
    client.force_login(staff_user(Role.OFFICER))
    values = posted(client, postal_code="1234567890")
    asked = client.post(reverse(REGISTER), values)
    assert asked.status_code == 422
    form = asked.context["form"]
    assert list(form.errors) == ["postal_code"]
    assert identifiers.postal_code_warning("1234567890") in form.errors["postal_code"]
    assert 'name="asked_about" value="1234567890"' in asked.content.decode()
    values["asked_about"] = form["asked_about"].value()
    assert client.post(reverse(REGISTER), values).status_code == 200
    assert Case.objects.count() == 1


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


def test_the_slip_of_a_case_one_does_not_see_is_handed_over(client):
    user = staff_user(Role.OFFICER)
    client.force_login(user)
    values = {**data(Kind.COMPLAINT), "consent": "on", "source": Source.WALK_IN, "language": "fa"}
    values["submission_key"] = key = form_key(client)
    page = client.post(reverse(REGISTER), values).content.decode()
    case = Case.objects.get()
    door = re.search(r'action="([^"]+/handed-over/)"', page).group(1)
    assert receipts.open_receipt(submission_key=key).password
    client.force_login(staff_user(Role.EDITOR))
    assert client.post(door, {"submission_key": key}).status_code == 404
    assert receipts.open_receipt(submission_key=key).password
    client.force_login(user)
    done = client.post(door, {"submission_key": key})
    assert done["Location"] == reverse("service_requests_case_modeladmin_index")
    assert receipts.open_receipt(submission_key=key).password is None
    client.force_login(staff_user(Role.COMPLAINTS))
    seen = client.post(door, {"submission_key": key})
    assert seen["Location"] == reverse("service_requests_case_modeladmin_inspect", args=[case.pk])


def test_the_running_month_is_in_no_figure(client):
    case = make_case()
    client.force_login(head_of(case))
    url = reverse("service_requests_surveyanswer_modeladmin_index")
    running = jalali.month_key(timezone.now())
    for _ in range(10):
        SurveyAnswer.objects.create(
            month=running, department=case.department, kind=case.kind, answers={"overall": 4}
        )
    for query in ("", f"?month={running}", f"?department={case.department.key}"):
        page = client.get(url + query).content.decode()
        assert TABLE not in page
        assert f'<option value="{running}"' not in page


def label_of(page: str, name: str) -> str:
    """The label of a field as it stands in the page, and its mark when it has one."""
    return re.search(rf'<label[^>]* for="id_{name}"[^>]*>(.*?)</label>', page, re.S)[1]


def test_what_must_be_filled_in_is_marked_also_for_who_listens(client):
    client.force_login(staff_user(Role.SECRETARIAT))
    page = client.get(reverse(REGISTER)).content.decode()
    always = ["first_name", "last_name", "legal_name", "rep_name", "mobile", "subject", "body"]
    for name in [*always, "consent"]:
        label = label_of(page, name)
        assert "w-required-mark" in label, name
        assert "w-sr-only" in label, name
        assert "data-show-when" not in label, name
        assert re.search(rf'<(?:input|textarea)[^>]* name="{name}"[^>]*aria-required="true"', page)
    for name, kinds in {
        "national_id": "request|complaint",
        "legal_id": "request|complaint",
        "department": "request|suggestion",
        "complained_department": "complaint",
        "address": "complaint",
    }.items():
        assert f'data-show-when="kind={kinds}"' in label_of(page, name), name
    for name in ("phone", "email", "postal_code", "service"):
        assert "w-required-mark" not in label_of(page, name), name


def test_the_form_speaks_to_staff_and_no_heading_repeats_a_label(client):
    client.force_login(staff_user(Role.SECRETARIAT))
    page = client.get("/admin/requests/register/")
    form = page.context["form"]
    words = " ".join(f"{field.label} {field.help_text}" for field in form.fields.values())
    for said in (LABELS["body"], HINTS["mobile"], HINTS["email"], HINTS["body"]):
        assert str(said) not in words
    labels = {re.sub("<.*", "", str(field.label)).strip() for field in form.fields.values()}
    assert labels.isdisjoint(section["heading"] for section in form.sections())
