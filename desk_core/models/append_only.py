"""The base of tables whose rows are written once."""

from typing import Any, NoReturn

from django.db import models

from desk_core.querysets import AppendOnly, AppendOnlyQuerySet


class AppendOnlyModel(models.Model):
    """A row that can be inserted and read, and never changed or deleted through the ORM."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert; saving a stored row again raises `AppendOnly`."""
        if not self._state.adding:
            raise AppendOnly(f"{type(self).__name__} rows are never changed.")
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnly(f"{type(self).__name__} rows are never deleted.")
