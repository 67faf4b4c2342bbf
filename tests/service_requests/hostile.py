"""Input as nobody should send it, and what must not have changed afterwards."""

import functools
import io
import zipfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.cache import cache
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import got_request_exception
from django.db import connection
from django.db.models import Q
from django.test import Client

from desk_core.models import AuditEntry

# In every hostile value, so that a log or an answer that repeats it gives itself away.
MARK = "سپهروشان‌تبار"
MILLION = 1_000_000

# Refused at every field, whatever it is for.
HARMFUL = {
    # Latin after the first: a form's encoding makes six bytes of a Persian one.
    "a million letters": MARK + "b" * MILLION,
    "NUL": f"{MARK}\x00",
    "an escape sequence": f"{MARK}\x1b[2J\x07",
    "a non-character": f"{MARK}\uffff",
}
# A half character: JSON can hold it, forms cannot.
SURROGATES = {"a lone surrogate": f"{MARK}\ud800", "the other half": f"{MARK}\udfff\udfff"}
# Refused by some fields, taken as plain text by others; never a crash, never half a record.
ODD = {
    "Chinese": f"{MARK} 漢字漢字",
    "emoji": f"{MARK} 👩‍👩‍👧‍👦🏴‍☠️",
    "turned around": f"{MARK} \u202egnp.exe\u202c",
    "marks": MARK + "\u0301" * 5000,
    "HTML": f"<script>alert('{MARK}')</script>",
    "SQL": f"{MARK}'; DROP TABLE service_requests_case; --",
    "template": f"{MARK} {{{{ settings.SECRET_KEY }}}} {{% now %}} %(name)s %s {{0}}",
    "formula": f"=HYPERLINK({MARK})",
    "path": f"../../../{MARK}/etc/passwd",
    "half-spaces": "\u200c\u200c\u200c",
    "white space": " \t\n\u3000 ",
    "number": "-1",
    "long number": "9" * 5000,
    "superscript": "²" * 12,
    "mixed digits": "۰٠0" * 4,
    "words": f"{MARK} null true NaN undefined",
}


def docx(parts: dict[str, bytes]) -> bytes:
    """A Word document with these parts besides the needed ones."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        kind = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
        archive.writestr(
            "[Content_Types].xml",
            b'<?xml version="1.0"?><Types><Override PartName="/word/document.xml" '
            b'ContentType="' + kind + b'"/></Types>',
        )
        archive.writestr("_rels/.rels", b"<Relationships/>")
        archive.writestr("word/document.xml", b"<w:document/>")
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


@functools.cache
def _bad_contents() -> dict[str, tuple[str, bytes]]:
    """What is bad about it → ending and content."""
    pdf = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n"
    archive = docx({})
    return {
        "empty": ("pdf", b""),
        "wrong ending": ("pdf", b"\x89PNG\r\n\x1a\n" + b"\x00" * 60),
        "program": ("exe", b"MZ" + b"\x00" * 100),
        "no ending": ("", pdf),
        "polyglot of PDF and zip": ("pdf", pdf + archive),
        "polyglot of PDF and page": ("pdf", b"%PDF-1.4\n<script>alert(1)</script>\n%%EOF\n"),
        "half a picture": ("png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"),
        "zip that is no document": ("docx", b"PK\x05\x06" + b"\x00" * 18),
        "archive bomb": ("docx", docx({"word/media/a.xml": b"\x00" * (130 * 1024 * 1024)})),
        "macro": ("docx", docx({"word/vbaProject.bin": b"x"})),
        "half a PDF": ("pdf", pdf[:20]),
        "HTML": ("pdf", b"<html><script>alert(1)</script></html>"),
        "too large": ("pdf", b"%PDF-1.4\n" + b"x" * (20 * 1024 * 1024 + 1) + b"\n%%EOF\n"),
    }


def bad_files() -> dict[str, SimpleUploadedFile]:
    """Files that no field may take, each under a name that must not be logged."""
    return {
        what: SimpleUploadedFile(f"{MARK}.{ending}".rstrip("."), content)
        for what, (ending, content) in _bad_contents().items()
    }


class Writes:
    """Watches a connection: as long as nothing was written, what was counted is still so."""

    READING = ("SELECT", "SAVEPOINT", "RELEASE SAVEPOINT")

    def __init__(self) -> None:
        self.counted: dict[str, Any] | None = None

    def __call__(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        if not str(sql).startswith(self.READING):
            self.counted = None
        return execute(sql, params, many, context)


def counted() -> dict[str, Any]:
    """How many rows each table of ours has."""
    models = [
        model
        for app in ("service_requests", "desk_core")
        for model in apps.get_app_config(app).get_models()
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(
                f"SELECT '{model._meta.label}', count(*) FROM {model._meta.db_table}"  # noqa: S608
                for model in models
            )
        )
        counts: dict[str, Any] = dict(cursor.fetchall())
    # An attempt at the tracking door leaves its line, whatever was typed; a download does, too.
    lines = Q(target__startswith="tracking:") | Q(action="case.exported")
    counts[AuditEntry._meta.label] -= AuditEntry.objects.filter(lines).count()
    return counts


def state() -> dict[str, Any]:
    """How many rows each table of ours has, and which private files there are.

    Where `nothing_crashes` watches, the rows are counted anew only after a write.
    """
    watching = [each for each in connection.execute_wrappers if isinstance(each, Writes)]
    known = watching[-1].counted if watching else None
    if known is None:
        known = counted()
        for each in watching:
            each.counted = known
    root = Path(storages["private"].location)
    files = sorted(str(path) for path in root.rglob("*") if path.is_file())
    return {**known, "files": files}


@contextmanager
def nothing_crashes(client: Client) -> Iterator[list[str]]:
    """Collects the exceptions that a server would answer with 500; there must be none."""
    crashed: list[str] = []

    def note(sender: Any, request: Any = None, **kwargs: Any) -> None:
        import traceback

        last = traceback.format_exc().strip().splitlines()[-3:]
        crashed.append(f"{request.method} {request.path[:80]}: {' | '.join(last)[:400]}")

    client.raise_request_exception = False
    got_request_exception.connect(note)
    try:
        with connection.execute_wrapper(Writes()):
            yield crashed
    finally:
        got_request_exception.disconnect(note)
    assert not crashed, crashed


def squares(fields: Collection[str], values: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """`{field: value}` of as few requests as can be: each value once in each field.

    No value is twice in one request; a field may be left out of one.
    """
    given = list(values.values())
    size = max(len(given), len(fields))
    for turn in range(size):
        places = {field: (turn + number) % size for number, field in enumerate(fields)}
        yield {field: given[place] for field, place in places.items() if place < len(given)}


def sent_until_taken(
    values: dict[str, Any], send: Callable[[dict[str, Any]], Collection[str] | None]
) -> None:
    """Send all these fields at once, then those that were not refused, until all of them are taken.

    `send` names the fields at which something was said, or answers None where it was taken. What
    is refused without a word of any of these fields is sent again field by field.
    """
    while values:
        said = send(values)
        if said is None:
            return
        left = {field: value for field, value in values.items() if field not in said}
        if left.keys() == values.keys():
            if len(left) > 1:
                for field, value in left.items():
                    send({field: value})
            return
        values = left


def rested() -> None:
    """Forget the throttles: these tests send more in a minute than a network may in an hour."""
    cache.clear()


def drain(answer: Any) -> Any:
    """Take an answer whole, as a client does: what is streamed is closed at its end."""
    if answer.streaming:
        for _piece in answer.streaming_content:
            pass
    return answer
