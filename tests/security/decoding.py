"""Taking stored bytes apart, whatever they are wrapped in, so that what lies inside is found.

`layers()` unwraps base64, base32, hex, percent, unicode escapes, HTML entities, JSON, pickles,
zlib, gzip, zip and UTF-16, one inside the other. `canonical()` makes every spelling of a text one:
digits of any script, Arabic and Persian letters, spaces and separators.
"""

import base64
import binascii
import gzip
import html
import io
import pickletools
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from urllib.parse import unquote_to_bytes

from persian.text import search_key

DEEPEST = 6
MOST_BYTES = 4 * 1024 * 1024

_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{12,}={0,2}")
_BASE32 = re.compile(rb"[A-Z2-7]{16,}={0,6}")
_HEX = re.compile(rb"(?:[0-9a-fA-F]{2}){6,}")
_PERCENT = re.compile(rb"%[0-9A-Fa-f]{2}")
_ESCAPES = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})|\\U([0-9a-fA-F]{8})")
_OCTAL = re.compile(rb"\\([0-3][0-7]{2})")
_ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-fA-F]+|amp|lt|gt|quot);")
_SURROGATES = re.compile("([\ud800-\udbff])([\udc00-\udfff])")
_ZLIB = re.compile(rb"\x78[\x01\x5e\x9c\xda]")
_GZIP = re.compile(rb"\x1f\x8b\x08")
_WORDS = re.compile(r"[\W_]+")


def canonical(text: str) -> str:
    """One form for every way to write a text: folded letters and ASCII digits, nothing between."""
    return _WORDS.sub("", search_key(text))


def texts(raw: bytes) -> Iterator[str]:
    """Every text that lies in the bytes, in whatever wrapping."""
    for layer in layers(raw):
        yield layer.decode("utf-8", "replace")
        high = any(byte > 0x7F for byte in layer)
        # Two letters of Arabic script in UTF-16 need not hold a zero byte.
        if high or b"\x00" in layer:
            yield layer.decode("utf-16-le", "replace")
            yield layer[1:].decode("utf-16-le", "replace")
            yield layer.decode("utf-16-be", "replace")
            yield layer[1:].decode("utf-16-be", "replace")
        if high:
            yield layer.decode("cp1256", "replace")


def layers(raw: bytes, depth: int = 0) -> Iterator[bytes]:
    """The bytes themselves and everything wrapped inside them."""
    yield raw
    if depth == DEEPEST or not raw:
        return
    seen = {raw}
    for unwrap in UNWRAPPERS:
        for inner in unwrap(raw):
            inner = inner[:MOST_BYTES]
            if inner and inner not in seen:
                seen.add(inner)
                if _looks_meant(inner):
                    yield from layers(inner, depth + 1)


def _looks_meant(inner: bytes) -> bool:
    """Noise of a wrong guess is short or random; text and known wrappings are looked at further."""
    if len(inner) < 6:
        return False
    if _ZLIB.match(inner) or _GZIP.match(inner) or inner[:2] in (b"PK", b"\x80\x04", b"\x80\x05"):
        return True
    for code in ("utf-8", "utf-16-le", "utf-16-be"):
        try:
            text = inner.decode(code)
        except UnicodeDecodeError:
            continue
        odd = sum(not (char.isprintable() or char in "\n\r\t\0\u200c") for char in text)
        strange = sum(ord(char) > 0x700 and not 0x2000 <= ord(char) < 0x2070 for char in text)
        if odd * 10 <= len(text) and strange * 5 <= len(text):
            return True
    return b"\x80\x04\x95" in inner or b"\x80\x05\x95" in inner


def _base64(raw: bytes) -> Iterator[bytes]:
    for match in _BASE64.finditer(raw):
        token = match.group().rstrip(b"=")
        padded = token[: len(token) - (len(token) % 4 == 1)]
        padded += b"=" * (-len(padded) % 4)
        alphabets = (b"+/", b"-_") if b"-" in token or b"_" in token else (b"+/",)
        for altchars in alphabets:
            try:
                yield base64.b64decode(padded, altchars=altchars)
            except (ValueError, binascii.Error):
                continue


def _base32(raw: bytes) -> Iterator[bytes]:
    for match in _BASE32.finditer(raw):
        token = match.group().rstrip(b"=")
        try:
            yield base64.b32decode(token + b"=" * (-len(token) % 8))
        except (ValueError, binascii.Error):
            continue


def _hex(raw: bytes) -> Iterator[bytes]:
    for match in _HEX.finditer(raw):
        yield bytes.fromhex(match.group().decode("ascii"))


def _percent(raw: bytes) -> Iterator[bytes]:
    if _PERCENT.search(raw):
        yield unquote_to_bytes(raw.replace(b"+", b" "))


def _octal(raw: bytes) -> Iterator[bytes]:
    if _OCTAL.search(raw):
        yield _OCTAL.sub(lambda match: bytes([int(match[1], 8)]), raw)


def _escapes(raw: bytes) -> Iterator[bytes]:
    text = raw.decode("utf-8", "replace")
    if _ESCAPES.search(text):
        bytewise = re.sub(rb"\\x([0-9a-fA-F]{2})", lambda match: bytes([int(match[1], 16)]), raw)
        yield bytewise
        text = _ESCAPES.sub(lambda match: chr(int(match[1] or match[2] or match[3], 16)), text)
        text = _SURROGATES.sub(
            lambda pair: pair.group().encode("utf-16", "surrogatepass").decode("utf-16"), text
        )
        yield text.encode("utf-8", "replace")
    if _ENTITY.search(text):
        yield html.unescape(text).encode("utf-8", "replace")


def _inflated(raw: bytes) -> Iterator[bytes]:
    for pattern, wbits in ((_ZLIB, 15), (_GZIP, 31)):
        for match in pattern.finditer(raw):
            try:
                yield zlib.decompressobj(wbits).decompress(raw[match.start() :], MOST_BYTES)
            except zlib.error:
                continue


def _zipped(raw: bytes) -> Iterator[bytes]:
    if not raw.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            for entry in archive.infolist():
                yield entry.filename.encode()
                with archive.open(entry) as file:
                    yield file.read(MOST_BYTES)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, zlib.error, EOFError):
        return


def _pickled(raw: bytes) -> Iterator[bytes]:
    """Every text and byte string of a pickle, read and not run."""
    for match in re.finditer(rb"\x80[\x02-\x05]", raw):
        try:
            for _opcode, value, _position in pickletools.genops(raw[match.start() :]):
                if isinstance(value, str):
                    yield value.encode("utf-8", "replace")
                elif isinstance(value, bytes | bytearray):
                    yield bytes(value)
        except Exception:  # noqa: S112 – it was no pickle
            continue


UNWRAPPERS: tuple[Callable[[bytes], Iterator[bytes]], ...] = (
    _base64,
    _base32,
    _hex,
    _percent,
    _octal,
    _escapes,
    _inflated,
    _zipped,
    _pickled,
)

# How a secret may be wrapped; the test of this searcher plants one in each.
WRAPPINGS: dict[str, Callable[[str], bytes]] = {
    "plain": lambda text: text.encode(),
    "base64": lambda text: base64.b64encode(text.encode()),
    "urlsafe base64": lambda text: base64.urlsafe_b64encode(text.encode()).rstrip(b"="),
    "base32": lambda text: base64.b32encode(text.encode()),
    "hex": lambda text: text.encode().hex().encode(),
    "capital hex": lambda text: text.encode().hex().upper().encode(),
    "zlib": lambda text: zlib.compress(text.encode()),
    "zlib in the middle": lambda text: b"head" + zlib.compress(text.encode()) + b"tail",
    "gzip": lambda text: gzip.compress(text.encode()),
    "utf-16": lambda text: text.encode("utf-16-le"),
    "big utf-16": lambda text: text.encode("utf-16-be"),
    "Windows Arabic": lambda text: text.encode("cp1256", "ignore"),
}
