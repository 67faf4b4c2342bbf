"""The certificates of the settings: the body's own, which signs, and the roots that are trusted.

`DESK_SIGNING_PKCS12`  path of a PKCS#12 file with key, certificate and chain; empty: nothing is
signed. `DESK_SIGNING_PASSPHRASE`  opens it. `DESK_TRUST_ROOTS`  path of a PEM file, or of a folder
of PEM or DER files, with the roots whose certificates other people's signatures must lead to.
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asn1crypto import pem
from asn1crypto import x509 as asn1_x509
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from django.utils.translation import gettext as _

from persian.jalali import format_date

if TYPE_CHECKING:
    from desk_core.pdf_library import SimpleSigner

ENDINGS = {".pem", ".crt", ".cer", ".der"}
MAX_NAME = 300


@dataclass(frozen=True)
class OwnCertificate:
    """The body's certificate with its key."""

    signer: "SimpleSigner" = field(repr=False)

    @property
    def certificate(self) -> asn1_x509.Certificate:
        """The certificate itself."""
        return self.signer.signing_cert

    def problem(self, at: datetime | None = None) -> str:
        """Why it cannot sign at that time (now), in a sentence; empty when it can."""
        return validity_problem(self.certificate, at or timezone.now())


def own_certificate() -> OwnCertificate | None:
    """The certificate of the settings; None where none is set.

    Raises ImproperlyConfigured, naming the setting, when it cannot be read.
    """
    path = str(getattr(settings, "DESK_SIGNING_PKCS12", "") or "")
    if not path:
        return None
    passphrase = str(getattr(settings, "DESK_SIGNING_PASSPHRASE", "") or "")
    return _load_own(path, _modified("DESK_SIGNING_PKCS12", path), passphrase)


def trust_roots() -> tuple[asn1_x509.Certificate, ...]:
    """The roots of the settings; none where none are set. Raises ImproperlyConfigured."""
    path = str(getattr(settings, "DESK_TRUST_ROOTS", "") or "")
    if not path:
        return ()
    found = Path(path)
    files = [found]
    if found.is_dir():
        files = sorted(each for each in found.iterdir() if each.suffix.lower() in ENDINGS)
    stamps = tuple((str(each), _modified("DESK_TRUST_ROOTS", str(each))) for each in files)
    return _load_roots(stamps)


def validate() -> None:
    """Refuse to start with certificates that cannot be read; called when the app is ready."""
    own_certificate()
    trust_roots()


def validity_problem(certificate: asn1_x509.Certificate, at: datetime) -> str:
    """Why a certificate does not hold at a time, in the reader's language; empty when it does."""
    if at > certificate.not_valid_after:
        day = format_date(certificate.not_valid_after)
        return _("The certificate expired on %(day)s.") % {"day": day}
    if at < certificate.not_valid_before:
        day = format_date(certificate.not_valid_before)
        return _("The certificate is not valid before %(day)s.") % {"day": day}
    return ""


def name_of(certificate: asn1_x509.Certificate) -> str:
    """Whose certificate it is: its common name and organisation, as far as it has them."""
    native: dict[str, Any] = certificate.subject.native
    parts = [native.get("common_name"), native.get("organization_name")]
    named = [part if isinstance(part, str) else ", ".join(part) for part in parts if part]
    return (" – ".join(dict.fromkeys(named)) or certificate.subject.human_friendly)[:MAX_NAME]


def _modified(name: str, path: str) -> float:
    try:
        return Path(path).stat().st_mtime
    except OSError as error:
        raise ImproperlyConfigured(f"{name}: {path} cannot be read: {error.strerror}.") from None


@lru_cache(maxsize=4)
def _load_own(path: str, modified: float, passphrase: str) -> OwnCertificate:
    name = "DESK_SIGNING_PKCS12"
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise ImproperlyConfigured(f"{name}: {path} cannot be read: {error.strerror}.") from None
    from desk_core.pdf_library import SimpleSigner  # costs a start without a certificate nothing

    try:
        signer = SimpleSigner.load_pkcs12_data(
            data, other_certs=set(), passphrase=passphrase.encode() or None
        )
    except Exception:
        # What the library says may quote the passphrase.
        raise ImproperlyConfigured(
            f"{name}: {path} is no PKCS#12 file that DESK_SIGNING_PASSPHRASE opens."
        ) from None
    if signer.signing_cert is None:
        raise ImproperlyConfigured(f"{name}: {path} holds no certificate for its key.")
    return OwnCertificate(signer)


@lru_cache(maxsize=4)
def _load_roots(files: tuple[tuple[str, float], ...]) -> tuple[asn1_x509.Certificate, ...]:
    found: list[asn1_x509.Certificate] = []
    for path, _modified_at in files:
        try:
            found += _certificates(Path(path).read_bytes())
        except (OSError, ValueError):
            raise ImproperlyConfigured(f"DESK_TRUST_ROOTS: {path} holds no certificate.") from None
    if not found:
        raise ImproperlyConfigured("DESK_TRUST_ROOTS: there is no certificate in it.")
    return tuple(found)


def _certificates(data: bytes) -> list[asn1_x509.Certificate]:
    if not pem.detect(data):
        return [_certificate(data)]
    return [_certificate(der) for _name, _headers, der in pem.unarmor(data, multiple=True)]


def _certificate(der: bytes) -> asn1_x509.Certificate:
    found = asn1_x509.Certificate.load(der, strict=True)
    found.native  # noqa: B018 - reads it to its end: ValueError for anything else
    return found
