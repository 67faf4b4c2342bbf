"""The guarded table of states: which step leads where, from where, and by whom.

The only place that says so; `workflow` carries it out, the admin offers what it allows, and
`docs/requests.md` draws it.
"""

from dataclasses import dataclass
from enum import StrEnum

from service_requests.enums import OPEN_STATES, EventKind, Purpose, Side, State

S = State


class Step(StrEnum):
    """The steps that change a state."""

    REFER = "refer"
    START_REVIEW = "start_review"
    ASK_INFO = "ask_info"
    REQUEST_VISIT = "request_visit"
    ANSWER = "answer"
    REJECT = "reject"
    CLOSE = "close"
    REPLY = "reply"
    OBJECT = "object"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"
    BOOK_VISIT = "book_visit"
    MOVE_VISIT = "move_visit"
    DECLINE_VISIT = "decline_visit"
    CANCEL_VISIT = "cancel_visit"
    NOTE_CAME = "note_came"
    NOTE_MISSED = "note_missed"
    OFFER_AGAIN = "offer_again"
    EXPIRE_VISIT = "expire_visit"
    SHUT_VISIT = "shut_visit"
    OFFER_ANOTHER = "offer_another"
    EXPIRE = "expire"
    MARK_SPAM = "mark_spam"
    MERGE = "merge"
    RESTORE = "restore"


# Steps of a visit: whether one can be taken, its own state decides as well.
VISIT_STEPS = frozenset(
    {
        *(Step.BOOK_VISIT, Step.MOVE_VISIT, Step.DECLINE_VISIT, Step.CANCEL_VISIT),
        *(Step.NOTE_CAME, Step.NOTE_MISSED, Step.OFFER_AGAIN, Step.EXPIRE_VISIT),
        *(Step.SHUT_VISIT, Step.OFFER_ANOTHER),
    }
)


@dataclass(frozen=True)
class Transition:
    """From any of `sources` to `target`, by the sides named; `deed` is the right it takes.

    Without sides it is nobody's step: the worker takes it when a time is over. Without a target the
    case goes back to the state from which it was set aside.
    """

    sources: frozenset[State]
    target: State | None
    event: EventKind
    deed: str = ""
    sides: frozenset[Side] = frozenset({Side.STAFF})
    purpose: Purpose | None = None


_APPLICANT = frozenset({Side.APPLICANT})
_VISIT = frozenset({S.VISIT_REQUESTED})

TABLE: dict[Step, Transition] = {
    Step.REFER: Transition(
        frozenset({S.REGISTERED, S.REFERRED, S.IN_REVIEW}), S.REFERRED, EventKind.REFERRED, "refer"
    ),
    Step.START_REVIEW: Transition(
        frozenset({S.REGISTERED, S.REFERRED, S.NEEDS_INFO, S.VISIT_REQUESTED, S.OBJECTED}),
        S.IN_REVIEW,
        EventKind.REVIEW_STARTED,
        "review",
    ),
    Step.ASK_INFO: Transition(
        frozenset({S.REGISTERED, S.IN_REVIEW}),
        S.NEEDS_INFO,
        EventKind.INFO_REQUESTED,
        "ask",
        purpose=Purpose.QUESTION,
    ),
    Step.REQUEST_VISIT: Transition(
        frozenset({S.IN_REVIEW}),
        S.VISIT_REQUESTED,
        EventKind.VISIT_REQUESTED,
        "visit",
        purpose=Purpose.VISIT,
    ),
    Step.ANSWER: Transition(
        frozenset({S.IN_REVIEW, S.VISIT_REQUESTED}),
        S.ANSWERED,
        EventKind.ANSWERED,
        "answer",
        purpose=Purpose.ANSWER,
    ),
    Step.REJECT: Transition(
        frozenset({S.REGISTERED, S.IN_REVIEW}),
        S.REJECTED,
        EventKind.REJECTED,
        "reject",
        purpose=Purpose.REASON,
    ),
    Step.CLOSE: Transition(
        frozenset({S.NEEDS_INFO, S.VISIT_REQUESTED, S.ANSWERED, S.REJECTED}),
        S.CLOSED,
        EventKind.CLOSED,
        "close",
    ),
    # The applicant's reply to a question moves the case on by itself.
    Step.REPLY: Transition(
        frozenset({S.NEEDS_INFO}), S.IN_REVIEW, EventKind.APPLICANT_WROTE, sides=_APPLICANT
    ),
    Step.OBJECT: Transition(
        frozenset({S.ANSWERED, S.REJECTED}),
        S.OBJECTED,
        EventKind.OBJECTED,
        sides=_APPLICANT,
        purpose=Purpose.OBJECTION,
    ),
    Step.REOPEN: Transition(
        frozenset({S.CLOSED}),
        S.IN_REVIEW,
        EventKind.REOPENED,
        "reopen",
        sides=frozenset({Side.STAFF, Side.APPLICANT}),
        purpose=Purpose.OBJECTION,
    ),
    Step.WITHDRAW: Transition(
        frozenset(
            {S.REGISTERED, S.REFERRED, S.IN_REVIEW, S.NEEDS_INFO, S.VISIT_REQUESTED, S.OBJECTED}
        ),
        S.WITHDRAWN,
        EventKind.WITHDRAWN,
        sides=_APPLICANT,
        purpose=Purpose.WITHDRAWAL,
    ),
    Step.BOOK_VISIT: Transition(
        _VISIT, S.VISIT_REQUESTED, EventKind.VISIT_BOOKED, sides=_APPLICANT
    ),
    Step.MOVE_VISIT: Transition(_VISIT, S.VISIT_REQUESTED, EventKind.VISIT_MOVED, sides=_APPLICANT),
    Step.DECLINE_VISIT: Transition(_VISIT, S.IN_REVIEW, EventKind.VISIT_DECLINED, sides=_APPLICANT),
    Step.CANCEL_VISIT: Transition(_VISIT, S.IN_REVIEW, EventKind.VISIT_CANCELLED, "visit"),
    Step.NOTE_CAME: Transition(_VISIT, S.IN_REVIEW, EventKind.VISIT_CAME, "receive"),
    Step.NOTE_MISSED: Transition(_VISIT, S.IN_REVIEW, EventKind.VISIT_MISSED, "receive"),
    # Missed as well, but the applicant may choose another time: the case goes on waiting.
    Step.OFFER_AGAIN: Transition(_VISIT, S.VISIT_REQUESTED, EventKind.VISIT_MISSED, "receive"),
    Step.EXPIRE_VISIT: Transition(_VISIT, S.IN_REVIEW, EventKind.VISIT_EXPIRED, sides=frozenset()),
    # Nobody's steps: the time was closed after it was given; with free times one may choose again.
    Step.SHUT_VISIT: Transition(_VISIT, S.IN_REVIEW, EventKind.VISIT_SHUT, sides=frozenset()),
    Step.OFFER_ANOTHER: Transition(
        _VISIT, S.VISIT_REQUESTED, EventKind.VISIT_SHUT, sides=frozenset()
    ),
    # Nobody's step: the time for a reply is over.
    Step.EXPIRE: Transition(
        frozenset({S.NEEDS_INFO}), S.CLOSED, EventKind.EXPIRED, sides=frozenset()
    ),
    Step.MARK_SPAM: Transition(
        frozenset(OPEN_STATES), S.CLOSED, EventKind.MARKED_SPAM, "set_aside"
    ),
    Step.MERGE: Transition(frozenset(OPEN_STATES), S.CLOSED, EventKind.MERGED, "set_aside"),
    Step.RESTORE: Transition(frozenset({S.CLOSED}), None, EventKind.RESTORED, "set_aside"),
}


def steps_from(state: str, side: Side) -> list[Step]:
    """The steps that one side may take from a state, in the order of the table."""
    return [
        step
        for step, rule in TABLE.items()
        if state in rule.sources and side in rule.sides and step != Step.REPLY
    ]
