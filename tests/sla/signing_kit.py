"""Certificates, offers and signed copies for the tests of signatures."""

from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from persian.jalali import TEHRAN
from sla.models import AgreementVersion, Signature
from sla.pdfs import offer_pdf
from sla.signing import record_digital_signature
from tests.desk_core import pki


def trust(settings, tmp_path, root=None):
    """A root that the desk trusts."""
    root = root or pki.issue("Root of the test")
    settings.DESK_TRUST_ROOTS = str(root.pem(tmp_path / "root.pem"))
    return root


def own_certificate(settings, tmp_path, issued):
    """The body's own certificate."""
    settings.DESK_SIGNING_PKCS12 = str(issued.pkcs12(tmp_path / "own.p12"))
    settings.DESK_SIGNING_PASSPHRASE = pki.PASSPHRASE


def pdf_file(data, name="signed.pdf"):
    return SimpleUploadedFile(name, data, "application/pdf")


def signed_offer(version: AgreementVersion, issued) -> bytes:
    """What a signatory sends back."""
    return pki.sign(bytes(offer_pdf(version).data), issued)


def tehran_day() -> date:
    return timezone.now().astimezone(TEHRAN).date()


def sign_digitally(version: AgreementVersion, issued=None, **values) -> Signature:
    given = {
        "name": "مهر همکار",
        "post": "رئیس سازمان",
        "signed_on": tehran_day(),
        "letter_number": "۷/د",
        **values,
    }
    if "scan" not in given:
        given["scan"] = pdf_file(signed_offer(version, issued))
    return record_digital_signature(version=version, **given)
