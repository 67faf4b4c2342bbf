"""Lists as spreadsheets: the rows of a ModelAdmin through `desk_core.spreadsheets`."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from django.db.models import Model, QuerySet
from django.http import HttpResponseBase
from django.utils import timezone

from desk_core import spreadsheets
from desk_core.modeladmin.presenting import heading, raw_value, shown
from persian.jalali import format_date

if TYPE_CHECKING:
    from desk_core.modeladmin.base import DeskModelAdmin

CHUNK = 2_000
FORMATS = spreadsheets.FORMATS


def rows(
    model_admin: "DeskModelAdmin", queryset: QuerySet, columns: Iterable[str], limit: int
) -> Iterator[list[Any]]:
    """Yield the rows' values, fetched in chunks, at most `limit` of them."""
    readers = [_reader(model_admin, name) for name in columns]
    obj: Model
    for obj in queryset[:limit].iterator(chunk_size=CHUNK):
        yield [shown(read(obj), digits=False) for read in readers]


def _reader(model_admin: "DeskModelAdmin", name: str) -> Callable[[Model], Any]:
    """How a column is read; the labels of a choice are looked up once and not for each row."""
    fields = {field.name: field for field in model_admin.opts.concrete_fields}
    field = fields.get(name)
    choices = dict(field.flatchoices) if field is not None and field.flatchoices else {}
    if not choices or hasattr(model_admin, name):
        return lambda obj: raw_value(model_admin, name, obj)
    labels = {value: str(label) for value, label in choices.items()}
    return lambda obj: labels.get(getattr(obj, name), getattr(obj, name))


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
    return spreadsheets.respond(
        head=head, body=body, name=file_name(model_admin), file_format=file_format
    )
