"""The citizens' forms of an editor's form: where it goes, and the questions of one step."""

from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cms_pages.models import Department, Service
from desk_core.content_type import ACCEPT
from service_requests.enums import PersonType, QuestionType
from service_requests.forms import HINTS, LABELS, keep_as_sent_field
from service_requests.request_forms.definition import Definition, Question
from service_requests.request_forms.fields import parts
from service_requests.request_forms.filling import place_field, pointer

#: The name of the field that asks whether pictures are kept as they are; no question's key.
EVIDENCE = "keep_as_sent"
_CHOOSE = dict.fromkeys(("required", "invalid_choice"), _("Choose one of the options."))
_MEDIUM = frozenset(
    {
        *(QuestionType.NUMBER, QuestionType.DATE, QuestionType.NATIONAL_ID),
        *(QuestionType.LEGAL_ID, QuestionType.MOBILE, QuestionType.POSTAL_CODE),
    }
)
_HINTED = {
    QuestionType.NATIONAL_ID: HINTS["national_id"],
    QuestionType.LEGAL_ID: HINTS["legal_id"],
    QuestionType.POSTAL_CODE: HINTS["postal_code"],
    QuestionType.MOBILE: _("Example: 0912 345 6789"),
    QuestionType.DATE: _("Year/month/day, for example 1405/09/01."),
    QuestionType.FILE: _("PDF, JPG, PNG or DOCX; up to 20 MB."),
}


class AboutForm(forms.Form):
    """What the editor left to choose: on whose behalf, which department, which service."""

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, definition: Definition, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        if len(definition.person_types) > 1:
            self.fields["person_type"] = forms.ChoiceField(
                choices=[(each, PersonType(each).label) for each in definition.person_types],
                widget=forms.RadioSelect,
                label=LABELS["person_type"],
                error_messages=_CHOOSE,
            )
        services = Service.objects.active().select_related("department")
        if len(definition.services) > 1:
            self._choose("service", services.filter(key__in=definition.services))
        departments = Department.objects.active()
        if len(definition.departments) > 1:
            departments = departments.filter(key__in=definition.departments)
        if len(definition.departments) != 1 and not definition.services:
            self._choose(place_field(definition), departments)

    def _choose(self, name: str, rows: Any) -> None:
        self.fields[name] = forms.ModelChoiceField(
            rows,
            to_field_name="key",
            label=LABELS[name],
            empty_label=_("Choose …"),
            error_messages=_CHOOSE,
        )


class QuestionsForm(forms.Form):
    """The questions of one step that are shown now.

    `kept` are the keys of questions that have a file already or were sent a wrong one, `fresh` of
    those that appear only now, and so are not missing yet; `wrong` is what the rules say, by
    (key, part).
    """

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        files: Any = None,
        *,
        questions: Collection[Question],
        kept: Collection[str] = (),
        fresh: Collection[str] = (),
        wrong: Mapping[tuple[str, str], list[str]] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, files, **kwargs)
        self.questions = questions
        self.wrong = wrong or {}
        self.kept, self.fresh = kept, fresh
        for question in questions:
            for part, field in parts(question).items():
                self.fields[name_of(question.key, part)] = self._worded(question, part, field)
        if any(question.type == QuestionType.FILE for question in questions):
            self.fields[EVIDENCE] = keep_as_sent_field()

    def _worded(self, question: Question, part: str, field: forms.Field) -> forms.Field:
        field.label = LABELS[part] if part else question.label
        field.help_text = HINTS.get(part, "") if part else _hint(question)
        if question.key in self.fresh or question.key in self.kept:
            field.required = False
        if question.type in _MEDIUM or part == "postal_code":
            field.widget.attrs["class"] = "input-medium"
        if isinstance(field.widget, forms.Textarea):
            field.widget.attrs["rows"] = 3 if part else 6
        if question.type == QuestionType.FILE:
            field.widget = forms.FileInput(attrs={"accept": ACCEPT})
        return field

    def clean(self) -> dict[str, Any]:
        """Add what the rules say and no field by itself."""
        data = super().clean() or {}
        for (key, part), messages in self.wrong.items():
            name = name_of(key, part)
            if name in self.fields and name not in self.errors and key not in self.fresh:
                self.add_error(name, messages)
        return data

    def groups(self) -> list[tuple[Question, list[forms.BoundField]]]:
        """Each question with its fields, an address with several."""
        return [
            (question, [self[name_of(question.key, part)] for part in parts(question)])
            for question in self.questions
        ]


def _hint(question: Question) -> str:
    """The editor's words, then how an answer of this type is written."""
    return f"{question.hint} {_HINTED.get(QuestionType(question.type), '')}".strip()


def name_of(key: str, part: str = "") -> str:
    """The name of a field."""
    return f"{key}-{part}" if part else key


def typed(questions: Collection[Question], data: Any, *, shown: Collection[str]) -> dict[str, Any]:
    """What a step sent, as it was typed; of questions that were not shown only what came."""
    found: dict[str, Any] = {}
    for question in questions:
        if question.type == QuestionType.FILE:
            continue
        for part in parts(question):
            name = name_of(question.key, part)
            if question.key not in shown and name not in data:
                continue
            if question.type == QuestionType.CHOICES:
                found[name] = [each[:60] for each in data.getlist(name)[:100]]
            else:
                found[name] = data.get(name, "")[:20_000]
    return found


def as_typed(definition: Definition, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Answers of a program as the pages would have typed them; None takes one away.

    Whether they are good is for the rules. Raises ValidationError by pointer for what nobody can
    type; an answer to no question of the form is left out without a word.
    """
    found: dict[str, Any] = {}
    wrong: dict[str, list[Any]] = {}
    for question in definition.questions():
        if question.key not in answers or question.type == QuestionType.FILE:
            continue
        try:
            found |= _typed_one(question, answers[question.key])
        except TypeError:
            wrong[pointer(question.key)] = [_("This has the wrong form.")]
    if wrong:
        raise ValidationError(wrong)
    return found


def _typed_one(question: Question, value: Any) -> dict[str, Any]:
    """Raises TypeError."""
    if question.type == QuestionType.ADDRESS:
        if value is not None and not isinstance(value, Mapping):
            raise TypeError
        given = value or {}
        return {name_of(question.key, part): _text(given.get(part)) for part in parts(question)}
    if question.type == QuestionType.CHOICES:
        if value is not None and not isinstance(value, list):
            raise TypeError
        return {question.key: [_text(each)[:60] for each in (value or [])[:100]]}
    if question.type == QuestionType.STATEMENT and isinstance(value, bool):
        return {question.key: "on" if value else ""}
    return {question.key: _text(value)}


def _text(value: Any) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else str(value)
    if isinstance(value, bool) or not isinstance(value, str | int | float) or not is_text(text):
        raise TypeError
    return text[:20_000]


def is_text(value: str) -> bool:
    """Whether it can be written down at all: halves of letters, which JSON allows, cannot."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def raw(
    definition: Definition, answers: Mapping[str, Any], files: Mapping[str, str]
) -> dict[str, Any]:
    """What was typed so far, as the rules take it; `files` are tokens by question."""
    found: dict[str, Any] = {}
    for question in definition.questions():
        if question.type == QuestionType.FILE:
            found[question.key] = files.get(question.key)
        elif question.type == QuestionType.ADDRESS:
            found[question.key] = {
                part: answers.get(name_of(question.key, part)) for part in parts(question)
            }
        else:
            found[question.key] = answers.get(question.key)
    return found
