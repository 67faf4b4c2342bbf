"""Questions asked of the rows of `desk_core`."""

from datetime import datetime
from typing import Any, NoReturn, Self

from django.db import models
from django.utils import timezone

from desk_core.enums import MessageState
from desk_core.locks import UNDER_WAY


class AppendOnly(Exception):
    """Somebody tried to change or remove a row that is written once."""


class AppendOnlyQuerySet(models.QuerySet):
    """Rows that are written once: every way to change or remove them in bulk is refused."""

    def update(self, **kwargs: Any) -> NoReturn:
        """Refuse."""
        self._refuse()

    def delete(self) -> NoReturn:
        """Refuse."""
        self._refuse()

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse."""
        self._refuse()

    def bulk_create(
        self,
        objs: Any,
        batch_size: int | None = None,
        ignore_conflicts: bool = False,
        update_conflicts: bool = False,
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        """Insert many; an insert that would overwrite is refused."""
        if update_conflicts:
            self._refuse()
        return super().bulk_create(
            objs, batch_size, ignore_conflicts, update_conflicts, *args, **kwargs
        )

    def _refuse(self) -> NoReturn:
        raise AppendOnly(f"{self.model.__name__}: {self.model.refusal}")  # type: ignore[attr-defined]

    # Django's related managers and `delete()` look at these marks of the methods replaced.
    update.alters_data = delete.alters_data = bulk_update.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]


class OutgoingMessageQuerySet(models.QuerySet):
    """Messages on their way out."""

    def due(self, at: datetime) -> Self:
        """Messages to be sent now, longest due first and circulars last; one that a worker holds
        is due again when the worker's lease has run out."""
        waiting = self.filter(state=MessageState.WAITING, due_at__lte=at)
        return waiting.order_by("bulk", "due_at", "pk")

    def receipt_due(self, at: datetime) -> Self:
        """Messages whose gateway is to be asked now what became of them, longest due first."""
        return self.filter(receipt_due_at__lte=at).order_by("receipt_due_at", "pk")

    def quarantined(self) -> Self:
        """Messages that a person has to look at."""
        return self.filter(state=MessageState.QUARANTINED)

    def recall(self, reason: str) -> int:
        """Keep from leaving what still can be, in the caller's transaction; how many messages.

        What waits and is not begun, and what was given up, which somebody might queue again: that
        keeps its own reason.
        """
        away = {"state": MessageState.CANCELLED, "lease": None, "sealed": b""}
        waits = self.filter(state=MessageState.WAITING, started_at=None)
        found = waits.update(**away, finished_at=timezone.now(), error=reason)
        return found + self.quarantined().update(**away)


class BackupQuerySet(models.QuerySet):
    """Backups that are known to the database."""

    def finished(self) -> Self:
        """Backups with a manifest."""
        return self.filter(finished_at__isnull=False)

    def verified(self) -> Self:
        """Backups whose last verification found nothing wrong; the youngest data first.

        One whose parts nobody wrote down when it was verified cannot be looked after, and is none.
        """
        whole = self.finished().filter(verified_at__isnull=False).exclude(parts=[])
        return whole.order_by("-covers_until")

    def covering(self, moment: datetime) -> Self:
        """Backups that hold every change that was stamped up to a moment.

        A change is stamped before it is committed, so the snapshot was taken some time after it.
        """
        return self.filter(covers_until__gt=moment + UNDER_WAY)
