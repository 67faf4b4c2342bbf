"""Counting in the database, for where no shared cache can count atomically."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Counter(models.Model):
    """How often something happened in a window of time. The key is a digest, never a person."""

    key = models.CharField(max_length=128, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    expires_at = models.DateTimeField()

    class Meta:
        verbose_name = _("counter")
        verbose_name_plural = _("counters")
        indexes = [models.Index(fields=["expires_at"], name="desk_counter_expires")]

    def __str__(self) -> str:
        return self.key
