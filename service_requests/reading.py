"""Opening what is sealed: the only module that does so for a reader, and the record of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from desk_core.sealing import Erased, Subject, open_subject
from notices.current import PublicNotice
from persian.identifiers import mask_national_id
from service_requests import (
    attachments,
    conversation,
    history,
    permissions,
    visit_words,
    workflow,
)
from service_requests.about_notices import shown as shown_notices
from service_requests.enums import (
    BY_ITSELF,
    RELEASED_SCANS,
    Direction,
    EventKind,
    PersonType,
    Priority,
    ReadReason,
    Scan,
    Side,
)
from service_requests.errors import NotAllowed
from service_requests.models import (
    Attachment,
    Case,
    Event,
    InternalNote,
    Letter,
    Message,
    TrackingSession,
    Visit,
)
from service_requests.request_forms.shown import IDENTITIES, ShownAnswer, ShownForm, shown
from service_requests.surveys import links
from service_requests.transitions import Step


@dataclass(frozen=True)
class ReadFile:
    """A file to offer: its id, and its own name. Handed out is only what is `ready`."""

    id: UUID
    name: str = field(repr=False)
    content_type: str
    size: int
    side: str
    question: str
    scan: str
    kept_as_sent: bool

    @classmethod
    def of(cls, row: Attachment, subject: Subject) -> "ReadFile":
        """As its row says."""
        return cls(
            id=row.pk,
            name=attachments.name_of(row, subject),
            content_type=row.content_type,
            size=row.size,
            side=row.side,
            question=row.question,
            scan=row.scan,
            kept_as_sent=row.kept_as_sent,
        )

    @property
    def ready(self) -> bool:
        """Whether it is handed out."""
        return self.scan in RELEASED_SCANS

    @property
    def state(self) -> str:
        """For programs: "ready", "being_checked" or "removed"."""
        if self.ready:
            return "ready"
        return "removed" if self.scan == Scan.INFECTED else "being_checked"


@dataclass(frozen=True)
class OpenFile:
    """A file to hand out, frame by frame."""

    name: str = field(repr=False)
    content_type: str
    size: int
    chunks: Iterator[bytes] = field(repr=False)


@dataclass(frozen=True)
class ReadMessage:
    """A message in clear. `visit` has "bring" and, at a fixed time, "at" (ISO 8601) and "place".

    `department` is the one that had the case when the message was written.
    """

    id: UUID
    side: str
    purpose: str
    purpose_label: str
    written_at: datetime
    read_at: datetime | None
    text: str = field(repr=False)
    visit: dict[str, Any] | None = field(repr=False)
    files: list[ReadFile] = field(repr=False)
    department: Any
    author: Any = None

    @property
    def visit_at(self) -> datetime | None:
        """When the applicant is asked to come."""
        at = (self.visit or {}).get("at")
        return datetime.fromisoformat(at) if at else None


@dataclass(frozen=True)
class ReadEvent:
    """A step of the timeline; `actor` is for staff only."""

    number: int
    at: datetime
    kind: str
    label: str
    to_state: str
    state_label: str
    department: Any
    message_id: UUID | None
    note: str = field(repr=False)
    public: bool = True
    actor: Any = None

    @property
    def doer(self) -> str:
        """Who did it, for staff."""
        if self.actor is not None:
            return str(self.actor.get_full_name() or self.actor.get_username())
        if self.kind in BY_ITSELF:
            return gettext("the desk itself")
        if self.kind == EventKind.THIRD_ANSWERED:
            return gettext("third party")
        return gettext("Applicant")


@dataclass(frozen=True)
class ReadNote:
    """An internal note in clear."""

    written_at: datetime
    author: Any
    text: str = field(repr=False)


@dataclass(frozen=True)
class ReadLetter:
    """An entry of an indicator book; without the key of its case only its numbers and days.

    `in_reply_to` and `following` are numbers; `enclosed` says what the enclosures are. The reason
    for voiding it and who registered it are for staff only.
    """

    id: UUID
    direction: str
    direction_label: str
    secretariat: Any
    number: str
    indicator: int | None
    year: int
    letter_date: date
    registered_on: date
    enclosures: int
    in_reply_to: str = field(repr=False)
    following: str = field(repr=False)
    enclosed: str = field(repr=False)
    message_id: UUID | None
    voided_at: datetime | None
    void_reason: str = field(default="", repr=False)


@dataclass(frozen=True)
class LetterPaper:
    """A letter as it is printed: `name` is whose it is; empty, it names the case alone.

    `reply_day` and `following_day` are known of letters of this desk.
    """

    case: Case
    letter: ReadLetter
    name: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    head: dict[str, str] = field(repr=False)
    signed_by: str = field(default="", repr=False)
    post: str = field(default="", repr=False)
    visit: dict[str, Any] | None = field(default=None, repr=False)
    reply_day: date | None = None
    following_day: date | None = None


@dataclass(frozen=True)
class ApplicantView:
    """Everything that the applicant sees of their case; nothing internal is ever in here."""

    case: Case
    content: dict[str, Any] = field(repr=False)
    masked_person: dict[str, str] = field(repr=False)
    messages: list[ReadMessage] = field(repr=False)
    timeline: list[ReadEvent] = field(repr=False)
    files: list[ReadFile] = field(repr=False)
    letters: list[ReadLetter]
    steps: list[Step]
    survey_open: bool
    notices: list[PublicNotice]
    form: ShownForm | None = field(default=None, repr=False)

    @property
    def loose_files(self) -> list[ReadFile]:
        """Files of the submission that answer no question of a form."""
        return _loose(self.files)


@dataclass(frozen=True)
class StaffView:
    """Everything that staff see of a case, but for the person's details."""

    case: Case
    content: dict[str, Any] = field(repr=False)
    masked_person: dict[str, str] = field(repr=False)
    messages: list[ReadMessage] = field(repr=False)
    timeline: list[ReadEvent] = field(repr=False)
    files: list[ReadFile] = field(repr=False)
    letters: list[ReadLetter]
    notes: list[ReadNote] = field(repr=False)
    enquiries: list[Any] = field(repr=False)
    form: ShownForm | None = field(default=None, repr=False)

    @property
    def loose_files(self) -> list[ReadFile]:
        """Files of the submission that answer no question of a form."""
        return _loose(self.files)


@dataclass(frozen=True)
class TakenView:
    """What an applicant may take along of a case; without its key only the timeline is left."""

    case: Case
    content: dict[str, Any] | None = field(repr=False)
    messages: list[ReadMessage] = field(repr=False)
    timeline: list[ReadEvent] = field(repr=False)
    files: list[ReadFile] = field(repr=False)
    letters: list[ReadLetter]
    form: ShownForm | None = field(default=None, repr=False)


def for_applicant(session: TrackingSession) -> ApplicantView:
    """The applicant reads their case; what staff wrote counts as read from now on."""
    case = session.credential.case
    subject = open_subject(case.subject_key)
    content = _content(case, subject)
    files = _files(case.attachments.all(), subject)
    events = timeline(case, subject=subject, public=True)
    messages = _messages(case.messages.all(), subject, files, events, authors=False)
    _mark_read(case, Side.APPLICANT, messages)
    return ApplicantView(
        case=case,
        content=content,
        masked_person=masked(content["person"]),
        messages=messages,
        timeline=events,
        files=[found for message_id, found in files if message_id is None],
        letters=letters(case, subject=subject),
        steps=workflow.applicant_steps(case),
        survey_open=links.is_open(case),
        # Most cases are about none: their session says so already.
        notices=shown_notices.to_applicant(case) if getattr(session, "about_notices", True) else [],
        form=_form(case, content, files, masked=True),
    )


def for_staff(*, case: Case, user: Any, reason: str = "", leaves_marks: bool = True) -> StaffView:
    """A member of staff reads the conversation; recorded with who and why (R40).

    `reason` is one of ReadReason. Officers, heads and the complaints office read as part of
    their work, and what they saw counts as read; others must say why, and leave no mark. Raises
    NotAllowed, or ValidationError without a reason.
    """
    if not permissions.user_can_read_content(user, case):
        raise NotAllowed
    asks_reason = permissions.user_must_give_reason(user, case)
    if asks_reason:
        reason = _clean_reason(reason)
    subject = open_subject(case.subject_key)
    history.audit("case.read", case, user, reason=reason or ReadReason.CASEWORK)
    content = _content(case, subject)
    files = _files(case.attachments.all(), subject)
    events = timeline(case, subject=subject, public=False)
    messages = _messages(
        case.messages.select_related("author"), subject, files, events, authors=True
    )
    view = StaffView(
        case=case,
        content={key: value for key, value in content.items() if key not in _PERSONAL},
        masked_person=masked(content["person"]),
        messages=messages,
        timeline=events,
        files=[found for message_id, found in files if message_id is None],
        letters=letters(case, subject=subject, reasons=True),
        notes=_notes(case, subject) if permissions.user_can_read_notes(user, case) else [],
        enquiries=_enquiries(case, subject) if permissions.user_can_read_notes(user, case) else [],
        form=_form(case, content, files, masked=True),
    )
    if leaves_marks and not asks_reason:
        _mark_read(case, Side.STAFF, messages)
    return view


def person_for_staff(*, case: Case, user: Any, reason: str) -> dict[str, dict[str, str]]:
    """Who the applicant is and how to reach them; always with a stated reason, always recorded."""
    if not permissions.user_can_read_person(user, case):
        raise NotAllowed
    reason = _clean_reason(reason)
    content = _content(case, open_subject(case.subject_key))
    history.audit("case.read_person", case, user, reason=reason)
    return {"person": content["person"], "contact": content["contact"]}


def identities_for_staff(*, case: Case, user: Any, reason: str) -> list[ShownAnswer]:
    """What answers of an editor's form say of people, in full; under the same conditions."""
    if not permissions.user_can_read_person(user, case):
        raise NotAllowed
    if case.form_version_id is None:
        return []
    reason = _clean_reason(reason)
    content = _content(case, open_subject(case.subject_key))
    history.audit("case.read_person", case, user, reason=reason)
    form = _form(case, content, [], masked=False)
    answers = form.answers() if form else []
    return [answer for answer in answers if answer.type in IDENTITIES and answer.text]


def with_what_is_taken(cases: "QuerySet[Case]") -> "QuerySet[Case]":
    """These cases with all that `to_take` reads of them, in as many queries for one as for many."""
    return cases.select_related("subject_key", "form_version__form").prefetch_related(
        *("messages", "attachments"),
        Prefetch("events", _public_events(Event.objects.all())),
        Prefetch("letters", Letter.objects.for_reading()),
    )


def form_of_receipt(case: Case) -> ShownForm | None:
    """The answers of a form for the receipt of this very submission; identities stay masked.

    The caller has shown the key of the submission, and the password is still to be read with it.
    """
    if case.form_version_id is None:
        return None
    subject = open_subject(case.subject_key)
    files = _files(case.attachments.filter(message=None), subject)
    return _form(case, _content(case, subject), files, masked=True)


def to_take(case: Case, *, masked: bool = True) -> TakenView:
    """A case of `with_what_is_taken` as its applicant takes it along; nothing internal, no mark.

    `masked` leaves identities among the answers of a form as the tracking page shows them.
    """
    try:
        subject = open_subject(case.subject_key)
    except Erased:
        events = _events(case.events.all(), None, public=True)
        return TakenView(case, None, [], events, [], _letters(case.letters.all(), None))
    files = _files(case.attachments.all(), subject)
    events = _events(case.events.all(), subject, public=True)
    content = _content(case, subject)
    return TakenView(
        case=case,
        content=content,
        messages=_messages(case.messages.all(), subject, files, events, authors=False),
        timeline=events,
        files=[found for message_id, found in files if message_id is None],
        letters=_letters(case.letters.all(), subject),
        form=_form(case, content, files, masked=masked),
    )


def letters(case: Case, *, subject: Subject | None, reasons: bool = False) -> list[ReadLetter]:
    """The entries of a case in the books, the oldest first; without a subject what is in clear.

    `reasons` opens why some were voided, which is for staff.
    """
    return _letters(case.letters.for_reading(), subject, reasons=reasons)


def letter_for_applicant(*, session: TrackingSession, letter_id: UUID) -> LetterPaper:
    """A valid outgoing letter of the applicant's own case, to be printed; Letter.DoesNotExist.

    It names the case and not the applicant, as the tracking page does not either: whoever holds
    code and password need not be told who that is.
    """
    case = session.credential.case
    found = case.letters.for_reading().valid().filter(direction=Direction.OUTGOING)
    return _paper(found.get(pk=letter_id), case, name=False)


def letter_for_staff(*, case: Case, user: Any, letter_id: UUID) -> LetterPaper:
    """Any letter of a case with the applicant's name, to be printed; recorded (R40).

    Raises NotAllowed, Letter.DoesNotExist.
    """
    if not permissions.user_can_print_letter(user, case):
        raise NotAllowed
    found = case.letters.for_reading().get(pk=letter_id)
    history.audit(
        "letter.printed", case, user, reason=ReadReason.LETTER.value, letter=str(letter_id)
    )
    return _paper(found, case, name=True)


def place_of(visit: Visit) -> str:
    """Where a visit is: published with its hours, or sealed in the message of a fixed time.

    For readers who may read the conversation; the caller records who read what.
    """
    if visit.slot is not None:
        return visit.slot.visiting_hours.where
    subject = open_subject(visit.case.subject_key)
    body = subject.open_json(bytes(visit.message.sealed_body), record=visit.message.record)
    return str((body.get("visit") or {}).get("place", ""))


def file_for_applicant(*, session: TrackingSession, attachment_id: UUID) -> OpenFile:
    """A file of the applicant's own case. Raises Attachment.DoesNotExist, Withheld."""
    return _open_file(session.credential.case, attachment_id)


def file_for_staff(*, case: Case, user: Any, attachment_id: UUID, reason: str = "") -> OpenFile:
    """A file of a case, recorded. Raises NotAllowed, Attachment.DoesNotExist, Withheld."""
    if not permissions.user_can_read_content(user, case):
        raise NotAllowed
    if permissions.user_must_give_reason(user, case):
        reason = _clean_reason(reason)
    found = _open_file(case, attachment_id)
    history.audit(
        "case.read_file",
        case,
        user,
        reason=reason or ReadReason.CASEWORK,
        file=str(attachment_id),
    )
    return found


def timeline(case: Case, *, subject: Subject | None, public: bool) -> list[ReadEvent]:
    """The events in order: the public ones for the applicant, all for staff.

    Without a subject the notes stay sealed, for readers who may not open them.
    """
    rows = case.events.select_related("actor", "department").order_by("number")
    return _events(_public_events(case.events.all()) if public else rows, subject, public=public)


def _public_events(events: "QuerySet[Event]") -> "QuerySet[Event]":
    return events.filter(public=True).select_related("department").order_by("number")


def _events(rows: Iterable[Event], subject: Subject | None, *, public: bool) -> list[ReadEvent]:
    yours = _YOURS if public else {}
    return [
        ReadEvent(
            number=row.number,
            at=row.at,
            kind=row.kind,
            label=str(yours.get(row.kind) or row.get_kind_display()),
            to_state=row.to_state,
            state_label=row.get_to_state_display(),
            department=None if row.kind in yours else row.department,
            message_id=row.message_id,
            note=_note(row, subject),
            public=row.public,
            actor=None if public else row.actor,
        )
        for row in rows
    ]


def masked(person: dict[str, str]) -> dict[str, str]:
    """A person's identity with the numbers masked and names cut to what recognises them (R43)."""
    found = {}
    for name, value in person.items():
        if name in ("national_id", "legal_id", "foreign_id", "rep_national_id"):
            found[name] = mask_national_id(value)
        elif name in ("legal_name", "rep_position"):
            found[name] = value
        else:
            found[name] = f"{value[:1]}…"
    return found


def name_of(person: dict[str, str], person_type: str) -> str:
    """The applicant's name in full."""
    if person_type == PersonType.LEGAL:
        return person.get("legal_name", "")
    return f"{person.get('first_name', '')} {person.get('last_name', '')}".strip()


_PERSONAL = ("person", "contact", "answers")
# What the applicant did, said to them; no department did it.
_YOURS: dict[str, Any] = {
    EventKind.APPLICANT_WROTE: _("You wrote"),
    EventKind.OBJECTED: _("You objected to the answer"),
    EventKind.WITHDRAWN: _("You withdrew it"),
    EventKind.VISIT_BOOKED: _("You chose a time for your visit"),
    EventKind.VISIT_MOVED: _("You moved your visit"),
    EventKind.VISIT_DECLINED: _("You declined the visit"),
    EventKind.VISIT_CAME: _("You came to the visit"),
    EventKind.VISIT_MISSED: _("You did not come to the visit"),
}


def _content(case: Case, subject: Subject) -> dict[str, Any]:
    return subject.open_json(bytes(case.sealed_content), record=case.content_record)


def _loose(files: list[ReadFile]) -> list[ReadFile]:
    return [found for found in files if not found.question]


def _files(rows: Iterable[Attachment], subject: Subject) -> list[tuple[UUID | None, ReadFile]]:
    return [(row.message_id, ReadFile.of(row, subject)) for row in rows]


def _form(
    case: Case,
    content: dict[str, Any],
    files: list[tuple[UUID | None, ReadFile]],
    *,
    masked: bool,
) -> ShownForm | None:
    """The answers under the questions as they were asked; None where no form was filled in."""
    if case.form_version is None:
        return None
    own = [found for _message, found in files if found.question]
    return shown(case.form_version, content.get("answers", {}), own, masked=masked)


def _messages(
    rows: Iterable[Message],
    subject: Subject,
    files: list[tuple[UUID | None, ReadFile]],
    events: list[ReadEvent],
    *,
    authors: bool,
) -> list[ReadMessage]:
    read = []
    departments = {event.message_id: event.department for event in events}
    for row in rows:
        body = subject.open_json(bytes(row.sealed_body), record=row.record)
        read.append(
            ReadMessage(
                id=row.pk,
                side=row.side,
                purpose=row.purpose,
                purpose_label=row.get_purpose_display(),
                written_at=row.written_at,
                read_at=row.read_at,
                text=body["text"],
                visit=body.get("visit"),
                files=[found for message_id, found in files if message_id == row.pk],
                department=departments.get(row.pk),
                author=row.author if authors else None,
            )
        )
    return read


def _mark_read(case: Case, side: Side, messages: list[ReadMessage]) -> None:
    fresh = [shown.id for shown in messages if shown.side != side and shown.read_at is None]
    conversation.mark_read(case=case, side=side, ids=fresh)


def _notes(case: Case, subject: Subject) -> list[ReadNote]:
    rows = InternalNote.objects.filter(case=case).select_related("author")
    return [
        ReadNote(
            written_at=row.written_at,
            author=row.author,
            text=subject.open(bytes(row.sealed_text), record=row.record).decode(),
        )
        for row in rows.order_by("written_at", "id")
    ]


def _enquiries(case: Case, subject: Subject) -> list[Any]:
    from service_requests import enquiries

    return enquiries.of_case(case, subject)


def _letters(
    rows: Iterable[Letter], subject: Subject | None, *, reasons: bool = False
) -> list[ReadLetter]:
    return [_letter(row, subject, reasons=reasons) for row in rows]


def _letter(row: Letter, subject: Subject | None, *, reasons: bool = False) -> ReadLetter:
    details = _details(row, subject)
    reason = ""
    if reasons and subject is not None and row.sealed_void_reason is not None:
        reason = subject.open(bytes(row.sealed_void_reason), record=row.void_record).decode()
    return ReadLetter(
        id=row.pk,
        direction=row.direction,
        direction_label=row.get_direction_display(),
        secretariat=row.secretariat,
        number=row.number,
        indicator=row.indicator,
        year=row.year,
        letter_date=row.letter_date,
        registered_on=row.registered_on,
        enclosures=row.enclosures,
        in_reply_to=row.in_reply_to.number if row.in_reply_to else details["reply_number"],
        following=row.following.number if row.following else details["following_number"],
        enclosed=details["enclosed"],
        message_id=row.message_id,
        voided_at=row.voided_at,
        void_reason=reason,
    )


def _details(row: Letter, subject: Subject | None) -> dict[str, Any]:
    if subject is None:
        return {"reply_number": "", "following_number": "", "enclosed": ""}
    return subject.open_json(bytes(row.sealed_details), record=row.details_record)


def _paper(row: Letter, case: Case, *, name: bool) -> LetterPaper:
    subject = open_subject(case.subject_key)
    content = _content(case, subject)
    details = _details(row, subject)
    form = _form(case, content, _files(case.attachments.all(), subject), masked=not name)
    said: dict[str, Any] = {"text": form.as_text() if form else content["body"]}
    if row.message_id:
        message = case.messages.get(pk=row.message_id)
        said = subject.open_json(bytes(message.sealed_body), record=message.record)
    return LetterPaper(
        case=case,
        letter=_letter(row, subject),
        name=name_of(content["person"], case.person_type) if name else "",
        subject=content["subject"],
        text=said["text"],
        visit=said.get("visit"),
        head=details["head"],
        signed_by=details.get("signed_by", ""),
        post=details.get("post", ""),
        reply_day=row.in_reply_to.letter_date if row.in_reply_to else None,
        following_day=row.following.letter_date if row.following else None,
    )


def _note(row: Event, subject: Subject | None) -> str:
    if subject is None or row.sealed_note is None:
        return ""
    note = subject.open(bytes(row.sealed_note), record=row.record).decode()
    if row.kind == EventKind.PRIORITY_SET:
        return str(Priority[note.upper()].label)
    return visit_words.time_note(row.kind, note) if row.kind in _WITH_A_TIME else note


_WITH_A_TIME = (EventKind.VISIT_BOOKED, EventKind.VISIT_MOVED, EventKind.VISIT_CANCELLED)


def _open_file(case: Case, attachment_id: UUID) -> OpenFile:
    row = Attachment.objects.get(pk=attachment_id, case=case)
    subject = open_subject(case.subject_key)
    return OpenFile(
        name=attachments.name_of(row, subject),
        content_type=row.content_type,
        size=row.size,
        chunks=attachments.read(row, subject),
    )


def _clean_reason(reason: str) -> str:
    """One of the fixed reasons: free text in the audit trail could name a person."""
    if reason not in ReadReason.values:
        raise ValidationError({"reason": [_("Say why you need to read this.")]})
    return reason
