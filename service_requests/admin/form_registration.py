"""Registering on an editor's form for somebody who came, called or wrote a letter.

Every question stands on one page; which of them count, and what an answer may be, say the rules
that citizens' answers go through.
"""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms_pages.models import Department, Service
from service_requests import submissions
from service_requests.admin.registration import ArrivalForm, RegisterView, evidence_field, mark
from service_requests.attachments import IncomingFile
from service_requests.enums import ConditionTest, PersonType
from service_requests.errors import by_field
from service_requests.models import FormVersion
from service_requests.question_forms import EVIDENCE, QuestionsForm, name_of, raw, typed
from service_requests.request_forms import filling, versions
from service_requests.request_forms.definition import Condition
from service_requests.request_forms.fields import parts
from service_requests.submissions import CONTACT_FIELDS, Submission


class FormRegisterForm(ArrivalForm):
    """What the desk asks of everybody, and the questions of one version of a form."""

    version = forms.CharField(widget=forms.HiddenInput, max_length=16)

    def __init__(self, *args: Any, asked: FormVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked, self.definition = asked, asked.questions
        self.fields["version"].initial = asked.pk
        self._ask_what_is_open()
        who = [name for each in self.definition.person_types for name in _person(each)]
        self._ask_for_texts(dict.fromkeys([*who, *CONTACT_FIELDS]))
        self._ask_questions()
        needed = {name for each in self.definition.person_types for name in self._needed(each)}
        for name in needed & set(self.fields):
            if not self.fields[name].required:
                mark(self.fields[name])

    def _ask_questions(self) -> None:
        """Each with its widget alone: the rules judge, and know which answers count at all."""
        for name, field in QuestionsForm(
            questions=list(self.definition.questions())
        ).fields.items():
            if name == EVIDENCE:
                self.fields[EVIDENCE] = evidence_field()
                continue
            self.fields[name] = forms.Field(
                label=field.label, help_text=field.help_text, widget=field.widget, required=False
            )
            if field.required:
                mark(self.fields[name])

    def _ask_what_is_open(self) -> None:
        """What the editor left to choose, as citizens are asked."""
        definition, place = self.definition, filling.place_field(self.definition)
        self.fields["person_type"] = forms.ChoiceField(
            choices=[(each, PersonType(each).label) for each in definition.person_types],
            label=gettext_lazy("Applicant"),
            initial=definition.person_types[0],
        )
        if len(definition.services) > 1:
            self._ask_for_place(
                "service", Service.objects.active().filter(key__in=definition.services)
            )
        departments = Department.objects.active()
        if len(definition.departments) > 1:
            departments = departments.filter(key__in=definition.departments)
        if len(definition.departments) != 1 and not definition.services:
            self._ask_for_place(place, departments)

    def _needed(self, person_type: str) -> frozenset[str]:
        return submissions.required_fields(self.definition.kind, person_type)

    def judged(self) -> Submission:
        """By `filling.clean`, as the citizens' answers are; errors by the names of the fields."""
        questions = list(self.definition.questions())
        keys = [question.key for question in questions]
        given = typed(questions, self.data, shown=keys)
        files = {key: key for key in keys if self.files.get(key)}
        try:
            return filling.clean(
                version=self.asked,
                data={name: self.data.get(name) for name in submissions.FIELDS},
                raw=raw(self.definition, given, files),
                files=files.values(),
            )
        except ValidationError as error:
            raise ValidationError(
                {_field_of(name): said for name, said in by_field(error).items()}
            ) from error

    def incoming(self) -> list[IncomingFile]:
        """One file for each question that was asked and has one."""
        filled = self.cleaned_data["submission"].form
        uploads: dict[str, Any] = self.files
        kept = self.cleaned_data.get(EVIDENCE, False)
        return [IncomingFile.of(uploads[key], key, keep_as_sent=kept) for key in filled.files]

    def sections(self) -> list[dict[str, Any]]:
        """Arrival, what the editor left open, the questions of each step, who it is, consent."""
        places = [name for name in _PLACES if name in self.fields]
        return [
            self._section(_("Arrival"), ("source", "language")),
            self._section(_("What it is"), ("person_type", *places)),
            *(section for step in self.definition.steps for section in self._of_step(step)),
            *self._who_it_is(self.definition.person_types),
            self._section(_("Contact"), CONTACT_FIELDS),
            self._section("", [name for name in (EVIDENCE, "consent") if name in self.fields]),
        ]

    def _of_step(self, step: Any) -> list[dict[str, Any]]:
        """A section for each question: each may hang on an answer of its own."""
        found = []
        for place, question in enumerate(step.questions):
            names = [name_of(question.key, part) for part in parts(question)]
            several = question.label if len(names) > 1 else ""
            heading = "" if place else step.title
            when = _shown_when(question.condition or step.condition)
            section = self._section(heading, names, when=when)
            found.append({**section, "question": several, "steps": step.key})
        return found


class FormRegisterView(RegisterView):
    """One form; a version that was replaced lately can still be handed in."""

    form_class = FormRegisterForm

    @cached_property
    def asked(self) -> FormVersion:
        """The version that was asked, or the one of today."""
        key = self.kwargs["key"]
        sent = self.request.POST.get("version", "")
        version = versions.beginnable(key, sent) or versions.current(key)
        if version is None:
            raise Http404
        return version

    def get_form_kwargs(self) -> dict[str, Any]:
        """With the version."""
        return {**super().get_form_kwargs(), "asked": self.asked}

    def get_page_title(self) -> str:
        """The name of the form."""
        return self.asked.questions.title


_PLACES = ("service", "department", "complained_department")


def _person(person_type: str) -> tuple[str, ...]:
    return submissions.person_fields(person_type)


def _field_of(name: str) -> str:
    """The field of an error: a pointer into the answers is the name of a question's field."""
    if not name.startswith(f"{filling.ANSWERS}/"):
        return name
    return name_of(*name.split("/")[2:])


def _shown_when(condition: Condition | None) -> str:
    """For the browser's comfort, where the condition names options; else it is always shown."""
    if condition is None or condition.test == ConditionTest.ANSWERED:
        return ""
    return f"{condition.question}={'|'.join(condition.values)}"
