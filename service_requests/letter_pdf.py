"""A letter on the letterhead of the body, as PDF/A and signed where a certificate is configured.

It is written in the language of its case, with body and signatory as they were when its number was
given; emblem and contacts are those of today.
"""

import base64
import logging
import unicodedata
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language_info, override, pgettext
from django.utils.translation import gettext as _

from cms_pages.models import DeskSettings
from desk_core import pdf_signing
from desk_core.certificates import name_of, own_certificate
from desk_core.documents import render_pdf
from persian.digits import localised
from persian.jalali import format_date, format_datetime
from service_requests.enums import Direction
from service_requests.reading import LetterPaper

_logger = logging.getLogger(__name__)
_KINDS = {"png": "png", "webp": "webp", "jpg": "jpeg", "jpeg": "jpeg"}


def render(*, request: HttpRequest, paper: LetterPaper) -> bytes:
    """The PDF, signed if the certificate of the settings holds today."""
    desk = DeskSettings.for_request(request)
    own = own_certificate()
    signed = own is not None and not pdf_signing.problem()
    with override(paper.case.language):
        address = request.build_absolute_uri(reverse("service_requests:track"))
        data = _data(paper, desk, address)
        if own is not None and signed:
            words = _("Signed digitally with the certificate of %(name)s.")
            data["foot"].append(words % {"name": _apart(name_of(own.certificate))})
        pdf = render_pdf(app="service_requests", name="letter", data=data)
        reason = f"{paper.letter.direction_label} {paper.letter.number}"
    if not signed:
        return pdf
    return pdf_signing.sign_pdf(pdf, reason=reason)[0]


def file_name(paper: LetterPaper) -> str:
    """Code and number: nothing that says whose letter it is."""
    number = "".join(c if c.isalnum() else "-" for c in paper.letter.number)
    return f"letter-{paper.case.code}-{number}.pdf"


def _data(paper: LetterPaper, desk: DeskSettings, address: str) -> dict[str, Any]:
    letter = paper.letter
    outgoing = letter.direction == Direction.OUTGOING
    return {
        "lang": paper.case.language,
        "dir": "rtl" if get_language_info(paper.case.language)["bidi"] else "ltr",
        "title": letter.direction_label,
        "emblem": _emblem(desk),
        "body": paper.head["body"],
        "parent": paper.head["parent"],
        "secretariat": str(letter.secretariat),
        "marks": [
            {
                "label": _("Number"),
                "value": localised(letter.number),
                "dir": side_of(letter.number) or "ltr",
            },
            {"label": _("Date"), "value": format_date(letter.letter_date), "dir": "ltr"},
            {"label": _("Enclosures"), "value": _enclosures(paper), "dir": ""},
        ],
        "stamp": ""
        if outgoing
        else _("Registered on %(day)s in %(secretariat)s")
        % {"day": format_date(letter.registered_on, "long"), "secretariat": letter.secretariat},
        "void": _("VOID") if letter.voided_at else "",
        "lines": _lines(paper, outgoing=outgoing),
        "greeting": _("With regards,") if outgoing else "",
        "paragraphs": [_sided(line) for line in paper.text.split("\n") if line.strip()],
        "visit": _visit(paper.visit),
        "signed_by": paper.signed_by,
        "post": paper.post,
        "foot": _foot(desk, address),
    }


def _lines(paper: LetterPaper, *, outgoing: bool) -> list[dict[str, Any]]:
    letter = paper.letter
    person = paper.name or _("the applicant of case %(code)s") % {
        "code": f"\u2066{localised(paper.case.code)}\u2069"
    }
    found = [
        (pgettext("letter", "To"), person if outgoing else paper.head["body"]),
        (pgettext("letter", "From"), "" if outgoing else person),
        (_("Subject"), paper.subject),
        (_("In reply to"), _reference(letter.in_reply_to, paper.reply_day)),
        (_("Following"), _reference(letter.following, paper.following_day)),
    ]
    return [{"label": label, "value": _sided(value)} for label, value in found if value]


def side_of(text: str) -> str:
    """From which side a text reads: that of its first letter; "" where it has none."""
    for letter in text:
        kind = unicodedata.bidirectional(letter)
        if kind in ("R", "AL"):
            return "rtl"
        if kind == "L":
            return "ltr"
    return ""


def _sided(text: str) -> dict[str, str]:
    """What somebody wrote, in the order of its own language whatever that of the letter is."""
    return {"text": text, "dir": side_of(text)}


def _apart(text: str) -> str:
    """A text that keeps its own order inside a sentence."""
    return f"\u2068{text}\u2069"


def _reference(number: str, day: date | None) -> str:
    """Another letter, by its number and, where it is known, its day."""
    if not number:
        return ""
    shown = _apart(localised(number))
    if day is None:
        return _("letter number %(number)s") % {"number": shown}
    return _("letter number %(number)s of %(day)s") % {"number": shown, "day": format_date(day)}


def _enclosures(paper: LetterPaper) -> str:
    if not paper.letter.enclosures:
        return pgettext("enclosures", "none")
    count = localised(paper.letter.enclosures)
    return f"{count} ({_apart(paper.letter.enclosed)})" if paper.letter.enclosed else count


def _visit(visit: dict[str, Any] | None) -> list[dict[str, Any]]:
    if not visit:
        return []
    found = [
        (_("When"), format_datetime(datetime.fromisoformat(visit["at"]), "long")),
        (_("Where"), visit["place"]),
        (_("What to bring"), visit.get("bring") or ""),
    ]
    return [{"label": label, "value": _sided(value)} for label, value in found if value]


def _foot(desk: DeskSettings, address: str) -> list[str]:
    """How to reach the body, and where the case is followed."""
    contacts = [desk.postal_address, f"\u2066{localised(desk.phone)}\u2069" if desk.phone else ""]
    reached = " · ".join(part for part in contacts if part)
    followed = _("Follow your case at %(address)s") % {"address": f"\u2066{address}\u2069"}
    return [line for line in (reached, followed) if line]


def _emblem(desk: DeskSettings) -> str:
    """The emblem inside an SVG, the one picture that JSON can carry; "" where there is none."""
    kind = _KINDS.get((desk.emblem.name or "").rpartition(".")[2].lower())
    if kind is None:
        return ""
    try:
        with desk.emblem.open("rb") as file:
            picture = base64.b64encode(file.read()).decode()
    except OSError:
        _logger.warning("The emblem cannot be read; letters are printed without it.")
        return ""
    size = f'width="{desk.emblem_width or 100}" height="{desk.emblem_height or 100}"'
    names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return (
        f'<svg {names} {size}><image {size} xlink:href="data:image/{kind};base64,{picture}"/></svg>'
    )
