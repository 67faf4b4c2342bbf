"""Rows that are read as a column become instances, whatever the order of the fields asked for."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from desk_core.models import AuditEntry, SubjectKey
from desk_core.rows import instances

MOMENT = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("fields", [("id", "action", "target", "at"), ("at", "target", "action")])
def test_each_value_goes_to_its_own_field(fields):
    values = {"id": 7, "action": "case.read", "target": "case:1", "at": MOMENT}
    row = [MOMENT.isoformat() if name == "at" else values[name] for name in fields]
    (entry,) = instances(AuditEntry, fields, [row])
    assert {name: getattr(entry, name) for name in fields} == {n: values[n] for n in fields}
    assert entry.get_deferred_fields() == {
        field.attname for field in AuditEntry._meta.concrete_fields if field.name not in fields
    }


def test_no_rows_are_no_instances():
    assert instances(SubjectKey, ["id"], None) == []
    assert instances(SubjectKey, ["id"], [[str(key := uuid4())]])[0].pk == key
