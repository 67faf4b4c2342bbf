"""From what an editor put together to a definition, and the editor's mistakes beside their blocks.

A condition names its question and the answer in words; here they become keys. Words that lead
nowhere become keys of nothing, which `objections` says.
"""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from wagtail.blocks import StreamBlockValidationError, StructBlockValidationError

from persian.text import normalise, search_key
from service_requests.enums import ConditionTest, PersonType, QuestionType
from service_requests.request_forms.definition import (
    Condition,
    Definition,
    Option,
    Question,
    Step,
)
from service_requests.request_forms.objections import Objection, objections

if TYPE_CHECKING:
    from service_requests.models import RequestFormPage

_IN_CONDITION = frozenset({"question", "test", "values"})
_NOWHERE = "-"


def definition_of(page: "RequestFormPage") -> Definition:
    """The page's own content as a definition, finished or not."""
    chosen = {PersonType.NATURAL: page.for_natural, PersonType.LEGAL: page.for_legal}
    chosen[PersonType.FOREIGN] = page.for_foreign
    return Definition(
        title=normalise(page.title),
        intro=normalise(page.search_description),
        language=page.locale.language_code,
        kind=page.kind,
        person_types=tuple(each.value for each, wanted in chosen.items() if wanted),
        departments=tuple(sorted(row.key for row in page.departments.all())),
        services=tuple(sorted(row.key for row in page.services.all())),
        steps=_steps(page.steps),
    )


def mistakes_in(page: "RequestFormPage") -> list[Objection]:
    """Everything that keeps the page's form from being published."""
    return objections(definition_of(page))


def as_block_errors(found: Sequence[Objection]) -> ValidationError:
    """The error of the field `steps`: each message at the block that it is about."""
    whole = [each.message for each in found if each.step is None]
    steps: dict[int, ValidationError] = {}
    for number in sorted({each.step for each in found if each.step is not None}):
        here = [each for each in found if each.step == number]
        steps[number] = _step_error(here)
    return StreamBlockValidationError(block_errors=steps, non_block_errors=whole)


def _step_error(found: Sequence[Objection]) -> ValidationError:
    own = [each for each in found if each.question is None]
    questions = {
        place: _struct_error([each for each in found if each.question == place])
        for place in sorted({each.question for each in found if each.question is not None})
    }
    errors = _block_errors(own)
    if questions:
        errors["questions"] = StreamBlockValidationError(block_errors=questions)
    return StructBlockValidationError(
        block_errors=errors, non_block_errors=[each.message for each in own if not each.field]
    )


def _struct_error(found: Sequence[Objection]) -> ValidationError:
    return StructBlockValidationError(
        block_errors=_block_errors(found),
        non_block_errors=[each.message for each in found if not each.field],
    )


def _block_errors(found: Sequence[Objection]) -> dict[str, ValidationError]:
    inside = {each.field: ValidationError(each.message) for each in found if each.field}
    condition = {name: inside.pop(name) for name in _IN_CONDITION & set(inside)}
    if condition:
        inside["shown_if"] = StructBlockValidationError(block_errors=condition)
    return inside


def _steps(stream: Any) -> tuple[Step, ...]:
    asked: dict[str, list[Question]] = {}
    steps = []
    blocks = list(stream)
    for number, block in enumerate(blocks):
        for each in block.value["questions"]:
            asked.setdefault(search_key(each.value["label"]), []).append(_bare(each, number))
    known = {words: found[0] for words, found in asked.items()}
    for number, block in enumerate(blocks):
        value = block.value
        steps.append(
            Step(
                key=_key("s", block.id, number, value["title"]),
                title=normalise(value["title"]),
                intro=normalise(value["intro"] or ""),
                condition=_condition(value["shown_if"], known),
                questions=tuple(_question(each, number, known) for each in value["questions"]),
            )
        )
    return tuple(steps)


def _key(kind: str, identity: Any, *otherwise: Any) -> str:
    """A key from a block's identity; one that has none yet is known by where it is and says."""
    if identity is None:
        identity = uuid.uuid5(uuid.NAMESPACE_OID, "\x1f".join(map(str, otherwise)))
    hexadecimal = "".join(sign for sign in str(identity).lower() if sign in "0123456789abcdef")
    return f"{kind}{hexadecimal[:12]}"


def _bare(block: Any, step: int) -> Question:
    """A question without its condition."""
    value = block.value
    places = value.get("places") or 0
    return Question(
        key=_key("q", block.id, step, value["label"]),
        type=QuestionType(block.block_type),
        label=normalise(value["label"]),
        hint=normalise(value["hint"] or ""),
        required=bool(value.get("required", True)),
        options=_options(value["options"]) if "options" in value else (),
        minimum=_limit(value.get("minimum")),
        maximum=_limit(value.get("maximum")),
        places=int(places),
    )


def _options(value: Any) -> tuple[Option, ...]:
    return tuple(
        Option(value=_key("o", block.id, block.value), label=normalise(block.value or ""))
        for block in value.bound_blocks
    )


def _limit(value: Any) -> str:
    return "" if value is None else f"{value:f}"


def _question(block: Any, step: int, known: dict[str, Question]) -> Question:
    return replace(_bare(block, step), condition=_condition(block.value["shown_if"], known))


def _condition(value: Any, known: dict[str, Question]) -> Condition | None:
    words = search_key(value["question"] or "")
    if not words:
        return None
    asked = known.get(words)
    test = ConditionTest(value["test"])
    if asked is None or test == ConditionTest.ANSWERED:
        return Condition(question=asked.key if asked else _NOWHERE, test=test)
    options = {search_key(option.label): option.value for option in asked.options}
    typed = [line.strip() for line in (value["values"] or "").splitlines() if line.strip()]
    values = tuple(options.get(search_key(line), line) for line in typed)
    return Condition(question=asked.key, test=test, values=values)
