"""Letters of a case through the API: into the books of the secretariat, and out of force again."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router, Status

from desk_core.responses import never_store
from service_requests import letters, permissions, staff_reading
from service_requests.api import staff_schemas
from service_requests.api.staff_doors import REFUSED, case_of, read, write
from service_requests.enums import Direction
from service_requests.errors import NotAllowed
from service_requests.models import Case, Letter, Message

router = Router(tags=["staff"])
_LETTERS = "/staff/cases/{code}/letters"
_VERBS: dict[Direction, Callable[..., Letter]] = {
    Direction.INCOMING: letters.register_incoming,
    Direction.OUTGOING: letters.register_outgoing,
}
_OTHER_WAY = {
    Direction.INCOMING: Direction.OUTGOING,
    Direction.OUTGOING: Direction.INCOMING,
}
_WORDS = (
    *("number", "indicator", "registered_on", "letter_date", "enclosures", "enclosed"),
    *("reply_number", "following_number", "signed_by", "post"),
)


@router.get(
    f"{_LETTERS}/choices",
    auth=read,
    response={200: list[staff_schemas.LetterChoices], **REFUSED},
    summary="What can be registered",
)
def letter_choices(request: HttpRequest, response: HttpResponse, code: str) -> list[dict[str, Any]]:
    """What of the case has no letter number yet, and the books that are open to it."""
    never_store(response)
    case = case_of(request, code)
    if not permissions.user_can_register_letter(request.user, case):
        raise NotAllowed
    return [
        {
            "direction": direction.value,
            "books": [
                {
                    "book": book.pk,
                    "secretariat": str(book.secretariat),
                    "numbers_itself": book.numbers_itself,
                }
                for book in letters.books_for(case, direction)
            ],
            "papers": [
                {"paper": paper.key, "at": paper.at} for paper in letters.papers(case, direction)
            ],
        }
        for direction in Direction
    ]


@router.post(
    _LETTERS,
    auth=write,
    response={201: staff_schemas.StaffLetter, **REFUSED},
    summary="Register a letter",
)
def register_letter(
    request: HttpRequest, response: HttpResponse, code: str, body: staff_schemas.LetterIn
) -> Status:
    """The case or what its applicant wrote as incoming, what staff wrote as outgoing.

    The applicant sees number and day. A book that numbers itself takes no `number`.
    """
    never_store(response)
    case = case_of(request, code)
    if body.direction not in Direction.values:
        raise ValidationError({"direction": [_("Choose one of these.")]})
    direction = Direction(body.direction)
    for name in ("signed_by", "post"):
        if getattr(body, name) and direction == Direction.INCOMING:
            raise ValidationError({name: [_("Only letters of the desk are signed here.")]})
    book = letters.books_for(case, direction).filter(pk=body.book).first()
    if book is None:
        raise ValidationError({"book": [_("Choose one of these.")]})
    entry = letters.Entry(
        **{name: getattr(body, name) for name in _WORDS},
        in_reply_to=_letter(case, body, "in_reply_to", _OTHER_WAY[direction]),
        following=_letter(case, body, "following", direction),
    )
    letter = _VERBS[direction](
        case=case,
        actor=request.user,
        book=book,
        message=_message(case, body.paper),
        entry=entry,
        letter_id=body.letter_id,
    )
    return Status(201, _shown(case, letter))


@router.post(
    f"{_LETTERS}/{{letter_id}}/voiding",
    auth=write,
    response={200: staff_schemas.StaffLetter, **REFUSED},
    summary="Void a letter",
)
def void_letter(
    request: HttpRequest,
    response: HttpResponse,
    code: str,
    letter_id: UUID,
    body: staff_schemas.VoidIn,
) -> dict[str, Any]:
    """Its number stays in the book and holds no longer; the applicant is told. Safe to repeat."""
    never_store(response)
    case = case_of(request, code)
    found = case.letters.filter(pk=letter_id).first()
    if found is None:
        raise Http404
    found.case = case
    letters.void(letter=found, actor=request.user, reason=body.reason)
    return _shown(case, found)


def _message(case: Case, paper: str) -> Message | None:
    """The message that a paper names; None for the case itself."""
    if paper == "case":
        return None
    try:
        found = case.messages.filter(pk=UUID(paper)).first()
    except ValueError:
        found = None
    if found is None:
        raise ValidationError({"paper": [_("Choose one of these.")]})
    return found


def _letter(
    case: Case, body: staff_schemas.LetterIn, name: str, direction: Direction
) -> Letter | None:
    wanted = getattr(body, name)
    if wanted is None:
        return None
    found = case.letters.valid().filter(direction=direction, pk=wanted).first()
    if found is None:
        raise ValidationError({name: [_("Choose a letter of this case.")]})
    return found


def _shown(case: Case, letter: Letter) -> dict[str, Any]:
    """Its numbers and days as they are now, nothing sealed."""
    return next(each for each in staff_reading.letters(case) if each["id"] == letter.pk)
