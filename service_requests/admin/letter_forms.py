"""The forms of the secretariat on the screen of a case."""

from typing import Any, ClassVar

from django import forms
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from persian.forms import LetterNumberField, PersianCharField, WholeNumberField
from persian.jalali import format_date
from persian.templatetags.persian import fa_digits
from persian.wagtail import JalaliAdminDateField, JalaliAdminDateInput
from service_requests import letters
from service_requests.admin.action_forms import ActionForm, once
from service_requests.enums import Direction, Purpose
from service_requests.models import Letter, LetterBook
from service_requests.models.letter_books import LARGEST

_ENTRY = letters.Entry.__dataclass_fields__
_OPPOSITE = {
    Direction.INCOMING: Direction.OUTGOING,
    Direction.OUTGOING: Direction.INCOMING,
}


class BookChoice(forms.ModelChoiceField):
    """Books by their secretariats."""

    def label_from_instance(self, obj: Any) -> str:
        """The direction is what the form is for."""
        return str(obj.secretariat)


class LetterChoice(forms.ModelChoiceField):
    """Letters by direction, number and day."""

    def label_from_instance(self, obj: Any) -> str:
        """The number in its own order."""
        number = f"\u2068{fa_digits(obj.number)}\u2069"
        return f"{obj.get_direction_display()} {number} – {format_date(obj.letter_date)}"


class LetterForm(ActionForm):
    """What goes into the book beside the letter itself; nearly all of it may be left as it is."""

    direction: ClassVar[Direction]

    letter_id = once()
    paper = forms.ChoiceField(
        label=_("What is registered"),
        error_messages={"invalid_choice": _("This was registered in the meantime. Choose again.")},
    )
    book = BookChoice(LetterBook.objects.none(), label=_("Secretariat"), empty_label=None)
    number = LetterNumberField(
        label=_("Letter number"),
        required=False,
        help_text=_("As the other system gave it; empty for a book that numbers itself."),
    )
    indicator = WholeNumberField(
        label=_("Indicator number"), required=False, min_value=1, max_value=LARGEST
    )
    registered_on = JalaliAdminDateField(
        label=_("Registered on"),
        required=False,
        widget=JalaliAdminDateInput(),
        help_text=_("The day in the book of the other system; empty: today."),
    )
    letter_date = JalaliAdminDateField(
        label=_("Date of the letter"), required=False, widget=JalaliAdminDateInput()
    )
    enclosures = WholeNumberField(
        label=_("Number of enclosures"),
        required=False,
        min_value=0,
        max_value=letters.MOST_ENCLOSURES,
        help_text=_("Empty: as many as there are files."),
    )
    enclosed = PersianCharField(label=_("What the enclosures are"), required=False, max_length=300)
    in_reply_to = LetterChoice(
        Letter.objects.none(),
        label=_("In reply to"),
        required=False,
        empty_label=_("None of these"),
    )
    reply_number = LetterNumberField(
        label=_("In reply to a letter from elsewhere, number"), required=False
    )
    following = LetterChoice(
        Letter.objects.none(), label=_("Following"), required=False, empty_label=_("None of these")
    )
    following_number = LetterNumberField(
        label=_("Following a letter from elsewhere, number"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["paper"].choices = [(paper.key, self._words(paper)) for paper in self._papers]
        books = letters.books_for(self.case, self.direction)
        fields["book"].queryset = books
        # A form that shows nothing to type but what some book of it needs.
        if all(book.numbers_itself for book in books):
            for name in ("number", "indicator", "registered_on"):
                del fields[name]
        valid = self.case.letters.for_reading().valid()
        for name, direction in (
            ("in_reply_to", _OPPOSITE[self.direction]),
            ("following", self.direction),
        ):
            fields[name].queryset = valid.filter(direction=direction)
        if not valid.exists():
            del fields["in_reply_to"], fields["following"]

    def clean(self) -> dict[str, Any]:
        """Add what the verbs take: the message chosen (None: the case itself), and the entry."""
        data: dict[str, Any] = super().clean() or {}
        chosen = [paper.message for paper in self._papers if paper.key == data.get("paper")]
        data["message"] = chosen[0] if chosen else None
        filled = {name: data[name] for name in _ENTRY if data.get(name) is not None}
        data["entry"] = letters.Entry(**filled)
        return data

    @cached_property
    def _papers(self) -> list[letters.Paper]:
        return letters.papers(self.case, self.direction)

    def _words(self, paper: letters.Paper) -> str:
        what: Any = self.case.get_kind_display()
        if paper.message is not None:
            what = Purpose(paper.message.purpose).label
        return f"{capfirst(what)} – {format_date(paper.at)}"


class IncomingForm(LetterForm):
    """The case, or something the applicant wrote later."""

    direction = Direction.INCOMING


class OutgoingForm(LetterForm):
    """The answer, or something else that staff wrote."""

    direction = Direction.OUTGOING

    signed_by = PersianCharField(label=_("Signed by"), required=False, max_length=120)
    post = PersianCharField(label=_("Post of the signatory"), required=False, max_length=120)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name, post = letters.signatory(self.case.language)
        self.fields["signed_by"].initial, self.fields["post"].initial = name, post
        if "in_reply_to" in self.fields:
            latest = self.fields["in_reply_to"].queryset.last()  # type: ignore[attr-defined]
            self.fields["in_reply_to"].initial = latest


class VoidForm(ActionForm):
    """Which letter, and why."""

    letter = LetterChoice(Letter.objects.none(), label=_("Letter"), empty_label=_("Choose …"))
    reason = forms.CharField(
        label=_("Reason, for staff"), widget=forms.Textarea(attrs={"rows": 3, "data-limit": 1000})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        valid = self.case.letters.for_reading().valid()
        self.fields["letter"].queryset = valid  # type: ignore[attr-defined]
