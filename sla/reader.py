"""Reading a Markdown agreement of the national form into a document's parts. Pure.

Such a file has a heading for the agreement, a heading for each clause (one level deeper for a
clause below another) and, somewhere in its text, the date until which it is valid. The reader
gives up with one clear `ReadError` on anything else.
"""

import re
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.token import Token

from persian.digits import grouped, to_ascii
from persian.jalali import JalaliError, parse_date
from persian.text import control_characters, normalise, search_key
from sla.blanks import Blank, find_blanks
from sla.document import clean_markup
from sla.enums import ClauseType

MAX_BYTES = 512 * 1024
MAX_CLAUSES = 200

#: Words of a heading, as `search_key` writes them, that tell the type of its clause.
_HEADINGS: tuple[tuple[ClauseType, tuple[str, ...]], ...] = (
    (ClauseType.INTRODUCTION, ("مقدمه", "پیشگفتار", "دیباچه", "introduction")),
    (ClauseType.DEFINITIONS, ("تعاریف", "تعریف", "واژگان", "definitions")),
    (ClauseType.CONFIDENTIALITY, ("محرمان", "حریمخصوصی", "confidential", "privacy")),
    (ClauseType.TERMINATION, ("خاتمه", "فسخ", "پایانخدمت", "termination")),
    (ClauseType.FEES, ("هزینه", "پرداخت", "تعرفه", "fees", "payment")),
    (ClauseType.AVAILABILITY, ("دسترس", "availability")),
    (ClauseType.PERIOD, ("دوره", "مدتاعتبار", "اعتبار", "period", "validity")),
    (ClauseType.RESPONSIBILITY, ("مسیولیت", "responsibility")),
    (ClauseType.COMMITMENTS, ("تعهد", "commitment", "obligation")),
    (ClauseType.PURPOSE, ("هدف", "اهداف", "purpose")),
)
_DATE = re.compile(
    r"(?<![0-9/])([0-9]{2}|1[345][0-9]{2})\s?/\s?([0-9]{1,2})\s?/\s?([0-9]{1,2})(?![0-9/])"
)
_DAY_WORD = r"\s+(?:(?:تاریخ|روز)\s+)?$"
_UNTIL = re.compile(rf"(?:تا|پایان|لغایت|until|till|end of){_DAY_WORD}", re.IGNORECASE)
_FROM = re.compile(rf"(?:از|from|since){_DAY_WORD}", re.IGNORECASE)
_FREE = re.compile(
    r"رایگان|هیچ\s*(?:گونه\s*)?(?:هزینه|وجه|مبلغ)|free of charge|no (?:fee|charge)",
    re.IGNORECASE,
)


class ReadError(ValueError):
    """The file is no such agreement; the message says why, for the person who sent it."""


@dataclass(frozen=True, slots=True)
class ReadClause:
    """A clause as it was found: its heading, its rich text, and where it begins (line from 1)."""

    title: str
    type: ClauseType
    html: str
    line: int
    nested: bool
    free: bool
    g2g: bool


@dataclass(frozen=True, slots=True)
class FoundBlank:
    """An unfilled blank, with the clause and the line of the file it stands on."""

    clause: str
    blank: Blank


@dataclass(frozen=True, slots=True)
class ReadAgreement:
    """What the file says."""

    title: str
    valid_from: date | None
    valid_to: date
    clauses: tuple[ReadClause, ...]
    blanks: tuple[FoundBlank, ...]

    @property
    def g2g_clauses(self) -> tuple[ReadClause, ...]:
        """Clauses that speak of services between organisations."""
        return tuple(clause for clause in self.clauses if clause.g2g)


def decode(data: bytes) -> str:
    """Return the text of a file's bytes; raises ReadError when they are not text in UTF-8."""
    if len(data) > MAX_BYTES:
        raise ReadError(
            _("The file is larger than %(limit)s KB; an agreement is not.")
            % {"limit": grouped(MAX_BYTES // 1024)}
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ReadError(
            _("The file is not text in UTF-8 (byte %(position)s). Save it as UTF-8 and try again.")
            % {"position": grouped(error.start)}
        ) from None
    if control_characters(text):
        raise ReadError(_("The file is not text: it holds control characters."))
    if not text.strip():
        raise ReadError(_("The file is empty."))
    return text


def read_agreement(text: str) -> ReadAgreement:
    """Read the Markdown text of an agreement; raises ReadError when it is not one."""
    tokens = MarkdownIt("commonmark", {"html": False}).parse(text)
    title, clauses = _clauses(tokens)
    if not clauses:
        raise ReadError(
            _("The file has no headings of clauses: no line such as “### Purpose” with text below.")
        )
    if len(clauses) > MAX_CLAUSES:
        limit = {"limit": grouped(MAX_CLAUSES)}
        raise ReadError(_("The file has more than %(limit)s headings.") % limit)
    valid_from, valid_to = _validity(text)
    if valid_to is None:
        raise ReadError(
            _("The file names no date until which the agreement is valid, such as 1405/12/29.")
        )
    if valid_from is not None and valid_from > valid_to:
        raise ReadError(_("The agreement would end before it begins."))
    return ReadAgreement(
        title=normalise(title) or _("Service level agreement"),
        valid_from=valid_from,
        valid_to=valid_to,
        clauses=tuple(clauses),
        blanks=tuple(_found_blanks(text, clauses)),
    )


def guess_type(heading: str) -> ClauseType:
    """Return what a clause is about, by its heading, however that was typed."""
    key = search_key(heading)
    for kind, words in _HEADINGS:
        if any(word in key for word in words):
            return kind
    return ClauseType.OTHER


def _clauses(tokens: list[Token]) -> tuple[str, list[ReadClause]]:
    """Split the tokens at their headings: the agreement's title and its clauses."""
    heads = [index for index, token in enumerate(tokens) if token.type == "heading_open"]
    levels = [int(tokens[index].tag[1]) for index in heads]
    title = ""
    if heads and (len(levels) == 1 or levels[0] < min(levels[1:])):
        title = tokens[heads[0] + 1].content
        lead = _render(tokens[heads[0] + 3 : heads[1] if len(heads) > 1 else None])
        heads, levels = heads[1:], levels[1:]
        if lead and not heads:
            return title, []
    if not heads:
        return title, []
    top = min(levels)
    ends = [*heads[1:], len(tokens)]
    return title, [
        _clause(tokens[start:end], nested=level > top and number > 0)
        for number, (start, end, level) in enumerate(zip(heads, ends, levels, strict=True))
    ]


def _clause(tokens: list[Token], *, nested: bool) -> ReadClause:
    title = normalise(tokens[1].content).rstrip(":： ").strip()
    markup = _render(tokens[3:])
    kind = guess_type(title)
    plain = normalise(re.sub(r"<[^>]*>", " ", markup))
    return ReadClause(
        title=title,
        type=kind,
        html=markup,
        line=(tokens[0].map or [0])[0] + 1,
        nested=nested,
        free=kind == ClauseType.FEES and _FREE.search(plain) is not None,
        g2g="g2g" in plain.lower(),
    )


def _render(tokens: list[Token]) -> str:
    parser = MarkdownIt("commonmark", {"html": False})
    return clean_markup(normalise(parser.renderer.render(tokens, parser.options, {})))


def _validity(text: str) -> tuple[date | None, date | None]:
    """The first and last day that the text names: «از ۱۳۹۸/۰۱/۰۱ تا ۹۹/۱۲/۲۹»."""
    plain = to_ascii(normalise(text))
    begins = ends = None
    for match in _DATE.finditer(plain):
        before = plain[max(match.start() - 30, 0) : match.start()]
        if _UNTIL.search(before):
            ends = ends or _day(match)
        elif _FROM.search(before):
            begins = begins or _day(match)
    return begins, ends


def _day(match: re.Match[str]) -> date:
    """The day that a date in the text names; two-digit years are read as `parse_date` does."""
    try:
        return parse_date("/".join(match.groups()))
    except JalaliError as error:
        raise ReadError(
            _("The date %(date)s in the file does not exist: %(reason)s")
            % {"date": match.group(), "reason": error}
        ) from None


def _found_blanks(text: str, clauses: list[ReadClause]) -> list[FoundBlank]:
    found = []
    for blank in find_blanks(text):
        above = [clause.title for clause in clauses if clause.line <= blank.line]
        found.append(FoundBlank(clause=above[-1] if above else "", blank=blank))
    return found
