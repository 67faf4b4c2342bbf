"""Stored replies: texts that staff begin with instead of an empty box."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from service_requests.enums import Kind, State
from service_requests.querysets import StoredReplyQuerySet
from service_requests.reply_words import unknown_variables


class StoredReply(models.Model):
    """A text with variables of `reply_words.VARIABLES`, for some departments, kinds and states.

    What is left empty fits all. It says nothing about a person, and is plain text.
    """

    title = models.CharField(_("title"), max_length=80)
    text = models.TextField(
        _("text"),
        max_length=5000,
        help_text=_(
            "Variables: {code}, {kind}, {department}, {service}, {registered}, {today}. They are "
            "filled in when the text is inserted, and can still be changed then."
        ),
    )
    department = models.ForeignKey(
        "cms_pages.Department",
        verbose_name=_("department"),
        on_delete=models.CASCADE,
        related_name="+",
        null=True,
        blank=True,
        help_text=_("Empty: for every department."),
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, blank=True)
    state = models.CharField(
        _("state"),
        max_length=16,
        choices=State,
        blank=True,
        help_text=_("The state of the case when the text is written; empty: any."),
    )
    language = models.CharField(
        _("language"), max_length=8, help_text=_("Offered in cases of applicants who read it.")
    )
    active = models.BooleanField(_("offered"), default=True)

    objects = StoredReplyQuerySet.as_manager()

    class Meta:
        verbose_name = _("stored reply")
        verbose_name_plural = _("stored replies")
        ordering = ["title", "id"]
        indexes = [models.Index(fields=["language", "title", "id"], name="stored_reply_offered")]

    def __str__(self) -> str:
        """Its title."""
        return self.title

    def clean(self) -> None:
        """Refuse a variable that would stay in the text unfilled."""
        unknown = unknown_variables(self.text)
        if unknown:
            raise ValidationError(
                {
                    "text": ValidationError(
                        _("There is no variable {%(name)s}."),
                        params={"name": unknown[0][:40]},
                    )
                }
            )
