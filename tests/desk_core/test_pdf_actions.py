import io
import os
import zlib

import pytest
from django.core.exceptions import ValidationError

from desk_core.content_type import verify

ACTION = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"


def pdf(inside: bytes) -> bytes:
    return b"%PDF-1.7\n1 0 obj\n" + inside + b"\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"


def packed(objects: bytes, *, name: bytes = b"/ObjStm", how: bytes = b"/FlateDecode") -> bytes:
    data = zlib.compress(objects)
    return (
        b"<< /Type " + name + b" /N 1 /First 4 /Filter " + how + b" /Length "
        + str(len(data)).encode() + b" >>\nstream\r\n" + data + b"\nendstream"
    )  # fmt: skip


# How it is packed stands before what looks like the beginning of the object.
HIDDEN = packed(ACTION).replace(b"<< ", b"<< /Filter /FlateDecode /X (obj) ")
HIDDEN = HIDDEN.replace(b"/First 4 /Filter /FlateDecode", b"/First 4")


@pytest.mark.parametrize(
    ("inside", "code"),
    [
        (b"<< /OpenAction " + ACTION + b" >>", "active"),
        (b"<< /S /J#61vaScript /JS (x) >>", "active"),
        (b"<< /S/#4C#61#75nch/F(cmd.exe) >>", "active"),
        (b"<< /Type /EmbeddedFile >>", "carries"),
        (b"<< /Names << /EmbeddedFiles 3 0 R >> >>", "carries"),
        (b"<< /Encrypt 9 0 R >>", "locked"),
        (packed(b"1 0 " + ACTION), "active"),
        (packed(b"1 0 " + ACTION, name=b"/Obj#53tm"), "active"),
        (packed(b"1 0 " + os.urandom(300_000) + ACTION), "active"),
        (packed(zlib.compress(ACTION), how=b"[/FlateDecode /Fl#61teDecode]"), "opaque"),
        (packed(ACTION, how=b"9 0 R"), "opaque"),
        (packed(ACTION, how=b"/FlateDecode /DecodeParms << /Predictor 12 >>"), "opaque"),
        (packed(ACTION, how=b"/FlateDecode" + b" " * 200_000), "opaque"),
        (HIDDEN, "opaque"),
        (packed(ACTION).replace(b"/N 1", b"% stream\n/N 1"), "opaque"),
        (b"<< /Type /ObjStm /Filter /ASCIIHexDecode >>\nstream\n312030\nendstream", "opaque"),
    ],
)
def test_what_a_pdf_would_do_or_carry_is_found_however_it_is_written(inside, code):
    with pytest.raises(ValidationError) as refused:
        verify(io.BytesIO(pdf(inside)), "a.pdf")
    assert refused.value.code == code


def test_it_is_found_across_the_pieces_in_which_a_file_is_read():
    for place in (1024 * 1024 - 20, 2 * 1024 * 1024 - 3):
        with pytest.raises(ValidationError):
            verify(io.BytesIO(pdf(b" " * place + ACTION)), "a.pdf")


@pytest.mark.parametrize(
    "inside",
    [
        b"<< /Title (about JavaScript and /JavaScripture) /Launcher 1 >>",
        packed(b"1 0 << /Type /Page >>"),
        b"<< /Type /ObjStm >>\nstream\n1 0 << /Type /Page >>\nendstream",
        b"(the word /ObjStm alone)",
        b"stream\n" + os.urandom(50_000) + b"\nendstream",
    ],
)
def test_an_honest_pdf_is_let_through(inside):
    assert verify(io.BytesIO(pdf(inside)), "a.pdf").extension == "pdf"
