"""The definition of a form: steps of questions, as it is kept for good with the answers to it.

Pure: no database, no request. `Definition.as_dict()` is what a version of a form stores, and
`read()` reads it back. Keys of questions, steps and options are made by the system and stay the
same when words are changed or questions are moved.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from service_requests.enums import ConditionTest, QuestionType

#: What has options, and so can be asked for by value.
WITH_OPTIONS = frozenset({QuestionType.CHOICE, QuestionType.CHOICES})
#: Each file question takes one file, and a case takes five from its applicant at once.
MOST_FILES = 5
MOST_STEPS, MOST_QUESTIONS, MOST_OPTIONS = 20, 100, 50


@dataclass(frozen=True, kw_only=True)
class Condition:
    """Shown only when an earlier question was answered so; `values` are values of its options."""

    question: str
    test: str = ConditionTest.ANSWERED
    values: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Option:
    """One answer to choose."""

    value: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question. `minimum`, `maximum` and `places` are for numbers; "" is no limit."""

    key: str
    type: str
    label: str
    hint: str = ""
    required: bool = True
    condition: Condition | None = None
    options: tuple[Option, ...] = ()
    minimum: str = ""
    maximum: str = ""
    places: int = 0


@dataclass(frozen=True, kw_only=True)
class Step:
    """The questions of one page."""

    key: str
    title: str
    intro: str = ""
    condition: Condition | None = None
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Definition:
    """A form in one language. Departments and services are keys; none given means any."""

    title: str
    intro: str = ""
    language: str
    kind: str
    person_types: tuple[str, ...]
    departments: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()

    def questions(self) -> Iterator[Question]:
        """Every question in order."""
        for step in self.steps:
            yield from step.questions

    def as_dict(self) -> dict[str, Any]:
        """What is stored: plain JSON."""
        return {
            "title": self.title,
            "intro": self.intro,
            "language": self.language,
            "kind": str(self.kind),
            "person_types": [str(each) for each in self.person_types],
            "departments": list(self.departments),
            "services": list(self.services),
            "steps": [_step_dict(step) for step in self.steps],
        }

    def digest(self) -> str:
        """SHA-256 of the canonical JSON: what two equal definitions have in common."""
        text = json.dumps(self.as_dict(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def read(stored: Mapping[str, Any]) -> Definition:
    """The definition of what `as_dict()` gave."""
    return Definition(
        **{name: stored[name] for name in ("title", "intro", "language", "kind")},
        person_types=tuple(stored["person_types"]),
        departments=tuple(stored["departments"]),
        services=tuple(stored["services"]),
        steps=tuple(_read_step(step) for step in stored["steps"]),
    )


def _step_dict(step: Step) -> dict[str, Any]:
    return {
        "key": step.key,
        "title": step.title,
        "intro": step.intro,
        "condition": _condition_dict(step.condition),
        "questions": [
            {
                "key": question.key,
                "type": str(question.type),
                "label": question.label,
                "hint": question.hint,
                "required": question.required,
                "condition": _condition_dict(question.condition),
                "options": [{"value": o.value, "label": o.label} for o in question.options],
                "minimum": question.minimum,
                "maximum": question.maximum,
                "places": question.places,
            }
            for question in step.questions
        ],
    }


def _condition_dict(condition: Condition | None) -> dict[str, Any] | None:
    if condition is None:
        return None
    return {
        "question": condition.question,
        "test": str(condition.test),
        "values": list(condition.values),
    }


def _read_step(stored: Mapping[str, Any]) -> Step:
    return Step(
        **{name: stored[name] for name in ("key", "title", "intro")},
        condition=_read_condition(stored["condition"]),
        questions=tuple(
            Question(
                **{
                    **each,
                    "condition": _read_condition(each["condition"]),
                    "options": tuple(Option(**option) for option in each["options"]),
                }
            )
            for each in stored["questions"]
        ),
    )


def _read_condition(stored: Mapping[str, Any] | None) -> Condition | None:
    if stored is None:
        return None
    return Condition(**{**stored, "values": tuple(stored["values"])})
