"""The pages of an editor's form for one draft: which there are, what was answered, what is missing.

A draft is bound to the version with which it was begun; `form` and `form_version` in its answers
say which. Pages that hang on an earlier answer come and go with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from persian.identifiers import postal_code_warning
from service_requests.enums import QuestionType
from service_requests.form_drafts import FormDraft
from service_requests.forms import PersonForm
from service_requests.models import FormVersion
from service_requests.question_forms import AboutForm
from service_requests.request_forms import filling
from service_requests.request_forms.definition import Question
from service_requests.request_forms.shown import shown
from service_requests.views import steps
from service_requests.views.journey import Journey, Part
from service_requests.views.steps import Answered, Answers, Step

ABOUT, PERSON = "about", "person"


@dataclass(frozen=True)
class FormPage(Step):
    """One page: of the form itself, or of what the desk asks of everybody."""

    key: str = ""
    questions: tuple[Question, ...] | None = None

    @property
    def url(self) -> str:
        """Where it is."""
        return resolve_url("service_requests:form_step", self.key, self.slug)


class FormJourney(FormDraft, Journey):
    """The way through an editor's form."""

    view = "service_requests:form_check"

    @property
    def url(self) -> str:
        """The last page itself."""
        return resolve_url(self.view, self.key)

    @cached_property
    def pages(self) -> list[FormPage]:
        """The pages as the answers so far have them, without the last one."""
        found = [
            FormPage(step.key, step.title, _no_form, self.key, tuple(questions))
            for step, questions in self.checked.steps
        ]
        about = AboutForm(definition=self.definition)
        if about.fields:
            found.insert(
                0, FormPage(ABOUT, gettext_lazy("For whom and where"), self._about, self.key)
            )
        found.append(FormPage(PERSON, gettext_lazy("Your details"), self._person, self.key))
        return found

    def _about(self, answers: Answers, data: Any, files: Any) -> AboutForm:
        return AboutForm(data, definition=self.definition)

    def _person(self, answers: Answers, data: Any, files: Any) -> PersonForm:
        decided = filling.decided(self.definition, answers)
        offered = self.definition.person_types
        person_type = decided.get("person_type")
        if person_type not in offered:
            person_type = offered[0]
        return PersonForm(data, kind=self.definition.kind, person_type=str(person_type))

    @property
    def names(self) -> Sequence[Any]:
        """The pages by name."""
        return [*(page.name for page in self.pages), gettext_lazy("Check and send")]

    @property
    def back(self) -> str:
        """The page before the last one."""
        return self.pages[-1].url

    def page(self, slug: str) -> FormPage | None:
        """The page of this address, while the answers have it."""
        return next((page for page in self.pages if page.slug == slug), None)

    def after(self, page: FormPage) -> str:
        """Where the page after this one is."""
        at = [each.slug for each in self.pages].index(page.slug) + 1
        return self.pages[at].url if at < len(self.pages) else self.url

    @cached_property
    def unfinished(self) -> str:
        """The first page whose answers do not pass; "" when all do."""
        wrong = {key for key, _part in self.checked.errors}
        for page in self.pages:
            if page.questions is None:
                if not page.form(self.answers, self.answers, None).is_valid():
                    return page.url
            elif wrong & {question.key for question in page.questions}:
                return page.url
        return ""

    def parts(self) -> list[Part]:
        """Everything that was answered, page by page."""
        form = shown(self.version, self.checked.answers, self.kept, masked=False)
        by_title = iter(form.steps)
        found = []
        for page in self.pages:
            if page.questions is None:
                rows = steps.answered(page, self.answers)
            else:
                rows = [
                    Answered(answer.label, answer.html, _asked_about(answer))
                    for answer in next(by_title).answers
                    if answer.text
                ]
            found.append(Part(page.name, page.url, rows))
        return found

    def led(self, name: str, text: str) -> str:
        """What the gate says about a field or an answer, with a link to its page."""
        asked = name.split("/")[2] if name.startswith(f"{filling.ANSWERS}/") else ""
        for page in self.pages:
            if page.questions is None:
                mine = name in page.form(self.answers, None, None).fields
            else:
                mine = asked in {question.key for question in page.questions}
            if mine:
                return format_html('<a href="{}?fix">{}</a>: {}', page.url, page.name, text)
        return text


def closed(request: HttpRequest, version: FormVersion) -> HttpResponse:
    """The page that says that nobody receives this form now, and offers the desk's own."""
    context = {"title": version.questions.title}
    return render(request, "service_requests/form_closed.html", context, status=410)


def other(request: HttpRequest, *, title: str = "", key: str = "") -> HttpResponse:
    """The page that asks which of two to go on with; `key` is "" for the desk's own form."""
    context = {"title": title, "key": key}
    return render(request, "service_requests/form_other.html", context)


def _no_form(answers: Answers, data: Any, files: Any) -> Any:
    raise NotImplementedError("The rules judge the questions of a form.")


def _asked_about(answer: Any) -> str:
    """A question about an answer that stops nothing."""
    if answer.type != QuestionType.POSTAL_CODE:
        return ""
    return postal_code_warning(str(answer.value)) or ""
