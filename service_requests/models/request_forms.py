"""Forms that editors shape, as facts: their versions outlive every page."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from desk_core.models import AppendOnlyModel
from service_requests.request_forms.definition import Definition, read


class RequestForm(models.Model):
    """One form in all its languages and versions. The key is made once and never changes.

    `origin` is the translation key of its pages: a translation shows the same form.
    """

    key = models.SlugField(_("key"), max_length=60, unique=True)
    origin = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    class Meta:
        verbose_name = _("request form")
        verbose_name_plural = _("request forms")
        ordering = ["key"]

    def __str__(self) -> str:
        """The key."""
        return self.key


class FormVersion(AppendOnlyModel):  # type: ignore[django-manager-missing]
    """What the form asked in one language from one publication to the next, written once.

    Nobody is named in it. A case points to the version that it answered.
    """

    refusal: ClassVar[str] = "What a form has asked stays as it was asked."

    form = models.ForeignKey(
        RequestForm,
        verbose_name=_("request form"),
        on_delete=models.PROTECT,
        related_name="versions",
    )
    language = models.CharField(_("language"), max_length=8)
    number = models.PositiveIntegerField(_("version"))
    digest = models.CharField("SHA-256", max_length=64)
    definition = models.JSONField(_("questions"))
    created_at = models.DateTimeField(_("published at"), default=timezone.now)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = _("version of a request form")
        verbose_name_plural = _("versions of request forms")
        ordering = ["form", "language", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["form", "language", "number"], name="form_version_numbered_once"
            )
        ]

    def __str__(self) -> str:
        """The key of the form and the number."""
        return f"{self.form} {self.language} {self.number}"

    @cached_property
    def questions(self) -> Definition:
        """The definition, read."""
        stored: dict[str, Any] = self.definition
        return read(stored)
