"""The audit trail's one way in: who did what to which record.

Nothing personal goes into it: a record is named by its code or id, a searched value by its keyed
index.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from desk_core.inserts import insert
from desk_core.models import AuditEntry

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

_BATCH = 100


def record(
    *,
    action: str,
    actor: "AbstractBaseUser | None",
    target: str,
    department_id: int | None = None,
    detail: dict[str, Any] | None = None,
) -> AuditEntry:
    """Append one entry, in the caller's transaction if there is one.

    `action` is a dotted verb ("case.read"), `target` "noun:identity"; no actor (or an anonymous
    one) means a citizen or the system itself. To keep a refusal on record, call this outside the
    transaction that is rolled back.
    """
    entry = _entry(action, actor, target, department_id, detail)
    insert([entry])
    return entry


def record_many(
    *,
    action: str,
    actor: "AbstractBaseUser | None",
    targets: Iterable[tuple[str, int | None]],
    detail: dict[str, Any],
) -> None:
    """Append the same for several records, each with its department; a query for every hundred."""
    entries = [_entry(action, actor, name, place, detail) for name, place in targets]
    AuditEntry.objects.bulk_create(entries, batch_size=_BATCH)


def _entry(
    action: str,
    actor: "AbstractBaseUser | None",
    target: str,
    department_id: int | None,
    detail: dict[str, Any] | None,
) -> AuditEntry:
    known = actor if actor is not None and actor.pk is not None else None
    return AuditEntry(
        action=action,
        actor_id=known.pk if known else None,
        actor_name=known.get_username()[:150] if known else "",
        target=target,
        department_id=department_id,
        detail=detail or {},
    )
