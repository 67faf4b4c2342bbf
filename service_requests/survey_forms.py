"""The forms in which people answer surveys; their fields are the questions as they are asked."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from desk_core.human_check import HumanCheckMixin
from persian.digits import localised
from persian.forms import PersianCharField
from service_requests.surveys.questions import COMMENT_MAX, NPS, TEXT, Definition, Question

_CHOOSE = dict.fromkeys(("required", "invalid_choice"), _("Choose one of the options."))


class SurveyForm(forms.Form):
    """A field for each question, in their order."""

    def __init__(self, *args: Any, definition: Definition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        questions = {each.key: _field(each) for each in definition.questions}
        self.fields = {**questions, **self.fields}
        self.question_keys = list(questions)

    @property
    def given(self) -> dict[str, Any]:
        """What was answered, for the verbs."""
        return {key: self.cleaned_data.get(key) for key in self.question_keys}


class GeneralSurveyForm(HumanCheckMixin, SurveyForm):
    """The survey of the whole desk: of anybody, so with a human check."""

    human_purpose = "survey"
    human_bound_to = "message_id"

    message_id = forms.UUIDField(
        initial=uuid4,
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid"), _("This has the wrong form.")),
    )


def _field(question: Question) -> forms.Field:
    label = str(question.text)
    if question.type == TEXT:
        return PersianCharField(
            label=label,
            max_length=COMMENT_MAX,
            multiline=True,
            required=question.required,
            help_text=_("Your words are sealed and are never published. Write no names here."),
            widget=forms.Textarea(attrs={"rows": 4}),
        )
    values = question.values[::-1] if question.type == NPS else question.values
    hint = _("0 is not at all, 10 is certainly.") if question.type == NPS else ""
    return forms.ChoiceField(
        label=label,
        help_text=hint,
        choices=[(str(value), localised(question.label_of(value))) for value in values],
        widget=forms.RadioSelect,
        required=question.required,
        error_messages=_CHOOSE,
    )
