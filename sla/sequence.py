"""The versions of an agreement as they follow each other, read from the database.

`sla.succession` does the arithmetic; here are its questions: what stands against offering or
signing a version, and what editors and readers are to be told.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils.translation import gettext as _

from persian.jalali import format_date
from sla.document import Document
from sla.models.agreements import AgreementVersion
from sla.models.signatures import Signature
from sla.state import Facts, today
from sla.succession import Finding, Gap, Relation, Span, findings, gaps, sentence


def span_of(row: AgreementVersion, facts: Facts) -> Span | None:
    """The days of a version that everybody has signed; None for one that is not signed."""
    if facts.starts is None:
        return None
    return Span(row.number, facts.starts, facts.valid_to, facts.terminated_on)


def spans_of(rows: Iterable[AgreementVersion]) -> list[Span]:
    """The spans of those rows (read `.with_facts()`) that everybody has signed."""
    found = [span_of(row, row.own_facts()) for row in rows]
    return [span for span in found if span is not None]


def findings_for(
    version: AgreementVersion, document: Document, *, on: date | None = None
) -> list[Finding]:
    """How a version with this text, signed on that day (today at the earliest), would follow."""
    day = on or today()
    own = Span(version.number, max(document.valid_from or day, day), document.valid_to, ended=None)
    rows = AgreementVersion.objects.filter(agreement_id=version.agreement_id).exclude(pk=version.pk)
    return findings(own, spans_of(rows.with_facts()))


def refuse_overlap(version: AgreementVersion, document: Document, signed_on: date) -> None:
    """Raise ValidationError when a signature of that day would undo a signed version.

    The version binds from its last signature on, which may be an earlier one of another party.
    """
    given = Signature.objects.filter(text__version=version).aggregate(last=Max("signed_on"))
    found = findings_for(version, document, on=max(signed_on, given["last"] or signed_on))
    if refused := [sentence(one) for one in found if one.refused]:
        raise ValidationError(refused)


def said_of(row: AgreementVersion, siblings: Iterable[AgreementVersion], facts: Facts) -> list[str]:
    """What a reader is told of a signed version's place among the others, a sentence each."""
    own = span_of(row, facts)
    if own is None:
        return []
    others = [one for one in siblings if one.agreement_id == row.agreement_id and one.pk != row.pk]
    return [sentence(found) for found in findings(own, spans_of(others)) if not found.refused]


def gaps_of(rows: Iterable[AgreementVersion]) -> list[Gap]:
    """The days on which no version of an agreement was in force; rows of one agreement."""
    return gaps(spans_of(rows))


def said_of_end(version: AgreementVersion, ends_on: date) -> list[str]:
    """What is left without an agreement when a signed version ends on this day (R36, R38)."""
    own = span_of(version, version.facts())
    if own is None:
        return []
    others = spans_of(version.agreement.versions.with_facts().exclude(pk=version.pk))
    if not any(span.first > own.first for span in others):
        return [
            _(
                "No later version is signed: from %(day)s on no agreement is in force until one "
                "is. All services go on."
            )
            % {"day": format_date(ends_on)}
        ]
    found = findings(replace(own, ended=ends_on), others)
    return [sentence(one) for one in found if one.relation == Relation.GAP_AFTER]


def precedence(version: AgreementVersion) -> str:
    """How a department's own agreement stands to that of the whole body; "" for the body's."""
    department = version.agreement.department
    if department is None:
        return ""
    return _(
        "For requests to “%(department)s” this agreement goes before that of the whole body, "
        "on the days on which it is in force."
    ) % {"department": department}
