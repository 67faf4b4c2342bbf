"""Keyed digests by which staff find a case without anything being stored in clear."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from service_requests.enums import IdentifierField
from service_requests.models.cases import Case


class IdentifierIndex(models.Model):
    """The keyed digest of one identifier of a case (national ID, legal ID, mobile …)."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="identifiers")
    field = models.CharField(max_length=12, choices=IdentifierField)
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("identifier digest")
        verbose_name_plural = _("identifier digests")
        indexes = [models.Index(fields=["field", "digest"], name="identifier_look_up")]

    def __str__(self) -> str:
        """The kind of identifier, never a value."""
        return self.field


class WordIndex(models.Model):
    """The keyed digest of one folded word of subject or text; the key differs by department."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="words")
    digest = models.CharField(max_length=32)

    class Meta:
        verbose_name = _("word digest")
        verbose_name_plural = _("word digests")
        indexes = [models.Index(fields=["digest", "case"], name="word_look_up")]

    def __str__(self) -> str:
        """Nothing of the word."""
        return str(self.pk)
