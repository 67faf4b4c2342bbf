import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser

from desk_core import audit
from desk_core.audit_words import action_label
from desk_core.models import AuditEntry
from desk_core.querysets import AppendOnly

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    return get_user_model().objects.create_user("officer", password="x")


def test_an_entry_says_who_did_what(officer, django_assert_num_queries):
    with django_assert_num_queries(1):
        audit.record(
            action="case.read", actor=officer, target="case:1", department_id=3, detail={"why": "x"}
        )
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.actor_name) == ("case.read", officer, "officer")
    assert (entry.target, entry.department_id, entry.detail) == ("case:1", 3, {"why": "x"})
    assert entry.at is not None
    assert str(entry) == f"{action_label('case.read')}: case:1"


@pytest.mark.parametrize("nobody", [None, AnonymousUser()])
def test_citizens_and_the_system_have_no_account(nobody):
    entry = audit.record(action="case.submitted", actor=nobody, target="case:1")
    assert (entry.actor_id, entry.actor_name, entry.detail) == (None, "", {})


def test_the_name_stays_when_the_account_goes(officer):
    number = officer.pk
    audit.record(action="case.read", actor=officer, target="case:1")
    officer.delete()
    entry = AuditEntry.objects.get()
    assert (entry.actor_id, entry.actor_name) == (number, "officer")


def test_an_entry_is_never_changed_or_deleted():
    entry = audit.record(action="a", actor=None, target="t")
    entry.action = "b"
    copy = AuditEntry.objects.get()
    for change in (
        entry.save,
        copy.save,
        entry.delete,
        AuditEntry.objects.all().delete,
        AuditEntry._base_manager.all().delete,
        lambda: AuditEntry.objects.update(action="b"),
        lambda: AuditEntry.objects.filter(pk=entry.pk).update(action="b"),
        lambda: AuditEntry.objects.bulk_update([entry], ["action"]),
        lambda: AuditEntry.objects.update_or_create(pk=entry.pk, defaults={"action": "b"}),
        lambda: AuditEntry.objects.bulk_create(
            [entry], update_conflicts=True, update_fields=["action"], unique_fields=["id"]
        ),
        lambda: AuditEntry.objects.bulk_create([entry], None, False, True, ["action"], ["id"]),
    ):
        with pytest.raises(AppendOnly):
            change()
    assert AuditEntry.objects.get().action == "a"


def test_many_entries_can_be_appended_at_once():
    AuditEntry.objects.bulk_create([AuditEntry(action="a", target=str(i)) for i in range(3)])
    assert AuditEntry.objects.count() == 3
