"""How the versions of one agreement follow each other: pure (R35, R36).

A version that begins before its predecessor's end replaces it from that day; days between two
versions are days without an agreement. Both are explained. Refused is what would undo a version
that is signed already: beginning before a signed one that starts later, or ending before the
signed one that it takes the place of.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _

from persian.digits import localised
from persian.jalali import format_date

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """The days of one version: `last` is None without an end of its own.

    `first` is the first day on which it binds, or would: never before its last signature.
    `ended` is the first day on which it no longer binds because it was terminated.
    """

    number: int
    first: date
    last: date | None = None
    ended: date | None = None

    @property
    def end(self) -> date | None:
        """Its last day, by its own text or because it was terminated before."""
        ends = [day for day in (self.last, self.ended and self.ended - DAY) if day is not None]
        return min(ends, default=None)


class Relation(StrEnum):
    """How a version stands to another one of its agreement."""

    REPLACES = "replaces"
    REPLACED_BY = "replaced_by"
    GAP_BEFORE = "gap_before"
    GAP_AFTER = "gap_after"
    OVERTAKEN = "overtaken"
    BEFORE_SIGNED = "before_signed"
    INSIDE = "inside"


#: What must not be offered or signed.
REFUSED = frozenset({Relation.OVERTAKEN, Relation.BEFORE_SIGNED, Relation.INSIDE})


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to say about a version and the version `other`; days are both included.

    Of a gap they are its days; of a replacement the day on which it happens, and the last day that
    the replaced one would have had; of a refusal the days of the other version.
    """

    relation: Relation
    other: int
    first: date
    last: date | None = None

    @property
    def refused(self) -> bool:
        """Whether it stands against offering or signing the version."""
        return self.relation in REFUSED


@dataclass(frozen=True, slots=True)
class Gap:
    """Days without an agreement, both included, between two versions."""

    before: int
    after: int
    first: date
    last: date


def findings(own: Span, signed: Sequence[Span]) -> list[Finding]:
    """How `own` would stand among the versions of its agreement that are signed.

    Refusals first; then what it replaces and what follows, in the order of their days.
    """
    others = [span for span in signed if span.number != own.number]
    refused = [found for other in others if (found := _refusal(own, other)) is not None]
    return refused or _explained(own, others)


def gaps(signed: Sequence[Span]) -> list[Gap]:
    """The days between the first and the last version on which none was in force."""
    found: list[Gap] = []
    reached: Span | None = None
    for span in sorted(_effective(signed), key=lambda one: one.first):
        if reached is not None and reached.end is not None and span.first > reached.end + DAY:
            found.append(Gap(reached.number, span.number, reached.end + DAY, span.first - DAY))
        if reached is None or _later(span.end, reached.end):
            reached = span
    return found


def sentence(found: Finding) -> str:
    """A finding in words, in the reader's language and calendar."""
    values = {
        "other": localised(found.other),
        "first": format_date(found.first),
        "last": format_date(found.last) if found.last else "",
    }
    if found.relation == Relation.REPLACES and found.last is None:
        return _("It replaces version %(other)s from %(first)s on.") % values
    if found.relation == Relation.BEFORE_SIGNED and found.last is None:
        return (
            _(
                "Version %(other)s is signed and starts on %(first)s. A version that begins before "
                "it would end it before it began; begin on that day or later."
            )
            % values
        )
    sentences = {
        Relation.REPLACES: _(
            "It replaces version %(other)s from %(first)s on; that one would have been valid "
            "until %(last)s."
        ),
        Relation.REPLACED_BY: _("Version %(other)s replaces it from %(first)s on."),
        Relation.GAP_BEFORE: _(
            "From %(first)s until %(last)s, after version %(other)s, no version is in force. "
            "All services go on."
        ),
        Relation.GAP_AFTER: _(
            "From %(first)s until %(last)s, before version %(other)s, no version is in force. "
            "All services go on."
        ),
        Relation.OVERTAKEN: _(
            "The later version %(other)s is signed and in force from %(first)s on, so this one "
            "would never be. Make a new version."
        ),
        Relation.BEFORE_SIGNED: _(
            "Version %(other)s is signed for %(first)s until %(last)s. A version that begins "
            "before it would end it before it began; begin on that day or later."
        ),
        Relation.INSIDE: _(
            "Version %(other)s is signed for %(first)s until %(last)s. This one would replace it "
            "and end before it, and nothing would be in force for the rest. Let it last at least "
            "as long."
        ),
    }
    return sentences[found.relation] % values


def gap_sentence(gap: Gap) -> str:
    """A gap in words."""
    return _("From %(first)s until %(last)s no version was in force. All services went on.") % {
        "first": format_date(gap.first),
        "last": format_date(gap.last),
    }


def _refusal(own: Span, other: Span) -> Finding | None:
    relation = None
    if other.number > own.number:
        if other.first <= own.first:
            relation = Relation.OVERTAKEN
    elif own.first < other.first:
        relation = Relation.BEFORE_SIGNED
    elif (
        own.last is not None
        and other.end is not None
        and own.first <= other.end
        and own.last < other.end
    ):
        relation = Relation.INSIDE
    return Finding(relation, other.number, other.first, other.end) if relation else None


def _explained(own: Span, others: Sequence[Span]) -> list[Finding]:
    found = []
    effective = _effective(others)
    running = [
        span
        for span in effective
        if span.number < own.number and (span.end is None or span.end >= own.first)
    ]
    found += [Finding(Relation.REPLACES, span.number, own.first, span.end) for span in running]
    ended = [span for span in effective if span.end is not None and span.end < own.first]
    if ended and not running:
        last = max(ended, key=lambda span: span.end or date.min)
        if last.end is not None and last.end + DAY < own.first:
            found.append(Finding(Relation.GAP_BEFORE, last.number, last.end + DAY, own.first - DAY))
    later = [span for span in others if span.number > own.number and span.first > own.first]
    if later:
        following = min(later, key=lambda span: span.first)
        if own.end is None or following.first <= own.end:
            found.append(Finding(Relation.REPLACED_BY, following.number, following.first))
        elif following.first > own.end + DAY:
            days = (own.end + DAY, following.first - DAY)
            found.append(Finding(Relation.GAP_AFTER, following.number, *days))
    return found


def _effective(spans: Sequence[Span]) -> list[Span]:
    """The spans as they really are: cut where a later version takes over; none left out."""
    found = []
    for span in spans:
        taken_over = min((o.first for o in spans if o.number > span.number), default=None)
        if taken_over is not None and taken_over <= span.first:
            continue
        ended = min((day for day in (span.ended, taken_over) if day is not None), default=None)
        found.append(Span(span.number, span.first, span.last, ended))
    return found


def _later(end: date | None, than: date | None) -> bool:
    return than is not None and (end is None or end > than)
