import datetime as dt
import json
import uuid
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import JSONField, Value

from desk_core import triggers
from desk_core.backup import rows
from desk_core.backup.errors import BackupError
from desk_core.backup.tables import LEFT_OUT, _canonical, _table, real_models, tables
from desk_core.models import AuditEntry, SubjectKey
from sla.models import Holiday


def test_every_table_is_backed_up_or_left_out_for_a_reason():
    stored = {model._meta.db_table for model in real_models(left_out=True)}
    kept = {table.name for table in tables()}
    # The search index has a table of its own on SQLite.
    left_out = {m._meta.db_table for m in apps.get_models() if m._meta.label in LEFT_OUT}
    assert len(left_out) == len(LEFT_OUT) - (connection.vendor != "sqlite")
    assert kept | left_out == stored
    assert not kept & left_out
    assert {"auth_user_groups", "cms_pages_service_needs", "wagtailcore_revision"} <= kept


def test_every_column_of_every_table_has_a_kind():
    for model in real_models():
        names = [column.name for column in _table(model).columns]
        # What the database computes itself is not backed up.
        stored = [each for each in model._meta.local_concrete_fields if not each.generated]
        assert names == [field.column for field in stored]


def test_a_type_that_no_dump_knows_is_refused_by_name():
    from django.apps.registry import Apps
    from django.db import models

    class Odd(models.Model):
        odd = models.Field()

        class Meta:
            app_label = "odd"
            apps = Apps()

        def __str__(self) -> str:
            return "odd"

    with pytest.raises(BackupError, match=r"Odd\.odd"):
        _table(Odd)


VALUES = [
    ("text", 'متنِ فارسی «نقل»\n\t"\\ 🕌'),
    ("bytes", bytes(range(256))),
    ("datetime", dt.datetime(2026, 3, 21, 20, 30, 0, 7, tzinfo=dt.UTC)),
    ("date", dt.date(1921, 2, 21)),
    ("time", dt.time(7, 30, 0, 1)),
    ("duration", dt.timedelta(days=-3, microseconds=5)),
    ("decimal", Decimal("12.50")),
    ("uuid", uuid.uuid4()),
    ("integer", 2**62),
    ("float", 0.1 + 0.2),
    ("boolean", False),
    ("json", '{"a":null}'),
]


@pytest.mark.parametrize(("kind", "value"), VALUES)
def test_every_kind_of_value_survives_as_json(kind, value):
    from desk_core.backup.tables import _DECODE, _ENCODE

    encoded = json.loads(json.dumps(_ENCODE.get(kind, lambda v: v)(value)))
    assert _DECODE.get(kind, lambda v: v)(encoded) == value


def test_json_has_one_form_whatever_database_it_comes_from():
    # PostgreSQL sorts keys by their length, and writes numbers out.
    one = '{"bb": 1e16, "a": [1.0, 1.5e-7, "\\u0627"], "c": 1.0}'
    other = '{"a": [1.0, 0.00000015, "ا"], "c": 1.0, "bb": 10000000000000000}'
    assert _canonical(one) == _canonical(other)


def read_back(model, **wanted):
    """Rows of one table dumped, deleted, loaded, and dumped again."""
    table = _table(model)
    values = table.twin._base_manager.order_by("pk").values_list(
        *(column.attname for column in table.columns)
    )
    lines = [rows._line(table.encode(row)) for row in values]
    header = rows._line({"table": table.name, "columns": rows._columns(table)})
    with triggers.lifted(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table.name}")  # noqa: S608 – a table of ours
    rows.load([header, *lines], alias="default")
    assert [rows._line(table.encode(row)) for row in values.all()] == lines
    return lines


@pytest.mark.django_db
def test_rows_come_back_as_they_were():
    key = SubjectKey.objects.create(key_id="k", wrapped=b"\x00\xff\x01")
    SubjectKey.objects.create()
    Holiday.objects.all().delete()
    Holiday.objects.create(day=dt.date(2026, 3, 21), name="نوروز")
    for model in (SubjectKey, Holiday):
        read_back(model)
    again = SubjectKey.objects.get(pk=key.pk)
    assert (bytes(again.wrapped), again.created_at) == (b"\x00\xff\x01", key.created_at)
    assert Holiday.objects.get().name == "نوروز"


@pytest.mark.django_db
def test_append_only_tables_and_their_json_come_back():
    entry = AuditEntry(action="a.b", target="case:1", detail={"z": None, "a": ["ی", 1.5]})
    entry.save()
    AuditEntry(action="c", target="t", detail=Value(None, JSONField())).save()
    lines = read_back(AuditEntry)
    assert AuditEntry.objects.get(pk=entry.pk).detail == entry.detail
    # The null of JSON is none of SQL: the column takes no NULL.
    assert '"null"' in lines[1].decode()


@pytest.mark.django_db
def test_a_table_of_another_shape_is_refused():
    header = b'{"table":"desk_core_subjectkey","columns":[["id","uuid"]]}\n'
    with pytest.raises(BackupError, match="desk_core_subjectkey has another shape"):
        rows.load([header], alias="default")
    with pytest.raises(BackupError, match="does not begin with a table"):
        rows.load([b'["x"]\n'], alias="default")


def test_parts_can_be_read_one_without_the_other():
    table, other = _table(SubjectKey), _table(Holiday)
    given = [(table, b'["%d"]\n' % n) for n in range(5)] + [(other, b'["x"]\n')]
    files = [list(lines) for lines in rows.cut(iter(given), size=12)]
    assert len(files) == 3
    for lines in files:
        assert lines[0].startswith(b'{"table":"desk_core_subjectkey"')
    assert files[-1][-2].startswith(b'{"table":"sla_holiday"')
    assert [line for lines in files for line in lines if line.startswith(b"[")] == [
        line for _table, line in given
    ]
    assert list(rows.cut(iter([]), size=12)) == []


def test_the_sum_of_a_table_does_not_ask_for_an_order_and_sees_every_row():
    def total(*lines: bytes):
        found = rows.TableSum()
        for line in lines:
            found.add(line)
        return found.as_json()

    assert total(b"a", b"b") == total(b"b", b"a")
    assert total(b"a", b"b") != total(b"a", b"a")
    assert total(b"a", b"a") != total()
    told = rows.differences(
        {"t": total(b"a"), "u": total(b"a"), "v": total()},
        {"t": total(b"b"), "u": total(b"a", b"b")},
    )
    assert [sentence.split()[2] for sentence in told] == ["t", "u", "v"]
