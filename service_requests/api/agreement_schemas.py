"""What the desk API says about agreements, their versions, and what changed between two."""

from datetime import date

from ninja import Field, Schema


class AgreementOut(Schema):
    """A version of an agreement with its computed state."""

    agreement: str
    title: str
    number: int
    state: str
    valid_from: date | None
    valid_to: date | None
    g2g: bool
    url: str | None
    department: str | None = Field(description="Key of the department; null: the whole body")


class GapOut(Schema):
    """Days between two versions on which none was in force, both included."""

    first: date
    last: date


class AgreementDetail(Schema):
    """An agreement through all its public versions."""

    agreement: str
    title: str
    department: str | None
    in_force: int | None = Field(description="Number of the version in force today")
    versions: list[AgreementOut]
    gaps: list[GapOut]


class SignatoryOut(Schema):
    """Who signs, or is to sign, for a party."""

    name: str
    post: str


class PartyOut(Schema):
    """One side of an agreement."""

    key: str
    role: str
    name: str
    signs: bool
    signatory: SignatoryOut


class ClauseOut(Schema):
    """One clause; `html` holds paragraphs, lists and emphasis only."""

    number: str
    anchor: str
    type: str
    title: str
    html: str
    free: bool
    g2g: bool


class TargetOut(Schema):
    """One promise. Shares are text, so that nobody rounds them."""

    key: str = Field(description="Identifies it within its version")
    measure: str
    share: str | None = Field(description="Percent; null for a promise in words")
    amount: int | None
    unit: str | None
    department: str | None = Field(description="Key of the department; null: all of them")
    service: str | None = Field(description="Key of the service; null: all of them")
    kind: str | None = Field(description="Kind of cases; null: all kinds")
    sentence: str


class OutagesOut(Schema):
    """What clocks do while an outage lasts that staff have linked a request to."""

    rule: str = Field(description="run, answer (that clock stands still) or all (both do)")
    sentence: str = Field(description="In the language of the text; empty where clocks run on")


class SignatureOut(Schema):
    """One signature under the sealed text."""

    party: str
    name: str
    post: str
    signed_on: date
    letter_number: str
    letter_sha256: str


class AnnouncedEndOut(Schema):
    """An end before its time: from that day on nothing new is registered under the version."""

    on: date
    confirmed: bool = Field(description="False: announced, and certain only once confirmed")


class VersionOut(Schema):
    """A version with everything that a signature fixes: the sealed text once it is signed."""

    agreement: str
    title: str
    number: int
    state: str
    language: str
    g2g: bool
    url: str | None
    valid_from: date | None
    valid_to: date | None = Field(description="The last day; null: no end of its own")
    ending: str = Field(description="date, amended, replaced, open or consent")
    days_left: int | None
    announced_end: AnnouncedEndOut | None
    terminated_on: date | None
    replaced_from: date | None
    parties: list[PartyOut]
    clauses: list[ClauseOut]
    targets: list[TargetOut]
    outages: OutagesOut
    signatures: list[SignatureOut]
    sealed: bool
    digest: str = Field(description="SHA-256 of the canonical text on offer, or sealed")
    succession: list[str] = Field(description="How it follows the other versions, in sentences")


class PieceOut(Schema):
    """Some words: `same`, `ins` (added) or `del` (removed)."""

    op: str
    text: str


class LineOut(Schema):
    """A paragraph, or an item of a list, in pieces."""

    item: bool
    pieces: list[PieceOut]


class FieldChangeOut(Schema):
    """A fact that changed; days in ISO."""

    name: str
    old: str | bool | None
    new: str | bool | None


class ClauseChangeOut(Schema):
    """What became of a clause: added, removed, changed, moved or same."""

    kind: str
    moved: bool
    emphasis: bool = Field(description="Only emphasis, paragraphs or lists changed")
    old_number: str | None
    new_number: str | None
    type: str
    title: list[PieceOut]
    lines: list[LineOut]
    fields: list[FieldChangeOut]


class PartyChangeOut(Schema):
    """What became of a party: added, removed or changed."""

    kind: str
    old: str | None
    new: str | None
    fields: list[FieldChangeOut]


class TargetChangeOut(Schema):
    """What became of a promise: added, removed or changed."""

    kind: str
    old: TargetOut | None
    new: TargetOut | None


class ChangesOut(Schema):
    """What changed between two versions, the earlier one first."""

    agreement: str
    old: int
    new: int
    language: str
    translated: bool = Field(description="Translations were compared, not the signed texts")
    same: bool
    title: list[PieceOut]
    terms: list[FieldChangeOut]
    parties: list[PartyChangeOut]
    clauses: list[ClauseChangeOut]
    targets: list[TargetChangeOut]
    url: str | None
