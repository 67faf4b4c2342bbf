"""Which questions are asked, and which answers will do: the same for pages and API.

Pure: a definition and what was sent go in, answers and errors come out. Questions are taken in
order, and a condition looks back at answers that were asked for and are good; so nothing waits for
a later answer, an answer that is hidden is dropped with all that hangs on it, and only what is
shown can be required.

Answers in canonical form are JSON: text; numbers as text ("2.5"); days as "2026-11-26" (Gregorian);
the value of an option, or a list of them; a file as the token that its door gave; an address as a
dict of its parts; an accepted statement as true.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from service_requests.enums import ConditionTest, QuestionType
from service_requests.request_forms.definition import Condition, Definition, Question, Step
from service_requests.request_forms.fields import parts

Answers = dict[str, Any]
Shown = list[tuple[Step, list[Question]]]
_NO_FORM = _("This has the wrong form.")


@dataclass(frozen=True)
class Checked:
    """The good answers, what is wrong by (key, part), and the steps with what they ask."""

    answers: Answers = field(repr=False)
    errors: dict[tuple[str, str], list[str]]
    steps: Shown


def check(
    definition: Definition, raw: Mapping[str, Any], *, files: Collection[Any] = ()
) -> Checked:
    """Walk through the questions with what was sent; `files` are the tokens that stand for files.

    An answer to a hidden or unknown question is left out without a word: it may have been given
    before an earlier answer changed.
    """
    answers: Answers = {}
    errors: dict[tuple[str, str], list[str]] = {}
    shown: Shown = []
    for step in definition.steps:
        if not holds(step.condition, answers):
            continue
        asked = []
        for question in step.questions:
            if not holds(question.condition, answers):
                continue
            asked.append(question)
            value, wrong = _answer(question, raw.get(question.key), files)
            errors |= {(question.key, part): said for part, said in wrong.items()}
            if value is not None and not wrong:
                answers[question.key] = value
        if asked:
            shown.append((step, asked))
    return Checked(answers, errors, shown)


def asked(definition: Definition, answers: Mapping[str, Any]) -> Shown:
    """The steps with what they ask of somebody who gave these good answers."""
    shown = []
    for step in definition.steps:
        if holds(step.condition, answers):
            questions = [each for each in step.questions if holds(each.condition, answers)]
            if questions:
                shown.append((step, questions))
    return shown


def holds(condition: Condition | None, answers: Mapping[str, Any]) -> bool:
    """Whether what hangs on an earlier answer is shown, given the good answers before it."""
    if condition is None:
        return True
    if condition.question not in answers:
        return False
    if condition.test == ConditionTest.ANSWERED:
        return True
    value = answers[condition.question]
    given = set(value) if isinstance(value, list) else {value}
    return not given.isdisjoint(condition.values)


def _answer(
    question: Question, raw: Any, files: Collection[Any]
) -> tuple[Any, dict[str, list[str]]]:
    """The canonical answer (None for none), or what is wrong with each part of it."""
    fields = parts(question)
    if question.type == QuestionType.FILE:
        return _file(fields[""].error_messages["required"], question, raw, files)
    if question.type != QuestionType.ADDRESS:
        return _cleaned(question, {"": raw}).get("", (None, {}))
    if raw is not None and not isinstance(raw, Mapping):
        return None, {"": [str(_NO_FORM)]}
    given = {part: (raw or {}).get(part) for part in fields}
    if not question.required and any(_is_given(value) for value in given.values()):
        # Half an address leads nowhere.
        found = _cleaned(replace(question, required=True), given)
    else:
        found = _cleaned(question, given)
    wrong = {part: said[""] for part, (_value, said) in found.items() if said}
    whole = {part: value for part, (value, _said) in found.items() if value is not None}
    return whole or None, wrong


def _is_given(value: Any) -> bool:
    return bool(value.strip()) if isinstance(value, str) else value is not None


def _file(
    missing: Any, question: Question, raw: Any, files: Collection[Any]
) -> tuple[Any, dict[str, list[str]]]:
    if raw is None or raw == "":
        return None, {"": [str(missing)]} if question.required else {}
    # True is 1 to Python, and stands for no file.
    if isinstance(raw, bool) or not isinstance(raw, str | int) or raw not in files:
        return None, {"": [str(_("There is no such file."))]}
    return raw, {}


def _cleaned(
    question: Question, given: Mapping[str, Any]
) -> dict[str, tuple[Any, dict[str, list[str]]]]:
    found: dict[str, tuple[Any, dict[str, list[str]]]] = {}
    for part, form_field in parts(question).items():
        try:
            typed = _typed(question.type, given.get(part))
            found[part] = (canonical(form_field.clean(typed)), {})
        except ValidationError as error:
            found[part] = (None, {"": list(error.messages)})
    return found


def _typed(kind: str, value: Any) -> Any:
    """What a program sent, as a form would have it; raises ValidationError for another type."""
    if value is None:
        return [] if kind == QuestionType.CHOICES else ""
    if kind == QuestionType.CHOICES:
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            return list(dict.fromkeys(value[:1000]))
        raise ValidationError(_NO_FORM)
    if kind == QuestionType.STATEMENT:
        if value in (True, False, "", "on", "true"):
            return value in (True, "on", "true")
        raise ValidationError(_NO_FORM)
    if kind == QuestionType.NUMBER and type(value) in (int, float):
        return _plain(value)
    if not isinstance(value, str):
        raise ValidationError(_("Write this as text."))
    return value


def _plain(number: float) -> str:
    """A JSON number as it is typed; of absurd ones only that they are."""
    return repr(number) if abs(number) < 1e24 else "9" * 25


def canonical(value: Any) -> Any:
    """A field's value as JSON; None for no answer."""
    if value is None or value == "" or value == [] or value is False:
        return None
    if isinstance(value, Decimal):
        plain = value.normalize()
        return f"{plain:f}" if plain else "0"
    if isinstance(value, dt.date):
        return value.isoformat()
    return value
