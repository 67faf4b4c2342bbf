"""Surveys through the API: what is asked, answering, and the public results. docs/surveys.md."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema

from desk_core import human_check
from desk_core.responses import never_store
from desk_core.suppression import FEWEST
from desk_core.throttles import client_address, hit
from service_requests import limits
from service_requests.api import problems, schemas
from service_requests.enums import SurveyPurpose
from service_requests.errors import CaseError
from service_requests.surveys import (
    answering,
    composing,
    figures,
    links,
    permits,
    questions,
    showing,
)
from service_requests.surveys.figures import Figure
from service_requests.surveys.questions import Definition

router = Router(tags=["surveys"])
Answers = dict[str, int | str]
_REFUSED: Any = {422: problems.Problem, 409: problems.Problem, 429: problems.Problem}


class SurveyQuestionOut(Schema):
    """A question; `values` are what can be answered, none for words."""

    key: str
    type: str = Field(description="csat (1 to 5), nps (0 to 10), choice or text")
    text: str
    required: bool
    values: list[schemas.Option]


class SurveyOut(Schema):
    """A survey as it is asked now."""

    purpose: str
    title: str
    introduction: str
    questions: list[SurveyQuestionOut]


class SurveyTokenIn(Schema):
    """What follows # in the link, or the whole link."""

    token: str = Field(max_length=500)


class PermitOut(Schema):
    """The right to answer once; valid for two hours."""

    permit: str


class AnswersIn(Schema):
    """Grades and choices by question; words by question, which are sealed and never published."""

    answers: Answers
    words: dict[str, str] = {}


class PermittedAnswersIn(AnswersIn):
    """Answers with the right to give them."""

    permit: str = Field(max_length=2000)


class GeneralAnswersIn(AnswersIn):
    """Answers about the whole desk; the same `message_id` again is the same answer."""

    message_id: UUID
    human: schemas.HumanAnswer | None = None


class AnsweredOut(Schema):
    """`counted` is false where an answer was given with this right before."""

    counted: bool
    unhappy: bool = Field(description="True: offer them to object, or to have the case reopened")


class FigureOut(Schema):
    """What so many people answered; `counts` by value."""

    count: int
    counts: dict[str, int]
    satisfied_percent: float | None
    recommendation: float | None = Field(description="Net promoter score, -100 to 100")


class ResultOut(Schema):
    """One question; `figure` is null where it may not be shown."""

    key: str
    text: str
    figure: FigureOut | None


class PartOut(Schema):
    """One row of a table."""

    key: str
    label: str
    figure: FigureOut | None


class TableOut(Schema):
    """The main question by one property: department, kind or month ("1405-09")."""

    by: str
    parts: list[PartOut]


class SurveyResultsOut(Schema):
    """The results of one survey."""

    purpose: str
    questions: list[ResultOut]
    main: str
    tables: list[TableOut]


class ResultsOut(Schema):
    """The twelve Jalali months that are over."""

    first_month: str
    last_month: str
    fewest: int = Field(description="A figure rests on so many answers at least")
    surveys: list[SurveyResultsOut]


@router.get("/surveys/results", response=ResultsOut, summary="Results of the surveys")
def results(request: HttpRequest) -> dict[str, Any]:
    """As the page shows them; null where a figure rests on too few, or would give one away."""
    wanted = figures.window()
    books = composing.books()
    counts = figures.counted(wanted, kept=True)
    found = [showing.results_of(each, books[each], counts, wanted) for each in SurveyPurpose]
    return {
        "first_month": wanted[0],
        "last_month": wanted[-1],
        "fewest": FEWEST,
        "surveys": [_results(one) for one in found],
    }


@router.post("/surveys/link", response={200: PermitOut, **_REFUSED}, summary="Begin by a link")
def begin_by_link(request: HttpRequest, response: HttpResponse, body: SurveyTokenIn) -> Any:
    """Uses the link up. 422 at `token`: there is no such link, or it was used or is over."""
    never_store(response)
    if hit(limits.SURVEY_LINKS, client_address(request)).over:
        return problems.problem("too-often", 429, str(limits.ASKED_TOO_OFTEN))
    try:
        return {"permit": links.begin_by_token(token=body.token)}
    except CaseError as error:
        raise ValidationError({"token": [str(error)]}) from error


@router.post("/surveys/answers", response={200: AnsweredOut, **_REFUSED}, summary="Answer, once")
def answer(request: HttpRequest, response: HttpResponse, body: PermittedAnswersIn) -> Any:
    """After a case, with a permit and without its session. Sent again, it is not counted again."""
    never_store(response)
    try:
        permit = permits.read(body.permit)
    except CaseError as error:
        raise ValidationError(
            {"permit": [_("The time to answer is over. Begin again.")]}
        ) from error
    return _stored(
        permit.asked.definition, body, lambda given: answering.answer(permit=permit, given=given)
    )


@router.post("/surveys/general", response={200: AnsweredOut, **_REFUSED}, summary="Rate the desk")
def answer_generally(request: HttpRequest, response: HttpResponse, body: GeneralAnswersIn) -> Any:
    """Of anybody; takes a human check with the purpose `survey`."""
    never_store(response)
    asked = composing.current(SurveyPurpose.GENERAL)
    if asked is None:
        return problems.problem("not-possible", 409, _("No such survey is asked."))
    mark = str(body.message_id)
    human = body.human.dict() if body.human else None
    human_check.verify(human, purpose="survey", binding=mark)
    if hit(limits.SURVEYS, client_address(request)).over:
        return problems.problem("too-often", 429, str(limits.MANY_ANSWERS))
    return _stored(
        asked.definition, body, lambda given: answering.answer_generally(given=given, mark=mark)
    )


# After the others: it takes any word.
@router.get(
    "/surveys/{purpose}", response={200: SurveyOut, 404: problems.Problem}, summary="Survey"
)
def definition(request: HttpRequest, purpose: str) -> Any:
    """`closing` is asked after a case, `general` about the whole desk."""
    asked = composing.current(purpose) if purpose in SurveyPurpose.values else None
    if asked is None:
        return problems.problem("not-found", 404, _("No such survey is asked."))
    return {"purpose": purpose, **_definition(asked.definition)}


def _stored(asked: Definition, body: AnswersIn, store: Any) -> dict[str, bool]:
    """Errors of questions are told at the field that held them."""
    given = {**body.answers, **body.words}
    try:
        stored = store(given)
    except ValidationError as error:
        texts = {each.key for each in asked.questions if each.type == questions.TEXT}
        found: dict[str, list[str]] = {}
        for key, messages in error.message_dict.items():
            found.setdefault("words" if key in texts else "answers", []).extend(messages)
        raise ValidationError(found) from error
    return {"counted": stored.counted, "unhappy": stored.unhappy}


def _definition(asked: Definition) -> dict[str, Any]:
    return {
        "title": str(asked.title),
        "introduction": str(asked.introduction),
        "questions": [
            {
                "key": each.key,
                "type": each.type,
                "text": str(each.text),
                "required": each.required,
                "values": [
                    {"value": str(value), "label": each.label_of(value)} for value in each.values
                ],
            }
            for each in asked.questions
        ],
    }


def _results(one: showing.Results) -> dict[str, Any]:
    return {
        "purpose": one.purpose,
        "questions": [
            {"key": question.key, "text": str(question.text), "figure": _figure(figure)}
            for question, figure in one.rows
        ],
        "main": one.main.key if one.main else "",
        "tables": [
            {
                "by": table.name,
                "parts": [
                    {"key": part.key, "label": part.label, "figure": _figure(part.figure)}
                    for part in table.parts
                ],
            }
            for table in one.tables
        ],
    }


def _figure(figure: Figure | None) -> dict[str, Any] | None:
    if figure is None:
        return None
    return {
        "count": figure.count,
        "counts": {str(value): count for value, count in figure.counts.items()},
        "satisfied_percent": _rounded(figure.satisfied_percent),
        "recommendation": _rounded(figure.recommendation),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
