"""The PDF of a signed version: from the sealed rows alone, made once, the same bytes ever after."""

import hashlib
import io
import json
import logging
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from pyhanko.pdf_utils.reader import PdfFileReader

from desk_core.pdf_checking import find_signatures
from sla import pdfs
from sla.document import read_canonical
from sla.enums import Measure, PdfKind, Unit
from sla.markup import blocks_of
from sla.models import AgreementPage, SealedPdf, SignedText
from sla.printing import render_agreement
from sla.targets import Target
from tests.desk_core import pki
from tests.sla.factories import OTHER_BODY, PROVIDER, clause, make_page, make_signed, sign
from tests.sla.signing_kit import own_certificate

pytestmark = [pytest.mark.django_db, pytest.mark.screen]


def address(version, name="pdf"):
    return reverse(f"sla:{name}", args=[version.agreement.key, version.number])


def test_nothing_is_printed_before_the_last_signature(client):
    version = make_page(g2g=True, parties=[PROVIDER, OTHER_BODY], live=True).version
    assert pdfs.signed_pdf(version) is None
    sign(version, party="provider")
    assert pdfs.signed_pdf(version) is None
    assert client.get(address(version)).status_code == 404
    sign(version, party="recipient", name="مهر همکار")
    assert pdfs.signed_pdf(version).kind == PdfKind.PLAIN
    assert client.get(address(version)).status_code == 200


def test_it_is_made_once_and_served_byte_for_byte(client, monkeypatch):
    page = make_signed()
    first = client.get(address(page.version))
    assert first["Content-Type"] == "application/pdf"
    assert "attachment" in first["Content-Disposition"]
    monkeypatch.setattr(pdfs, "render_agreement", None)
    again = client.get("/en" + address(page.version))
    kept = SealedPdf.objects.get()
    assert again.content == first.content == bytes(kept.data)
    assert kept.digest == hashlib.sha256(first.content).hexdigest()
    unchanged = client.get(address(page.version), headers={"If-None-Match": first["ETag"]})
    assert unchanged.status_code == 304


def test_it_is_rendered_from_the_sealed_row_and_from_nothing_else(monkeypatch):
    page = make_signed()
    AgreementPage.objects.filter(pk=page.pk).update(
        title="دستکاری", clauses=[clause("other", "دروغ", "<p>دروغ</p>")]
    )
    seen = {}
    monkeypatch.setattr(pdfs, "render_agreement", lambda **given: seen.update(given) or b"%PDF")
    pdfs.signed_pdf(page.version)
    assert seen["document"] == read_canonical(SignedText.objects.get().body)
    assert [row.name for row in seen["signatures"]] == ["بهار نمونه"]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_last_signature_makes_it_at_once(client):
    version = make_page(live=True).version
    sign(version)
    assert SealedPdf.objects.get().version_id == version.pk


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_printer_out_of_order_costs_no_signature(monkeypatch, caplog):
    def broken(**given):
        raise OSError("no font")

    with monkeypatch.context() as patched, caplog.at_level(logging.ERROR):
        patched.setattr(pdfs, "render_agreement", broken)
        page = make_signed()
    assert not SealedPdf.objects.exists()
    assert "was not made yet" in caplog.text
    assert pdfs.signed_pdf(page.version) is not None


def fonts_of(data):
    """Base names and whether each is embedded."""
    reader = PdfFileReader(io.BytesIO(data))
    found = {}
    for number in range(int(reader.root["/Pages"]["/Count"])):
        page = reader.find_page_for_modification(number)[0].get_object()
        for font in page["/Resources"]["/Font"].values():
            font = font.get_object()
            inner = font["/DescendantFonts"][0].get_object()
            found[str(font["/BaseFont"])] = "/FontFile2" in inner["/FontDescriptor"]
    return found


def test_it_is_a_pdf_a_with_its_own_fonts_title_and_mark():
    page = make_signed()
    data = bytes(pdfs.signed_pdf(page.version).data)
    assert b"<pdfaid:part>2</pdfaid:part>" in data
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in data
    assert page.digest.encode() in data
    fonts = fonts_of(data)
    assert all("Vazirmatn" in name for name in fonts)
    assert all(fonts.values())
    assert str(PdfFileReader(io.BytesIO(data)).trailer_view["/Info"]["/Title"]) == page.title


def test_what_goes_into_the_print_is_persian_complete_and_numbered(monkeypatch):
    from sla import printing

    page = make_page(
        live=True,
        g2g=True,
        parties=[PROVIDER, OTHER_BODY],
        clauses=[
            clause("purpose", "هدف", "<p>الف <b>ب</b></p>"),
            clause("period", "دوره", "<p>ج</p>", nested=True, g2g=True),
        ],
    )
    sign(page.version, party="provider")
    sign(page.version, party="recipient", name="مهر همکار", post="رئیس", letter_number="77/1")
    seen = {}
    monkeypatch.setattr(printing, "render_pdf", lambda **given: seen.update(given["data"]) or b"")
    text = SignedText.objects.get()
    render_agreement(
        document=read_canonical(text.body),
        digest=text.digest,
        signatures=text.signatures.all(),
        signed=True,
    )
    assert (seen["lang"], seen["dir"]) == ("fa", "rtl")
    assert [c["number"] for c in seen["clauses"]] == ["۱", "۱.۱"]
    values = [fact["value"] for fact in seen["facts"]]
    assert values[:2] == ["ادارهٔ نمونه", "سازمان همکار"]
    assert any("۲۹ اسفند ۱۴۰۵" in value for value in values)
    assert seen["signatures"]["rows"][1] == {
        "party": "سازمان همکار",
        "name": "مهر همکار",
        "post": "رئیس",
        "letter": "۷۷/۱",
        "day": "۱۴۰۵/۰۱/۰۱",
    }
    assert "".join(seen["check"]["hash"]) == text.digest
    assert seen["check"]["address"] == "http://testserver/agreements/verify/"
    assert seen["check"]["qr"].startswith("<svg")


def test_promises_of_every_kind_are_printed():
    page = make_signed()
    document = read_canonical(page.version.signed_text.body)
    targets = (
        Target("a", Measure.RESOLUTION, Decimal("90.50"), 5, Unit.WORKING_DAYS),
        Target("b", Measure.WORDS, text="پاسخ‌گو هستیم"),
        Target("c", Measure.AVAILABILITY, Decimal("99.5")),
    )
    data = render_agreement(
        document=replace(document, targets=targets), digest="0" * 64, signed=False
    )
    assert data.startswith(b"%PDF")


def test_an_english_agreement_is_printed_from_left_to_right():
    page = make_signed()
    document = replace(read_canonical(page.version.signed_text.body), language="en")
    assert render_agreement(document=document, digest="0" * 64, signed=True).startswith(b"%PDF")


def outline(blocks):
    """Blocks in short: runs between "|", *bold*, /italic/, "¶" for a break, lists in brackets."""

    def run(each):
        mark = "*" if each["bold"] else "/" if each["italic"] else ""
        return "¶" if each["br"] else f"{mark}{each['text']}{mark}"

    def one(block):
        if block["kind"] == "p":
            return "|".join(map(run, block["runs"]))
        return f"{block['kind']}[" + "; ".join(map(outline, block["items"])) + "]"

    return " + ".join(map(one, blocks))


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("", ""),
        ("<p></p>", ""),
        ("بی‌بند", "بی‌بند"),
        ("<p>الف <b>ب</b> <i>ج</i></p><p>د<br>ه</p>", "الف |*ب*| |/ج/ + د|¶|ه"),
        (
            "<p>a</p>\n<ol><li>یک</li><li>دو<ul><li>x</li></ul></li></ol>z",
            "a + ol[یک; دو + ul[x]] + z",
        ),
        ("<ul><li><p>الف</p><p>ب</p></li></ul>", "ul[الف + ب]"),
        ("<ul>\n  <li> الف\n ب </li>\n</ul>", "ul[الف ب ]"),
    ],
)
def test_rich_text_becomes_paragraphs_lists_and_runs(markup, expected):
    assert outline(blocks_of(markup)) == expected


# The electronic seal


def test_with_a_certificate_the_pdf_is_sealed_and_begins_with_the_plain_one(
    settings, tmp_path, client
):
    own_certificate(settings, tmp_path, pki.issue("ادارهٔ نمونه"))
    page = make_signed()
    served = client.get(address(page.version)).content
    plain = SealedPdf.objects.get(kind=PdfKind.PLAIN)
    sealed = SealedPdf.objects.get(kind=PdfKind.SEALED)
    assert served == bytes(sealed.data)
    assert served.startswith(bytes(plain.data))
    assert sealed.certificate == "ادارهٔ نمونه"
    [found] = find_signatures(io.BytesIO(served))
    assert found.intact
    assert found.whole
    assert client.get(address(page.version)).content == served
    body = client.get(page.get_url()).content.decode()
    assert address(page.version) in body


def test_with_an_expired_certificate_the_plain_one_is_offered_and_sealed_once_one_holds(
    settings, tmp_path, client, admin_user
):
    now = datetime.now(UTC)
    expired = pki.issue("Late", begins=now - timedelta(days=9), ends=now - timedelta(days=1))
    own_certificate(settings, tmp_path, expired)
    page = make_signed()
    plain = client.get(address(page.version)).content
    assert SealedPdf.objects.get().kind == PdfKind.PLAIN
    client.force_login(admin_user)
    screen = client.get(reverse("sla_admin:record_signature", args=[page.version_id]))
    assert screen.context["seal_problem"] in screen.content.decode()
    assert pdfs.seal_problem() != ""
    own_certificate(settings, tmp_path, pki.issue("Renewed"))
    sealed = client.get(address(page.version)).content
    assert sealed != plain
    assert sealed.startswith(plain)


# The canonical text


def test_the_canonical_text_is_downloaded_as_it_is_hashed(client):
    page = make_signed(valid_from=date(2026, 3, 21))
    response = client.get(address(page.version, "text"))
    assert response["Content-Type"] == "application/json"
    assert hashlib.sha256(response.content).hexdigest() == page.digest
    found = response.json()
    again = json.dumps(found, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert again.encode() == response.content
    assert found["parties"][0]["name"] == "ادارهٔ نمونه"
    assert found["clauses"][0]["title"] == "هدف"
    assert (found["valid_from"], found["valid_to"]) == ("2026-03-21", "2027-03-20")


def test_the_text_on_offer_can_be_read_and_a_draft_cannot(client):
    offered, draft = make_page(live=True).version, make_page(key="draft").version
    text = client.get(address(offered, "text"))
    assert hashlib.sha256(text.content).hexdigest() == offered.offered_digest
    assert client.get(address(draft, "text")).status_code == 404
    assert client.get(address(draft)).status_code == 404
    assert client.get(reverse("sla:text", args=["nothing", 1])).status_code == 404


def test_the_offered_pdf_is_kept_for_each_text_and_made_anew_when_the_text_changes():
    page = make_page(live=True)
    first = pdfs.offer_pdf(page.version)
    assert pdfs.offer_pdf(page.version).pk == first.pk
    draft = page.get_latest_revision_as_object()
    draft.title = "عنوان تازه"
    draft.save_revision().publish()
    second = pdfs.offer_pdf(AgreementPage.objects.get(pk=page.pk).version)
    assert second.pk != first.pk
    assert second.text_digest != first.text_digest
    assert pdfs.offer_pdf(make_page(key="draft").version) is None
