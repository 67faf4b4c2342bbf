"""Secretariats, and the indicator books in which they number letters (R26)."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cms_pages.models.ordering import InPersianOrder
from persian import jalali
from persian.digits import to_ascii
from persian.identifiers import clean_letter_number
from persian.text import normalise
from service_requests.enums import Direction, Numbering
from service_requests.querysets import BookQuerySet

NUMBER, YEAR = "{number}", "{year}"
LARGEST = 2**31 - 1


def this_year() -> int:
    """The Jalali year that it is in Tehran."""
    return jalali.jalali_parts(timezone.now())[0]


class Secretariat(InPersianOrder):
    """A registry of letters: that of the whole body, or of a department and the units below it."""

    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    department = models.ForeignKey(
        "cms_pages.Department",
        verbose_name=_("department"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        help_text=_("It serves this department and the units below it; empty: the whole body."),
    )
    active = models.BooleanField(_("registers letters"), default=True)
    sort_order = models.PositiveSmallIntegerField(_("order"), default=100)

    objects = BookQuerySet.as_manager()

    class Meta(InPersianOrder.Meta):
        verbose_name = _("secretariat")
        verbose_name_plural = _("secretariats")

    def __str__(self) -> str:
        """The name in the reader's language, where there is one."""
        english = self.name_en if get_language() == "en" else ""
        return english or self.name


class LetterBook(models.Model):
    """One indicator book: the incoming or the outgoing letters of one secretariat.

    It numbers itself, without gaps and from 1 in each Jalali year, or it follows the numbers of
    another system, which are typed in.
    """

    secretariat = models.ForeignKey(
        Secretariat,
        verbose_name=_("secretariat"),
        on_delete=models.PROTECT,
        related_name="books",
    )
    direction = models.CharField(_("direction"), max_length=8, choices=Direction)
    numbering = models.CharField(
        _("numbers"), max_length=5, choices=Numbering, default=Numbering.OWN
    )
    pattern = models.CharField(
        _("form of a number"),
        max_length=50,
        default=NUMBER,
        help_text=_(
            "{number} stands for the running number, {year} for the Jalali year; the rest is "
            "written as it is. Example: {number}/100/{year}"
        ),
    )
    first_number = models.PositiveIntegerField(
        _("first number"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(LARGEST)],
        help_text=_("If letters were numbered elsewhere this year: the number that follows them."),
    )
    first_year = models.PositiveSmallIntegerField(
        _("in the Jalali year"),
        default=this_year,
        validators=[MinValueValidator(jalali.FIRST_YEAR), MaxValueValidator(jalali.LAST_YEAR)],
        help_text=_("Every later year begins with 1."),
    )
    active = models.BooleanField(_("in use"), default=True)

    objects = BookQuerySet.as_manager()

    class Meta:
        verbose_name = _("indicator book")
        verbose_name_plural = _("indicator books")
        ordering = ["secretariat__sort_order", "secretariat__name_key", "direction"]
        constraints = [
            models.UniqueConstraint(
                fields=["secretariat", "direction"],
                name="letter_book_once",
                violation_error_message=_("This secretariat has a book for this direction."),
            )
        ]

    def __str__(self) -> str:
        """Secretariat and direction."""
        return f"{self.secretariat} – {self.get_direction_display()}"

    def clean(self) -> None:
        """Refuse a form of numbers that gives none, and another direction for a used book."""
        self.pattern = to_ascii(normalise(self.pattern))
        try:
            clean_letter_number(self.number_of(LARGEST, jalali.LAST_YEAR))
        except ValidationError as error:
            raise ValidationError({"pattern": error.messages}) from error
        if self.pattern.count(NUMBER) != 1:
            raise ValidationError(
                {"pattern": _("Write {number} once, where the running number stands.")}
            )
        if self._is_turned():
            raise ValidationError(
                {"direction": _("This book has letters: it keeps its secretariat and direction.")}
            )

    def number_of(self, indicator: int, year: int) -> str:
        """The number of a letter as text, in ASCII digits."""
        return self.pattern.replace(NUMBER, str(indicator)).replace(YEAR, f"{year:04}")

    def first_of(self, year: int) -> int:
        """The least number that may be given in a Jalali year."""
        return self.first_number if year == self.first_year else 1

    @property
    def numbers_itself(self) -> bool:
        """Whether nobody types its numbers."""
        return self.numbering == Numbering.OWN

    def _is_turned(self) -> bool:
        if self.pk is None or not self.letters.exists():
            return False
        kept: Any = LetterBook.objects.get(pk=self.pk)
        before = (kept.secretariat_id, kept.direction)
        return before != (self.secretariat_id, self.direction)


class LetterCounter(models.Model):
    """The last number that a book gave in one Jalali year; moved under the lock of its book."""

    book = models.ForeignKey(
        LetterBook, on_delete=models.PROTECT, related_name="counters", db_index=False
    )
    year = models.PositiveSmallIntegerField(_("Jalali year"))
    last = models.PositiveIntegerField(_("last number"), default=0)

    class Meta:
        verbose_name = _("counter of an indicator book")
        verbose_name_plural = _("counters of indicator books")
        constraints = [models.UniqueConstraint(fields=["book", "year"], name="letter_counter_once")]

    def __str__(self) -> str:
        """Book and year."""
        return f"{self.book_id}:{self.year}"
