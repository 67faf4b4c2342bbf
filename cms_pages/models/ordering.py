"""The place of a fact among others: where the editors want it, then by its Persian name."""

from collections.abc import Iterable
from typing import Any

from django.db import models

from persian.text import sort_key


class InPersianOrder(models.Model):
    """Keeps the key by which its `name` is sorted: databases sort ک, گ and ی behind all others."""

    name: Any
    name_key = models.CharField(max_length=120, editable=False, default="")

    class Meta:
        abstract = True
        ordering = ("sort_order", "name_key")

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Store the key with the name."""
        self.name_key = sort_key(self.name)[:120]
        if update_fields is not None and "name" in update_fields:
            update_fields = {*update_fields, "name_key"}
        super().save(*args, update_fields=update_fields, **kwargs)
