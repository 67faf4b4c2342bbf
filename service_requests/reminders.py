"""Reminding staff of due times, step by step of the ladder, each step once for each promise.

The worker looks at the clocks whose time to be looked at has come, in batches of one short
transaction each; a message is a row of the same transaction. Everybody gets one message a batch,
however many cases it names. A case without a due time has no step; what waits for the applicant is
not hurried.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.db.models import F

from desk_core import outbox
from desk_core.inserts import insert
from desk_core.outbox import Outgoing
from desk_core.sealing import new_subject
from service_requests import reminded_people
from service_requests.enums import ReminderWhom
from service_requests.ladder import AFTER, Ladders, Look, Step, look
from service_requests.models import Case, ReminderTold
from service_requests.notify import Addressee
from sla import clocks, moments
from sla.models import Clock

BATCH = 200
#: So many codes are named in one message; the list in the admin has them all.
MOST_CODES = 20
_FOLDER = "service_requests/messages"


@dataclass
class _Letter:
    """What one person is told: the codes of cases, late ones apart."""

    late: list[str] = field(default_factory=list)
    near: list[str] = field(default_factory=list)


def remind(*, at: datetime) -> int:
    """Tell every step that has come; how many. Safe to repeat."""
    count = 0
    while True:
        with transaction.atomic():
            ready = Clock.objects.to_look_at(at).select_for_update(of=("self",), skip_locked=True)
            batch = list(ready[:BATCH])
            if not batch:
                return count
            count += _look_at(batch, at)


def look_again(*, department_id: int | None) -> None:
    """The ladder of a department (None: the body's) changed: look at its clocks at the next turn.

    Nobody is told again of what they were told: a step is known by what it says, and one whose
    moment has passed since its people were told last is left out (`ladder.look`).
    """
    rows = Clock.objects.running()
    if department_id is not None:
        rows = rows.filter(department_id=department_id)
    rows.update(look_at=F("started_at"))


def told_of(case: Case) -> list[ReminderTold]:
    """The reminders of the promises to one case, in order. One query."""
    rows = ReminderTold.objects.filter(clock__subject=case.code)
    return list(rows.select_related("clock").order_by("told_at", "pk"))


def _look_at(batch: Sequence[Clock], at: datetime) -> int:
    """One batch of locked clocks."""
    ladders, calendars = Ladders(), clocks.calendars_of(batch)
    told: dict[int, dict[str, datetime | None]] = defaultdict(dict)
    rows = ReminderTold.objects.filter(clock__in=[row.pk for row in batch])
    for clock_id, key, told_at, people in rows.values_list("clock_id", "step", "told_at", "people"):
        told[clock_id][key] = told_at if people else None
    found: list[tuple[Clock, Look]] = []
    for row in batch:
        calendar = calendars[row.office_id]
        if row.at_risk_at is None:
            row.at_risk_at = moments.at_risk(calendar, row, clocks.pauses_of(row))
        seen = look(ladders.steps(row), row, calendar, told[row.pk], at)
        row.look_at = seen.again
        found.append((row, seen))
    Clock.objects.bulk_update(batch, ["look_at", "at_risk_at"])
    return _tell([(row, step) for row, seen in found for step in seen.due], at)


def _tell(due: Sequence[tuple[Clock, Step]], at: datetime) -> int:
    if not due:
        return 0
    subjects = {row.subject for row, _step in due}
    cases = {case.code: case for case in Case.objects.filter(code__in=subjects).for_list()}
    people = reminded_people.People(cases.values(), at)
    letters: dict[tuple[Addressee, bool], _Letter] = defaultdict(_Letter)
    rows = []
    for row, step in due:
        case = cases.get(row.subject)
        whom = people.of(case, ReminderWhom(step.whom)) if case is not None else ()
        for person in whom:
            letter = letters[person, step.whom == ReminderWhom.ADMINISTRATOR]
            (letter.late if step.when == AFTER else letter.near).append(row.subject)
        rows.append(
            ReminderTold(clock=row, step=step.key, whom=step.whom, told_at=at, people=len(whom))
        )
    # Two workers: whoever wrote it first has told it, and this batch is taken back as a whole.
    insert(rows)
    if letters:
        subject = new_subject()
        subject.save()
        outbox.queue_many(_messages(letters.items()), subject=subject)
    return len(rows)


def _messages(letters: Iterable[tuple[tuple[Addressee, bool], _Letter]]) -> list[Outgoing]:
    """Administrators may not know of a case: they are told how many, and no code."""
    batch = uuid4().hex
    return [
        Outgoing(
            channel="email",
            recipient=person.email,
            template=f"{_FOLDER}/{'staff_due_counts' if counts_only else 'staff_due'}",
            context=_counts(letter) if counts_only else _codes(letter),
            language=person.language,
            dedupe=f"due:{batch}:{person.pk}:{int(counts_only)}",
        )
        for (person, counts_only), letter in letters
    ]


def _codes(letter: _Letter) -> dict[str, str]:
    late, near = sorted(set(letter.late)), sorted(set(letter.near) - set(letter.late))
    named = {"late": "\n".join(late[:MOST_CODES]), "near": "\n".join(near[:MOST_CODES])}
    more = max(0, len(late) - MOST_CODES) + max(0, len(near) - MOST_CODES)
    return {**named, "more": str(more) if more else ""}


def _counts(letter: _Letter) -> dict[str, str]:
    return {"late": str(len(set(letter.late))), "near": str(len(set(letter.near)))}
