"""What is wrong with a definition, said to the editor at the block that it is about. Pure."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from persian.digits import localised
from persian.text import search_key
from service_requests.enums import ConditionTest, QuestionType
from service_requests.request_forms.definition import (
    MOST_FILES,
    MOST_OPTIONS,
    MOST_QUESTIONS,
    MOST_STEPS,
    WITH_OPTIONS,
    Condition,
    Definition,
    Question,
)


@dataclass(frozen=True, kw_only=True)
class Objection:
    """A message, and where: number of the step and of the question in it, and the block's field.

    None stands for the whole form, or the step itself.
    """

    message: str
    step: int | None = None
    question: int | None = None
    field: str = ""


def objections(definition: Definition) -> list[Objection]:
    """Everything that keeps the form from being published; empty when nothing does."""
    return [*_of_the_whole(definition), *_of_conditions(definition), *_of_questions(definition)]


def _of_the_whole(definition: Definition) -> Iterator[Objection]:
    asked = list(definition.questions())
    if not asked:
        yield Objection(message=_("Write at least one question."))
    if len(definition.steps) > MOST_STEPS or len(asked) > MOST_QUESTIONS:
        yield Objection(
            message=_("A form has at most %(steps)s steps and %(questions)s questions.")
            % {"steps": localised(MOST_STEPS), "questions": localised(MOST_QUESTIONS)}
        )
    files = sum(question.type == QuestionType.FILE for question in asked)
    if files > MOST_FILES:
        yield Objection(
            message=_("A form asks for at most %(count)s files.") % {"count": localised(MOST_FILES)}
        )
    keys = Counter([*(step.key for step in definition.steps), *(each.key for each in asked)])
    for number, step in enumerate(definition.steps):
        if not step.questions:
            yield Objection(message=_("Write at least one question."), step=number)
        if keys[step.key] > 1:
            yield Objection(message=_doubled(), step=number)
        for place, question in enumerate(step.questions):
            if keys[question.key] > 1:
                yield Objection(message=_doubled(), step=number, question=place, field="label")


def _doubled() -> str:
    return _("This is here twice with one identity. Delete it and add it anew.")


def _of_conditions(definition: Definition) -> Iterator[Objection]:
    later = {question.key for question in definition.questions()}
    earlier: dict[str, Question] = {}
    for number, step in enumerate(definition.steps):
        for field, said in _condition(step.condition, earlier, later):
            yield Objection(message=said, step=number, field=field)
        for place, question in enumerate(step.questions):
            for field, said in _condition(question.condition, earlier, later):
                yield Objection(message=said, step=number, question=place, field=field)
            earlier[question.key] = question
            later.discard(question.key)


def _condition(
    condition: Condition | None, earlier: dict[str, Question], later: set[str]
) -> Iterator[tuple[str, str]]:
    if condition is None:
        return
    asked = earlier.get(condition.question)
    if asked is None:
        yield (
            "question",
            _("That question comes later. A condition looks at earlier questions only.")
            if condition.question in later
            else _("There is no question with these words. Write it exactly as it is asked."),
        )
        return
    if condition.test == ConditionTest.ANSWERED:
        return
    if asked.type not in WITH_OPTIONS:
        yield "test", _("Only a question with options can be asked for its answer.")
    elif not condition.values:
        yield "values", _("Write the answer, one in each line.")
    elif unknown := set(condition.values) - {option.value for option in asked.options}:
        shown = _(", ").join(sorted(option.label for option in asked.options))
        yield (
            "values",
            _("“%(answer)s” is no option of that question. Its options: %(options)s.")
            % {"answer": sorted(unknown)[0], "options": shown},
        )
    elif condition.test == ConditionTest.EQUALS and len(condition.values) > 1:
        yield "values", _("Write one answer only, or choose “is one of”.")


def _of_questions(definition: Definition) -> Iterator[Objection]:
    for number, step in enumerate(definition.steps):
        for place, question in enumerate(step.questions):
            for field, said in _one(question):
                yield Objection(message=said, step=number, question=place, field=field)


def _one(question: Question) -> Iterator[tuple[str, str]]:
    if question.type in WITH_OPTIONS:
        labels = [search_key(option.label) for option in question.options]
        values = [option.value for option in question.options]
        if len(labels) < 2:
            yield "options", _("Write at least two options.")
        elif len(labels) > MOST_OPTIONS:
            yield (
                "options",
                _("A question has at most %(count)s options.") % {"count": localised(MOST_OPTIONS)},
            )
        elif len(set(labels)) < len(labels) or len(set(values)) < len(values):
            yield "options", _("Two options are the same.")
    if (
        question.minimum
        and question.maximum
        and Decimal(question.minimum) > Decimal(question.maximum)
    ):
        yield "maximum", _("The largest number is below the smallest.")
