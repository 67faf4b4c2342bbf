"""The searcher of the dump finds what is hidden: a planted secret in every wrapping."""

import json
import pickle
import zipfile
from io import BytesIO
from urllib.parse import quote

import pytest
from django.core import signing

from tests.security.decoding import WRAPPINGS, canonical, texts

SECRET = "نام خانوادگی: کاظمی‌پور ۰۹۱۲۳۴۵۶۷۸۹"
WANTED = [canonical("كاظمي پور"), canonical("0912 345-6789")]


def found(raw: bytes) -> bool:
    seen = [canonical(text) for text in texts(raw)]
    return all(any(wanted in text for text in seen) for wanted in WANTED)


def zipped(text: str) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", text)
    return out.getvalue()


MORE = {
    "JSON": lambda text: json.dumps({"a": [text]}).encode(),
    "JSON twice": lambda text: json.dumps({"a": json.dumps([text])}).encode(),
    "pickle": lambda text: pickle.dumps({"a": [text]}),
    "pickle of bytes": lambda text: pickle.dumps({"a": text.encode()}),
    "percent": lambda text: f"/x?next={quote(text)}".encode(),
    "entities": lambda text: "".join(f"&#{ord(char)};" for char in text).encode(),
    "repr of bytes": lambda text: repr(text.encode()).encode(),
    "session": lambda text: signing.dumps({"a": text}, key="k", compress=True).encode(),
    "zip": zipped,
    "PostgreSQL's escape": lambda text: "".join(f"\\{byte:03o}" for byte in text.encode()).encode(),
}


@pytest.mark.parametrize("wrapping", [*WRAPPINGS, *MORE])
def test_a_planted_secret_is_found_in_every_wrapping(wrapping):
    # Arabic letters of cp1256 have no Persian digits: those are planted in ASCII there.
    secret = SECRET if wrapping != "Windows Arabic" else "نام: كاظمي پور 09123456789"
    assert found({**WRAPPINGS, **MORE}[wrapping](secret))


def test_it_is_found_three_wrappings_deep_and_amid_other_bytes():
    inner = WRAPPINGS["base64"](json.dumps({"q": SECRET}))
    outer = b'{"task": "' + inner + b'"}'
    assert found(pickle.dumps({"value": outer}))
    assert found(WRAPPINGS["base64"](WRAPPINGS["zlib"](outer.decode()).hex()))


@pytest.mark.parametrize(
    "spelling",
    [
        "کاظمی پور ۰۹۱۲۳۴۵۶۷۸۹",
        "كاظمي‌پور ٠٩١٢٣٤٥٦٧٨٩",
        "کاظمیپور 0912-345 6789",
        "کـاظـمی پـور 0912.345.6789",
    ],
)
def test_every_spelling_is_one(spelling):
    assert found(spelling.encode())


def test_nothing_is_found_where_nothing_is():
    assert not found(b"nothing here, \x00\x01 and 0912 345 67 88")
    assert not found(bytes(range(256)) * 40)
