"""Wordings of messages that staff wrote instead of the packaged ones."""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from desk_core.enums import Channel
from service_requests import message_words
from service_requests.enums import State


class MessageText(models.Model):
    """What one event says on one channel in one language; without a row the packaged text holds.

    The text names variables of `message_words.EVENTS` in braces, and nothing else of a case.
    """

    event = models.CharField(
        _("event"),
        max_length=32,
        choices=[(key, e.label) for key, e in message_words.EVENTS.items()],
    )
    state = models.CharField(
        _("state"),
        max_length=16,
        choices=State,
        blank=True,
        help_text=_("For news alone: the state that the case is in then; empty: every other one."),
    )
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    language = models.CharField(_("language"), max_length=8)
    subject_line = models.CharField(
        _("subject line"), max_length=120, blank=True, help_text=_("Of an e-mail.")
    )
    text = models.TextField(
        _("text"),
        max_length=message_words.LONGEST_EMAIL,
        help_text=_(
            "The code and a neutral sentence: the message may be read by others. Variables: "
            "{code}, {url} (the tracking page), {day} where there is one, {otp} in a one-time "
            "code, {link} in a question to a third party and in an invitation, {count}, {cases} "
            "and {counts} in messages to staff about many cases."
        ),
    )
    gateway_template = models.CharField(
        _("pattern of the gateway"),
        max_length=60,
        blank=True,
        validators=[RegexValidator(r"^[A-Za-z0-9_.-]+$")],
        help_text=_(
            "Text messages: name (Kavenegar) or number (SMS.ir) of the approved pattern that is "
            "sent instead of free text. Write its words into the text as well."
        ),
    )
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)

    class Meta:
        verbose_name = _("text of a message")
        verbose_name_plural = _("texts of messages")
        ordering = ["event", "state", "channel", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "state", "channel", "language"],
                name="message_text_once",
                violation_error_message=_("There is such a text already. Change that one."),
            )
        ]

    def __str__(self) -> str:
        """Which message it is."""
        return f"{self.get_event_display()} · {self.get_channel_display()} · {self.language}"

    def clean(self) -> None:
        """Refuse what would not go out as it is meant, by field."""
        errors = message_words.problems(self)
        if errors:
            raise ValidationError(errors)
