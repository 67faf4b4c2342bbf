"""Answers under the questions as they were asked, for whoever may read the case."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from persian.digits import grouped
from persian.identifiers import mask_national_id
from persian.jalali import format_date
from service_requests.enums import QuestionType
from service_requests.models import FormVersion
from service_requests.request_forms import rules
from service_requests.request_forms.definition import Question
from service_requests.request_forms.fields import ADDRESS

#: What says who somebody is: masked until it is opened with a reason, as the applicant's own is.
IDENTITIES = frozenset(
    {
        *(QuestionType.NATIONAL_ID, QuestionType.LEGAL_ID, QuestionType.MOBILE),
        *(QuestionType.ADDRESS, QuestionType.POSTAL_CODE),
    }
)
#: Of where somebody lives nothing is left to be guessed from.
_MASK = "••••"
# How each type is written: as the applicant's field of that name is.
_LIKE: dict[str, str] = {
    QuestionType.NATIONAL_ID: "national_id",
    QuestionType.LEGAL_ID: "legal_id",
    QuestionType.MOBILE: "mobile",
    QuestionType.POSTAL_CODE: "postal_code",
}


_OF_AN_ANSWER = ("key", "type", "label", "text", "value")


@dataclass(frozen=True)
class ShownAnswer:
    """One answer in words; `text` is "" where none was given, `value` what programs compare."""

    key: str
    type: str
    label: str
    text: str = field(repr=False)
    value: Any = field(repr=False)
    files: list[Any] = field(repr=False)

    @property
    def html(self) -> SafeString:
        """The text as people write it: digits, order, lines."""
        from service_requests.wording import detail

        name = _LIKE.get(self.type, "")
        # A masked number of any type is no telephone number any more.
        return detail("national_id" if name and "•" in self.text else name, self.text)


@dataclass(frozen=True)
class ShownStep:
    """The answers of one step."""

    title: str
    answers: list[ShownAnswer]


@dataclass(frozen=True)
class ShownForm:
    """A form as it was answered."""

    version: FormVersion
    title: str
    steps: list[ShownStep] = field(repr=False)

    def answers(self) -> list[ShownAnswer]:
        """All of them in order."""
        return [answer for step in self.steps for answer in step.answers]

    def plain(self) -> dict[str, Any]:
        """The same for programs: `schemas.CaseForm`."""
        return {
            "key": self.version.form.key,
            "version": self.version.pk,
            "title": self.title,
            "steps": [
                {
                    "title": step.title,
                    "answers": [
                        {
                            **{name: getattr(answer, name) for name in _OF_AN_ANSWER},
                            "files": [found.id for found in answer.files],
                        }
                        for answer in step.answers
                    ],
                }
                for step in self.steps
            ],
        }

    def as_text(self) -> str:
        """Questions and answers in plain lines, for a letter."""
        return "\n".join(f"{a.label} {a.text or '–'}" for a in self.answers())


def shown(
    version: FormVersion, answers: Mapping[str, Any], files: Sequence[Any] = (), *, masked: bool
) -> ShownForm:
    """What was asked and what was answered; `files` have a `question` and a `name`."""
    definition = version.questions
    by_question: dict[str, list[Any]] = {}
    for found in files:
        by_question.setdefault(found.question, []).append(found)
    # The tokens of files are gone: what is stored is that there was one.
    asked = rules.asked(definition, answers)
    steps = [
        ShownStep(
            step.title,
            [
                _answer(question, answers.get(question.key), by_question, masked)
                for question in questions
            ],
        )
        for step, questions in asked
    ]
    return ShownForm(version, definition.title, steps)


def _answer(
    question: Question, value: Any, files: Mapping[str, list[Any]], masked: bool
) -> ShownAnswer:
    own = files.get(question.key, [])
    if question.type == QuestionType.FILE:
        text = _(", ").join(found.name for found in own)
        return ShownAnswer(question.key, question.type, question.label, text, None, own)
    text = "" if value is None else words(question, value)
    if masked and question.type in IDENTITIES and value is not None:
        place = question.type in (QuestionType.ADDRESS, QuestionType.POSTAL_CODE)
        text = value = _MASK if place else mask_national_id(str(value))
    return ShownAnswer(question.key, question.type, question.label, text, value, [])


def words(question: Question, value: Any) -> str:
    """An answer in words."""
    if question.type in (QuestionType.CHOICE, QuestionType.CHOICES):
        labels = {option.value: option.label for option in question.options}
        chosen = value if isinstance(value, list) else [value]
        return _(", ").join(str(labels.get(each, each)) for each in chosen)
    if question.type == QuestionType.NUMBER:
        return grouped(Decimal(value))
    if question.type == QuestionType.DATE:
        return format_date(dt.date.fromisoformat(value), "long")
    if question.type == QuestionType.STATEMENT:
        return _("Accepted")
    if question.type == QuestionType.ADDRESS:
        return _(", ").join(value[part] for part in ADDRESS if value.get(part))
    return str(value)


def searchable(version: FormVersion, answers: Mapping[str, Any]) -> str:
    """The words of the answers, for staff's search; no identifier and no number."""
    said = []
    for question in version.questions.questions():
        value = answers.get(question.key)
        if value is None:
            continue
        if question.type in (
            *(QuestionType.TEXT, QuestionType.LONG_TEXT),
            *(QuestionType.CHOICE, QuestionType.CHOICES),
        ):
            said.append(words(question, value))
    return "\n".join(said)
