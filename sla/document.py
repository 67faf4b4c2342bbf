"""The text of a version as plain values, and its canonical form that is sealed. Pure.

Pages, the API and printed documents are all rendered from a `Document`: for an unsigned version
it is read from its page, for a signed one from the sealed canonical JSON.
"""

import hashlib
import json
import unicodedata
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import nh3

from sla.blanks import Blank, find_blanks, find_blanks_in_html
from sla.enums import ClauseType, Ending, Measure, OutageRule, PartyRole, Unit
from sla.targets import Target, share_text

#: The canonical form of texts that are offered from now on.
FORMAT = 2
#: The first form said nothing of the department; what was sealed in it stays as it is.
WITHOUT_DEPARTMENT = 1


class DocumentError(ValueError):
    """A text that is not the canonical form of a document."""


#: What the text of a clause may consist of: nothing that points elsewhere or could run.
MARKUP = {"p", "b", "strong", "i", "em", "br", "ul", "ol", "li"}


def clean_markup(markup: str) -> str:
    """Return rich text with nothing in it but paragraphs, lists and emphasis."""
    return nh3.clean(markup, tags=MARKUP, attributes={}, link_rel=None).strip()


@dataclass(frozen=True, slots=True)
class Party:
    """One side of the agreement. `key` identifies it within the document."""

    key: str
    role: PartyRole
    name: str
    signs: bool = False
    signatory_name: str = ""
    signatory_post: str = ""


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause. `number` is "6" or, below another clause, "6.1"; `html` is clean rich text."""

    number: str
    anchor: str
    type: ClauseType
    title: str
    html: str
    free: bool = False
    g2g: bool = False

    @property
    def nested(self) -> bool:
        """Whether it stands below another clause."""
        return "." in self.number


@dataclass(frozen=True, slots=True)
class Document:
    """Everything that a signature fixes.

    `department` is the key of the department whose requests it covers, "" for the whole body;
    `format` the canonical form that it is written in; `outages` what clocks do while an outage
    lasts that their request is about.
    """

    agreement: str
    number: int
    language: str
    title: str
    valid_from: date | None = None
    valid_to: date | None = None
    ending: Ending = Ending.DATE
    g2g: bool = False
    parties: tuple[Party, ...] = ()
    clauses: tuple[Clause, ...] = field(default=())
    targets: tuple[Target, ...] = ()
    department: str = ""
    department_name: str = ""
    format: int = FORMAT
    outages: OutageRule = OutageRule.RUN

    @property
    def signing_parties(self) -> tuple[Party, ...]:
        """The parties whose signatures it needs."""
        return tuple(party for party in self.parties if party.signs)

    @property
    def free_clause(self) -> Clause | None:
        """The clause that says that the services cost nothing, if there is one (R30)."""
        return next((clause for clause in self.clauses if clause.free), None)

    def canonical(self) -> str:
        """The one JSON text of this document: sorted keys, no spaces, Unicode NFC.

        A document without targets is written as before there were any, one whose clocks run on in
        outages without that rule, and one of the first form without its department, so that what
        was signed then keeps its digest.
        """
        plain = asdict(self)
        if self.outages == OutageRule.RUN:
            del plain["outages"]
        if self.format == WITHOUT_DEPARTMENT:
            del plain["department"], plain["department_name"]
        if self.targets:
            plain["targets"] = [
                {**target, "share": share_text(target["share"])} for target in plain["targets"]
            ]
        else:
            del plain["targets"]
        plain["valid_from"] = self.valid_from.isoformat() if self.valid_from else None
        plain["valid_to"] = self.valid_to.isoformat() if self.valid_to else None
        text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return unicodedata.normalize("NFC", text)


def digest_of(canonical: str) -> str:
    """The SHA-256 of a canonical text, in hexadecimal."""
    return hashlib.sha256(canonical.encode()).hexdigest()


def read_canonical(text: str) -> Document:
    """Read a canonical text back; raises DocumentError for anything else."""
    try:
        plain = json.loads(text)
        if plain["format"] not in (WITHOUT_DEPARTMENT, FORMAT):
            raise DocumentError("unknown format of the canonical text")
        named = plain.keys() & {"department", "department_name"}
        if len(named) != (0 if plain["format"] == WITHOUT_DEPARTMENT else 2):
            raise DocumentError("not the members of this format")
        for name in ("valid_from", "valid_to"):
            plain[name] = date.fromisoformat(plain[name]) if plain[name] else None
        plain["ending"] = Ending(plain["ending"])
        if "outages" in plain:
            plain["outages"] = OutageRule(plain["outages"])
            if plain["outages"] == OutageRule.RUN:
                raise DocumentError("a rule that is not written down")
        plain["parties"] = tuple(
            Party(**{**party, "role": PartyRole(party["role"])}) for party in plain["parties"]
        )
        plain["clauses"] = tuple(
            Clause(**{**clause, "type": ClauseType(clause["type"])}) for clause in plain["clauses"]
        )
        plain["targets"] = tuple(_target(target) for target in plain.get("targets", ()))
        return Document(**plain)
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise DocumentError("not the canonical text of an agreement") from error


def _target(plain: dict[str, Any]) -> Target:
    return Target(
        **{
            **plain,
            "measure": Measure(plain["measure"]),
            "unit": Unit(plain["unit"]),
            "share": Decimal(plain["share"]),
        }
    )


@dataclass(frozen=True, slots=True)
class Place:
    """Where a blank stands: in which part (`title`, `parties`, `clauses`, `targets`), under which
    heading.

    `index` counts the clauses, the parties or the targets from 0.
    """

    part: str
    heading: str
    blank: Blank
    index: int | None = None


def blanks_of(document: Document) -> list[Place]:
    """Every unfilled blank of the document with its place, in reading order (R34)."""
    places = [Place("title", "", blank) for blank in find_blanks(document.title)]
    for index, party in enumerate(document.parties):
        words = " · ".join((party.name, party.signatory_name, party.signatory_post))
        places += [Place("parties", party.name, blank, index) for blank in find_blanks(words)]
    for index, clause in enumerate(document.clauses):
        heading = f"{clause.number} {clause.title}".strip()
        found = find_blanks(clause.title) + find_blanks_in_html(clause.html)
        places += [Place("clauses", heading, blank, index) for blank in found]
    for index, target in enumerate(document.targets):
        places += [Place("targets", "", blank, index) for blank in find_blanks(target.text)]
    return places
