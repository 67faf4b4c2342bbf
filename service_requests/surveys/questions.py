"""What a survey asks, as plain values, and what an answer to it may be. Pure.

A definition is what a `SurveyVersion` keeps as JSON: title, introduction and questions, every text
in Persian and, where it was written, in English.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from service_requests.texts import clean_text

FORMAT = 1
QuestionType = Literal["csat", "nps", "choice", "text"]
CSAT: Literal["csat"] = "csat"
NPS: Literal["nps"] = "nps"
CHOICE: Literal["choice"] = "choice"
TEXT: Literal["text"] = "text"
COMMENT_MAX = 2000
#: From the best to the worst, as people read them.
SCALE = (
    (5, _("Very satisfied")),
    (4, _("Satisfied")),
    (3, _("Neither")),
    (2, _("Dissatisfied")),
    (1, _("Very dissatisfied")),
)
SATISFIED_FROM, UNHAPPY_TO = 4, 2
PROMOTERS_FROM, DETRACTORS_TO = 9, 6
_CHOOSE = _("Choose one of the options.")


@dataclass(frozen=True, slots=True)
class Words:
    """A text in Persian and, optionally, in English."""

    fa: str = ""
    en: str = ""

    def __str__(self) -> str:
        """In the reader's language, where that was written."""
        return (self.en if get_language() == "en" else "") or self.fa


@dataclass(frozen=True, slots=True)
class Question:
    """One question; `key` stays the same through versions, so that its figures go on."""

    key: str
    type: QuestionType
    text: Words
    required: bool = False
    choices: tuple[tuple[str, Words], ...] = ()

    @property
    def values(self) -> tuple[int | str, ...]:
        """What can be answered, from the best to the worst; nothing for words."""
        if self.type == CSAT:
            return tuple(grade for grade, _label in SCALE)
        if self.type == NPS:
            return tuple(range(10, -1, -1))
        return tuple(key for key, _label in self.choices)

    def label_of(self, value: int | str) -> str:
        """What a value is called."""
        if self.type == CSAT:
            return str(dict(SCALE)[value])  # type: ignore[index]
        if self.type == NPS:
            return str(value)
        return str(dict(self.choices)[str(value)])


@dataclass(frozen=True, slots=True)
class Definition:
    """A whole survey."""

    title: Words
    introduction: Words = field(default_factory=Words)
    questions: tuple[Question, ...] = ()

    @property
    def main(self) -> Question | None:
        """The question whose figures stand for the survey: of satisfaction, the required first."""
        graded = [question for question in self.questions if question.type == CSAT]
        return next((each for each in graded if each.required), graded[-1] if graded else None)


@dataclass(frozen=True, slots=True)
class Filled:
    """A checked answer: grades and choices by question, words by question."""

    answers: dict[str, int | str]
    words: dict[str, str] = field(repr=False, default_factory=dict)


def to_json(definition: Definition) -> dict[str, Any]:
    """What is kept of it."""
    return {
        "format": FORMAT,
        "title": _pair(definition.title),
        "introduction": _pair(definition.introduction),
        "questions": [
            {
                "key": each.key,
                "type": each.type,
                "text": _pair(each.text),
                "required": each.required,
                "choices": [{"key": key, "text": _pair(text)} for key, text in each.choices],
            }
            for each in definition.questions
        ],
    }


def from_json(kept: Mapping[str, Any]) -> Definition:
    """The definition that was kept."""
    return Definition(
        title=Words(**kept["title"]),
        introduction=Words(**kept["introduction"]),
        questions=tuple(
            Question(
                key=each["key"],
                type=each["type"],
                text=Words(**each["text"]),
                required=each["required"],
                choices=tuple((one["key"], Words(**one["text"])) for one in each["choices"]),
            )
            for each in kept["questions"]
        ),
    )


def clean(definition: Definition, given: Mapping[str, Any]) -> Filled:
    """The answers by question, checked; what nobody asked is not looked at.

    Raises ValidationError by question: for a missing required one, an impossible value, words that
    are too long or cannot be read.
    """
    answers: dict[str, int | str] = {}
    words: dict[str, str] = {}
    errors: dict[str, list[Any]] = {}
    for question in definition.questions:
        value = given.get(question.key)
        try:
            if question.type == TEXT:
                text = _words(question, value)
                if text:
                    words[question.key] = text
            elif (found := _value(question, value)) is not None:
                answers[question.key] = found
        except ValidationError as error:
            errors |= error.message_dict if hasattr(error, "error_dict") else {}
    if not errors and not answers and not words:
        errors[definition.questions[0].key if definition.questions else ""] = [
            _("Answer at least one question.")
        ]
    if errors:
        raise ValidationError(errors)
    return Filled(answers, words)


def is_unhappy(definition: Definition, answers: Mapping[str, Any]) -> bool:
    """Whether somebody is not content: the main question, or else would not recommend it."""
    main = definition.main
    if main is not None:
        return isinstance(found := answers.get(main.key), int) and found <= UNHAPPY_TO
    scores = [answers.get(each.key) for each in definition.questions if each.type == NPS]
    return any(isinstance(score, int) and score <= DETRACTORS_TO for score in scores)


def _value(question: Question, value: Any) -> int | str | None:
    if value in (None, ""):
        if question.required:
            raise ValidationError({question.key: [_CHOOSE]})
        return None
    allowed: Sequence[int | str] = question.values
    by_text = {str(each): each for each in allowed}
    if isinstance(value, bool) or not isinstance(value, int | str) or str(value) not in by_text:
        raise ValidationError({question.key: [_CHOOSE]})
    return by_text[str(value)]


def _words(question: Question, value: Any) -> str:
    return clean_text(
        "" if value is None else value,
        field=question.key,
        limit=COMMENT_MAX,
        required=question.required,
    )


def _pair(words: Words) -> dict[str, str]:
    return {"fa": words.fa, "en": words.en}
