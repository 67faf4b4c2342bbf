"""Tables as CSV and XLSX that open well in a Persian Excel and run nothing there.

CSV is UTF-8 with a byte-order mark and streamed; text that a spreadsheet would take for a formula
gets an apostrophe in front. XLSX cells of text are typed as text.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import get_language_bidi
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

LONGEST_CELL = 32_767
LONGEST_SHEET = 1_048_576
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# CWE-1236: what Excel, LibreOffice and Google Sheets may begin a formula with, also behind blanks.
FORMULA = re.compile(r"^[\s\u200b-\u200f\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20\t\r\n|%]")
FORMATS = ("csv", "xlsx")


def safe_text(value: Any) -> Any:
    """Return text with an apostrophe in front where a spreadsheet would run it; numbers as is."""
    if isinstance(value, str) and FORMULA.match(value):
        return f"'{value}"
    return value


def respond(
    *, head: list[str], body: Iterable[list[Any]], name: str, file_format: str
) -> HttpResponseBase:
    """Return the file as a download; `file_format` is "csv" or "xlsx", `name` without ending."""
    name = f"{name}.{file_format}"
    if file_format == "xlsx":
        return FileResponse(
            _xlsx(head, body), as_attachment=True, filename=name, content_type=XLSX_TYPE
        )
    response = StreamingHttpResponse(_csv(head, body), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def write(out: BinaryIO, *, head: list[str], body: Iterable[list[Any]], file_format: str) -> None:
    """Write the file to `out`; however long it is, memory holds a row of it at a time.

    An XLSX goes on in a further sheet where one is full. It is gathered in a temporary file, so
    nothing personal may stand in it.
    """
    if file_format == "xlsx":
        _book(head, body).save(out)
        return
    out.writelines(_csv(head, body))


class _Line:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> bytes:
        return text.encode("utf-8")


def _csv(head: list[str], body: Iterable[list[Any]]) -> Iterator[bytes]:
    writer = csv.writer(_Line())
    yield "\ufeff".encode()
    yield writer.writerow([safe_text(cell) for cell in head])
    for row in body:
        yield writer.writerow([safe_text(cell) for cell in row])


def _xlsx(head: list[str], body: Iterable[list[Any]]) -> io.BytesIO:
    out = io.BytesIO()
    _book(head, body).save(out)
    out.seek(0)
    return out


def _book(head: list[str], body: Iterable[list[Any]]) -> Workbook:
    book = Workbook(write_only=True)
    rows, number = iter(body), 0
    waiting = next(rows, None)
    while not number or waiting is not None:
        number += 1
        sheet = book.create_sheet(str(number))
        sheet.sheet_view.rightToLeft = get_language_bidi()
        sheet.freeze_panes = "A2"
        sheet.append([_cell(sheet, value) for value in head])
        for _place in range(LONGEST_SHEET - 1):
            if waiting is None:
                break
            sheet.append([_cell(sheet, value) for value in waiting])
            waiting = next(rows, None)
    return book


def _cell(sheet: Any, value: Any) -> WriteOnlyCell:
    """Numbers stay numbers; everything else is text, without what a sheet cannot hold."""
    if isinstance(value, str):
        cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value)[:LONGEST_CELL])
        cell.data_type = "s"
        return cell
    return WriteOnlyCell(sheet, value)
