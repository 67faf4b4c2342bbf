"""What a file really is: PDF, JPEG, PNG or DOCX, judged by its content and never by its word.

`sniff()` judges the first bytes and the name; `verify()` the whole file. Both raise
ValidationError with a message for the person who chose the file (ASVS 5.0 5.2.1-5.2.6: type by
content, archive bombs, pixel floods). The stored name is always made by the desk.
"""

import unicodedata
from pathlib import PurePosixPath
from typing import BinaryIO, NamedTuple

import filetype
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from desk_core.file_inspection import inspect_docx, inspect_image, inspect_pdf, refuse_disguise
from persian.digits import localised

HEAD = 4096
MAX_NAME = 200


class ContentType(NamedTuple):
    """An accepted type of file: its media type and the ending that the desk gives it."""

    mime: str
    extension: str


PDF = ContentType("application/pdf", "pdf")
JPEG = ContentType("image/jpeg", "jpg")
PNG = ContentType("image/png", "png")
DOCX = ContentType(
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"
)
BY_ENDING = {"pdf": PDF, "jpg": JPEG, "jpeg": JPEG, "png": PNG, "docx": DOCX}
ACCEPT = ".pdf,.jpg,.jpeg,.png,.docx"

UNSUPPORTED = _("Choose a PDF, JPG, PNG or DOCX file.")
MISMATCH = _(
    "The content of this file does not match the ending of its name. "
    "Save it again as PDF, JPG, PNG or DOCX."
)


def sniff(head: bytes, name: str) -> ContentType:
    """The type of a file by its first bytes (4 KiB are enough), which its name must agree with."""
    named = BY_ENDING.get(PurePosixPath(clean_name(name)).suffix[1:].lower())
    if named is None:
        raise ValidationError(UNSUPPORTED, code="unsupported")
    if not head:
        raise ValidationError(_("This file is empty."), code="empty")
    if _by_content(head) != named:
        raise ValidationError(MISMATCH, code="mismatch")
    if named is not DOCX:
        refuse_disguise(head[:HEAD])
    return named


def verify(file: BinaryIO, name: str) -> ContentType:
    """The type of a whole, seekable file: sniffed, then inspected to its end.

    An upload (`request.FILES[…]`) can be given as it is. The file is left at its beginning.
    """
    try:
        file.seek(0)
        found = sniff(file.read(HEAD), name)
        if found is PDF:
            inspect_pdf(file)
        elif found is DOCX:
            inspect_docx(file)
        else:
            inspect_image(file, "PNG" if found is PNG else "JPEG")
    finally:
        file.seek(0)
    return found


def clean_name(name: str) -> str:
    """A file's own name, fit to be shown: no folders, no invisible or direction-turning signs."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1].strip()
    # ZWNJ belongs to Persian words; every other invisible sign can only deceive.
    if any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co") and c != "\u200c" for c in base):
        raise ValidationError(
            _("The name of this file holds hidden signs. Rename it."), code="name"
        )
    if not base or base in (".", "..") or len(base) > MAX_NAME:
        raise ValidationError(
            _("Give this file a name of 1 to %(most)s letters."),
            code="name",
            params={"most": localised(MAX_NAME)},
        )
    return base


def _by_content(head: bytes) -> ContentType | None:
    if head.startswith(b"PK\x03\x04"):
        # Which archive it is shows only at its end: `verify` reads the table of contents.
        return DOCX
    kind = filetype.guess(head)
    return {PDF.mime: PDF, JPEG.mime: JPEG, PNG.mime: PNG}.get(kind.mime if kind else "")
