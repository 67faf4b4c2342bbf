"""One answer for all requests about a notice: asked for once, given case by case by the worker.

Each case gets it through its own verb in a transaction of its own, which also writes down that it
has it: whatever dies, the rest goes on where it stopped and nobody is told twice. What has changed
since it was seen, is no longer linked, or may not be answered by this person is left alone and
said so. Complaints, and cases with something else open, are answered only where somebody ticked
them one by one.
"""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import Count, Exists, OuterRef
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from desk_core import audit
from desk_core.sealing import Erased, erase, new_subject, open_subject
from notices.models import Notice
from service_requests import four_eyes, permissions, workflow
from service_requests.enums import EventKind, GroupOutcome, GroupResult, Kind, Side, State
from service_requests.errors import Conflict, NotAllowed, NotPossible, SentBefore
from service_requests.models import (
    Case,
    CaseNotice,
    Enquiry,
    Event,
    GroupAnswer,
    GroupAnswerCase,
    Message,
)
from service_requests.paging import NEWEST
from service_requests.reply_words import filled, unknown_variables
from service_requests.texts import clean_text

logger = logging.getLogger(__name__)

#: So many cases get one answer at most; what is left gets another.
MOST = 2000
BATCH = 50
#: After so long a worker that said nothing is taken for dead.
PATIENCE = timedelta(minutes=5)
_MATTERS: dict[str, str | Promise] = {
    "complaint": _("a complaint"),
    State.NEEDS_INFO: _("waits for a reply of the applicant"),
    State.VISIT_REQUESTED: _("waits for a visit"),
    State.OBJECTED: _("the applicant objected"),
    "came_back": _("was objected to or opened again before"),
    "proposed": _("a rejection is proposed"),
    "unread": _("the applicant wrote something that nobody has read"),
    "asked": _("a third party was asked"),
    "other": _("is linked to another notice too"),
    "language": _("was written in another language"),
}


@dataclass(frozen=True)
class Candidate:
    """A linked case that this person may answer; `matters` is what else is open in it."""

    case: Case
    matters: tuple[str | Promise, ...]

    @property
    def quiet(self) -> bool:
        """Whether nothing but the notice is open: such cases are ticked beforehand."""
        return not self.matters


@dataclass(frozen=True)
class Chosen:
    """The cases that somebody ticked.

    `ticked` were chosen one by one; `rest` adds all quiet ones but those `left_out`.
    """

    ticked: Collection[UUID]
    left_out: Collection[UUID] = ()
    rest: bool = False

    def takes(self, candidate: Candidate) -> bool:
        """Whether this case is among them."""
        key = candidate.case.pk
        return key in self.ticked or (self.rest and candidate.quiet and key not in self.left_out)


def candidates(*, notice: Notice, user: Any, language: str) -> list[Candidate]:
    """The open cases about a notice that this person sees and may answer; at most MOST. A query."""
    links = CaseNotice.objects.active().filter(case=OuterRef("pk"))
    now = timezone.now()
    questions = Enquiry.objects.filter(
        case=OuterRef("pk"), answered_at=None, revoked_at=None, expires_at__gt=now
    )
    wrote = Message.objects.filter(case=OuterRef("pk"), side=Side.APPLICANT)
    back = Event.objects.filter(
        case=OuterRef("pk"), kind__in=(EventKind.OBJECTED, EventKind.REOPENED)
    )
    rows = Case.objects.visible_to(user).open().linked_to(notice).for_list()
    rows = rows.annotate(
        asked=Exists(questions),
        wrote=Exists(wrote),
        came_back=Exists(back),
        other=Exists(links.exclude(notice=notice)),
    )
    return [
        Candidate(case, _matters(case, language))
        for case in rows.order_by(*NEWEST)[:MOST]
        if permissions.user_can_answer(user, case)
    ]


def _matters(case: Any, language: str) -> tuple[str | Promise, ...]:
    """What else is open in an annotated case, in words."""
    found = {
        "complaint": case.kind == Kind.COMPLAINT,
        case.state: case.state in _MATTERS,
        "came_back": case.came_back and case.state != State.OBJECTED,
        "proposed": case.rejection_proposed,
        "unread": case.unread_by_staff and case.wrote,
        "asked": case.asked,
        "other": case.other,
        "language": case.language != language,
    }
    return tuple(_MATTERS[name] for name, holds in found.items() if holds)


def clean_words(text: str) -> str:
    """The answer as it is kept; raises ValidationError({"text": …}) also for unknown variables."""
    text = clean_text(text)
    if unknown_variables(text):
        raise ValidationError({"text": [_("A name in braces stands for nothing that is known.")]})
    return text


def ask(
    *,
    answer_id: UUID,
    notice: Notice,
    actor: Any,
    outcome: str,
    text: str,
    language: str,
    chosen: Chosen,
    seen_at: datetime,
) -> GroupAnswer:
    """Have one answer given in many cases; the worker does it. The same id again is the same one.

    A case in which something happened after `seen_at` is left alone. Raises NotAllowed, SentBefore
    for an id that stands for somebody else's, and ValidationError by field.
    """
    if not permissions.user_can_act_in_bulk(actor):
        raise NotAllowed
    known = GroupAnswer.objects.filter(pk=answer_id).first()
    if known is not None:
        return _the_same(known, notice, actor)
    if outcome not in GroupOutcome.values:
        raise ValidationError({"outcome": [_("Choose one of these.")]})
    if language not in dict(settings.LANGUAGES):
        raise ValidationError({"language": [_("Choose one of these.")]})
    text = clean_words(text)
    found = candidates(notice=notice, user=actor, language=language)
    cases = [each.case for each in found if chosen.takes(each)]
    if not cases:
        raise ValidationError(_("Choose at least one case that you may answer."))
    subject = new_subject()
    answer = GroupAnswer(
        pk=answer_id,
        notice=notice,
        asked_by=actor,
        outcome=outcome,
        language=language,
        subject_key=subject.row,
    )
    answer.sealed_text = subject.seal(text.encode(), record=answer.record)
    try:
        with transaction.atomic():
            subject.save()
            answer.save(force_insert=True)
            GroupAnswerCase.objects.bulk_create(
                GroupAnswerCase(
                    answer=answer, case=case, seen=case.version, result=_at(case, seen_at)
                )
                for case in cases
            )
            audit.record(
                action="case.group_answer",
                actor=actor,
                target=f"group-answer:{answer.pk}",
                detail={"notice": str(notice.pk), "cases": len(cases), "outcome": outcome},
            )
            transaction.on_commit(lambda: _enqueue(answer))
    except IntegrityError:
        # The same, sent twice at once.
        known = GroupAnswer.objects.filter(pk=answer_id).first()
        if known is None:
            raise
        return _the_same(known, notice, actor)
    return answer


def work(*, answer_id: UUID) -> bool:
    """Give an answer in the next cases that wait; whether more of them do. Safe to repeat."""
    answer = _take(answer_id)
    if answer is None:
        return False
    waiting = answer.cases.filter(result=GroupResult.WAITING).order_by("pk")
    # Read again: what the person may do is decided by their roles of now.
    people = get_user_model()._default_manager.filter(is_active=True)
    actor = people.in_bulk([answer.asked_by_id]).get(answer.asked_by_id)
    if actor is None:
        waiting.update(result=GroupResult.FORBIDDEN)
    else:
        text = _words(answer)
        for key in list(waiting.values_list("pk", flat=True)[:BATCH]):
            _give(key, answer, actor, text)
    return _leave(answer)


def go_on(*, at: datetime) -> int:
    """Go on with answers whose worker died, a batch each; how many. Safe to repeat."""
    unfinished = GroupAnswer.objects.filter(finished_at=None, asked_at__lte=at - PATIENCE)
    keys = list(unfinished.order_by("asked_at").values_list("pk", flat=True)[:BATCH])
    for key in keys:
        work(answer_id=key)
    return len(keys)


def progress(answer: GroupAnswer) -> dict[str, int]:
    """How many cases had which result; every result is named. One query."""
    rows = answer.cases.order_by().values_list("result").annotate(count=Count("pk"))
    return {**dict.fromkeys(GroupResult.values, 0), **dict(rows)}


def _the_same(known: GroupAnswer, notice: Notice, actor: Any) -> GroupAnswer:
    if (known.asked_by_id, known.notice_id) != (actor.pk, notice.pk):
        raise SentBefore
    return known


def _at(case: Case, seen_at: datetime) -> GroupResult:
    return GroupResult.CHANGED if case.last_activity_at > seen_at else GroupResult.WAITING


def _enqueue(answer: GroupAnswer) -> None:
    from service_requests.tasks import give_group_answer

    give_group_answer.enqueue(str(answer.pk))


def _take(answer_id: UUID) -> GroupAnswer | None:
    """An unfinished answer that no other worker is at, taken for a while."""
    now = timezone.now()
    with transaction.atomic():
        rows = GroupAnswer.objects.select_for_update(of=("self",)).select_related("subject_key")
        answer = rows.filter(pk=answer_id, finished_at=None).first()
        if answer is None or (answer.busy_until is not None and answer.busy_until > now):
            return None
        answer.busy_until = now + PATIENCE
        answer.save(update_fields=["busy_until"])
    return answer


def _leave(answer: GroupAnswer) -> bool:
    """Let others go on; when nothing waits any more the words are destroyed: each case has them."""
    with transaction.atomic():
        more = answer.cases.filter(result=GroupResult.WAITING).exists()
        answer.busy_until = None
        if not more:
            key = answer.subject_key
            answer.finished_at, answer.sealed_text, answer.subject_key = timezone.now(), None, None
        answer.save()
        if not more and key is not None:
            erase(key)
    return more


def _words(answer: GroupAnswer) -> str:
    assert answer.subject_key is not None  # noqa: S101 – it goes when the answer is finished
    subject = open_subject(answer.subject_key)
    return subject.open(bytes(answer.sealed_text or b""), record=answer.record).decode()


def _give(key: int, answer: GroupAnswer, actor: Any, text: str) -> None:
    """One case: what is done to it and that it was done stand or fall together."""
    with transaction.atomic():
        rows = GroupAnswerCase.objects.select_for_update(of=("self",))
        row = rows.filter(pk=key, result=GroupResult.WAITING).first()
        if row is None:
            return
        row.result = _result(row, answer, actor, text)
        row.save(update_fields=["result"])


def _result(row: GroupAnswerCase, answer: GroupAnswer, actor: Any, text: str) -> GroupResult:
    try:
        with transaction.atomic():
            return _carry_out(row, answer, actor, text)
    except Conflict:
        return GroupResult.CHANGED
    except (NotAllowed, Erased):
        return GroupResult.FORBIDDEN
    except (NotPossible, ValidationError):
        return GroupResult.STATE
    except DatabaseError:
        raise
    except Exception:
        logger.exception("An answer to many could not be given in one of its cases.")
        return GroupResult.FAILED


def _carry_out(row: GroupAnswerCase, answer: GroupAnswer, actor: Any, text: str) -> GroupResult:
    """By the verbs of the case; first the review that it takes before an answer."""
    visible = Case.objects.visible_to(actor).select_related("subject_key", "department", "service")
    case = visible.filter(pk=row.case_id).first()
    if case is None:
        raise NotAllowed
    if not case.notice_links.active().filter(notice=answer.notice_id).exists():
        return GroupResult.UNLINKED
    if case.version != row.seen:
        raise Conflict
    words = filled(text, case, language=answer.language)
    if case.state != State.IN_REVIEW:
        case = workflow.start_review(case=case, expected=case.version, actor=actor)
    if answer.outcome == GroupOutcome.ANSWER:
        workflow.answer(case=case, expected=case.version, text=words, actor=actor)
    elif four_eyes.takes_two(case):
        four_eyes.propose(case=case, expected=case.version, reason=words, actor=actor)
        return GroupResult.PROPOSED
    else:
        workflow.reject(case=case, expected=case.version, reason=words, actor=actor)
    return GroupResult.DONE
