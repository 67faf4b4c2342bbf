"""The pages of an editor's form for one draft: which there are, what was answered, what is missing.

A draft is bound to the version with which it was begun; `form` and `form_version` in its answers
say which. Pages that hang on an earlier answer come and go with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from persian.identifiers import postal_code_warning
from service_requests import attachments, drafts
from service_requests.enums import QuestionType
from service_requests.forms import PersonForm
from service_requests.models import Draft, FormVersion
from service_requests.question_forms import AboutForm, raw
from service_requests.request_forms import filling, rules, versions
from service_requests.request_forms.definition import Definition, Question
from service_requests.request_forms.rules import Checked
from service_requests.request_forms.shown import shown
from service_requests.submissions import Submission
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


@dataclass(frozen=True)
class KeptFile:
    """A file of the draft, by the question that it answers."""

    id: Any
    question: str
    name: str
    size: int


def is_of_a_form(answers: Answers) -> bool:
    """Whether a draft belongs to an editor's form."""
    return bool(answers.get("form"))


def start_of(version: FormVersion) -> Answers:
    """What binds a draft to a version."""
    return {"form": version.form.key, "form_version": str(version.pk)}


class FormJourney(Journey):
    """The way through an editor's form."""

    view = "service_requests:form_check"

    def __init__(
        self,
        draft: Draft | None,
        answers: Answers,
        version: FormVersion | None = None,
        dropped: Sequence[str] = (),
    ) -> None:
        self.draft, self.answers = draft, answers  # type: ignore[assignment]
        self._version, self.dropped = version, dropped

    @classmethod
    def of(cls, key: str, draft: Draft | None, answers: Answers) -> Self | None:
        """The way of this draft through the form of this key; None when it is on another one.

        Also when its version was replaced too long ago.
        """
        if answers.get("form") != key:
            return None
        version = versions.begun(key, answers.get("form_version", ""))
        return cls(draft, answers, version) if version else None

    @classmethod
    def anew(cls, draft: Draft | None, answers: Answers, version: FormVersion) -> Self:
        """The way through a version by what was answered to an earlier one.

        `dropped` are the choices that this version does not offer any more.
        """
        dropped = filling.stale(version.questions, answers)
        left = {name: text for name, text in answers.items() if name not in dropped}
        return cls(draft, {**left, **start_of(version)}, version, dropped)

    @property
    def moved(self) -> bool:
        """Whether the answers were given to an earlier version, and nothing to this one yet."""
        known = drafts.read(self.draft).get("form_version", "")
        return bool(known) and known != str(self.version.pk)

    @property
    def key(self) -> str:
        """The key of the form."""
        return self._version.form.key if self._version else str(self.answers.get("form", ""))

    @property
    def url(self) -> str:
        """The last page itself."""
        return resolve_url(self.view, self.key)

    @property
    def version(self) -> FormVersion:
        """The version with which it was begun."""
        assert self._version is not None  # noqa: S101 – for the type only
        return self._version

    @property
    def definition(self) -> Definition:
        """What it asks."""
        return self.version.questions

    @cached_property
    def kept(self) -> list[KeptFile]:
        """The files so far."""
        if self.draft is None:
            return []
        subject = drafts.subject_of(self.draft)
        return [
            KeptFile(row.pk, row.question, attachments.name_of(row, subject), row.size)
            for row in self.draft.attachments.all()
        ]

    @cached_property
    def checked(self) -> Checked:
        """The answers to the questions, by the rules."""
        return rules.check(self.definition, self.raw(), files=self._tokens().values())

    def raw(self) -> dict[str, Any]:
        """The answers by the keys of their questions, as they were typed."""
        return raw(self.definition, self.answers, self._tokens())

    def _tokens(self) -> dict[str, str]:
        return {found.question: str(found.id) for found in self.kept if found.question}

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

    def data(self) -> dict[str, Any]:
        """The answers by the names of `submissions.FIELDS`."""
        return filling.decided(self.definition, self.answers)

    def keep(self, token: str, sent: Answers) -> Self:
        """Write what was sent, with the version to which it belongs. Raises DraftGone."""
        kept = {**dict.fromkeys(self.dropped, ""), **start_of(self.version), **sent}
        draft = drafts.write(token=token, draft=self.draft, answers=kept)
        return type(self)(draft, drafts.read(draft), self.version)

    def submission(self, *, consent: bool = True) -> Submission:
        """The whole, checked by its gate; raises ValidationError."""
        return filling.clean(
            version=self.version,
            data={**self.answers, "consent": consent},
            raw=self.raw(),
            files=self._tokens().values(),
        )

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

    def left_out(self, submission: Submission) -> list[UUID]:
        """Files of questions that are no longer asked are not handed in."""
        answered = set(submission.form.files) if submission.form else set()
        return [found.id for found in self.kept if found.question not in answered]


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
