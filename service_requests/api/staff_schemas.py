"""What the staff's part of the API takes and gives."""

from datetime import date, datetime
from uuid import UUID

from ninja import Field, Schema

from service_requests.api.schemas import CaseForm, DueOut, FileOut, VisitOut


class StaffCase(Schema):
    """The facts of a case, as a list has them; nothing personal."""

    code: str
    version: int = Field(description="Send it back as `expected` with whatever changes the case")
    kind: str
    state: str
    state_label: str
    department: str = Field(description="Its key")
    service: str | None = Field(description="Its key")
    priority: str
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


class SearchIn(Schema):
    """A tracking code, a letter number, a whole identifier, or words; at most 200 characters."""

    term: str


class ExpectedIn(Schema):
    """The version of the case that the decision was made on; 409 when it has changed since."""

    expected: int = Field(ge=1, le=2**31 - 1)


class StepIn(ExpectedIn):
    """A step, with what it asks for; what it does not ask for is refused."""

    step: str = Field(
        description="start_review, ask_info, reject, close, reopen, mark_spam, merge or restore"
    )
    text: str = Field("", description="The question (ask_info)")
    reason: str = Field("", description="Why (reject, reopen)")
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


class NoteIn(Schema):
    """An internal note. The same `note_id` again is the same note."""

    text: str
    note_id: UUID | None = None


class StaffMessageIn(Schema):
    """A message to the applicant. The same `message_id` again is the same message."""

    text: str
    message_id: UUID | None = None
