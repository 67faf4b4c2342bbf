"""Is this the signed text? Of which version, signed by whom, in force or not (R32, R35).

A SHA-256, of the text or of a PDF, or a file is compared with what is kept. A file is read as a
stream and never stored. "Changed after it was signed" is told apart from "not one of ours": a
changed copy begins with one of our PDFs, bears our mark, or carries a signature that is broken.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk_core.pdf_checking import FoundSignature, UnreadablePdf, find_signatures
from persian.digits import to_ascii
from sla.enums import PdfKind, State
from sla.models.agreements import AgreementVersion
from sla.models.signatures import SealedPdf, Signature, SignedText
from sla.printing import MARK
from sla.state import Facts, state_on, today

MAX_FILE_BYTES = 20 * 1024 * 1024
_CHUNK = 64 * 1024
_DIGEST = re.compile(r"[0-9a-f]{64}")
_MARK = re.compile(MARK.encode() + rb"([0-9a-f]{64})")
_END = b"%%EOF"
_ENDS = (b"", b"\n", b"\r", b"\r\n")
#: Of a file with more ends of revisions than this only the first ones are looked at.
_MAX_REVISIONS = 32
#: What may lie across the border of two chunks.
_OVERLAP = len(MARK) + 64 + len(_END) + 2


class Verdict(models.TextChoices):
    """What a hash or a file turned out to be."""

    TEXT = "text", gettext_lazy("The signed text")
    PDF = "pdf", gettext_lazy("The PDF of the signed text")
    OFFER = "offer", gettext_lazy("The text as it was offered for signature")
    LETTER = "letter", gettext_lazy("The letter of a signature")
    ADDED = "added", gettext_lazy("Something was added afterwards")
    CHANGED = "changed", gettext_lazy("Changed afterwards")
    UNKNOWN = "unknown", gettext_lazy("Not one of ours")


#: What is shown is what was signed.
AUTHENTIC = frozenset({Verdict.TEXT, Verdict.PDF})


@dataclass(frozen=True)
class Finding:
    """The answer. `version` is None for what is not ours; `digest` is that of what was sent."""

    verdict: Verdict
    digest: str
    version: AgreementVersion | None = None
    text_digest: str = ""
    facts: Facts | None = None
    signatures: list[Signature] = field(default_factory=list)
    file_signatures: list[FoundSignature] = field(default_factory=list)

    @property
    def authentic(self) -> bool:
        """Whether this is the signed text itself, complete or with signatures still to come."""
        return self.verdict in AUTHENTIC

    @property
    def state(self) -> State | None:
        """The state of the version today."""
        return state_on(self.facts, today()) if self.facts is not None else None

    @property
    def broken(self) -> bool:
        """Whether a digital signature in the file no longer fits what the file says."""
        return any(not each.intact or not each.whole for each in self.file_signatures)

    @property
    def sentence(self) -> str:
        """The answer in one sentence."""
        return _sentence(self)


def clean_digest(text: str) -> str:
    """A SHA-256 as people paste it: 64 hexadecimal digits. Raises ValidationError."""
    found = to_ascii("".join(text.split())).lower()
    if not _DIGEST.fullmatch(found):
        raise ValidationError(_("A SHA-256 has 64 characters, digits and letters from a to f."))
    return found


def verify_digest(digest: str) -> Finding:
    """What is known of a clean SHA-256."""
    return _known(digest) or Finding(Verdict.UNKNOWN, digest)


def verify_file(file: BinaryIO) -> Finding:
    """What is known of a file, read from where it stands. Raises ValidationError when too large."""
    read = _read(file)
    found = _known(read.digest)
    if found is None:
        found = _derived(read) or Finding(Verdict.UNKNOWN, read.digest)
    if not read.signed:
        return found
    try:
        signatures = find_signatures(file)
    except UnreadablePdf:
        return found
    return replace(found, file_signatures=signatures)


@dataclass
class _Read:
    """What one pass over a file gives."""

    digest: str
    beginnings: list[str]
    marks: list[str]
    signed: bool


def _read(file: BinaryIO) -> _Read:
    whole, size, kept = hashlib.sha256(), 0, b""
    beginnings: list[str] = []
    marks: dict[str, None] = {}
    signed = False
    for chunk in _chunks(file):
        start, window = len(kept), kept + chunk
        for end in _ends(window, start):
            if len(beginnings) < _MAX_REVISIONS * len(_ENDS):
                beginning = whole.copy()
                beginning.update(window[start:end])
                beginnings.append(beginning.hexdigest())
        marks |= {found.decode(): None for found in _MARK.findall(window)}
        signed = signed or b"/ByteRange" in window
        whole.update(chunk)
        size += len(chunk)
        if size > MAX_FILE_BYTES:
            raise ValidationError(_("The file is larger than 20 MB."), code="large")
        kept = window[-_OVERLAP:]
    return _Read(whole.hexdigest(), beginnings, list(marks)[:_MAX_REVISIONS], signed)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(_CHUNK):
        yield chunk


def _ends(window: bytes, start: int) -> list[int]:
    """Where a revision of a PDF may end in this window, each in its new part only."""
    found = []
    place = window.find(_END)
    while place >= 0:
        for ending in _ENDS:
            end = place + len(_END) + len(ending)
            if end > start and end <= len(window) and window.startswith(ending, place + len(_END)):
                found.append(end)
        place = window.find(_END, place + 1)
    return sorted(set(found))


def _known(digest: str) -> Finding | None:
    """The exact thing: the text, a kept PDF, a letter, or a text that is on offer."""
    text = SignedText.objects.filter(digest=digest).first()
    if text is not None:
        return _about(Verdict.TEXT, digest, text.version_id, digest)
    pdf = SealedPdf.objects.filter(digest=digest).defer("data").first()
    if pdf is not None:
        verdict = Verdict.OFFER if pdf.kind == PdfKind.OFFER else Verdict.PDF
        return _about(verdict, digest, pdf.version_id, pdf.text_digest)
    letter = Signature.objects.filter(scan_digest=digest).select_related("text").first()
    if letter is not None:
        return _about(Verdict.LETTER, digest, letter.text.version_id, letter.text.digest)
    offer = AgreementVersion.objects.filter(offered_digest=digest).first()
    if offer is not None:
        return _about(Verdict.OFFER, digest, offer.pk, digest)
    return None


def _derived(read: _Read) -> Finding | None:
    """A file that begins with one of ours, or bears our mark, and is not ours as it stands."""
    rows = SealedPdf.objects.filter(digest__in=read.beginnings).defer("data")
    begins = max(rows, key=lambda row: row.kind != PdfKind.OFFER, default=None)
    if begins is not None:
        return _about(Verdict.ADDED, read.digest, begins.version_id, begins.text_digest)
    for mark in read.marks:
        known = _known(mark) or _kept_text(mark)
        if known is not None:
            return replace(known, verdict=Verdict.CHANGED, digest=read.digest)
    return None


def _kept_text(text_digest: str) -> Finding | None:
    """A text that was offered once, and replaced by another before anybody signed it."""
    pdf = SealedPdf.objects.filter(text_digest=text_digest).defer("data").first()
    if pdf is None:
        return None
    return _about(Verdict.OFFER, text_digest, pdf.version_id, text_digest)


def _about(verdict: Verdict, digest: str, version_id: int, text_digest: str) -> Finding:
    # All versions of the agreement: a later one may have taken this one's place.
    rows = list(AgreementVersion.objects.filter(agreement__versions=version_id).with_facts())
    row = next(each for each in rows if each.pk == version_id)
    signatures = list(Signature.objects.filter(text__version=row, text__digest=text_digest))
    return Finding(verdict, digest, row, text_digest, row.facts(siblings=rows), signatures)


def _sentence(finding: Finding) -> str:
    if finding.verdict == Verdict.UNKNOWN:
        if finding.broken:
            return _(
                "This is not one of our documents. It carries a digital signature, and it was "
                "changed after it was signed."
            )
        return _("This is not one of our documents: nothing that was signed here has this content.")
    values = {
        "version": finding.version,
        "agreement": finding.version and finding.version.agreement,
    }
    if finding.verdict == Verdict.OFFER and not finding.signatures:
        return (
            _(
                "This is the text of “%(agreement)s”, %(version)s, as it was offered for "
                "signature. Nobody has signed it."
            )
            % values
        )
    return {
        Verdict.TEXT: _("This is the signed text of “%(agreement)s”, %(version)s, unchanged."),
        Verdict.PDF: _(
            "This is the true PDF of the signed text of “%(agreement)s”, %(version)s, unchanged."
        ),
        Verdict.OFFER: _(
            "This is the text of “%(agreement)s”, %(version)s, as it was offered for "
            "signature; it was signed in these words."
        ),
        Verdict.LETTER: _(
            "This is the letter that is recorded for a signature under “%(agreement)s”, "
            "%(version)s, unchanged."
        ),
        Verdict.ADDED: _(
            "This file begins with a true PDF of “%(agreement)s”, %(version)s, but something "
            "was added to it afterwards. Do not rely on it; download the true one."
        ),
        Verdict.CHANGED: _(
            "This file says that it is “%(agreement)s”, %(version)s, but it is not the file "
            "that we made: it was changed. Do not rely on it; download the true one."
        ),
    }[finding.verdict] % values
