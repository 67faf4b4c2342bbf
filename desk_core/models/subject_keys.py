"""The data key of each subject, wrapped by a key of the settings' key ring."""

import uuid
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from desk_core.querysets import AppendOnly


class SubjectKey(models.Model):
    """One data key. Without it everything sealed for its subject is noise.

    The row is inserted by `sealing.Subject.save()` and changed by `sealing.erase()` and the
    command `rotate_keys` alone, so that a stale copy in memory can never bring an erased key back.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key_id = models.CharField(_("key"), max_length=64, blank=True)
    wrapped = models.BinaryField(_("wrapped data key"), null=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    erased_at = models.DateTimeField(_("erased"), null=True, editable=False)

    class Meta:
        verbose_name = _("data key")
        verbose_name_plural = _("data keys")
        indexes = [models.Index(fields=["key_id", "id"], name="desk_subjectkey_key_id")]

    def __str__(self) -> str:
        return str(self.id)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert; a stored row is never saved again (see the class)."""
        if not self._state.adding:
            raise AppendOnly("A data key is changed by sealing.erase() and rotate_keys alone.")
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)
