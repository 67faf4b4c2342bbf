"""A form as JSON Schema (2020-12): titles in its language, conditions as if/then.

What the schema takes, the rules take, and the other way round as far as a schema can say it; check
digits and lengths after normalising are the rules' alone. Answers that are not asked for are
allowed, and dropped. `x-order`, `x-steps` and `x-type` say how the pages would draw it.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from service_requests.enums import ConditionTest, QuestionType
from service_requests.forms import LABELS
from service_requests.models import FormVersion
from service_requests.request_forms.definition import (
    MOST_FILES,
    Condition,
    Definition,
    Question,
    Step,
)
from service_requests.request_forms.fields import ADDRESS, LONG_TEXT_MAX, TEXT_MAX

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_FILLED = r"\S"


def of(version: FormVersion) -> dict[str, Any]:
    """The schema of the answers to one version."""
    definition = version.questions
    always, sometimes = [], []
    for step, question in _asked(definition):
        if not _must(question):
            continue
        needed = _when(definition, step, question)
        if needed:
            sometimes.append({"if": _all(needed), "then": {"required": [question.key]}})
        else:
            always.append(question.key)
    return {
        "$schema": _DIALECT,
        "title": definition.title,
        "description": definition.intro,
        "type": "object",
        "properties": {
            question.key: {**_property(question), "x-order": order}
            for order, question in enumerate(definition.questions(), start=1)
        },
        "required": always,
        "allOf": sometimes,
        "x-form": {
            "key": version.form.key,
            "version": version.pk,
            "language": version.language,
            "sha256": version.digest,
            "kind": definition.kind,
            "person_types": list(definition.person_types),
            "departments": list(definition.departments),
            "services": list(definition.services),
        },
        "x-steps": [
            {
                "title": step.title,
                "description": step.intro,
                "questions": [question.key for question in step.questions],
            }
            for step in definition.steps
        ],
    }


def _asked(definition: Definition) -> list[tuple[Step, Question]]:
    return [(step, question) for step in definition.steps for question in step.questions]


def _must(question: Question) -> bool:
    return question.required or question.type == QuestionType.STATEMENT


def _when(definition: Definition, step: Step, question: Question) -> list[dict[str, Any]]:
    """All that must hold for it to be asked, back to what always is."""
    where = {each.key: (at, each) for at, each in _asked(definition)}
    found: list[dict[str, Any]] = []
    waiting = [step.condition, question.condition]
    while waiting:
        condition = waiting.pop()
        if condition is None:
            continue
        earlier_step, earlier = where[condition.question]
        found.append(_answered(condition, earlier))
        waiting += [earlier_step.condition, earlier.condition]
    return found


def _all(conditions: list[dict[str, Any]]) -> dict[str, Any]:
    return conditions[0] if len(conditions) == 1 else {"allOf": conditions}


def _answered(condition: Condition, question: Question) -> dict[str, Any]:
    key = question.key
    if condition.test == ConditionTest.ANSWERED:
        given: dict[str, Any] = _given(question)
    elif question.type == QuestionType.CHOICES:
        given = {"type": "array", "contains": {"enum": list(condition.values)}}
    else:
        given = {"enum": list(condition.values)}
    return {"properties": {key: given}, "required": [key]}


def _given(question: Question) -> dict[str, Any]:
    """What counts as an answer at all."""
    if question.type == QuestionType.CHOICES:
        return {"minItems": 1}
    if question.type == QuestionType.STATEMENT:
        return {"const": True}
    if question.type == QuestionType.ADDRESS:
        return {"type": "object", "minProperties": 1}
    return {"pattern": _FILLED}  # of text alone; a number or a file is an answer as it is


def _property(question: Question) -> dict[str, Any]:
    shape: dict[str, Any] = {"title": question.label}
    if question.hint:
        shape["description"] = question.hint
    return {**shape, **_shape(question), "x-type": str(question.type)}


def _shape(question: Question) -> Mapping[str, Any]:
    filled = {"pattern": _FILLED} if _must(question) else {}
    text = {"type": "string", **filled}
    if question.type in (QuestionType.TEXT, QuestionType.LONG_TEXT):
        longest = TEXT_MAX if question.type == QuestionType.TEXT else LONG_TEXT_MAX
        return {**text, "maxLength": longest}
    if question.type == QuestionType.NUMBER:
        return _number(question)
    if question.type == QuestionType.DATE:
        return {**text, "format": "date"}
    options = [{"const": option.value, "title": option.label} for option in question.options]
    if question.type == QuestionType.CHOICE:
        return {"type": "string", "oneOf": options}
    if question.type == QuestionType.CHOICES:
        fewest = {"minItems": 1} if _must(question) else {}
        return {"type": "array", "items": {"oneOf": options}, "uniqueItems": True, **fewest}
    if question.type == QuestionType.FILE:
        return {"type": "integer", "minimum": 0, "maximum": MOST_FILES - 1}
    if question.type == QuestionType.STATEMENT:
        return {"const": True}
    if question.type == QuestionType.ADDRESS:
        return {
            "type": "object",
            "properties": {
                part: {"type": "string", "title": str(LABELS[part])} for part in ADDRESS
            },
            "required": list(ADDRESS[:-1]),
            "additionalProperties": False,
        }
    return text


def _number(question: Question) -> dict[str, Any]:
    shape: dict[str, Any] = {"type": "number" if question.places else "integer"}
    for name, limit in (("minimum", question.minimum), ("maximum", question.maximum)):
        if limit:
            exact = Decimal(limit)
            shape[name] = int(exact) if exact == int(exact) else float(exact)
    return shape
