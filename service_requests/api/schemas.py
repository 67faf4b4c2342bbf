"""Shapes of the desk API. Times are ISO 8601 in UTC; codes and identifiers are strings."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from ninja import Field, Schema
from pydantic import BaseModel

from service_requests.api.asking import NoticeBefore


class DayOut(Schema):
    """A day of the week with its hours, as 07:30-14:30 in Tehran; none on a closed day."""

    day: str
    hours: list[str]


class HoursOut(Schema):
    """When staff work; registering is possible at any time."""

    open: bool
    next_opening: datetime | None
    sentence: str
    week: list[DayOut] = Field(description="An ordinary week, Saturday first; empty if unknown")


class VisitingHoursOut(Schema):
    """Where a department receives people who were asked to come, and when; holidays excepted."""

    place: str
    week: list[str] = Field(description="Days with their hours in Tehran, in words")
    from_day: date
    until_day: date | None
    minutes: int = Field(description="How long a visit takes")
    exceptions: list[str] = Field(description="Days of the next weeks that differ, in words")


class DepartmentOut(Schema):
    """A department that citizens can choose."""

    key: str
    name: str
    part_of: str | None = Field(description="Key of the department that it is part of")
    phone: str
    email: str
    address: str
    hours: HoursOut
    visiting_hours: list[VisitingHoursOut]


class DirectorOut(Schema):
    """Who directs the body."""

    name: str
    post: str


class EmblemOut(Schema):
    """The emblem of the body, in pixels."""

    url: str
    width: int | None
    height: int | None


class LinkOut(Schema):
    """A title and where it leads."""

    title: str
    url: str


class LanguageOut(Schema):
    """A language of the site, and its home page."""

    code: str
    name: str
    url: str


class DeskOut(Schema):
    """The body and its desk, as they stand around every page of the site."""

    name: str
    body: str
    parent_body: str
    province: str
    director: DirectorOut
    emblem: EmblemOut | None
    address: str
    postal_code: str
    phone: str
    fax: str
    email: str
    website: str
    foot: str = Field(description="HTML")
    home: LinkOut
    menu: list[LinkOut]
    actions: dict[str, str] = Field(description="Where one registers and follows up on the site")
    privacy_url: str
    accessibility_url: str
    languages: list[LanguageOut]
    hours: HoursOut


class ServiceOut(Schema):
    """A service of the catalogue; free of charge while the agreement in force says so (R30)."""

    key: str
    code: str
    name: str
    department: str = Field(description="Key of its department")
    part_of: str | None = Field(description="Key of the service that it is part of")
    delivery: str
    free: bool
    fee: int = Field(description="In rials; 0 for a free one")
    notices: list[NoticeBefore] = Field(description="What runs or soon begins, to show first")


class Option(Schema):
    """A value and its label in the language of the answer."""

    value: str
    label: str


class KindOut(Option):
    """A kind of submission, and the fields it requires from each type of person."""

    required: dict[str, list[str]]


class HumanCheckIn(Schema):
    """What the puzzle is for."""

    purpose: str = Field("submit", pattern="^(submit|track|recover|survey)$")


class HumanAnswer(Schema):
    """A solved puzzle."""

    ticket: str = Field(max_length=500)
    number: int


class Particulars(BaseModel):
    """Who it is, where it goes, how they are reached; empty until it is said."""

    person_type: str = ""
    department: str = ""
    service: str = ""
    complained_department: str = ""
    first_name: str = ""
    last_name: str = ""
    national_id: str = ""
    foreign_id: str = ""
    legal_name: str = ""
    legal_id: str = ""
    rep_name: str = ""
    rep_national_id: str = ""
    rep_position: str = ""
    mobile: str = ""
    phone: str = ""
    email: str = ""
    province: str = ""
    city: str = ""
    address: str = ""
    postal_code: str = ""


class SubmissionIn(Particulars, Schema):
    """A request, complaint or suggestion. Which fields are required, `/kinds` says."""

    submission_key: str = Field(
        description="Your own random key (32 to 128 letters, digits, - or _). The same key sent "
        "again gives the same request and, for 15 minutes, the same receipt."
    )
    human: HumanAnswer | None = Field(None, description="The answer to POST /human-check")
    kind: str = ""
    subject: str = ""
    body: str = ""
    previous_letter_number: str = ""
    consent: bool = False
    form: str = Field(
        "", description="Key of a form of GET /forms that is answered instead of body"
    )
    form_version: str = Field("", description="The version that was asked; empty: that of today")
    answers: dict[str, Any] = Field({}, description="By the schema of GET /forms/{key}")


class SubmissionForm(SubmissionIn):
    """The same as multipart form fields; `human` is JSON text.

    `keep_as_sent`: pictures are kept with their hidden data (place, time, device), because those
    are evidence.
    """

    human: str = ""  # type: ignore[assignment]
    answers: str = Field("", description="JSON text; a file is answered by its place among `files`")  # type: ignore[assignment]
    keep_as_sent: bool = False


class ReceiptOut(Schema):
    """Code and password. The password is null once it was kept or 15 minutes have passed."""

    code: str
    password: str | None
    registered_at: datetime
    readable_until: datetime


class KeepIn(Schema):
    """The key of a submission."""

    submission_key: str


class SessionIn(Schema):
    """Code and password in any digits and grouping."""

    code: str = Field(max_length=200)
    password: str = Field(max_length=200)
    human: HumanAnswer | None = None


class SessionOut(Schema):
    """A bearer token for one case: 20 minutes idle, two hours at most."""

    token: str
    idle_seconds: int
    absolute_seconds: int
    opened_before: datetime | None


class FileOut(Schema):
    """A file of the case. `state` is `ready`, `being_checked` (for viruses) or `removed` (one was
    found); only what is ready can be downloaded. `kept_as_sent`: a picture with its hidden data.
    """

    id: UUID
    name: str
    content_type: str
    size: int
    state: str
    kept_as_sent: bool


class VisitOut(Schema):
    """An invitation to come in person; at a fixed time where it has one."""

    at: datetime | None = None
    place: str = ""
    bring: str = ""


class TimeOut(Schema):
    """A free time of the department's visiting hours."""

    slot: str = Field(description="What to send back to take it")
    starts_at: datetime
    ends_at: datetime
    place: str


class CaseVisit(Schema):
    """The visit that the case waits for."""

    state: str = Field(description="waiting: choose a time; booked: a time is set")
    starts_at: datetime | None
    ends_at: datetime | None
    place: str
    bring: str
    answer_by: datetime | None = Field(description="Until when a time is to be chosen")
    can_choose: bool = Field(description="Whether a time can be taken, moved or declined now")


class SlotIn(Schema):
    """A free time. The same `message_id` again is answered as the first time."""

    slot: str
    message_id: UUID | None = None


class MessageOut(Schema):
    """A message of the conversation."""

    id: UUID
    side: str
    department: str | None = Field(description="Who had the case when staff wrote it")
    purpose: str
    written_at: datetime
    text: str
    visit: VisitOut | None
    files: list[FileOut]


class EventOut(Schema):
    """A step of the case."""

    number: int
    at: datetime
    kind: str
    label: str
    state: str
    department: str | None
    note: str


class LetterOut(Schema):
    """The case or a message of it in the books of the secretariat (R25)."""

    id: UUID
    direction: str = Field(description="incoming or outgoing")
    secretariat: str
    number: str = Field(description="As text, in ASCII digits")
    indicator: int | None = Field(description="The running number in the book")
    year: int = Field(description="Jalali year of the registration")
    letter_date: date
    registered_on: date
    enclosures: int
    enclosed: str = Field(description="What the enclosures are")
    in_reply_to: str = Field(description="Number of another letter, or empty")
    following: str = Field(description="Number of another letter, or empty")
    message_id: UUID | None = Field(description="The message it says; null for the case itself")
    voided_at: datetime | None = Field(description="Since when the number no longer holds")
    pdf: str | None = Field(description="Where this API gives it as PDF; outgoing letters")


class DueOut(Schema):
    """A time that the agreement promised to this case."""

    measure: str
    label: str
    due_at: datetime | None = Field(description="UTC; null where there are no working hours")
    state: str = Field(
        description="running, waiting (for the applicant), standing (an outage lasts), overdue, "
        "kept, missed or unknown"
    )
    why: str = Field(description="How the time came about, for one that is still to be kept")


class FormOut(Schema):
    """A form that can be answered now."""

    key: str
    version: int
    language: str
    title: str
    summary: str
    kind: str
    person_types: list[str]
    departments: list[str] = Field(description="Keys; empty: any")
    services: list[str] = Field(description="Keys; empty: any or none")
    can_be_sent: bool = Field(description="False while no place of it takes requests")
    notices: list[NoticeBefore] = Field(description="Those of its services, to show first")
    schema_url: str


class FormAnswerOut(Schema):
    """An answer under its question."""

    key: str
    type: str
    label: str
    text: str = Field(description="In words; empty where none was given")
    value: Any = Field(description="As it was checked; identities are masked, files null")
    files: list[UUID] = Field(description="Ids of files of the case")


class FormStepOut(Schema):
    """The answers of one step."""

    title: str
    answers: list[FormAnswerOut]


class CaseForm(Schema):
    """A form as it was asked and answered."""

    key: str
    version: int
    title: str
    steps: list[FormStepOut]


class CaseAgreement(Schema):
    """The version in force when the case was registered; `url` where it has a page."""

    agreement: str
    number: int
    url: str | None
    text: str = Field(description="Where this API gives its text")


class CaseNoticeOut(Schema):
    """A public notice that a case is about."""

    id: UUID
    kind: str = Field(description="outage or maintenance")
    phase: str = Field(description="announced, running, overdue, ended or cancelled")
    title: str
    when: str = Field(description="One sentence about its time")
    url: str | None


class CaseOut(Schema):
    """The case as its applicant sees it."""

    code: str
    kind: str
    state: str
    state_label: str
    sentence: str
    department: str
    service: str | None
    reply_by: datetime | None = Field(
        description="Asked for something: without a reply the case closes by itself then"
    )
    set_aside: str | None = Field(
        description="Closed without being dealt with on its own: spam or duplicate"
    )
    dealt_with_in: str | None = Field(
        description="Code of the applicant's other case, in which a duplicate is dealt with"
    )
    registered_at: datetime
    answered_at: datetime | None
    closed_at: datetime | None
    agreement: str
    due: list[DueOut] = Field(description="Empty where the agreement promised no time")
    agreement_version: CaseAgreement | None
    person: dict[str, str] = Field(description="The applicant's details, masked")
    subject: str
    body: str
    form: CaseForm | None = Field(description="The questions as they were asked; null for none")
    files: list[FileOut]
    messages: list[MessageOut]
    timeline: list[EventOut]
    letters: list[LetterOut] = Field(description="Empty where the secretariat entered none")
    visit: CaseVisit | None = Field(description="Null where the case waits for no visit")
    steps: list[str] = Field(description="What the applicant can do now")
    survey_open: bool
    notices: list[CaseNoticeOut] = Field(
        description="What staff have confirmed it to be about; empty for most cases"
    )


class TextIn(Schema):
    """A text of the applicant.

    The same `message_id` again is the same message or step, and is answered as the first time.
    """

    text: str
    message_id: UUID | None = None


class ContactOut(Schema):
    """One way in which the applicant is told."""

    channel: str = Field(description="sms or email")
    shown: str = Field(description="Masked")
    verified_at: datetime | None
    code_sent: bool = Field(description="Whether a code that was sent is still valid")


class OneTimeCodeIn(Schema):
    """The six digits that were sent."""

    one_time_code: str = Field(max_length=100)


class RecoveryIn(Schema):
    """A verified contact, and the tracking code where it is still known."""

    contact: str = Field(max_length=300, description="Mobile number or e-mail address")
    code: str = Field("", max_length=100)
    human: HumanAnswer | None = Field(None, description="The answer to POST /human-check")


class RecoveryOut(Schema):
    """The same whether the contact is known or not; the code goes to its holder alone."""

    token: str = Field(description="To go on with; keep it out of addresses and logs")
    seconds: int = Field(description="How long a code is valid")


class RecoveryCodeIn(OneTimeCodeIn):
    """The code, and the token of this recovery."""

    token: str = Field(max_length=100)


class RecoverableCase(Schema):
    """A case for which a new password can be issued."""

    code: str
    kind: str
    registered_at: datetime


class RecoveryChoiceIn(Schema):
    """The case that was chosen."""

    token: str = Field(max_length=100)
    code: str = Field(max_length=100, description="Tracking code")


class ReceiptCheckIn(Schema):
    """What stands on a receipt."""

    code: str = Field(max_length=100)
    kind: str = Field(max_length=20)
    registered_on: date
    mark: str = Field(max_length=60, description="The verification code at its foot")


class ReceiptCheckOut(Schema):
    """Whether a receipt with exactly these words was issued here."""

    valid: bool


class MessageForm(TextIn):
    """The same as multipart form fields. `keep_as_sent`: pictures are kept with their hidden data
    (place, time, device), because those are evidence.
    """

    keep_as_sent: bool = False


class SurveyIn(Schema):
    """Grades from 1 to 5 by the question's key; `overall` is required."""

    answers: dict[str, int]
    comment: str = ""
    message_id: UUID | None = None


class SurveyQuestions(Schema):
    """The questions and the scale."""

    questions: list[Option]
    scale: list[Option]
