"""Storing one answer, exactly once for a permit, where nothing leads from it to anybody."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from desk_core.sealing import new_subject
from persian import jalali
from service_requests.enums import SurveyPurpose
from service_requests.errors import NotPossible
from service_requests.models import Case, PendingAnswer, SpentPermit
from service_requests.surveys import keys, links, permits, questions


@dataclass(frozen=True, slots=True)
class Stored:
    """`counted` is False where an answer was given with this permit before: nothing was stored."""

    counted: bool
    unhappy: bool


def answer(*, permit: permits.Permit, given: Mapping[str, Any]) -> Stored:
    """Put an answer among those that wait; the same permit again stores nothing.

    Raises ValidationError by question; then the permit is as good as before.
    """
    definition = permit.asked.definition
    filled = questions.clean(definition, given)
    unhappy = questions.is_unhappy(definition, filled.answers)
    row = PendingAnswer(
        month=jalali.month_key(timezone.now()),
        purpose=permit.asked.purpose,
        version_id=permit.asked.version,
        department_id=permit.department_id,
        kind=permit.kind,
        answers=filled.answers,
    )
    try:
        with transaction.atomic():
            SpentPermit(digest=permit.spent).save(force_insert=True)
            if filled.words:
                subject = new_subject()
                keys.save(subject, row.month)
                row.subject_key = subject.row
                row.sealed_comment = subject.seal_json(filled.words, record=row.record)
            row.save(force_insert=True)
    except IntegrityError:
        if permits.is_spent(permit):
            return Stored(False, unhappy)
        raise
    return Stored(True, unhappy)


def answer_case(*, case: Case, given: Mapping[str, Any], message_id: UUID | None = None) -> None:
    """Begin and answer in one go, for programs that hold a session of the case.

    The same `message_id` again is the same answer; it is kept with the case, not with the answer.
    Raises ValidationError by question, NotPossible for a second answer.
    """
    if message_id and Case.objects.filter(pk=case.pk, survey_key=message_id).exists():
        return
    permit = permits.read(links.begin(case=case))
    if not answer(permit=permit, given=given).counted:
        raise NotPossible(links.NOT_NOW)
    if message_id:
        Case.objects.filter(pk=case.pk).update(survey_key=message_id)


def answer_generally(*, given: Mapping[str, Any], mark: str) -> Stored:
    """An answer about the whole desk; the same mark again is the same answer.

    Raises ValidationError by question, NotPossible while nothing is asked.
    """
    from service_requests.surveys import composing

    asked = composing.current(SurveyPurpose.GENERAL)
    if asked is None:
        raise NotPossible
    return answer(permit=permits.for_anybody(asked, mark), given=given)
