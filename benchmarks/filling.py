"""A desk full of cases for the benchmarks, made by PostgreSQL itself: a million in some minutes.

The rows look like real ones: spread over departments and states, sealed content of a usual length,
one wrapped key each (all the same: nobody opens them), a running clock for one case in fifty.
"""

from typing import Any

_KEYS = """
INSERT INTO desk_core_subjectkey (id, key_id, wrapped, created_at)
SELECT md5('key' || n)::uuid, 'dev1', %(wrapped)s, now()
FROM generate_series(%(first)s, %(last)s) AS n
"""
_CASES = """
INSERT INTO service_requests_case ({columns})
SELECT {values} FROM generate_series(%(first)s, %(last)s) AS n
"""
_CLOCKS = """
INSERT INTO sla_clock (subject, measure, round, version_id, target_key, amount, unit, department_id,
                       kind, started_at, due_at, month, at_risk_at, pauses, halts)
SELECT lpad(n::text, 12, '0'), 'resolution', 1, %(version)s, 'bench', 15, 'working_days',
       (%(departments)s::bigint[])[1 + n %% %(many)s], 'request', now() - n * interval '1 minute',
       now() + (n %% 4000 - 1000) * interval '1 minute', 140509,
       now() + (n %% 4000 - 3000) * interval '1 minute', '[]', '[]'
FROM generate_series(%(first)s, %(last)s, 50) AS n
"""
_PART = 100_000


def fill(count: int) -> None:
    """So many cases, then what PostgreSQL does by itself after so many new rows."""
    from django.db import connection

    make(count)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def make(count: int) -> None:
    """So many cases, their keys and clocks."""
    from django.db import connection

    from cms_pages.models import Department
    from desk_core.sealing import new_subject
    from service_requests.enums import State
    from sla.models import Agreement, AgreementVersion

    agreement = Agreement.objects.create(key="bench", title="bench")
    values: dict[str, Any] = {
        "wrapped": bytes(new_subject().row.wrapped),
        "departments": list(Department.objects.order_by("pk").values_list("pk", flat=True)),
        "states": list(State.values),
        "version": AgreementVersion.objects.create(agreement=agreement, number=1).pk,
    }
    values |= {"many": len(values["departments"]), "kinds_of_state": len(values["states"])}
    with connection.cursor() as cursor:
        for first in range(0, count, _PART):
            part = {**values, "first": first, "last": min(first + _PART, count) - 1}
            for statement in (_KEYS, cases(), _CLOCKS):
                cursor.execute(statement, part)


def cases() -> str:
    """The statement that makes cases; what is not named here has its default."""
    from service_requests.models import Case

    given = {
        "id": "md5('case' || n)::uuid",
        "code": "lpad(n::text, 12, '0')",
        "kind": "'request'",
        "state": "(%(states)s::text[])[1 + n %% %(kinds_of_state)s]",
        "department_id": "(%(departments)s::bigint[])[1 + n %% %(many)s]",
        "source": "'web'",
        "language": "'fa'",
        "person_type": "'natural'",
        "consent_version": "'1'",
        "agreement_note": "''",
        "set_aside": "''",
        "registered_at": "now() - n * interval '1 minute'",
        "last_activity_at": "now()",
        "subject_key_id": "md5('key' || n)::uuid",
        "sealed_content": "decode(repeat(md5(n::text), 12), 'hex')",
    }
    for field in Case._meta.concrete_fields:
        if field.column not in given and not field.null:
            given[field.column] = f"'{field.get_default()}'"
    return _CASES.format(columns=", ".join(given), values=", ".join(given.values()))
