"""The four steps: everything a citizen types is kept, checked where it stands, and sent once."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from service_requests.enums import Source, State
from service_requests.models import Attachment, Case, Draft
from tests.cms_pages.factories import DepartmentFactory, ServiceFactory

pytestmark = pytest.mark.django_db

PERSON = {
    "first_name": "مریم",
    "last_name": "كاظمي",
    "national_id": "۰۰۸۴۵۷۵۹۴۸",
    "mobile": "۰۹۱۲ ۳۴۵ ۶۷۸۹",
}
WORDS = {"subject": "درخواست مجوز", "body": "لطفاً مجوز ساخت راه روستا را بررسی کنید."}
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f"
    b"\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d"
    b"\x00\x00\x00\x00IEND\xaeB`\x82"
)


@pytest.fixture(autouse=True)
def _no_human_check(settings):
    settings.DESK_HUMAN_CHECK_OFF = True


@pytest.fixture
def department():
    return DepartmentFactory()


def url(name: str) -> str:
    return reverse(f"service_requests:{name}")


def go_to_words(client: Client, kind: str = "request", person_type: str = "natural", **person):
    client.post(url("submit"), {"kind": kind, "person_type": person_type})
    return client.post(url("submit_person"), {**PERSON, **person})


def send(client: Client, department, **words):
    go_to_words(client)
    client.post(url("submit_words"), {**WORDS, "department": department.key, **words})
    return client.post(url("submit_check"), {"consent": "on"})


def test_a_natural_person_registers_and_gets_code_and_password(client, department):
    response = send(client, department)
    assert response.url == url("receipt")
    page = client.get(url("receipt"))
    case = Case.objects.get()
    assert case.source == Source.WEB
    assert case.state == State.REGISTERED
    digits = re.findall(r'data-copy="(\d+)"|value="(\d{12,16})"', page.content.decode())
    assert case.code in "".join(a + b for a, b in digits)
    assert "no-store" in page["Cache-Control"]
    assert page["Referrer-Policy"] == "same-origin"


def test_the_same_form_sent_again_after_a_lost_reply_is_the_same_case(client, department):
    send(client, department)
    again = client.post(url("submit_check"), {"consent": "on"})
    assert again.url == url("receipt")
    back = client.get(url("submit_check"))
    assert back.url == url("receipt")
    assert Case.objects.count() == 1
    first, second = client.get(url("receipt")), client.get(url("receipt"))
    assert first.context["receipt"].password == second.context["receipt"].password


def test_after_keeping_it_the_password_is_gone(client, department):
    send(client, department)
    client.post(url("receipt_kept"))
    assert client.get(url("receipt")).status_code == 410


def test_the_receipt_is_a_pdf_with_code_and_password(client, department):
    import io

    from pypdf import PdfReader

    send(client, department)
    response = client.get(url("receipt_pdf"))
    assert response["Content-Type"] == "application/pdf"
    text = PdfReader(io.BytesIO(response.content)).pages[0].extract_text()
    assert Case.objects.get().code in re.sub(r"\s", "", text)


def test_a_mistake_is_told_at_its_field_and_nothing_typed_is_lost(client):
    client.post(url("submit"), {"kind": "request", "person_type": "natural"})
    page = client.post(url("submit_person"), {**PERSON, "national_id": "0084575949"})
    form = page.context["form"]
    assert list(form.errors) == ["national_id"]
    assert 'href="#id_national_id"' in page.content.decode()
    assert "كاظمي" in page.content.decode()
    assert page.content.decode().count("<h1>") == 1
    assert "كاظمي" in client.get(url("submit_person")).content.decode()


def test_going_back_shows_what_was_typed(client, department):
    go_to_words(client)
    client.post(url("submit_words"), {**WORDS, "department": department.key})
    assert client.get(url("submit")).context["form"]["kind"].value() == "request"
    assert client.get(url("submit_person")).context["form"]["first_name"].value() == "مریم"
    assert client.get(url("submit_words")).context["form"]["subject"].value() == WORDS["subject"]


def test_files_survive_a_mistake_and_can_be_removed(client, department):
    go_to_words(client)
    page = client.post(
        url("submit_words"),
        {
            "department": department.key,
            "subject": "",
            "body": "",
            "files": [SimpleUploadedFile("نقشه.png", PNG), SimpleUploadedFile("x.exe", b"MZ")],
        },
    )
    assert [f["name"] for f in page.context["files"]] == ["نقشه.png"]
    assert set(page.context["form"].errors) == {"subject", "body", "files"}
    attachment = Attachment.objects.get()
    client.post(reverse("service_requests:remove_file", args=[attachment.pk]))
    assert not Attachment.objects.exists()


def test_an_attachment_goes_over_to_the_case(client, department):
    send(client, department, files=[SimpleUploadedFile("a.png", PNG)])
    assert Case.objects.get().attachments.count() == 1
    assert not Draft.objects.exists()


def test_a_legal_person_needs_a_representative(client):
    client.post(url("submit"), {"kind": "request", "person_type": "legal"})
    page = client.post(url("submit_person"), {"mobile": "09123456789"})
    assert {"legal_name", "legal_id", "rep_name", "rep_national_id"} <= set(
        page.context["form"].errors
    )


def test_a_complaint_names_the_department_and_needs_an_address(client, department):
    page = go_to_words(client, kind="complaint")
    assert list(page.context["form"].errors) == ["address"]
    client.post(url("submit_person"), {**PERSON, "address": "اراک، خیابان امام، پلاک ۲"})
    client.post(url("submit_words"), {**WORDS, "complained_department": department.key})
    client.post(url("submit_check"), {"consent": "on"})
    assert Case.objects.get().complained_department == department


def test_a_service_of_another_department_is_explained(client, department):
    go_to_words(client)
    service = ServiceFactory()
    page = client.post(
        url("submit_words"), {**WORDS, "department": department.key, "service": service.key}
    )
    assert str(service.department) in page.context["form"].errors["service"][0]


def test_choosing_only_the_service_chooses_its_department(client):
    go_to_words(client)
    service = ServiceFactory()
    client.post(url("submit_words"), {**WORDS, "service": service.key})
    client.post(url("submit_check"), {"consent": "on"})
    assert Case.objects.get().department == service.department


def test_a_link_from_a_service_brings_it_along(client):
    service = ServiceFactory()
    page = client.get(url("submit"), {"service": service.key})
    assert page.context["form"]["kind"].value() == "request"


def test_no_consent_no_case(client, department):
    go_to_words(client)
    client.post(url("submit_words"), {**WORDS, "department": department.key})
    page = client.post(url("submit_check"), {})
    assert "consent" in page.context["form"].errors
    assert not Case.objects.exists()


def test_an_inactive_department_sends_back_to_its_question(client, department):
    go_to_words(client)
    client.post(url("submit_words"), {**WORDS, "department": department.key})
    department.active = False
    department.save()
    response = client.post(url("submit_check"), {"consent": "on"})
    assert response.url == f"{url('submit_words')}?fix"
    assert "department" in client.get(response.url).context["form"].errors


@pytest.mark.parametrize("step", ["submit_person", "submit_words", "submit_check"])
def test_a_missing_cookie_is_explained_instead_of_a_circle(step):
    for method in ("get", "post"):
        response = getattr(Client(), method)(url(step))
        assert response.status_code == 410


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("first_name", "x" * 1_000_000),
        ("first_name", "a\x00b"),
        ("mobile", "²" * 11),
        ("email", "@" * 5000),
        ("address", "\u202e\u0007بد"),
    ],
)
def test_bad_input_gets_a_message_and_stores_nothing(client, field, value):
    client.post(url("submit"), {"kind": "request", "person_type": "natural"})
    page = client.post(url("submit_person"), {**PERSON, field: value})
    assert page.status_code == 200
    assert field in page.context["form"].errors


def test_a_million_letters_of_text_get_a_message_at_the_field(client, department):
    go_to_words(client)
    page = client.post(
        url("submit_words"), {**WORDS, "department": department.key, "body": "ب" * 1_000_000}
    )
    assert page.status_code == 200
    assert "body" in page.context["form"].errors


def test_a_broken_multipart_is_refused_without_a_crash(client):
    go_to_words(client)
    response = client.generic(
        "POST", url("submit_words"), b"--x\r\nbroken", content_type="multipart/form-data; boundary="
    )
    assert response.status_code == 400


def test_english_pages_stand_under_en(client):
    page = client.get("/en/requests/new/")
    assert page.status_code == 200
    assert 'dir="ltr"' in page.content.decode()
