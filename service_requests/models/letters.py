"""Letters: a case, or a message of it, in the indicator book of a secretariat (R25, R26)."""

import uuid
from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from desk_core.querysets import AppendOnly
from service_requests.enums import Direction, Numbering
from service_requests.models.cases import Case
from service_requests.models.letter_books import LetterBook, Secretariat
from service_requests.models.messages import Message
from service_requests.querysets import LetterQuerySet


class Letter(models.Model):
    """One entry of a book: its numbers and dates in clear, everything else sealed.

    Written once and never deleted; it can only be voided, and keeps its number then. What the
    letter says is the case itself (`message` is empty) or a message of it. Numbers are stored in
    ASCII digits, days are Gregorian, `year` is the Jalali year of the registration in Tehran.
    """

    refusal: ClassVar[str] = "A letter is never deleted, and changes only by being voided."

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(
        Case, verbose_name=_("case"), on_delete=models.PROTECT, related_name="letters"
    )
    message = models.ForeignKey(
        Message, on_delete=models.PROTECT, related_name="letters", null=True, blank=True
    )
    book = models.ForeignKey(
        LetterBook,
        verbose_name=_("indicator book"),
        on_delete=models.PROTECT,
        related_name="letters",
    )
    secretariat = models.ForeignKey(
        Secretariat,
        verbose_name=_("secretariat"),
        on_delete=models.PROTECT,
        related_name="letters",
        db_index=False,
    )
    direction = models.CharField(_("direction"), max_length=8, choices=Direction)
    numbering = models.CharField(_("numbers"), max_length=5, choices=Numbering)
    year = models.PositiveSmallIntegerField(_("Jalali year"))
    indicator = models.PositiveIntegerField(_("indicator number"), null=True, blank=True)
    number = models.CharField(_("letter number"), max_length=60)
    # By which it is searched for: what was typed may be somebody's number, and stands in no query.
    number_digest = models.CharField(max_length=32, db_index=True, editable=False)
    letter_date = models.DateField(_("date of the letter"))
    registered_on = models.DateField(_("registered on"))
    registered_at = models.DateTimeField(_("entered at"), default=timezone.now)
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("registered by"),
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
    )
    enclosures = models.PositiveSmallIntegerField(_("number of enclosures"), default=0)
    in_reply_to = models.ForeignKey(
        "self",
        verbose_name=_("in reply to"),
        on_delete=models.PROTECT,
        related_name="replies",
        null=True,
        blank=True,
    )
    following = models.ForeignKey(
        "self",
        verbose_name=_("following"),
        on_delete=models.PROTECT,
        related_name="followers",
        null=True,
        blank=True,
    )
    voided_at = models.DateTimeField(_("voided at"), null=True, blank=True)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("voided by"),
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
    )
    sealed_details = models.BinaryField(editable=False)
    sealed_void_reason = models.BinaryField(null=True, editable=False)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["-registered_at", "-id"]
        base_manager_name = "objects"
        indexes = [
            models.Index(fields=["-registered_at", "-id"], name="letter_newest"),
            models.Index(
                fields=["secretariat", "year", "-registered_at", "-id"], name="letter_of_year"
            ),
        ]
        constraints = [
            # A number that a book gave itself is used up for ever; one of another system can be
            # registered again after it was voided here, for the right case.
            models.UniqueConstraint(
                fields=["secretariat", "year", "direction", "number"],
                condition=Q(voided_at=None) | Q(numbering=Numbering.OWN),
                name="letter_number_once",
            ),
            models.UniqueConstraint(
                fields=["book", "year", "indicator"],
                condition=Q(numbering=Numbering.OWN),
                name="letter_indicator_once",
            ),
            models.UniqueConstraint(
                fields=["case"], condition=Q(message=None, voided_at=None), name="letter_of_case"
            ),
            models.UniqueConstraint(
                fields=["message"], condition=Q(voided_at=None), name="letter_of_message"
            ),
            models.CheckConstraint(
                condition=~Q(numbering=Numbering.OWN) | Q(indicator__isnull=False),
                name="letter_own_number_has_its_indicator",
            ),
            models.CheckConstraint(
                condition=Q(direction=Direction.INCOMING) | Q(message__isnull=False),
                name="letter_outgoing_says_a_message",
            ),
        ]

    def __str__(self) -> str:
        """Its number: operational, as the tracking code is."""
        return self.number

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert; a stored letter raises `AppendOnly`: `letters.void` is the one change."""
        if not self._state.adding:
            self._refuse()
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse."""
        self._refuse()

    @property
    def details_record(self) -> str:
        """The identity that the sealed details are bound to."""
        return f"letter:{self.pk}:details"

    @property
    def void_record(self) -> str:
        """The identity that the sealed reason for voiding it is bound to."""
        return f"letter:{self.pk}:void"

    def _refuse(self) -> NoReturn:
        raise AppendOnly(f"{type(self).__name__}: {self.refusal}")
