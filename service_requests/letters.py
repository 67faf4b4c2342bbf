"""The secretariat's work: cases as incoming letters, answers as outgoing ones (R25, R26).

A number is given in the transaction that stores the letter, under the lock of its book: what does
not come about uses up none, and two at once get two that follow each other. The Jalali year is the
one that it is in Tehran while the book is held, so that numbers, times and years go the same way.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from cms_pages.models import Department, DeskSettings
from cms_pages.parents import upwards
from desk_core.sealing import Subject, open_subject
from persian.digits import localised
from persian.identifiers import clean_letter_number
from persian.jalali import TEHRAN, jalali_parts
from service_requests import history, notify, permissions
from service_requests.enums import Direction, EventKind, Side
from service_requests.errors import CaseError, NotAllowed, NotPossible
from service_requests.models import Case, Letter, LetterBook, LetterCounter, Message
from service_requests.querysets import BookQuerySet, letter_digest
from service_requests.texts import clean_text

MOST_ENCLOSURES = 999
SIDES = {Direction.INCOMING: Side.APPLICANT, Direction.OUTGOING: Side.STAFF}
_EVENTS = {Direction.INCOMING: EventKind.LETTER_IN, Direction.OUTGOING: EventKind.LETTER_OUT}


@dataclass(frozen=True)
class Entry:
    """What is written into the book beside the letter itself; all of it may be left out.

    `number`, `indicator` and `registered_on` are for books that follow another system. Letters of
    the desk are named by `in_reply_to` and `following`, others by their numbers as text.
    """

    number: str = ""
    indicator: int | None = None
    registered_on: date | None = None
    letter_date: date | None = None
    enclosures: int | None = None
    enclosed: str = field(default="", repr=False)
    in_reply_to: Letter | None = None
    reply_number: str = field(default="", repr=False)
    following: Letter | None = None
    following_number: str = field(default="", repr=False)
    signed_by: str = field(default="", repr=False)
    post: str = field(default="", repr=False)


@dataclass(frozen=True)
class Paper:
    """Something that can be registered: the case itself, or a message of it."""

    at: datetime
    message: Message | None = None

    @property
    def key(self) -> str:
        """Its value in a form."""
        return str(self.message.pk) if self.message else "case"


def register_incoming(
    *,
    case: Case,
    actor: Any,
    book: LetterBook,
    message: Message | None = None,
    entry: Entry = Entry(),
    letter_id: UUID | None = None,
) -> Letter:
    """Enter the case, or a later message of the applicant, as an incoming letter.

    The same `letter_id` again is the same letter. Raises NotAllowed, NotPossible for what has its
    number already, ValidationError with the fields of `Entry`, `book` and `paper`.
    """
    return _register(Direction.INCOMING, case, actor, book, message, entry, letter_id)


def register_outgoing(
    *,
    case: Case,
    actor: Any,
    book: LetterBook,
    message: Message,
    entry: Entry = Entry(),
    letter_id: UUID | None = None,
) -> Letter:
    """Enter the answer, or another message of the staff, as an outgoing letter; as above."""
    return _register(Direction.OUTGOING, case, actor, book, message, entry, letter_id)


def void(*, letter: Letter, actor: Any, reason: str) -> Letter:
    """Void a number: it stays in the book, with who voided it and why. Safe to repeat.

    What it stood for can be registered again. The reason is for staff; the applicant is told that
    the number no longer holds.
    """
    if not permissions.user_can_register_letter(actor, letter.case):
        raise NotAllowed
    reason = clean_text(reason, field="reason", limit=1000)
    subject = open_subject(letter.case.subject_key)
    contact = _contact(letter.case, subject)
    with transaction.atomic():
        fresh = history.lock(letter.case)
        if not permissions.user_can_register_letter(actor, fresh):
            raise NotAllowed
        voided = Letter.objects.filter(pk=letter.pk, case=fresh).valid()
        changes = {
            "voided_at": timezone.now(),
            "voided_by": actor,
            "sealed_void_reason": subject.seal(reason.encode(), record=letter.void_record),
        }
        if voided.update(**changes):
            _tell(fresh, subject, contact, EventKind.LETTER_VOIDED, actor)
            history.audit("letter.voided", fresh, actor, letter=str(letter.pk))
    return Letter.objects.get(pk=letter.pk)


def books_for(case: Case, direction: str) -> BookQuerySet:
    """The books into which a letter of this case may go."""
    departments = [row.pk for row in upwards(case.department)]
    return LetterBook.objects.in_use(direction, departments).select_related("secretariat")


def papers(case: Case, direction: str) -> list[Paper]:
    """What of the case has no valid number yet, the likeliest first."""
    numbered = set(case.letters.valid().values_list("message_id", flat=True))
    rows = case.messages.filter(side=SIDES[Direction(direction)]).defer("sealed_body")
    found = [Paper(row.written_at, row) for row in rows.order_by("-written_at", "-id")]
    found = [paper for paper in found if paper.message and paper.message.pk not in numbered]
    if direction == Direction.INCOMING and None not in numbered:
        found.insert(0, Paper(case.registered_at))
    return found


def can_register(user: Any, case: Case, direction: str) -> bool:
    """Whether this person has anything to register, and a book for it."""
    return (
        permissions.user_can_register_letter(user, case)
        and books_for(case, direction).exists()
        and bool(papers(case, direction))
    )


def signatory(language: str) -> tuple[str, str]:
    """Who signs letters of this language if nobody else is named: the director, name and post."""
    desk = _desk()
    with override(language):
        return desk.director, desk.post_of_director


def day_of(moment: datetime) -> date:
    """The day of a moment in Tehran."""
    return moment.astimezone(TEHRAN).date()


def _register(
    direction: Direction,
    case: Case,
    actor: Any,
    book: LetterBook,
    message: Message | None,
    entry: Entry,
    letter_id: UUID | None,
) -> Letter:
    if not permissions.user_can_register_letter(actor, case):
        raise NotAllowed
    if known := _known(case, letter_id):
        return known
    _check_paper(direction, case, message)
    subject = open_subject(case.subject_key)
    letter = Letter(
        id=letter_id or uuid4(),
        case=case,
        message=message,
        direction=direction,
        registered_by=actor,
        in_reply_to=_of_this_case(case, entry.in_reply_to, "in_reply_to"),
        following=_of_this_case(case, entry.following, "following"),
        enclosures=_enclosures(case, message, entry),
    )
    details = _details(direction, case, entry)
    letter.sealed_details = subject.seal_json(details, record=letter.details_record)
    contact = _contact(case, subject)
    try:
        with transaction.atomic():
            fresh = history.lock(case)
            if not permissions.user_can_register_letter(actor, fresh):
                raise NotAllowed
            _check_unnumbered(fresh, message)
            _number(letter, _lock(book, fresh, direction), entry)
            letter.case = fresh
            letter.save()
            _tell(fresh, subject, contact, _EVENTS[direction], actor)
            history.audit("letter.registered", fresh, actor, letter=str(letter.pk))
    except (IntegrityError, CaseError):
        # The same, sent twice at once: the first one did it.
        if known := _known(case, letter_id):
            return known
        raise
    return letter


def _lock(book: LetterBook, case: Case, direction: Direction) -> LetterBook:
    """The book as it is now, held until the transaction ends."""
    departments = [row.pk for row in upwards(Department.objects.get(pk=case.department_id))]
    usable = LetterBook.objects.in_use(direction, departments)
    found = usable.select_for_update(of=("self",)).filter(pk=book.pk).first()
    if found is None:
        raise ValidationError({"book": [_("This book cannot be used here. Choose another one.")]})
    return found


def _number(letter: Letter, book: LetterBook, entry: Entry) -> None:
    """Give the letter its number and its days; the book is locked, and stays so."""
    now = timezone.now()
    today = day_of(now)
    letter.book, letter.secretariat_id = book, book.secretariat_id
    letter.numbering, letter.registered_at = book.numbering, now
    if book.numbers_itself:
        if entry.number or entry.indicator is not None:
            raise ValidationError(
                {"number": [_("This book numbers itself: leave the number empty.")]}
            )
        letter.registered_on, letter.year = today, jalali_parts(today)[0]
        letter.indicator = _next(book, letter.year)
        letter.number = book.number_of(letter.indicator, letter.year)
    else:
        if not entry.number:
            raise ValidationError({"number": [_("Write the number that the other system gave.")]})
        letter.number = _clean_number(entry.number, "number")
        letter.registered_on = _not_later(entry.registered_on or today, today, "registered_on")
        letter.year = jalali_parts(letter.registered_on)[0]
        letter.indicator = entry.indicator
    own_day = day_of(letter.message.written_at if letter.message else letter.case.registered_at)
    if letter.direction == Direction.OUTGOING:
        own_day = letter.registered_on
    given = entry.letter_date or min(own_day, letter.registered_on)
    letter.letter_date = _not_later(given, letter.registered_on, "letter_date")
    letter.number_digest = letter_digest(letter.number)
    kept = Letter.objects.holding_their_numbers().filter(number=letter.number, year=letter.year)
    if kept.filter(secretariat_id=book.secretariat_id, direction=book.direction).exists():
        raise _taken(letter.number)


def _next(book: LetterBook, year: int) -> int:
    """The next number of a locked book."""
    counter, _made = LetterCounter.objects.get_or_create(book=book, year=year)
    counter.last = max(counter.last + 1, book.first_of(year))
    counter.save(update_fields=["last"])
    return counter.last


def _taken(number: str) -> ValidationError:
    message = _("This secretariat has a letter with the number %(number)s in this year already.")
    refusal = ValidationError(message, "unique", {"number": f"\u2068{localised(number)}\u2069"})
    return ValidationError({"number": [refusal]})


def _clean_number(text: str, name: str) -> str:
    try:
        return clean_letter_number(text)
    except ValidationError as error:
        raise ValidationError({name: error.messages}) from error


def _not_later(day: date, than: date, name: str) -> date:
    if day > than:
        words = {
            "registered_on": _("Choose a day that has come already."),
            "letter_date": _("A letter is not dated after its registration."),
        }
        raise ValidationError({name: [words[name]]})
    if day.year < _EARLIEST:
        raise ValidationError({name: [_("This day is too long ago.")]})
    return day


# Of the Gregorian calendar: about 1350. A year with two digits, or of the other calendar.
_EARLIEST = 1971


def _check_paper(direction: Direction, case: Case, message: Message | None) -> None:
    """Refuse a message of another case, or of the other side."""
    if message is None:
        fits = direction == Direction.INCOMING
    else:
        fits = message.case_id == case.pk and message.side == SIDES[direction]
    if not fits:
        raise ValidationError({"paper": [_("This cannot be registered in this book.")]})


def _check_unnumbered(case: Case, message: Message | None) -> None:
    """Refuse what has a valid number already; the case is locked."""
    if case.letters.valid().filter(message=message).exists():
        raise NotPossible(_("This has its letter number already."))


def _of_this_case(case: Case, letter: Letter | None, name: str) -> Letter | None:
    if letter is not None and letter.case_id != case.pk:
        raise ValidationError({name: [_("Choose a letter of this case.")]})
    return letter


def _enclosures(case: Case, message: Message | None, entry: Entry) -> int:
    """How many enclosures; as many as there are files where nobody said."""
    if entry.enclosures is None:
        return min(case.attachments.filter(message=message).count(), MOST_ENCLOSURES)
    if not 0 <= entry.enclosures <= MOST_ENCLOSURES:
        raise ValidationError(
            {
                "enclosures": [
                    ValidationError(
                        _("Write a number between 0 and %(most)s."),
                        params={"most": localised(MOST_ENCLOSURES)},
                    )
                ]
            }
        )
    return entry.enclosures


def _details(direction: Direction, case: Case, entry: Entry) -> dict[str, Any]:
    """What is sealed: words that may be personal, and the letterhead as it is today."""
    numbers = {"reply_number": entry.reply_number, "following_number": entry.following_number}
    details: dict[str, Any] = {
        name: _clean_number(text, name) if text.strip() else "" for name, text in numbers.items()
    }
    optional: Callable[..., str] = clean_text
    details["enclosed"] = optional(entry.enclosed, field="enclosed", limit=300, required=False)
    desk = _desk()
    with override(case.language):
        details["head"] = {"body": desk.body, "parent": desk.parent_body}
    if direction == Direction.OUTGOING:
        name, post = (
            optional(entry.signed_by, field="signed_by", limit=120, required=False),
            optional(entry.post, field="post", limit=120, required=False),
        )
        if not name:
            name, post = signatory(case.language)
        details |= {"signed_by": name, "post": post}
    return details


def _desk() -> DeskSettings:
    """Who the body is; unsaved defaults where nobody has said so yet."""
    return DeskSettings.objects.filter(site__is_default_site=True).first() or DeskSettings()


def _contact(case: Case, subject: Subject) -> dict[str, str]:
    content = subject.open_json(bytes(case.sealed_content), record=case.content_record)
    return content["contact"]


def _tell(
    case: Case, subject: Subject, contact: dict[str, str], kind: EventKind, actor: Any
) -> None:
    """The event of a locked case, and the news of it to the applicant."""
    history.record(case, kind=kind, actor=actor, changes={"unread_by_applicant": True})
    notify.tell_applicant(case=case, subject=subject, contact=contact, what="news")


def _known(case: Case, letter_id: UUID | None) -> Letter | None:
    """The letter already stored under this id; one of another case is refused."""
    if letter_id is None:
        return None
    letter = Letter.objects.filter(pk=letter_id).first()
    if letter is not None and letter.case_id != case.pk:
        raise NotPossible
    return letter
