"""What belongs to a notice (affected services, updates), read in the same query as the notice."""

from typing import Any

from django.db.models import OuterRef

from cms_pages.models import Service
from desk_core.rows import Rows, attach, instances
from notices.models import AffectedService, ImpactChange, Notice, NoticeUpdate, WarningChange

_AFFECTED = ("id", "notice", "service", "impact")
_SERVICE = ("id", "key", "name", "name_en")
_UPDATE = ("id", "notice", "state", "text", "text_en", "at", "starts_at", "expected_end")
_CHANGE = ("id", "update", "service", "impact")
_WARNED = ("id", "update", *WarningChange.FACTS)


def rows_beside(notice: str, *, updates: bool = False) -> dict[str, Rows]:
    """Annotations for a queryset whose column `notice` is the notice's key.

    `updates`: also what was said, of impact and of warnings too.
    """
    own = AffectedService.objects.filter(notice=OuterRef(notice)).order_by()
    services = [f"service__{name}" for name in _SERVICE]
    found = {"affected_rows": Rows(own, *_AFFECTED, *services)}
    if updates:
        said = NoticeUpdate.objects.filter(notice=OuterRef(notice)).order_by()
        found["update_rows"] = Rows(said, *_UPDATE)
        changed = ImpactChange.objects.filter(update__notice=OuterRef(notice)).order_by()
        found["change_rows"] = Rows(changed, *_CHANGE)
        warned = WarningChange.objects.filter(update__notice=OuterRef(notice)).order_by()
        found["warned_rows"] = Rows(warned, *_WARNED)
    return found


def attach_beside(notice: Notice | None, row: Any) -> None:
    """Put what was annotated on `row` where `notice.affected` and `notice.updates` find it."""
    if notice is None:
        return
    rows = sorted(row.affected_rows or ())
    size = len(_AFFECTED)
    affected = instances(AffectedService, _AFFECTED, [each[:size] for each in rows])
    services = instances(Service, _SERVICE, [each[size:] for each in rows])
    for one, service in zip(affected, services, strict=True):
        one.service = service
    attach(notice, "affected", affected)
    if hasattr(row, "update_rows"):
        found: list[NoticeUpdate] = instances(NoticeUpdate, _UPDATE, row.update_rows)
        found.sort(key=lambda update: (update.at, update.pk))
        attach(notice, "updates", found)
        changes = instances(ImpactChange, _CHANGE, sorted(row.change_rows or ()))
        warned = instances(WarningChange, _WARNED, row.warned_rows)
        for update in found:
            attach(update, "impact_changes", _of(update, changes))
            attach(update, "warning_changes", _of(update, warned))


def _of(update: NoticeUpdate, rows: list[Any]) -> list[Any]:
    return [row for row in rows if row.update_id == update.pk]


def read_beside(notice: Notice | None) -> None:
    """The same for one notice at hand: one query."""
    if notice is None:
        return
    row = Notice.objects.filter(pk=notice.pk).annotate(**rows_beside("pk", updates=True))
    for found in row.only("pk"):
        attach_beside(notice, found)
