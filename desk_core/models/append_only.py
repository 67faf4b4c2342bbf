"""The base of tables whose rows are written once."""

from typing import Any, ClassVar, NoReturn

from django.db import models

from desk_core.querysets import AppendOnly, AppendOnlyQuerySet


class AppendOnlyModel(models.Model):
    """A row that can be inserted and read, and never changed or deleted through the ORM.

    `refusal` is what a programmer who tries is told.
    """

    refusal: ClassVar[str] = "These rows are written once, never changed and never deleted."
    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert; saving a stored row again raises `AppendOnly`."""
        if not self._state.adding:
            raise AppendOnly(f"{type(self).__name__}: {self.refusal}")
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnly(f"{type(self).__name__}: {self.refusal}")
