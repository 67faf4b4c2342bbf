"""PAdES with the body's certificate, and looking at other people's signatures: real PDFs."""

import asyncio
import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.utils.translation import override
from pyhanko.pdf_utils.generic import NumberObject, pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from desk_core import certificates, checks, pdf_signing
from desk_core.documents import render_pdf
from desk_core.pdf_checking import UnreadablePdf, check_signed_copy, find_signatures
from tests.desk_core import pki

MARK = dict.fromkeys(("label", "value", "words", "address"), "")
NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


@pytest.fixture(scope="module")
def pdf():
    data = {"lang": "fa", "dir": "rtl", "title": "رسید", "body": "", "desk": "", "qr": ""}
    return render_pdf(
        app="service_requests",
        name="receipt",
        data={**data, "codes": [], "facts": [], "advice": ["نگه دارید."], "mark": MARK},
    )


@pytest.fixture(scope="module")
def offered(pdf):
    return pdf_signing.ready_for_signatures(pdf)


@pytest.fixture(scope="module")
def root():
    return pki.issue("Root of the test")


@pytest.fixture
def configure(settings, tmp_path, root):
    def choose(issued, passphrase=pki.PASSPHRASE):
        settings.DESK_SIGNING_PKCS12 = str(issued.pkcs12(tmp_path / "own.p12"))
        settings.DESK_SIGNING_PASSPHRASE = passphrase
        settings.DESK_TRUST_ROOTS = str(root.pem(tmp_path / "root.pem"))

    return choose


@pytest.fixture
def roots(settings, tmp_path, root):
    settings.DESK_TRUST_ROOTS = str(root.pem(tmp_path / "root.pem"))


def test_a_sealed_pdf_begins_with_the_plain_one_and_is_found_whole(configure, root, pdf):
    configure(pki.issue("ادارهٔ نمونه", by=root))
    sealed, name = pdf_signing.sign_pdf(pdf, reason="Seal")
    assert name == "ادارهٔ نمونه"
    assert sealed.startswith(pdf)
    [found] = find_signatures(io.BytesIO(sealed))
    assert (found.intact, found.whole, found.trusted, found.problem) == (True, True, True, "")
    assert found.name == "ادارهٔ نمونه"
    assert abs(found.signed_at - datetime.now(UTC)) < timedelta(minutes=2)
    signature = PdfFileReader(io.BytesIO(sealed)).embedded_signatures[0]
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"


def test_one_byte_changed_breaks_it_and_something_appended_is_seen(configure, root, pdf):
    configure(pki.issue("Body", by=root))
    sealed, _name = pdf_signing.sign_pdf(pdf)
    place = sealed.index(b"/Title") + 12
    changed = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
    [found] = find_signatures(io.BytesIO(changed))
    assert not found.intact
    [found] = find_signatures(io.BytesIO(with_a_note(sealed)))
    assert found.intact
    assert not found.whole


def with_a_note(data):
    """The same PDF with an incremental update that turns its first page upside down."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    page = writer.find_page_for_modification(0)[0].get_object()
    page[pdf_name("/Rotate")] = NumberObject(180)
    writer.update_container(page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


# The certificate of the settings


def test_without_a_certificate_nothing_is_signed(settings, pdf):
    settings.DESK_SIGNING_PKCS12 = ""
    with pytest.raises(pdf_signing.CannotSign, match="DESK_SIGNING_PKCS12"):
        pdf_signing.sign_pdf(pdf)
    assert checks.check_certificate(None) == []


@pytest.mark.parametrize(
    ("dates", "words"),
    [
        ({"begins": NOW - timedelta(days=9), "ends": NOW - timedelta(days=1)}, "expired on"),
        ({"begins": NOW + timedelta(days=1)}, "not valid before"),
    ],
)
def test_a_certificate_out_of_its_time_signs_nothing_and_the_check_says_so(
    configure, root, pdf, dates, words
):
    configure(pki.issue("Late", by=root, **dates))
    with pytest.raises(pdf_signing.CannotSign, match=words):
        pdf_signing.sign_pdf(pdf)
    assert words in pdf_signing.problem()
    [warning] = checks.check_certificate(None)
    assert warning.id == "desk_core.W011"
    assert "DESK_SIGNING_PKCS12" in warning.msg
    certificates.validate()  # the site starts all the same


def test_a_certificate_that_ends_soon_is_announced(configure, root):
    configure(pki.issue("Soon", by=root, ends=NOW + timedelta(days=10)))
    assert pdf_signing.problem() == ""
    [warning] = checks.check_certificate(None)
    assert "ends on" in warning.msg


@pytest.mark.parametrize("fault", ["missing", "passphrase", "nonsense"])
def test_a_certificate_that_cannot_be_read_stops_the_start_and_names_the_setting(
    configure, settings, root, tmp_path, fault
):
    configure(pki.issue("Body", by=root), "wrong" if fault == "passphrase" else pki.PASSPHRASE)
    if fault == "missing":
        settings.DESK_SIGNING_PKCS12 = str(tmp_path / "nowhere.p12")
    if fault == "nonsense":
        (tmp_path / "own.p12").write_bytes(b"nonsense")
    with pytest.raises(ImproperlyConfigured, match="DESK_SIGNING_PKCS12") as caught:
        certificates.validate()
    assert "wrong" not in str(caught.value)
    assert pki.PASSPHRASE not in str(caught.value)


@pytest.mark.parametrize("fault", ["missing", "nonsense", "empty folder"])
def test_roots_that_cannot_be_read_stop_the_start_and_name_the_setting(settings, tmp_path, fault):
    path = tmp_path / "roots"
    if fault == "nonsense":
        path.write_bytes(b"nonsense")
    if fault == "empty folder":
        path.mkdir()
    settings.DESK_TRUST_ROOTS = str(path)
    with pytest.raises(ImproperlyConfigured, match="DESK_TRUST_ROOTS"):
        certificates.validate()


def test_a_folder_of_roots_is_read_whole(settings, tmp_path, root):
    folder = tmp_path / "roots"
    folder.mkdir()
    root.pem(folder / "a.pem")
    pki.issue("Other").pem(folder / "b.crt")
    (folder / "README").write_text("no certificate")
    settings.DESK_TRUST_ROOTS = str(folder)
    assert len(certificates.trust_roots()) == 2


# Other people's signatures


def test_a_signed_copy_of_the_offered_pdf_is_accepted(roots, root, offered):
    signed = pki.sign(offered, pki.issue("سازمان همکار", by=root))
    found = check_signed_copy(io.BytesIO(signed), original=offered)
    assert (found.name, found.trusted, found.problem) == ("سازمان همکار", True, "")
    second = pki.sign(signed, pki.issue("Second", by=root), field="Signature2")
    assert check_signed_copy(io.BytesIO(second), original=offered).name == "Second"


def another():
    return render_pdf(
        app="service_requests",
        name="receipt",
        data={
            **{"lang": "fa", "dir": "rtl", "title": "دیگر", "body": "", "desk": "", "qr": ""},
            **{"codes": [], "facts": [], "advice": [], "mark": MARK},
        },
    )


BAD = {
    "another PDF": ("rewritten", lambda pdf, good, root: pki.sign(another(), good)),
    "nothing signed": ("unsigned", lambda pdf, good, root: pdf),
    "only something appended": ("unsigned", lambda pdf, good, root: with_a_note(pdf)),
    "turned, then signed": ("changed", lambda pdf, good, root: pki.sign(with_a_note(pdf), good)),
    "signed, then turned": ("changed", lambda pdf, good, root: with_a_note(pki.sign(pdf, good))),
    "one byte of the signature": ("changed", lambda pdf, good, root: broken(pki.sign(pdf, good))),
    "cut short": ("unsigned", lambda pdf, good, root: pki.sign(pdf, good)[: len(pdf) + 900]),
    "a stranger's certificate": (
        "untrusted",
        lambda pdf, good, root: pki.sign(pdf, pki.issue("X", by=pki.issue("Own root"))),
    ),
    "a certificate that expired": (
        "untrusted",
        lambda pdf, good, root: pki.sign(
            pdf,
            pki.issue("X", by=root, begins=NOW - timedelta(days=9), ends=NOW - timedelta(days=1)),
        ),
    ),
    "a certificate not valid yet": (
        "untrusted",
        lambda pdf, good, root: pki.sign(
            pdf, pki.issue("X", by=root, begins=NOW + timedelta(days=1))
        ),
    ),
}


def broken(signed):
    """A signed PDF whose signature says another time: within what it covers."""
    place = signed.rindex(b"/M (D") + 10
    return signed[:place] + bytes([signed[place] ^ 1]) + signed[place + 1 :]


@pytest.mark.parametrize("name", BAD)
def test_whatever_is_wrong_with_a_signed_copy_is_said(roots, root, offered, name):
    code, make = BAD[name]
    data = make(offered, pki.issue("Good", by=root), root)
    with pytest.raises(ValidationError) as caught:
        check_signed_copy(io.BytesIO(data), original=offered)
    assert caught.value.code == code
    if name == "a certificate that expired":
        assert "expired on" in caught.value.messages[0]


def test_without_roots_nobody_is_trusted(settings, root, offered):
    settings.DESK_TRUST_ROOTS = ""
    signed = pki.sign(offered, pki.issue("Good", by=root))
    with pytest.raises(ValidationError) as caught:
        check_signed_copy(io.BytesIO(signed), original=offered)
    assert caught.value.code == "untrusted"


@pytest.mark.parametrize(
    "data",
    [b"", b"nonsense", b"%PDF-1.7\n%%EOF", b"%PDF-1.7\n" + b"<<" * 100_000 + b"\n%%EOF"],
)
def test_what_is_no_pdf_is_unreadable_and_no_fault(data):
    with pytest.raises(UnreadablePdf):
        find_signatures(io.BytesIO(data))


def test_signing_and_looking_work_where_a_loop_is_running(configure, root, pdf):
    configure(pki.issue("Body", by=root))

    async def within_a_loop():
        sealed, _name = pdf_signing.sign_pdf(pdf)
        return find_signatures(io.BytesIO(sealed))

    # A thread of its own: this one may have a loop already, Playwright's.
    with ThreadPoolExecutor(1) as elsewhere:
        [found] = elsewhere.submit(lambda: asyncio.run(within_a_loop())).result()
    assert found.whole
