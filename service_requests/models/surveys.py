"""Surveys as editors compose them, and each version of them as it was asked (R20)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.fields import StreamField

from service_requests.enums import SurveyPurpose
from service_requests.surveys.blocks import QuestionsBlock


class Survey(models.Model):
    """What is asked, as it is being composed; people answer a `SurveyVersion`.

    While nobody has composed a survey for a purpose, the desk's own questions are asked.
    """

    purpose = models.CharField(
        _("asked"), max_length=8, choices=SurveyPurpose, default=SurveyPurpose.CLOSING
    )
    title = models.CharField(_("title"), max_length=120)
    title_en = models.CharField(_("title in English"), max_length=120, blank=True)
    introduction = models.TextField(_("introduction"), blank=True, max_length=1000)
    introduction_en = models.TextField(_("introduction in English"), blank=True, max_length=1000)
    questions = StreamField(QuestionsBlock(), verbose_name=_("questions"))
    invite_by_message = models.BooleanField(
        _("send the link too"),
        default=False,
        help_text=_(
            "After a case only: the applicant gets the link by SMS and e-mail besides the button "
            "on the tracking page."
        ),
    )
    active = models.BooleanField(
        _("is asked"), default=True, help_text=_("One survey for each purpose can be asked.")
    )

    class Meta:
        verbose_name = _("survey")
        verbose_name_plural = _("composed surveys")
        ordering = ["purpose", "-active", "title", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["purpose"], condition=Q(active=True), name="survey_one_asked_per_purpose"
            )
        ]

    def __str__(self) -> str:
        """The Persian title, which never changes with the reader."""
        return self.title


class SurveyVersion(models.Model):
    """One wording of a survey, kept as it was: answers stand under the questions as asked."""

    survey = models.ForeignKey(
        Survey, verbose_name=_("survey"), on_delete=models.PROTECT, related_name="versions"
    )
    number = models.PositiveIntegerField(_("version"))
    purpose = models.CharField(_("asked"), max_length=8, choices=SurveyPurpose)
    definition = models.JSONField(_("questions as asked"))
    made_at = models.DateTimeField(_("made at"), auto_now_add=True)

    class Meta:
        verbose_name = _("version of a survey")
        verbose_name_plural = _("versions of surveys")
        ordering = ["survey", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "number"], name="survey_version_number")
        ]

    def __str__(self) -> str:
        """Survey and number."""
        return f"{self.survey_id}/{self.number}"
