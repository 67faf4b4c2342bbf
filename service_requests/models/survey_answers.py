"""What people thought of it, kept apart from the case (R20). docs/surveys.md says how."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from service_requests.enums import Kind, SurveyPurpose
from service_requests.querysets import SurveyAnswerQuerySet


class FilledIn(models.Model):
    """What is kept of a filled-in survey: a random id, the Jalali month, place and kind; no time.

    `answers` maps a question's key to its grade or choice. Words are sealed, as JSON by question,
    under a key of their own. `version` is None where the desk's own questions were asked,
    department and kind are empty where the survey was about the whole desk.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    month = models.CharField(_("Jalali month"), max_length=7)
    purpose = models.CharField(
        _("asked"), max_length=8, choices=SurveyPurpose, default=SurveyPurpose.CLOSING
    )
    version = models.ForeignKey(
        "service_requests.SurveyVersion",
        verbose_name=_("version"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,
    )
    department = models.ForeignKey(
        "cms_pages.Department",
        verbose_name=_("department"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, blank=True)
    answers = models.JSONField(_("answers"), default=dict)
    subject_key = models.OneToOneField(
        "desk_core.SubjectKey",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        editable=False,
    )
    sealed_comment = models.BinaryField(null=True, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        """Nothing of the person."""
        return str(self.pk)

    @property
    def record(self) -> str:
        """The identity that the sealed words are bound to."""
        return f"survey:{self.pk}:comment"


class PendingAnswer(FilledIn):
    """One that waits for others, so that it is released among them and not alone."""

    class Meta(FilledIn.Meta):
        verbose_name = _("survey answer that waits")
        verbose_name_plural = _("survey answers that wait")
        ordering = ["id"]


class SurveyAnswer(FilledIn):
    """One that was released, in a shuffled batch and under a new id: what all figures count."""

    objects = SurveyAnswerQuerySet.as_manager()

    class Meta(FilledIn.Meta):
        verbose_name = _("survey answer")
        verbose_name_plural = _("survey answers")
        # By the random id: the order of storing says nothing.
        ordering = ["-month", "id"]
        indexes = [
            models.Index(fields=["-month", "id"], name="survey_month"),
            models.Index(fields=["department", "-month"], name="survey_department_month"),
            models.Index(fields=["purpose", "month"], name="survey_purpose_month"),
            # What retention still has to look at.
            models.Index(
                fields=["kind", "month"],
                condition=models.Q(sealed_comment__isnull=False),
                name="survey_comment_kept_since",
            ),
        ]


class SpentPermit(models.Model):
    """A permit with which an answer was given, as a digest: none counts twice. No time, no case."""

    digest = models.CharField(primary_key=True, max_length=64)

    class Meta:
        verbose_name = _("used survey permit")
        verbose_name_plural = _("used survey permits")

    def __str__(self) -> str:
        """Its beginning."""
        return self.digest[:8]


class SurveyLink(models.Model):
    """The single-use link that was sent after a case; only a digest of its token is kept."""

    case = models.OneToOneField(
        "service_requests.Case", on_delete=models.CASCADE, related_name="survey_link"
    )
    token_digest = models.CharField(max_length=64, unique=True)
    used = models.BooleanField(_("used"), default=False)
    expires_at = models.DateTimeField(_("valid until"))

    class Meta:
        verbose_name = _("survey link")
        verbose_name_plural = _("survey links")

    def __str__(self) -> str:
        """The code of the case."""
        return str(self.case)
