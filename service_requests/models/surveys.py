"""What people thought of it, kept apart from the case (R20)."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from service_requests.enums import Kind
from service_requests.querysets import SurveyAnswerQuerySet


class SurveyAnswer(models.Model):
    """One filled-in survey: a random id, the Jalali month and the department; no case, no time.

    `answers` maps a question's key to 1…5. The comment is sealed under a key of its own.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    month = models.CharField(_("Jalali month"), max_length=7)
    department = models.ForeignKey(
        "cms_pages.Department",
        verbose_name=_("department"),
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    answers = models.JSONField(_("answers"), default=dict)
    subject_key = models.OneToOneField(
        "desk_core.SubjectKey",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        editable=False,
    )
    sealed_comment = models.BinaryField(null=True, editable=False)

    objects = SurveyAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("survey answer")
        verbose_name_plural = _("survey answers")
        # By the random id: the order of storing says nothing.
        ordering = ["-month", "id"]
        indexes = [
            models.Index(fields=["-month", "id"], name="survey_month"),
            models.Index(fields=["department", "-month"], name="survey_department_month"),
            # What retention still has to look at.
            models.Index(
                fields=["kind", "month"],
                condition=models.Q(sealed_comment__isnull=False),
                name="survey_comment_kept_since",
            ),
        ]

    def __str__(self) -> str:
        """Nothing of the person."""
        return str(self.pk)

    @property
    def record(self) -> str:
        """The identity that the sealed comment is bound to."""
        return f"survey:{self.pk}:comment"
