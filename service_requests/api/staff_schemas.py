"""What the staff's part of the API takes and gives."""

from datetime import date, datetime
from uuid import UUID

from ninja import Field, Schema
from pydantic import AwareDatetime

from service_requests.api.schemas import CaseForm, CaseNoticeOut, DueOut, FileOut, VisitOut
from service_requests.models.letter_books import LARGEST


class StaffCase(Schema):
    """The facts of a case, as a list has them; nothing personal."""

    code: str
    version: int = Field(description="Send it back as `expected` with whatever changes the case")
    kind: str
    state: str
    state_label: str
    department: str = Field(description="Its key")
    service: str | None = Field(description="Its key")
    priority: str = Field(description="low, normal or high")
    priority_label: str
    assigned_to: str | None = Field(description="User name of whoever has it")
    unread: bool
    registered_at: datetime
    answered_at: datetime | None
    closed_at: datetime | None
    set_aside: str | None


class StaffCases(Schema):
    """One page, the newest first."""

    cases: list[StaffCase]
    next: str | None = Field(description="Send it as `cursor` for the page after this one")


class StaffMessage(Schema):
    """A message of the conversation."""

    id: UUID
    side: str
    purpose: str
    written_at: datetime
    read_at: datetime | None
    text: str
    visit: VisitOut | None
    files: list[FileOut]
    department: str | None
    author: str | None


class StaffNote(Schema):
    """An internal note."""

    written_at: datetime
    author: str | None
    text: str


class StaffEvent(Schema):
    """A step of the case."""

    number: int
    at: datetime
    kind: str
    label: str
    state: str
    department: str | None
    by: str
    note: str
    public: bool = Field(description="Whether the applicant sees it")


class StaffLetter(Schema):
    """An entry in the books of the secretariat; what is sealed only for those who may read it."""

    id: UUID
    direction: str = Field(description="incoming or outgoing")
    secretariat: str
    number: str = Field(description="As text, in ASCII digits")
    indicator: int | None
    year: int = Field(description="Jalali year of the registration")
    letter_date: date
    registered_on: date
    enclosures: int
    enclosed: str
    in_reply_to: str = Field(description="Number of another letter, or empty")
    following: str = Field(description="Number of another letter, or empty")
    message_id: UUID | None = Field(description="The message it says; null for the case itself")
    voided_at: datetime | None
    void_reason: str


class StaffVisit(Schema):
    """The visit that the case waits for."""

    state: str = Field(description="waiting: the applicant is to choose; booked: a time is set")
    starts_at: datetime | None
    ends_at: datetime | None
    answer_by: datetime | None = Field(description="Until when the applicant may choose")
    place: str


class LinkedNotice(Schema):
    """A notice that staff have confirmed a case to be about."""

    id: UUID
    title: str
    phase: str
    public: bool = Field(description="False once it was withdrawn: the applicant does not see it")
    confirmed_at: datetime
    lasted_from: datetime | None = Field(
        description="From when the outage lasted while it was linked; clocks may stand still then"
    )
    lasted_until: datetime | None


class StaffNotices(Schema):
    """What a case is about, and what it may be about."""

    linked: list[LinkedNotice]
    suggested: list[CaseNoticeOut] = Field(
        description="By service and time; confirm one by linking"
    )


class StaffCaseOut(StaffCase):
    """The whole case, its words only for those who may read them."""

    due: list[DueOut]
    steps: list[str] = Field(description="What can be done with its state now")
    person_type: str
    person: dict[str, str] = Field(description="The applicant's details, masked")
    subject: str | None
    body: str | None
    form: CaseForm | None
    files: list[FileOut]
    messages: list[StaffMessage]
    notes: list[StaffNote]
    timeline: list[StaffEvent]
    letters: list[StaffLetter]
    visit: StaffVisit | None
    notices: StaffNotices


class SearchIn(Schema):
    """A tracking code, a letter number, a whole identifier, or words; at most 200 characters."""

    term: str


class ExpectedIn(Schema):
    """The version of the case that the decision was made on; 409 when it has changed since."""

    expected: int = Field(ge=1, le=2**31 - 1)


class StepIn(ExpectedIn):
    """A step, with what it asks for; what it does not ask for is refused."""

    step: str = Field(
        description="start_review, ask_info, reject, propose_rejection, confirm_rejection, "
        "refuse_rejection, note_came, note_missed, cancel_visit, close, reopen, mark_spam, merge "
        "or restore"
    )
    text: str = Field("", description="What the applicant reads (ask_info, cancel_visit)")
    reason: str = Field("", description="Why (reject, propose_rejection, reopen)")
    note: str = Field("", description="Why not, for colleagues (refuse_rejection)")
    reply_by: date | None = Field(None, description="Last day for a reply (ask_info)")
    into: str = Field("", description="Tracking code of the case that goes on (merge)")


class AnswerIn(ExpectedIn):
    """The answer; the applicant is told at once."""

    text: str


class AssignIn(ExpectedIn):
    """A user name, the id of a team, or neither: nobody. `me` takes a case that nobody has."""

    to: str = ""
    team: int | None = Field(None, ge=1, le=2**31 - 1)


class ReferIn(ExpectedIn):
    """Another department, with a reason that the applicant sees."""

    department: str = Field(description="Its key")
    reason: str


class PriorityIn(ExpectedIn):
    """How soon the case is taken up among others."""

    priority: str = Field(description="low, normal or high")


class VisitIn(ExpectedIn):
    """A fixed time and place, or neither: the applicant chooses among the free times."""

    at: AwareDatetime | None = Field(None, description="With its offset; empty: to be chosen")
    place: str = Field("", description="Where, for a fixed time")
    bring: str = Field("", description="What to bring")
    text: str = Field("", description="Further words")


class LetterIn(Schema):
    """An entry of a book; all but the first three may be left out. Repeatable by `letter_id`."""

    direction: str = Field(description="incoming or outgoing")
    book: int = Field(ge=1, le=2**31 - 1, description="One of the `choices`")
    paper: str = Field(description="`case`, or the id of a message: one of the `choices`")
    number: str = Field("", description="For a book that follows another system")
    indicator: int | None = Field(None, ge=1, le=LARGEST)
    registered_on: date | None = Field(None, description="As above; empty: today")
    letter_date: date | None = None
    enclosures: int | None = Field(None, description="Empty: as many as there are files")
    enclosed: str = Field("", description="What the enclosures are")
    in_reply_to: UUID | None = Field(None, description="A letter of this case, the other way")
    reply_number: str = Field("", description="Number of a letter from elsewhere")
    following: UUID | None = Field(None, description="A letter of this case, the same way")
    following_number: str = Field("", description="Number of a letter from elsewhere")
    signed_by: str = Field("", description="Outgoing; empty: the director")
    post: str = Field("", description="Outgoing: post of the signatory")
    letter_id: UUID | None = None


class VoidIn(Schema):
    """Why a number no longer holds."""

    reason: str = Field(description="For staff alone")


class LetterBookChoice(Schema):
    """A book into which a letter of the case may go."""

    book: int
    secretariat: str
    numbers_itself: bool


class PaperChoice(Schema):
    """Something of the case that has no letter number yet."""

    paper: str
    at: datetime


class LetterChoices(Schema):
    """What can be registered in one direction, the likeliest first."""

    direction: str
    books: list[LetterBookChoice]
    papers: list[PaperChoice]


class NoteIn(Schema):
    """An internal note. The same `note_id` again is the same note."""

    text: str
    note_id: UUID | None = None


class StaffMessageIn(Schema):
    """A message to the applicant. The same `message_id` again is the same message."""

    text: str
    message_id: UUID | None = None


class LinkIn(ExpectedIn):
    """The notice that the case is about."""

    notice: UUID


class UnlinkIn(LinkIn):
    """The notice that the case is not about, and why; only staff read the reason."""

    reason: str


class GroupAnswerIn(Schema):
    """One answer for cases that are linked to the notice."""

    id: UUID = Field(description="Made by you; the same again is the same answer")
    outcome: str = Field(description="answer or reject")
    text: str = Field(description="May name {code}, {kind}, {department}, {service} …")
    language: str = Field(description="Of the text: fa or en")
    cases: list[str] = Field(
        max_length=2000, description="Codes of cases that were looked at one by one"
    )
    all_quiet: bool = Field(
        description="Also all in which nothing else is open, as the candidates say"
    )
    seen_at: AwareDatetime = Field(
        description="When you read the candidates; what has changed since is left alone"
    )


class CandidateOut(Schema):
    """A linked case that you may answer."""

    code: str
    version: int
    state: str
    quiet: bool = Field(description="Nothing but the notice is open in it")
    matters: list[str] = Field(description="What else is open, in words")


class CandidatesOut(Schema):
    """At most 2,000 of them."""

    seen_at: datetime = Field(description="Send it back with the answer")
    cases: list[CandidateOut]


class GroupFailure(Schema):
    """A case in which the answer was not given."""

    code: str
    result: str
    words: str


class GroupAnswerOut(Schema):
    """How far an answer is."""

    id: UUID
    finished_at: datetime | None
    counts: dict[str, int] = Field(description="How many cases by result")
    failures: list[GroupFailure] = Field(description="The first 200 that you may know of")
