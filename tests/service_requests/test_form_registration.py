"""Staff fill in an editor's form for somebody who came or called: the same rules, then the slip."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cms_pages.enums import Role
from service_requests import credentials, reading, receipts
from service_requests.enums import Source
from service_requests.models import Case, RequestFormPage
from tests.cms_pages.factories import DepartmentFactory, make_site, staff_user
from tests.service_requests.factories import PDF, officer_of, photo
from tests.service_requests.request_forms import key, make_form, option, publish

pytestmark = pytest.mark.django_db
PERSON = {
    "first_name": "مریم",
    "last_name": "كاظمي",
    "national_id": "۰۰۸۴۵۷۵۹۴۸",
    "mobile": "۰۹۱۲ ۳۴۵ ۶۷۸۹",
}
LAND = {
    key(16): option(16, 0),
    key(17): "۲۵۰٫۵",
    key(18): "ده بالا",
    key(48): "0499370899",
    key(54): "on",
}
HOUSE = {
    **LAND,
    key(16): option(16, 1),
    key(33): "۱۴۰۴/۰۱/۰۵",
    key(34): [option(34, 1), option(34, 2)],
}


@pytest.fixture
def page(db):
    return make_form(make_site())


@pytest.fixture
def staff(client):
    user = staff_user(Role.SECRETARIAT)
    client.force_login(user)
    return user


def door(form: str = "land") -> str:
    return reverse("service_requests_admin:register_form", args=[form])


def posted(client, answers, **changes):
    shown = client.get(door()).content.decode()
    hidden = {
        name: re.search(rf'name="{name}" value="([^"]+)"', shown).group(1)
        for name in ("submission_key", "version")
    }
    said = {"source": Source.WALK_IN, "language": "fa", "consent": "on"}
    return {**hidden, **said, "person_type": "natural", **PERSON, **answers, **changes}


def test_answers_given_at_the_desk_are_kept_under_the_version_and_the_slip_opens_them(
    client, page, staff
):
    values = posted(client, HOUSE)
    values[key(32)] = SimpleUploadedFile("سند.pdf", PDF)
    response = client.post(door(), values)
    assert response.status_code == 200
    assert reverse("service_requests_admin:slip_pdf", args=[Case.objects.get().pk]) in (
        response.content.decode()
    )
    case = Case.objects.get()
    assert (case.source, case.events.get().actor) == (Source.WALK_IN, staff)
    assert case.form_version == page.version
    assert case.attachments.get().question == key(32)
    form = reading.for_staff(case=case, user=officer_of(case)).form
    shown = {answer.label: answer.text for answer in form.answers()}
    assert shown["نوع ملک"] == "خانه"
    assert shown["تصویر سند"] == "سند.pdf"
    # It hangs on another answer: what was typed there counts for nothing.
    assert "نام روستا" not in shown
    password = receipts.open_receipt(submission_key=values["submission_key"]).password
    assert credentials.verify(code=case.code, password=password, address="a").case == case
    again = client.post(door(), {**values, key(32): SimpleUploadedFile("سند.pdf", PDF)})
    assert again.status_code == 200
    assert Case.objects.count() == 1


@pytest.mark.parametrize("choice", [{}, {"keep_as_sent": "on"}])
def test_pictures_stay_as_they_are_when_the_applicant_wants_it(client, page, staff, choice):
    client.post(door(), posted(client, {**HOUSE, key(32): photo()}, **choice))
    assert Case.objects.get().attachments.get().kept_as_sent == bool(choice)


def test_what_is_hidden_is_neither_asked_for_nor_judged(client, page, staff):
    assert client.post(door(), posted(client, LAND, **{key(33): "no day"})).status_code == 200
    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({key(17): "-5"}, key(17)),
        ({key(18): ""}, key(18)),
        ({key(16): "nope"}, key(16)),
        ({key(48): "123"}, key(48)),
        ({f"{key(50)}-city": "تهران"}, f"{key(50)}-province"),
        ({key(54): ""}, key(54)),
        ({"national_id": "123"}, "national_id"),
        ({"person_type": "legal"}, "person_type"),
        ({"source": "web"}, "source"),
        ({"consent": ""}, "consent"),
    ],
)
def test_the_rules_of_the_citizens_pages_hold_and_say_so_at_the_field(
    client, page, staff, changes, field
):
    response = client.post(door(), posted(client, LAND, **changes))
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not Case.objects.exists()


def test_what_the_editor_left_open_is_chosen(client, page, staff):
    roads, water = DepartmentFactory(), DepartmentFactory()
    page.departments = [roads, water]
    page.for_legal = True
    publish(page)
    assert client.post(door(), posted(client, LAND)).status_code == 422
    values = posted(client, LAND, department=water.key)
    assert client.post(door(), values).status_code == 200
    assert Case.objects.get().department == water


def test_a_version_that_was_replaced_meanwhile_is_still_taken(client, page, staff):
    values = posted(client, LAND)
    page.title = "نام تازه"
    assert publish(page).version != page.version
    assert client.post(door(), values).status_code == 200
    assert Case.objects.get().form_version_id == int(values["version"])


def test_the_ordinary_screen_leads_to_the_forms_that_somebody_receives(client, page, staff):
    own = reverse("service_requests_admin:register")
    assert door() in client.get(own).content.decode()
    assert own in client.get(door()).content.decode()
    RequestFormPage.objects.get().unpublish()
    assert door() not in client.get(own).content.decode()
    assert client.get(door()).status_code == 404


@pytest.mark.parametrize("role", [Role.EDITOR, Role.AUDITOR, Role.ADMINISTRATOR])
def test_others_may_not_register_on_a_form(client, page, role):
    client.force_login(staff_user(role))
    assert client.get(door()).status_code in {302, 403}
    assert client.post(door(), {}).status_code in {302, 403}
    assert not Case.objects.exists()


def test_whatever_is_asked_again_keeps_every_box_that_was_ticked(client, page, staff):
    response = client.post(door(), posted(client, HOUSE, postal_code="1234567890"))
    assert not Case.objects.exists()
    form = response.context["form"]
    assert form["asked_about"].value() == "1234567890"
    assert form[key(34)].value() == [option(34, 1), option(34, 2)]
