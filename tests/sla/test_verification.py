"""The public answer to "is this what was signed?": real PDFs, true, tampered and strange (R32)."""

import hashlib
import io
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from sla import pdfs, verification
from sla.enums import State
from sla.models import AgreementPage, SealedPdf, Signature, SignedText
from sla.verification import Verdict, clean_digest, verify_digest, verify_file
from tests.desk_core import pki
from tests.desk_core.test_pdf_signing import with_a_note
from tests.sla.factories import OTHER_BODY, PROVIDER, make_page, make_signed, sign
from tests.sla.signing_kit import own_certificate, pdf_file

pytestmark = [pytest.mark.django_db, pytest.mark.screen]
URL = "/agreements/verify/"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def page(db):
    return make_signed()


@pytest.fixture
def plain(page):
    return bytes(pdfs.signed_pdf(page.version).data)


@pytest.fixture
def sealed(page, settings, tmp_path):
    own_certificate(settings, tmp_path, pki.issue("ادارهٔ نمونه"))
    return bytes(pdfs.signed_pdf(page.version).data)


def verdict(data):
    return verify_file(io.BytesIO(data)).verdict


def test_the_hash_of_the_text_names_version_signatory_and_state(page):
    found = verify_digest(page.digest)
    assert (found.verdict, found.authentic) == (Verdict.TEXT, True)
    assert found.version == page.version
    assert [row.name for row in found.signatures] == ["بهار نمونه"]
    assert found.state == State.IN_FORCE
    assert "unchanged" in found.sentence


def test_the_true_pdf_is_told_by_its_bytes_and_by_its_hash(page, plain):
    for found in (
        verify_file(io.BytesIO(plain)),
        verify_digest(hashlib.sha256(plain).hexdigest()),
    ):
        assert (found.verdict, found.authentic) == (Verdict.PDF, True)
        assert found.text_digest == page.digest


def test_the_sealed_pdf_brings_its_signature_along(page, sealed):
    found = verify_file(io.BytesIO(sealed))
    assert found.verdict == Verdict.PDF
    [signature] = found.file_signatures
    assert (signature.name, signature.intact, signature.whole) == ("ادارهٔ نمونه", True, True)
    plain = SealedPdf.objects.get(kind="plain")
    assert verdict(bytes(plain.data)) == Verdict.PDF


def flip(data, place):
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def test_one_byte_changed_anywhere_is_never_the_true_one(page, sealed):
    for place in range(0, len(sealed), max(len(sealed) // 40, 1)):
        found = verify_file(io.BytesIO(flip(sealed, place)))
        assert not found.authentic, place
        assert found.verdict in (Verdict.CHANGED, Verdict.ADDED), place


def test_a_changed_copy_is_told_apart_from_a_strange_file(page, plain, sealed):
    middle = len(plain) // 2
    assert verdict(flip(plain, middle)) == Verdict.CHANGED
    changed = verify_file(io.BytesIO(flip(sealed, middle)))
    assert changed.verdict == Verdict.CHANGED
    assert changed.version == page.version
    assert changed.broken
    assert "it was changed" in changed.sentence
    assert verdict(b"%PDF-1.7\nsomething else\n%%EOF") == Verdict.UNKNOWN
    assert verdict(b"") == Verdict.UNKNOWN


def test_something_appended_is_said(page, plain, sealed):
    for data in (with_a_note(plain), with_a_note(sealed), plain + b"\n", sealed + b"junk"):
        found = verify_file(io.BytesIO(data))
        assert found.verdict == Verdict.ADDED
        assert found.version == page.version
        assert "added" in found.sentence
    assert verify_file(io.BytesIO(with_a_note(sealed))).broken


def test_a_copy_without_our_mark_is_not_ours_and_its_broken_signature_shows(page, sealed):
    stripped = sealed.replace(page.digest.encode(), b"0" * 64)
    found = verify_file(io.BytesIO(stripped))
    assert found.verdict == Verdict.UNKNOWN
    assert found.broken
    assert "changed after it was signed" in found.sentence


def test_the_beginning_is_found_wherever_the_chunks_of_the_reading_end(page, plain, monkeypatch):
    long = with_a_note(plain)
    for size in (len(plain) - 3, len(plain), len(plain) + 1, 977):
        monkeypatch.setattr(verification, "_CHUNK", size)
        assert verdict(long) == Verdict.ADDED, size
        assert verdict(plain) == Verdict.PDF, size
        assert verdict(flip(plain, len(plain) // 2)) == Verdict.CHANGED, size


def test_an_offer_and_a_letter_are_named_for_what_they_are(page):
    letter = Signature.objects.get()
    with letter.scan.open() as scan:
        assert verify_file(scan).verdict == Verdict.LETTER
    offer = make_page(key="offer", live=True).version
    found = verify_digest(offer.offered_digest)
    assert (found.verdict, found.state, found.authentic) == (Verdict.OFFER, State.AWAITING, False)
    assert "Nobody has signed it" in found.sentence
    data = bytes(pdfs.offer_pdf(offer).data)
    assert verdict(data) == Verdict.OFFER
    sign(offer)
    signed = verify_file(io.BytesIO(data))
    assert signed.verdict == Verdict.OFFER
    assert "it was signed in these words" in signed.sentence


def test_an_offer_that_was_replaced_before_anybody_signed_is_no_signed_text():
    page = make_page(live=True)
    old = bytes(pdfs.offer_pdf(page.version).data)
    draft = page.get_latest_revision_as_object()
    draft.title = "عنوان تازه"
    draft.save_revision().publish()
    sign(AgreementPage.objects.get().version)
    found = verify_file(io.BytesIO(old))
    assert found.verdict == Verdict.OFFER
    assert found.signatures == []
    assert "Nobody has signed it" in found.sentence


def test_a_text_with_one_signature_of_two_is_awaiting():
    version = make_page(g2g=True, parties=[PROVIDER, OTHER_BODY], live=True).version
    sign(version, party="provider")
    found = verify_digest(SignedText.objects.get().digest)
    assert (found.verdict, found.state) == (Verdict.TEXT, State.AWAITING)


def test_it_says_in_which_state_the_version_is_today():
    page = make_signed(valid_to=date(2026, 6, 30))
    assert verify_digest(page.digest).state == State.EXPIRED


@pytest.mark.parametrize("text", ["A" * 64, " ۰" + "0" * 63 + "\n", "ab " * 32])
def test_a_hash_is_taken_as_people_paste_it(text):
    assert len(clean_digest(text)) == 64


@pytest.mark.parametrize("text", ["", "0" * 63, "0" * 65, "g" * 64, "\x00" * 64, "' OR 1=1 --"])
def test_what_is_no_hash_is_refused(text):
    with pytest.raises(ValidationError):
        clean_digest(text)


# The page


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_page_answers_for_a_file_and_for_a_hash(client, page, plain, prefix):
    assert client.get(prefix + URL).status_code == 200
    answer = client.post(prefix + URL, {"file": pdf_file(plain), "sha256": ""})
    assert answer.context["finding"].verdict == Verdict.PDF
    body = answer.content.decode()
    assert "بهار نمونه" in body
    assert page.get_url() in body
    assert reverse("sla:pdf", args=["desk", 1]) in body
    by_code = client.get(f"{prefix}{URL}?sha256={page.digest}")
    assert by_code.context["finding"].verdict == Verdict.TEXT
    assert 'content="noindex"' in by_code.content.decode()


def test_an_answer_costs_few_queries(client, page, plain, django_assert_max_num_queries):
    client.get(URL)
    with django_assert_max_num_queries(8):
        client.get(URL)
    for ask in (
        lambda: client.get(f"{URL}?sha256={page.digest}"),
        lambda: client.post(URL, {"file": pdf_file(plain)}),
    ):
        with django_assert_max_num_queries(8):
            ask()


def test_bad_input_gets_a_message_at_its_field(client, monkeypatch):
    for data, field in (
        ({}, "__all__"),
        ({"sha256": "xyz"}, "sha256"),
        ({"sha256": "x" * 100_000}, "sha256"),
        ({"file": "text"}, "__all__"),
    ):
        answer = client.post(URL, data)
        assert answer.status_code == 200
        assert field in answer.context["form"].errors, data
    assert client.get(f"{URL}?sha256=%00").status_code == 200
    for module in ("sla.forms", "sla.verification"):
        monkeypatch.setattr(f"{module}.MAX_FILE_BYTES", 10)
        answer = client.post(URL, {"file": pdf_file(b"%PDF-1.7 long enough")})
        assert answer.context["form"].errors, module
        monkeypatch.undo()
    assert client.post(URL, {"file": pdf_file(b"")}).status_code == 200


def test_nothing_that_is_sent_is_kept(client, page, plain, settings):
    from pathlib import Path

    folder = Path(settings.STORAGES["private"]["OPTIONS"]["location"])
    before = sorted(folder.rglob("*"))
    rows = SealedPdf.objects.count()
    client.post(URL, {"file": pdf_file(flip(plain, 500))})
    assert sorted(folder.rglob("*")) == before
    assert SealedPdf.objects.count() == rows


def test_asking_too_often_is_answered_with_a_wait(client, page, monkeypatch):
    from desk_core.throttles import Limit

    monkeypatch.setattr("sla.views.verify.LOOK_UPS", Limit("test-look-up", 2, 10**8))
    answers = [client.get(f"{URL}?sha256={page.digest}") for _attempt in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1]["Retry-After"] == "600"
    assert answers[-1].context["finding"] is None


def test_a_hostile_pdf_costs_an_answer_and_no_error_page(client, page):
    for data in (
        b"%PDF-1.7\n/ByteRange [0 1 2 3]\n%%EOF",
        b"%PDF-1.7\n" + b"[" * 50_000 + b"/ByteRange\nstartxref\n9\n%%EOF",
        b"%%EOF\n" * 10_000 + b"/ByteRange",
        (b"agreement-sha256-" + b"0" * 64) * 1000,
    ):
        answer = client.post(URL, {"file": SimpleUploadedFile("x.pdf", data)})
        assert answer.context["finding"].verdict == Verdict.UNKNOWN
