"""One answer that is given in many cases about the same notice."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from service_requests.enums import GroupOutcome, GroupResult
from service_requests.models.cases import Case
from service_requests.querysets import GroupAnswerQuerySet


class GroupAnswer(models.Model):
    """What one person has said to many cases at once; the words are kept until all have them.

    `language` is that of the words.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notice = models.ForeignKey(
        "notices.Notice", verbose_name=_("notice"), on_delete=models.PROTECT, related_name="+"
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("answered by"),
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
    )
    asked_at = models.DateTimeField(_("answered at"), default=timezone.now)
    outcome = models.CharField(_("outcome"), max_length=8, choices=GroupOutcome)
    language = models.CharField(_("language"), max_length=8)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    # Taken by a worker until then; one that died is followed by another.
    busy_until = models.DateTimeField(null=True, editable=False)
    subject_key = models.OneToOneField(
        "desk_core.SubjectKey", on_delete=models.PROTECT, related_name="+", null=True
    )
    sealed_text = models.BinaryField(null=True, editable=False)

    objects = GroupAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer to many cases")
        verbose_name_plural = _("answers to many cases")
        ordering = ["-asked_at", "-id"]
        indexes = [
            models.Index(
                fields=["asked_at"],
                condition=models.Q(finished_at=None),
                name="group_answer_unfinished",
            )
        ]

    def __str__(self) -> str:
        """Nothing of its words."""
        return str(self.pk)

    @property
    def record(self) -> str:
        """The identity that the sealed words are bound to."""
        return f"group-answer:{self.pk}:text"


class GroupAnswerCase(models.Model):
    """One case of a group answer: the version that was seen, and what became of it."""

    answer = models.ForeignKey(GroupAnswer, on_delete=models.CASCADE, related_name="cases")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    seen = models.PositiveIntegerField(_("version"))
    result = models.CharField(
        _("result"), max_length=12, choices=GroupResult, default=GroupResult.WAITING
    )

    class Meta:
        verbose_name = _("case of an answer to many")
        verbose_name_plural = _("cases of answers to many")
        ordering = ["answer", "id"]
        constraints = [
            models.UniqueConstraint(fields=["answer", "case"], name="group_answer_case_once")
        ]
        indexes = [models.Index(fields=["answer", "result", "id"], name="group_answer_result")]

    def __str__(self) -> str:
        """Its id."""
        return str(self.pk)
