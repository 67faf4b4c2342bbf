"""The chain over the audit trail finds what somebody with the database did to it."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from desk_core import audit, audit_chain, triggers
from desk_core.models import AuditEntry, AuditSeal

pytestmark = pytest.mark.django_db


@pytest.fixture
def trail(monkeypatch) -> AuditSeal:
    """Nine entries under three seals; the newest seal."""
    monkeypatch.setattr(audit_chain, "BATCH", 3)
    for number in range(9):
        audit.record(
            action="case.read", actor=None, target=f"case:{number}", detail={"b": 1, "a": "«"}
        )
    assert audit_chain.seal(at=later()) == 9
    return AuditSeal.objects.get(number=3)


def later():
    return timezone.now() + timedelta(minutes=10)


def by_hand(sql: str, *values) -> None:
    """Whoever owns the tables can take the triggers away."""
    with triggers.lifted(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def ids() -> list[int]:
    return list(AuditEntry.objects.order_by("id").values_list("id", flat=True))


def test_an_untouched_trail_is_found_whole(trail):
    found = audit_chain.verify()
    assert (found.seals, found.entries, found.unsealed, found.problems) == (3, 9, 0, [])
    assert found.head == f"3:{trail.chain}"


def test_what_is_young_waits_and_sealing_again_changes_nothing(trail):
    audit.record(action="case.read", actor=None, target="case:young")
    assert audit_chain.seal() == 0
    assert audit_chain.verify().unsealed == 1
    assert audit_chain.seal(at=later()) == 1
    assert audit_chain.seal(at=later()) == 0
    assert audit_chain.verify().seals == 4


def test_reading_costs_no_query_more_for_the_chain(django_assert_num_queries):
    with django_assert_num_queries(1):
        audit.record(action="case.read", actor=None, target="case:1")


def test_a_changed_entry_is_found(trail):
    by_hand("UPDATE desk_core_auditentry SET target = %s WHERE id = %s", "case:x", ids()[4])
    [problem] = audit_chain.verify().problems
    assert "seal 2" in problem
    assert "changed" in problem


def test_a_removed_entry_is_found(trail):
    by_hand("DELETE FROM desk_core_auditentry WHERE id = %s", ids()[7])
    [problem] = audit_chain.verify().problems
    assert "removed" in problem
    assert "seal 3" in problem


def test_an_entry_put_in_afterwards_is_found(trail):
    [first, *_rest] = ids()
    by_hand("UPDATE desk_core_auditentry SET id = %s WHERE id = %s", first - 10_000, first)
    AuditEntry.objects.bulk_create([AuditEntry(id=first, action="case.read", target="case:new")])
    assert audit_chain.verify().problems


def test_entries_that_changed_places_are_found(trail):
    one, two = ids()[3:5]
    for old, new in ((one, -1), (two, one), (-1, two)):
        by_hand("UPDATE desk_core_auditentry SET id = %s WHERE id = %s", new, old)
    assert "changed or moved" in audit_chain.verify().problems[0]


def test_a_seal_taken_out_is_found(trail):
    by_hand("DELETE FROM desk_core_auditseal WHERE number = %s", 2)
    assert any("missing" in problem for problem in audit_chain.verify().problems)


def test_seals_made_anew_without_the_key_are_found(trail, settings):
    by_hand("UPDATE desk_core_auditentry SET target = 'case:x' WHERE id = %s", ids()[0])
    by_hand("DELETE FROM desk_core_auditseal")
    known = settings.DESK_INDEX_KEY
    settings.DESK_INDEX_KEY = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY="
    audit_chain.seal(at=later())
    settings.DESK_INDEX_KEY = known
    assert "not made with the key" in audit_chain.verify().problems[0]


def test_an_end_that_was_cut_off_is_found_by_the_seal_that_was_noted(trail):
    head = audit_chain.verify().head
    by_hand("DELETE FROM desk_core_auditseal WHERE number = 3")
    by_hand("DELETE FROM desk_core_auditentry WHERE id > %s", ids()[5])
    assert audit_chain.verify().problems == []
    assert "cut" in audit_chain.verify(head=head).problems[0]
    assert audit_chain.verify(head="nonsense").problems


def test_a_worker_that_does_not_seal_is_told_of():
    old = AuditEntry(action="a", target="t", at=timezone.now() - timedelta(days=1))
    AuditEntry.objects.bulk_create([old])
    assert "sweep_requests" in audit_chain.verify().problems[0]


def test_the_command_prints_the_newest_seal_and_fails_when_something_is_wrong(trail, capsys):
    call_command("verify_audit")
    said = capsys.readouterr().out
    assert f"3:{trail.chain}" in said
    call_command("verify_audit", "--head", f"3:{trail.chain}")
    by_hand("UPDATE desk_core_auditentry SET actor_name = 'x' WHERE id = %s", ids()[0])
    with pytest.raises(CommandError):
        call_command("verify_audit")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE desk_core_auditentry SET target = 'x'",
        "DELETE FROM desk_core_auditentry",
        "DELETE FROM desk_core_auditseal",
    ],
)
def test_the_database_itself_refuses_to_change_it(trail, sql):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
