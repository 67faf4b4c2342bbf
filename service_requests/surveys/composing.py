"""From what editors compose to what people are asked (R20).

Saving a survey whose wording changed makes a new version; earlier ones stay as they were, and who
is answering one of them goes on with it.
"""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from service_requests.enums import SurveyPurpose
from service_requests.models import Survey, SurveyVersion
from service_requests.surveys import ready
from service_requests.surveys.blocks import questions_in
from service_requests.surveys.questions import (
    CHOICE,
    CSAT,
    NPS,
    TEXT,
    Definition,
    Question,
    QuestionType,
    Words,
    from_json,
    to_json,
)

_TYPES: dict[str, QuestionType] = {
    "satisfaction": CSAT,
    "recommend": NPS,
    "choice": CHOICE,
    "words": TEXT,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A survey as it is asked; `version` is None for the desk's own questions."""

    purpose: str
    version: int | None
    definition: Definition
    invite_by_message: bool = False


def current(purpose: str) -> Asked | None:
    """What is asked now; None where a survey was composed, but none is asked. One query."""
    rows = Survey.objects.filter(purpose=purpose).order_by("-active", "-pk")
    row = rows.values("active", "invite_by_message", "pk").first()
    if row is None:
        return Asked(purpose, None, ready.OWN[purpose])
    if not row["active"]:
        return None
    version = SurveyVersion.objects.filter(survey_id=row["pk"]).order_by("-number").first()
    if version is None:
        return None
    definition = from_json(version.definition)
    return Asked(purpose, version.pk, definition, row["invite_by_message"])


def asked_as(purpose: str, version_id: int | None) -> Asked | None:
    """The survey as it was asked in a version."""
    if version_id is None:
        return Asked(purpose, None, ready.OWN[purpose])
    version = SurveyVersion.objects.filter(pk=version_id, purpose=purpose).first()
    return Asked(purpose, version.pk, from_json(version.definition)) if version else None


@dataclass(frozen=True, slots=True)
class Book:
    """Everything that was ever asked for a purpose, the oldest first, and what is asked now."""

    definitions: tuple[Definition, ...]
    asked: Asked | None

    @property
    def latest(self) -> Definition:
        """The wording of now, else the one that was asked last."""
        return self.asked.definition if self.asked else self.definitions[-1]

    def questions(self) -> dict[str, Question]:
        """Each question as last worded, by key; those of the latest wording first."""
        worded = {each.key: each for one in self.definitions for each in one.questions}
        order = [each.key for each in self.latest.questions]
        return {key: worded[key] for key in dict.fromkeys([*order, *worded])}


def books() -> dict[str, Book]:
    """The books of all purposes. One query."""
    found: dict[str, list[Definition]] = {each: [ready.OWN[each]] for each in SurveyPurpose.values}
    own = {each: Asked(each, None, ready.OWN[each]) for each in SurveyPurpose.values}
    asked: dict[str, Asked | None] = {**own}
    rows = SurveyVersion.objects.select_related("survey").order_by("pk")
    for row in rows.defer("survey__questions"):
        definition = from_json(row.definition)
        found[row.purpose].append(definition)
        if row.survey.active and row.survey.purpose == row.purpose:
            asked[row.purpose] = Asked(row.purpose, row.pk, definition)
        elif asked[row.purpose] is own[row.purpose]:
            asked[row.purpose] = None
    return {each: Book(tuple(found[each]), asked[each]) for each in SurveyPurpose.values}


def publish(*, survey: Survey) -> SurveyVersion:
    """Keep the wording as a version, if it is not the latest one already. Safe to repeat."""
    kept = to_json(definition_of(survey))
    with transaction.atomic():
        Survey.objects.select_for_update().get(pk=survey.pk)
        latest = survey.versions.order_by("-number").first()
        if latest is not None and (latest.definition, latest.purpose) == (kept, survey.purpose):
            return latest
        return SurveyVersion.objects.create(
            survey=survey,
            number=latest.number + 1 if latest else 1,
            purpose=SurveyPurpose(survey.purpose),
            definition=kept,
        )


def definition_of(survey: Survey) -> Definition:
    """The questions as they are composed now."""
    questions: list[Question] = []
    for key, block_type, value in questions_in(survey.questions):
        if block_type == "official":
            questions += ready.OFFICIAL
        else:
            questions.append(_question(key, block_type, value))
    return Definition(
        title=Words(survey.title, survey.title_en),
        introduction=Words(survey.introduction, survey.introduction_en),
        questions=tuple(questions),
    )


def _question(key: str, block_type: str, value: Any) -> Question:
    choices = value.get("choices") or ()
    bound = getattr(choices, "bound_blocks", [])
    return Question(
        key=key,
        type=_TYPES[block_type],
        text=Words(value["text"], value["text_en"] or ""),
        required=bool(value["required"]),
        choices=tuple(
            (each.id.replace("-", ""), Words(each.value["text"], each.value["text_en"] or ""))
            for each in bound
        ),
    )
