"""Looking through whole files for what their first bytes do not tell.

Each function raises ValidationError with a message for the person who chose the file.
"""

import io
import itertools
import re
import warnings
import zipfile
import zlib
from typing import BinaryIO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image

from desk_core.pdf_actions import refuse_active

MAX_PIXELS = 120_000_000
MAX_SIDE = 30_000
MAX_PROGRESSIVE_PIXELS = 40_000_000
MAX_SCANS = 100
MAX_PARTS = 2_000
MAX_UNPACKED = 100 * 1024 * 1024
TAIL = 64 * 1024 + 22
ZIP_END = b"PK\x05\x06"
MARKUP = re.compile(
    rb"<(?:script|html|!doctype|\?php|iframe|svg|body|!entity)[\s>\[/]|<%@|javascript:",
    re.IGNORECASE,
)
DOCX_MAIN = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
# A document that loads its template or an object from elsewhere when it is opened.
REMOTE_PART = re.compile(
    rb"<[^>]*/(?:attachedTemplate|oleObject|frame|subDocument)[\"'][^>]*>", re.IGNORECASE
)

DAMAGED = _("This file is damaged or incomplete. Open it, save it again and choose it once more.")
DISGUISED = _("This file holds something else besides what it seems to be. Save it again as PDF.")
TOO_LARGE_INSIDE = _("This file unpacks to more than can be accepted. Save it again as PDF.")
ACTIVE = _("This document holds macros or loads parts from elsewhere. Save it again as PDF.")


def refuse_disguise(head: bytes) -> None:
    """Refuse web pages and scripts dressed as a picture or a PDF."""
    if MARKUP.search(head):
        raise ValidationError(DISGUISED, code="disguised")


def inspect_pdf(file: BinaryIO) -> None:
    """A PDF that begins at its first byte, ends with its end mark, and is no archive besides.

    It does nothing by itself and carries no other files (`pdf_actions`).
    """
    tail = _tail(file)
    end = tail.rfind(b"%%EOF")
    if end < 0:
        raise ValidationError(DAMAGED, code="damaged")
    if ZIP_END in tail[end:] or _is_archive_to_the_end(tail):
        raise ValidationError(DISGUISED, code="disguised")
    refuse_disguise(tail[end:])
    refuse_active(file)


def inspect_image(file: BinaryIO, image_format: str) -> None:
    """A picture of bearable size that decodes, with nothing to speak of hung on behind."""
    try:
        with warnings.catch_warnings():
            # Sizes are judged here; Pillow's own limit is lower than a telephone's camera.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            _decode(file, image_format)
    except ValidationError:
        raise
    except Image.DecompressionBombError:
        raise ValidationError(TOO_LARGE_INSIDE, code="pixels") from None
    except Exception:
        raise ValidationError(DAMAGED, code="damaged") from None
    _refuse_appendix(file, image_format)


def inspect_docx(file: BinaryIO) -> None:
    """A Word document: its parts in their places, of bearable size, without macros."""
    try:
        with zipfile.ZipFile(file) as archive:
            _check_contents(archive, _length(file))
            unpacked = 0
            for part in archive.infolist():
                unpacked += _check_part(archive, part, MAX_UNPACKED - unpacked)
            if DOCX_MAIN not in archive.read("[Content_Types].xml"):
                raise ValidationError(ACTIVE, code="active")
    except ValidationError:
        raise
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, KeyError, ValueError,
            NotImplementedError, RuntimeError):  # fmt: skip
        raise ValidationError(DAMAGED, code="damaged") from None


def _decode(file: BinaryIO, image_format: str) -> None:
    file.seek(0)
    with Image.open(file, formats=[image_format]) as picture:
        width, height = picture.size
        if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
            raise ValidationError(TOO_LARGE_INSIDE, code="pixels")
        if image_format == "PNG":
            # Checks every chunk's sum without unpacking: a flat huge picture costs nothing.
            picture.verify()
        else:
            if picture.info.get("progressive"):
                _check_scans(file, width * height)
            # A JPEG decodes at an eighth of its size, in a sixty-fourth of the memory.
            picture.draft("RGB", (max(1, width // 8), max(1, height // 8)))
            picture.load()


def _check_scans(file: BinaryIO, pixels: int) -> None:
    """A progressive JPEG is held whole while decoding, and each scan goes over all of it."""
    file.seek(0)
    scans = file.read().count(b"\xff\xda")
    file.seek(0)
    if pixels > MAX_PROGRESSIVE_PIXELS or scans > MAX_SCANS:
        raise ValidationError(TOO_LARGE_INSIDE, code="pixels")


def _refuse_appendix(file: BinaryIO, image_format: str) -> None:
    tail = _tail(file)
    if ZIP_END in tail or b"%%EOF" in tail or b"%PDF-" in tail:
        raise ValidationError(DISGUISED, code="disguised")
    if image_format == "PNG" and not tail.endswith(b"IEND\xaeB`\x82"):
        raise ValidationError(DISGUISED, code="disguised")
    refuse_disguise(tail[-4096:])


def _check_contents(archive: zipfile.ZipFile, length: int) -> None:
    parts = archive.infolist()
    names = [part.filename for part in parts]
    if "[Content_Types].xml" not in names or "word/document.xml" not in names:
        raise ValidationError(DISGUISED, code="not_docx")
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise ValidationError(TOO_LARGE_INSIDE, code="bomb")
    # Parts that share bytes are how a small archive unpacks to petabytes.
    if len(set(names)) != len(names) or sum(part.compress_size for part in parts) > length:
        raise ValidationError(TOO_LARGE_INSIDE, code="bomb")
    offsets = sorted((part.header_offset, part.compress_size) for part in parts)
    pairs = itertools.pairwise(offsets)
    if any(start + 30 + size > following for (start, size), (following, _size) in pairs):
        raise ValidationError(TOO_LARGE_INSIDE, code="bomb")
    if offsets[0][0] != 0:
        raise ValidationError(DISGUISED, code="disguised")


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, room: int) -> int:
    """Unpack one part piece by piece; its size. Its sum is checked by the archive reader."""
    name = part.filename.lower()
    if part.flag_bits & 0x1 or name.startswith("/") or "\\" in name or ".." in name.split("/"):
        raise ValidationError(DAMAGED, code="damaged")
    if "vbaproject" in name or "vbadata" in name or "/activex/" in name or "macrosheets" in name:
        raise ValidationError(ACTIVE, code="active")
    size = 0
    carried = b""
    with archive.open(part) as stream:
        while piece := stream.read(64 * 1024):
            size += len(piece)
            if size > room:
                raise ValidationError(TOO_LARGE_INSIDE, code="bomb")
            if name.endswith((".xml", ".rels")):
                _check_markup(carried + piece, relations=name.endswith(".rels"))
                carried = piece[-1024:]
    return size


def _check_markup(text: bytes, *, relations: bool) -> None:
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise ValidationError(ACTIVE, code="active")
    if relations and any(b"External" in found for found in REMOTE_PART.findall(text)):
        raise ValidationError(ACTIVE, code="active")


def _is_archive_to_the_end(tail: bytes) -> bool:
    """Whether the bytes end as an archive does: its end mark, whose comment reaches the end."""
    start = tail.find(ZIP_END)
    while start >= 0:
        comment = int.from_bytes(tail[start + 20 : start + 22], "little")
        if start + 22 + comment == len(tail):
            return True
        start = tail.find(ZIP_END, start + 1)
    return False


def _tail(file: BinaryIO) -> bytes:
    file.seek(max(0, _length(file) - TAIL))
    return file.read()


def _length(file: BinaryIO) -> int:
    return file.seek(0, io.SEEK_END)
