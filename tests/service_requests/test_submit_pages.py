"""The four steps: everything a citizen types is kept, checked where it stands, and sent once."""

import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from desk_core.sealing import open_subject
from persian import identifiers
from service_requests import (
    attachments,
    drafts,
    housekeeping,
    receipt_pdf,
    submissions,
)
from service_requests.enums import Kind, Source, State
from service_requests.limits import DRAFTS
from service_requests.models import Attachment, Case, Draft
from tests.cms_pages.factories import DepartmentFactory, ServiceFactory, make_site
from tests.service_requests.factories import PDF, register
from tests.service_requests.request_forms import make_form

pytestmark = [pytest.mark.django_db, pytest.mark.screen]

PERSON = {
    "first_name": "مریم",
    "last_name": "كاظمي",
    "national_id": "۰۰۸۴۵۷۵۹۴۸",
    "mobile": "۰۹۱۲ ۳۴۵ ۶۷۸۹",
}
HOME = {"province": "مرکزی", "city": "اراک", "address": "خیابان امام، پلاک ۲"}
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
    from pypdf import PdfReader

    send(client, department)
    response = client.get(url("receipt_pdf"))
    assert response["Content-Type"] == "application/pdf"
    text = PdfReader(io.BytesIO(response.content)).pages[0].extract_text()
    assert Case.objects.get().code in re.sub(r"\s", "", text)


def text_of(pdf):
    from pypdf import PdfReader

    (page,) = PdfReader(io.BytesIO(pdf)).pages
    return " ".join(page.extract_text().split())


@pytest.mark.parametrize("kind", Kind.values)
def test_the_receipt_on_paper_says_what_was_registered_on_which_form(rf, kind):
    service = ServiceFactory(name_en="A service with quite a long name that goes over two lines")
    receipt = register(kind, **({} if kind == Kind.COMPLAINT else {"service": service.key}))
    case = receipt.case
    with translation.override("en"):
        case.language = "en"
        paper = text_of(receipt_pdf.render(request=rf.get("/"), receipt=receipt))
        slip = text_of(receipt_pdf.render_slip(request=rf.get("/"), receipt=receipt))
        title = {"request": "a request", "complaint": "a complaint", "suggestion": "a suggestion"}
        assert f"Receipt of {title[kind]}" in paper
        for sheet in (paper, slip):
            assert f"Kind {Kind(kind).label}" in sheet
            assert "Form General form of the service desk" in sheet
            assert (f"Service {service}" in sheet) == (case.service is not None)
            assert case.code in sheet.replace(" ", "")


def test_the_receipt_of_an_editors_form_names_it(rf):
    page = make_form(make_site(), title="Land certificate")
    receipt = register()
    receipt.case.form_version, receipt.case.language = page.version, "en"
    with translation.override("en"):
        for sheet in (receipt_pdf.render, receipt_pdf.render_slip):
            assert "Form Land certificate" in text_of(sheet(request=rf.get("/"), receipt=receipt))


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
    assert [f.name for f in page.context["files"]] == ["نقشه.png"]
    assert set(page.context["form"].errors) == {"subject", "body", "files"}
    attachment = Attachment.objects.get()
    client.post(reverse("service_requests:remove_file", args=[attachment.pk]))
    assert not Attachment.objects.exists()


def test_an_attachment_goes_over_to_the_case(client, department):
    send(client, department, files=[SimpleUploadedFile("a.png", PNG)])
    assert Case.objects.get().attachments.count() == 1
    assert not Draft.objects.exists()


def test_attaching_ends_in_a_page_that_may_be_reloaded(client, department):
    go_to_words(client)
    chosen = {"upload": "1", "subject": "پل", "files": [SimpleUploadedFile("a.png", PNG)]}
    response = client.post(url("submit_words"), chosen)
    assert (response.status_code, response.url) == (302, f"{url('submit_words')}#attached")
    page = client.get(url("submit_words"))
    assert [f.name for f in page.context["files"]] == ["a.png"]
    assert 'id="attached"' in page.content.decode()
    assert page.context["form"]["subject"].value() == "پل"
    bad = client.post(
        url("submit_words"), {"upload": "1", "files": [SimpleUploadedFile("b.exe", b"MZ")]}
    )
    assert "files" in bad.context["form"].errors


def test_the_same_file_is_kept_once_in_a_draft(client, department):
    def attach(name: str, content: bytes) -> int:
        chosen = [SimpleUploadedFile(name, content)]
        client.post(url("submit_words"), {"upload": "1", "files": chosen})
        return len(client.get(url("submit_words")).context["files"])

    before = len(stored_paths())
    go_to_words(client)
    assert attach("a.pdf", PDF + b"1") == 1
    assert attach("a.pdf", PDF + b"1") == 1
    assert attach("b.pdf", PDF + b"1") == 2
    assert attach("a.pdf", PDF + b"2") == 3
    assert len(stored_paths()) == before + 3


def test_five_files_and_one_of_them_again_are_five_files(client, department):
    go_to_words(client)
    five = [SimpleUploadedFile(f"{n}.png", PNG) for n in range(5)]
    client.post(url("submit_words"), {"files": five})
    again = {"upload": "1", "files": [SimpleUploadedFile("3.png", PNG)]}
    assert client.post(url("submit_words"), again).status_code == 302
    assert Attachment.objects.count() == 5


def stored_paths() -> list[Path]:
    """Every file in the vault."""
    from django.core.files.storage import storages

    return [path for path in Path(storages["private"].location).rglob("*") if path.is_file()]


@pytest.fixture
def at_check(client, department):
    """Everything is answered; returns the mark of what the last page showed."""

    def shown() -> str:
        page = client.get(url("submit_check")).content.decode()
        return re.search(r'name="shown" value="([^"]+)"', page)[1]

    go_to_words(client)
    client.post(url("submit_words"), {**WORDS, "department": department.key})
    return shown


@pytest.mark.parametrize("other_tab", ["words", "file", "removal", "no consent"])
def test_what_another_tab_changed_is_shown_before_it_is_sent(
    client, department, at_check, other_tab
):
    words = {**WORDS, "department": department.key}
    if other_tab == "removal":
        client.post(url("submit_words"), {**words, "files": [SimpleUploadedFile("a.png", PNG)]})
    seen = at_check()
    if other_tab == "removal":
        client.post(reverse("service_requests:remove_file", args=[Attachment.objects.get().pk]))
    elif other_tab == "file":
        client.post(url("submit_words"), {**words, "files": [SimpleUploadedFile("a.png", PNG)]})
    else:
        client.post(url("submit_words"), {**words, "subject": "چیز دیگر"})
    consent = {} if other_tab == "no consent" else {"consent": "on"}
    page = client.post(url("submit_check"), {**consent, "shown": seen})
    assert page.status_code == 200
    assert not Case.objects.exists()
    assert page.context["form"].non_field_errors()
    if other_tab != "removal":
        assert "چیز دیگر" in page.content.decode() or "a.png" in page.content.decode()
    assert at_check() != seen
    sent = client.post(url("submit_check"), {"consent": "on", "shown": at_check()})
    assert sent.url == url("receipt")


def test_what_was_shown_is_sent_and_asks_no_more_queries(
    client, department, at_check, django_assert_max_num_queries
):
    seen = at_check()
    with django_assert_max_num_queries(20):
        response = client.post(url("submit_check"), {"consent": "on", "shown": seen})
    assert response.url == url("receipt")


def test_a_legal_person_needs_a_representative(client):
    client.post(url("submit"), {"kind": "request", "person_type": "legal"})
    page = client.post(url("submit_person"), {"mobile": "09123456789"})
    assert {"legal_name", "legal_id", "rep_name", "rep_national_id"} <= set(
        page.context["form"].errors
    )


def test_a_complaint_names_the_department_and_needs_province_city_and_address(client, department):
    page = go_to_words(client, kind="complaint")
    assert list(page.context["form"].errors) == ["province", "city", "address"]
    client.post(url("submit_person"), {**PERSON, **HOME})
    client.post(url("submit_words"), {**WORDS, "complained_department": department.key})
    client.post(url("submit_check"), {"consent": "on"})
    assert Case.objects.get().complained_department == department


@pytest.mark.parametrize(("code", "asked"), [("1234567890", True), ("3817654399", False)])
def test_an_unusual_postal_code_is_asked_about_and_never_refused(client, department, code, asked):
    question = identifiers.postal_code_warning(code) or "—"
    go_to_words(client, postal_code=code)
    client.post(url("submit_words"), {**WORDS, "department": department.key})
    page = client.get(url("submit_check"))
    assert (question in page.content.decode()) is asked
    client.post(url("submit_check"), {"consent": "on"})
    assert Case.objects.exists()


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


def handed_in_before(monkeypatch, client, module, name: str) -> None:
    """Let the submission be handed in while the next request is on its way to `module.name`."""
    real = getattr(module, name)

    def late(*args, **kwargs):
        found = real(*args, **kwargs) if module is drafts and name == "find" else None
        monkeypatch.setattr(module, name, real)
        assert client.post(url("submit_check"), {"consent": "on"}).url == url("receipt")
        return found or real(*args, **kwargs)

    monkeypatch.setattr(module, name, late)


@pytest.mark.parametrize(
    ("module", "name"), [(drafts, "find"), (drafts, "write"), (attachments, "add_to_draft")]
)
@pytest.mark.parametrize("step", ["submit", "submit_words"])
def test_a_step_that_arrives_late_neither_crashes_nor_costs_the_case(
    client, department, monkeypatch, module, name, step
):
    if step == "submit" and name == "add_to_draft":
        return
    go_to_words(client)
    client.post(url("submit_words"), {**WORDS, "department": department.key})
    handed_in_before(monkeypatch, client, module, name)
    answers = {"kind": "request", "person_type": "natural", **WORDS, "department": department.key}
    files = {"files": [SimpleUploadedFile("a.png", PNG)]} if step == "submit_words" else {}
    late = client.post(url(step), {**answers, **files})
    assert (late.status_code, late.url) == (302, url("receipt"))
    assert not Draft.objects.exists()
    assert not Attachment.objects.exists()
    housekeeping.sweep(at=timezone.now() + timedelta(hours=3))
    case = Case.objects.get()
    content = open_subject(case.subject_key).open_json(
        bytes(case.sealed_content), record=case.content_record
    )
    assert content["subject"] == WORDS["subject"]


def test_forgetting_a_draft_never_erases_the_key_of_a_case(client, department):
    send(client, department)
    case = Case.objects.get()
    Draft.objects.create(
        token_digest="x" * 64, subject_key=case.subject_key, expires_at=timezone.now()
    )
    assert housekeeping.sweep()["drafts"] == 1
    assert open_subject(Case.objects.get().subject_key)


def test_beginning_again_leads_to_the_receipt_until_it_is_kept(client, department):
    send(client, department)
    password = client.get(url("receipt")).context["receipt"].password
    first = {"kind": "request", "person_type": "natural"}
    for response in (client.get(url("submit")), client.post(url("submit"), first)):
        assert (response.status_code, response.url) == (302, url("receipt"))
    assert client.get(url("receipt")).context["receipt"].password == password
    client.post(url("receipt_kept"))
    assert client.get(url("submit")).status_code == 200
    assert client.post(url("submit"), first).url == url("submit_person")


def test_a_receipt_that_is_over_does_not_stand_in_the_way(client, department):
    send(client, department)
    housekeeping.sweep(at=timezone.now() + timedelta(minutes=16))
    assert client.get(url("submit")).status_code == 200


def begin_by_link(client, link: dict[str, str], kind: str = "request"):
    """Follow a link, then send step 1 to where its form points; step 3 at the end."""
    page = client.get(url("submit"), link).content.decode()
    action = re.search(r'action="([^"]*/new/[^"]*)"', page)[1].replace("&amp;", "&")
    client.post(action, {"kind": kind, "person_type": "natural"})
    client.post(url("submit_person"), {**PERSON, "address": "اراک، خیابان امام، پلاک ۲"})
    return client.get(url("submit_words"))


def test_the_service_of_a_link_is_chosen_in_step_3_with_its_warnings(client, monkeypatch):
    from service_requests.views import steps

    asked = []

    def ask(answers):
        asked.append(answers.get("service"))
        return []

    monkeypatch.setattr(steps, "warnings", ask)
    service = ServiceFactory()
    page = begin_by_link(client, {"service": service.key})
    assert f'value="{service.key}" selected' in page.content.decode()
    assert asked == [service.key] * 2


@pytest.mark.parametrize(
    ("kind", "field"), [("request", "department"), ("complaint", "complained_department")]
)
def test_the_department_of_a_link_is_chosen_in_step_3(client, department, kind, field):
    page = begin_by_link(client, {"department": department.key}, kind)
    assert page.context["form"][field].value() == department.key
    assert f'value="{department.key}" selected' in page.content.decode()


def test_a_link_brings_nothing_that_is_not_active(client, department):
    department.active = False
    department.save()
    for key in (department.key, "no-such", 'x"><script>', "a\0b"):
        page = begin_by_link(Client(), {"department": key, "service": key})
        assert not page.context["form"]["department"].value()
        assert not page.context["form"]["service"].value()


def test_a_link_never_fills_in_anything_personal(client, department):
    client.post(url("submit"), {"kind": "request", "person_type": "natural"})
    page = client.get(url("submit_person"), {"mobile": "09123456789", "first_name": "x"})
    assert not page.context["form"]["mobile"].value()
    assert "09123456789" not in re.sub(r'href="[^"]*"', "", page.content.decode())
    client.post(url("submit_person"), PERSON)
    page = client.get(url("submit_words"), {"body": "x", "department": department.key})
    assert not page.context["form"]["body"].value()
    assert page.context["form"]["department"].value() == department.key


def test_a_complaint_about_another_departments_service_is_told_in_step_3(client, department):
    go_to_words(client, kind="complaint", **HOME)
    service = ServiceFactory()
    page = client.post(
        url("submit_words"),
        {**WORDS, "complained_department": department.key, "service": service.key},
    )
    assert str(service.department) in page.context["form"].errors["service"][0]


def test_what_the_gate_refuses_leads_to_the_step_that_asks(client, department, monkeypatch):
    def refuse(data):
        raise ValidationError({"address": ["سطر <b>اول</b>"], "service": ["نه"]})

    go_to_words(client)
    client.post(url("submit_words"), {**WORDS, "department": department.key})
    monkeypatch.setattr(submissions, "clean", refuse)
    page = client.post(url("submit_check"), {"consent": "on"}).content.decode()
    assert f'<a href="{url("submit_person")}?fix">' in page
    assert f'<a href="{url("submit_words")}?fix">' in page
    assert "&lt;b&gt;" in page


def test_one_network_may_begin_many_and_is_told_what_to_do_beyond(client, monkeypatch):
    from service_requests.views import submit

    assert DRAFTS.rate >= 600
    monkeypatch.setattr(submit, "DRAFTS", type(DRAFTS)("drafts-test", rate=1, seconds=3600))
    first = {"kind": "request", "person_type": "natural"}
    assert Client().post("/en/requests/new/", first).status_code == 302
    refused = Client().post("/en/requests/new/", first)
    assert refused.status_code == 429
    assert "mobile data" in refused.content.decode()


def test_numbers_are_reviewed_as_people_write_them(client, department):
    go_to_words(client, phone="021 1234 5678", postal_code="3813456789", email="a@b.example")
    client.post(url("submit_words"), {**WORDS, "department": department.key})
    english = client.get("/en/requests/new/check/").content.decode()
    for shown in ("0912 345 6789", "021 1234 5678", "0084575948", "a@b.example"):
        assert f'<bdi dir="ltr">{shown}</bdi>' in english
    with translation.override("fa"):
        page = client.get("/requests/new/check/").content.decode()
    for shown in ("۰۹۱۲ ۳۴۵ ۶۷۸۹", "۰۰۸۴۵۷۵۹۴۸", "۳۸۱۳۴۵۶۷۸۹", "a@b.example"):
        assert f'<bdi dir="ltr">{shown}</bdi>' in page
    assert f'<span class="words">{WORDS["subject"]}</span>' in page


def test_a_complaints_receipt_speaks_of_no_request(client, department):
    go_to_words(client, kind="complaint", **HOME)
    client.post(url("submit_words"), {**WORDS, "complained_department": department.key})
    client.post(url("submit_check"), {"consent": "on"})
    with translation.override("fa"):
        page = client.get("/requests/receipt/").content.decode()
    steps = page[page.index('id="next"') :]
    assert "درخواست شما" not in steps[: steps.index("</li>")]
