"""The steps of registering: which there are, what was answered, and what is still missing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from cms_pages.models import Service
from notices import asking
from notices.current import PublicNotice
from persian.identifiers import postal_code_warning
from service_requests import drafts, receipts, wording
from service_requests.enums import Kind, PersonType
from service_requests.forms import KindForm, PersonForm, WordsForm
from service_requests.models import Draft
from service_requests.reading import ReadFile
from service_requests.receipts import OpenReceipt

Answers = dict[str, str]


@dataclass(frozen=True)
class Step:
    """One page: its address, its name in «step 2 of 4», and its form for the answers so far."""

    slug: str
    name: Any
    form: Callable[[Answers, Any, Any], forms.Form]

    @property
    def url(self) -> str:
        """Where it is."""
        return reverse(f"service_requests:{self.slug}")


# What is no answer: the files of one sending, and how these are kept.
OF_FILES = ("files", "keep_as_sent")


@dataclass(frozen=True)
class Answered:
    """One answer as it was understood, and a question about it that stops nothing."""

    label: Any
    text: str
    question: str


STEPS = (
    Step("submit", gettext_lazy("What it is"), lambda answers, data, files: KindForm(data)),
    Step(
        "submit_person",
        gettext_lazy("Your details"),
        lambda answers, data, files: PersonForm(
            data, kind=answers["kind"], person_type=answers["person_type"]
        ),
    ),
    Step(
        "submit_words",
        gettext_lazy("Your words"),
        lambda answers, data, files: WordsForm(data, files, kind=answers["kind"]),
    ),
)
STEP_NAMES = [*(step.name for step in STEPS), gettext_lazy("Check and send")]


def begun(answers: Answers) -> bool:
    """Whether step 1 was answered, on which the forms of the others depend."""
    return answers.get("kind") in Kind.values and answers.get("person_type") in PersonType.values


def first_unfinished(answers: Answers) -> Step | None:
    """The first step whose answers do not (or no longer) pass."""
    for step in STEPS:
        if step is not STEPS[0] and not begun(answers):
            return STEPS[0]
        if not step.form(answers, answers, None).is_valid():
            return step
    return None


def answered(step: Step, answers: Answers) -> list[Answered]:
    """What was answered in one step."""
    form = step.form(answers, answers, None)
    form.is_valid()
    rows = []
    for bound in form:
        value = form.cleaned_data.get(bound.name)
        if value in (None, "", []) or bound.name in OF_FILES:
            continue
        choices = getattr(bound.field, "choices", None)
        shown = dict(choices).get(value, value) if isinstance(value, str) and choices else value
        question = postal_code_warning(str(value)) if bound.name == "postal_code" else None
        text = wording.detail(bound.name, str(shown))
        rows.append(Answered(bound.label, text, question or ""))
    return rows


def led_to_its_step(name: str, text: str, answers: Answers) -> str:
    """What the gate says about a field, with a link to the step that asks for it."""
    for step in STEPS:
        if name in step.form(answers, None, None).fields:
            return format_html('<a href="{}?fix">{}</a>: {}', step.url, step.name, text)
    return text


def files_of(draft: Draft | None) -> list[ReadFile]:
    """The files of a draft, to be listed."""
    if draft is None:
        return []
    subject = drafts.subject_of(draft)
    return [ReadFile.of(row, subject) for row in draft.attachments.all()]


def warnings(answers: Answers) -> list[PublicNotice]:
    """Notices that run or soon begin for the chosen service."""
    service = active(Service, answers.get("service", ""))
    return asking.about(asking.worth_knowing(timezone.now()), service) if service else []


def to_follow(notice: str, back: str) -> HttpResponse:
    """To the form that follows a notice instead; the way `back` here is shown there."""
    query = urlencode({"notice": notice[:36], "back": back})
    return redirect(f"{reverse('notices:subscribe')}?{query}")


def active(model: Any, key: str) -> Any:
    """The department or service of this key, where citizens may choose it."""
    key = key[:60].replace("\0", "")
    return model.objects.active().filter(key=key).first() if key else None


def receipt_of(token: str) -> OpenReceipt | None:
    """The receipt of this cookie, when its draft has become a case."""
    if not drafts.is_token(token):
        return None
    return receipts.open_receipt(submission_key=drafts.submission_key(token))


def gone(request: HttpRequest, token: str) -> HttpResponse:
    """There is no draft (any more): the way to its receipt, or why there may be none.

    Without either it is said why that may be, instead of sending people round in a circle.
    """
    if receipt_of(token) is not None:
        return redirect("service_requests:receipt")
    return render(request, "service_requests/no_draft.html", status=410)
