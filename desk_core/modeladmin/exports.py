"""Lists as CSV and XLSX that open well in a Persian Excel and run nothing there.

CSV is UTF-8 with a byte-order mark and streamed; text that a spreadsheet would take for a formula
gets an apostrophe in front. XLSX cells of text are typed as text.
"""

import csv
import io
import itertools
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from django.db.models import Model, QuerySet
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import get_language_bidi
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from desk_core.modeladmin.presenting import heading, raw_value, shown
from persian.jalali import format_date

if TYPE_CHECKING:
    from desk_core.modeladmin.base import DeskModelAdmin

CHUNK = 2_000
LONGEST_CELL = 32_767
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# CWE-1236: what Excel, LibreOffice and Google Sheets may begin a formula with, also behind blanks.
FORMULA = re.compile(r"^[\s\u200b-\u200f\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20\t\r\n|%]")
FORMATS = ("csv", "xlsx")


def safe_text(value: Any) -> Any:
    """Return text with an apostrophe in front where a spreadsheet would run it; numbers as is."""
    if isinstance(value, str) and FORMULA.match(value):
        return f"'{value}"
    return value


def rows(
    model_admin: "DeskModelAdmin", queryset: QuerySet, columns: Iterable[str], limit: int
) -> Iterator[list[Any]]:
    """Yield the rows' values, fetched in chunks, at most `limit` of them."""
    columns = list(columns)
    obj: Model
    for obj in queryset[:limit].iterator(chunk_size=CHUNK):
        yield [shown(raw_value(model_admin, name, obj), digits=False) for name in columns]


def file_name(model_admin: "DeskModelAdmin") -> str:
    """Return the name without its ending: what it is and the Jalali day it was made."""
    base = getattr(model_admin, "export_filename", "") or model_admin.opts.model_name
    day = format_date(timezone.localdate(), digits=False).replace("/", "-")
    return f"{base}-{day}"


def export(
    model_admin: "DeskModelAdmin", queryset: QuerySet, columns: Iterable[str], file_format: str
) -> HttpResponseBase:
    """Return the file: `file_format` is "csv" or "xlsx"."""
    columns = list(columns)
    head = [heading(model_admin, name) for name in columns]
    body = rows(model_admin, queryset, columns, model_admin.export_max_rows[file_format])
    name = f"{file_name(model_admin)}.{file_format}"
    if file_format == "xlsx":
        return FileResponse(
            _xlsx(head, body), as_attachment=True, filename=name, content_type=XLSX_TYPE
        )
    response = StreamingHttpResponse(_csv(head, body), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


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
    book = Workbook(write_only=True)
    sheet = book.create_sheet("1")
    sheet.sheet_view.rightToLeft = get_language_bidi()
    sheet.freeze_panes = "A2"
    for row in itertools.chain([head], body):
        sheet.append([_cell(sheet, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    out.seek(0)
    return out


def _cell(sheet: Any, value: Any) -> WriteOnlyCell:
    """Numbers stay numbers; everything else is text, without what a sheet cannot hold."""
    if isinstance(value, str):
        cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value)[:LONGEST_CELL])
        cell.data_type = "s"
        return cell
    return WriteOnlyCell(sheet, value)
