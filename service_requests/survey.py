"""The survey at the end of a case (R20): one answer each, kept apart from the case.

Using up the right to answer and storing the answer are two transactions, so that not even the
database's own transaction numbers tie them together. The answer has a random id and the Jalali
month; its comment is sealed under a key of its own whose date is that of the month.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from desk_core import suppression
from desk_core.models import SubjectKey
from desk_core.sealing import new_subject, open_subject
from persian import jalali
from service_requests.enums import CONCLUDED_STATES
from service_requests.errors import NotPossible
from service_requests.models import Case, SurveyAnswer
from service_requests.texts import clean_text

QUESTIONS = (
    ("guidance", _("How satisfied are you with how the steps were explained?")),
    ("speed", _("How satisfied are you with how quickly it went?")),
    ("follow_up", _("How satisfied are you with how you could follow it?")),
    ("accuracy", _("How satisfied are you with how clear and fitting the answer was?")),
    ("overall", _("How satisfied are you all in all?")),
)
SCALE = (
    (5, _("Very satisfied")),
    (4, _("Satisfied")),
    (3, _("Neither")),
    (2, _("Dissatisfied")),
    (1, _("Very dissatisfied")),
)
REQUIRED = "overall"
COMMENT_MAX = 2000
FEWEST_ANSWERS = suppression.FEWEST
MOST_COMMENTS = 200


@dataclass(frozen=True)
class SurveyFigures:
    """`count` answers; per question the mean (1…5) and the answers by grade, or None when few."""

    count: int
    questions: dict[str, tuple[float, dict[int, int]]] | None


def is_open(case: Case) -> bool:
    """Whether this case may still be rated."""
    return case.survey_invited and not case.survey_used and case.state in CONCLUDED_STATES


def answer(
    *,
    case: Case,
    answers: Mapping[str, Any],
    comment: str = "",
    message_id: UUID | None = None,
) -> None:
    """Store one answer for a concluded case; the same `message_id` again is the same answer.

    That id is kept with the case and not with the answer, so that it ties them to nothing. Raises
    ValidationError for a missing or impossible grade, NotPossible for a second answer.
    """
    grades = _clean(answers)
    comment = clean_text(comment, field="comment", limit=COMMENT_MAX, required=False)
    used = Case.objects.filter(
        pk=case.pk, survey_invited=True, survey_used=False, state__in=CONCLUDED_STATES
    ).update(survey_used=True, survey_key=message_id)
    if not used:
        if message_id and Case.objects.filter(pk=case.pk, survey_key=message_id).exists():
            return
        raise NotPossible(_("This case has been rated already, or cannot be rated yet."))
    case.survey_used = True
    _store(case, grades, comment)


def figures(
    rows: "QuerySet[SurveyAnswer]", *, among: "QuerySet[SurveyAnswer] | None" = None
) -> SurveyFigures:
    """Figures of a queryset; only the count when they rest on fewer than FEWEST_ANSWERS.

    `among` is the larger set that the reader can see as well: what is left of it must be nobody
    or as many, or subtracting would show the few.
    """
    all_answers = list(rows.values_list("answers", flat=True))
    others = among.count() - len(all_answers) if among is not None else 0
    if len(all_answers) < FEWEST_ANSWERS or suppression.few(others):
        return SurveyFigures(len(all_answers), None)
    questions: dict[str, tuple[float, dict[int, int]]] = {}
    for key, _label in QUESTIONS:
        grades = [found[key] for found in all_answers if key in found]
        if len(grades) >= FEWEST_ANSWERS:
            by_grade = {grade: grades.count(grade) for grade, _name in SCALE}
            questions[key] = (sum(grades) / len(grades), by_grade)
    return SurveyFigures(len(all_answers), questions)


def comment_of(row: SurveyAnswer) -> str:
    """The comment of one answer, or "" when there is none."""
    if row.subject_key is None or row.sealed_comment is None:
        return ""
    subject = open_subject(row.subject_key)
    return subject.open(bytes(row.sealed_comment), record=row.record).decode()


def comments(rows: "QuerySet[SurveyAnswer]") -> list[str]:
    """The comments of a queryset, in random order; only with FEWEST_ANSWERS answers or more."""
    if rows.count() < FEWEST_ANSWERS:
        return []
    written = rows.filter(sealed_comment__isnull=False).select_related("subject_key")
    found = [text for row in written[:MOST_COMMENTS] if (text := comment_of(row))]
    secrets.SystemRandom().shuffle(found)
    return found


def _clean(answers: Mapping[str, Any]) -> dict[str, int]:
    grades: dict[str, int] = {}
    errors: dict[str, list[Any]] = {}
    for key, _label in QUESTIONS:
        value = answers.get(key)
        if value in (None, ""):
            if key == REQUIRED:
                errors[key] = [_("Choose one of the options.")]
            continue
        text = str(value)
        if isinstance(value, bool) or text not in {"1", "2", "3", "4", "5"}:
            errors[key] = [_("Choose one of the options.")]
        else:
            grades[key] = int(text)
    if errors:
        raise ValidationError(errors)
    return grades


def _store(case: Case, grades: dict[str, int], comment: str) -> None:
    row = SurveyAnswer(
        month=jalali.month_key(timezone.now()),
        department_id=case.department_id,
        kind=case.kind,
        answers=grades,
    )
    with transaction.atomic():
        if comment:
            subject = new_subject()
            subject.save()
            SubjectKey.objects.filter(pk=subject.row.pk).update(created_at=_start_of(row.month))
            row.subject_key = subject.row
            row.sealed_comment = subject.seal(comment.encode(), record=row.record)
        row.save(force_insert=True)


def _start_of(month: str) -> datetime:
    year, number = map(int, month.split("-"))
    return datetime.combine(jalali.from_jalali(year, number, 1), time(0), tzinfo=UTC)
