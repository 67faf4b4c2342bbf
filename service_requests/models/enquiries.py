"""Questions to third parties: one question, one answer, by a link that ends."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from service_requests.models.attachments import Attachment
from service_requests.models.cases import Case


class Enquiry(models.Model):
    """What staff ask somebody outside about a case, and what they answered, once.

    Only a digest of the link's token is stored. `sealed_question` is JSON under the case's key:
    {"party", "question", "shown"}; `sealed_answer` is {"name", "text"}. `files` are those that
    staff chose to show.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="enquiries")
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    language = models.CharField(_("language"), max_length=8)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True
    )
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    expires_at = models.DateTimeField(_("valid until"))
    opened_at = models.DateTimeField(_("first opened"), null=True)
    answered_at = models.DateTimeField(_("answered at"), null=True)
    revoked_at = models.DateTimeField(_("withdrawn"), null=True)
    sealed_question = models.BinaryField(editable=False)
    sealed_answer = models.BinaryField(null=True, editable=False)
    files = models.ManyToManyField(Attachment, related_name="+", blank=True)

    class Meta:
        verbose_name = _("question to a third party")
        verbose_name_plural = _("questions to third parties")
        ordering = ["asked_at", "id"]

    def __str__(self) -> str:
        """Nothing of its text."""
        return str(self.pk)

    def over(self, at: datetime) -> bool:
        """Whether its time is up."""
        return self.expires_at <= at

    @property
    def question_record(self) -> str:
        """The identity that the sealed question is bound to."""
        return f"enquiry:{self.pk}:question"

    @property
    def answer_record(self) -> str:
        """The identity that the sealed answer is bound to."""
        return f"enquiry:{self.pk}:answer"
