"""Agreements in the desk API: versions, their clauses, and what changed between two (R12, R35).

Only what the public may read: versions that are signed, and those that are published.
"""

from dataclasses import asdict
from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import get_language
from ninja import Query, Router
from ninja.decorators import decorate_view

from service_requests.api import agreement_schemas as schemas
from service_requests.api.conditional import tagged
from sla.agreements import choose_in_force
from sla.comparing import compare, documents_of, readable
from sla.differences import Differences, Field
from sla.document import Document
from sla.models import Agreement, Signature
from sla.plain import (
    clause_plain,
    outages_plain,
    party_plain,
    signature_plain,
    target_plain,
    validity_plain,
)
from sla.reading import versions_for
from sla.sequence import gaps_of, said_of
from sla.showing import Neighbour, neighbours_for
from sla.state import today
from sla.word_diff import Piece

router = Router(tags=["agreements"])

PUBLIC = decorate_view(tagged)


@router.get("/agreements", response=list[schemas.AgreementOut], summary="Agreements")
@PUBLIC
def agreements(request: HttpRequest) -> list[dict[str, Any]]:
    """Every public version of the agreements, newest first, with its computed state."""
    rows = versions_for(request)
    return [
        _listed(one)
        for one in neighbours_for(request, rows, rows, today())
        if one.url or one.facts.signed_on is not None
    ]


@router.get("/agreements/{key}", response=schemas.AgreementDetail, summary="One agreement")
@PUBLIC
def agreement(request: HttpRequest, key: str) -> dict[str, Any]:
    """An agreement with its public versions, the one in force, and the days without any."""
    versions = _versions(request, key)
    first = next(iter(versions.values())).version
    rows = [row for row in versions_for(request) if row.agreement_id == first.agreement_id]
    in_force = choose_in_force([(one.version, one.facts) for one in versions.values()], today())
    return {
        "agreement": first.agreement.key,
        "title": str(first.agreement),
        "department": _department(first.agreement),
        "in_force": in_force.number if in_force else None,
        "versions": [_listed(one) for one in versions.values()],
        "gaps": [{"first": gap.first, "last": gap.last} for gap in gaps_of(rows)],
    }


@router.get(
    "/agreements/{key}/versions/{number}", response=schemas.VersionOut, summary="One version"
)
@PUBLIC
def version(request: HttpRequest, key: str, number: int) -> dict[str, Any]:
    """The text of a version: the sealed one once it is signed; it stays readable for ever."""
    versions = _versions(request, key)
    if number not in versions:
        raise Http404
    one = versions[number]
    document = documents_of([one.version])[one.version.pk]
    return _version(one, document, said_of(one.version, versions_for(request), one.facts))


@router.get("/agreements/{key}/changes", response=schemas.ChangesOut, summary="What changed")
@PUBLIC
def changes(
    request: HttpRequest,
    key: str,
    old: int = Query(..., alias="from", description="Number of a version"),
    new: int = Query(..., alias="to", description="Number of another version"),
) -> dict[str, Any]:
    """What changed between two public versions, clause by clause, word by word.

    Whichever is named first, the earlier one is the old one. The same number twice has no changes.
    """
    versions = _versions(request, key)
    if old not in versions or new not in versions:
        raise Http404
    earlier, later = (versions[number] for number in sorted((old, new)))
    found = compare(earlier, later, language=get_language() or "fa")
    numbers = (earlier.version.number, later.version.number)
    place = later.url or earlier.url
    return {
        "agreement": key,
        "old": numbers[0],
        "new": numbers[1],
        "language": found.language,
        "translated": found.translated,
        "url": f"{place}changes/{numbers[0]}-{numbers[1]}/"
        if place and numbers[0] != numbers[1]
        else None,
        **_changed(found.differences, found.language),
    }


def _versions(request: HttpRequest, key: str) -> dict[int, Neighbour]:
    """The public versions of an agreement, by number; 404 where there is none."""
    row = Agreement.objects.filter(key=key.replace("\0", "")[:60]).first()
    versions = readable(request, row.pk) if row is not None else {}
    if not versions:
        raise Http404
    return versions


def _department(row: Agreement) -> str | None:
    return row.department.key if row.department is not None else None


def _listed(one: Neighbour) -> dict[str, Any]:
    return {
        "agreement": one.version.agreement.key,
        "title": str(one.version.agreement),
        "number": one.version.number,
        "state": one.state,
        "valid_from": one.valid_from,
        "valid_to": one.valid_to,
        "g2g": one.version.g2g,
        "url": one.url or None,
        "department": _department(one.version.agreement),
    }


def _version(one: Neighbour, document: Document, said: list[str]) -> dict[str, Any]:
    row, facts = one.version, one.facts
    validity = validity_plain(facts, document, today())
    signatures = Signature.objects.filter(text__version_id=row.pk) if row.sealed else ()
    return {
        "agreement": row.agreement.key,
        "title": document.title,
        "number": row.number,
        "state": one.state,
        "language": document.language,
        "g2g": document.g2g,
        "url": one.url or None,
        "valid_from": validity["from"],
        "valid_to": validity["to"],
        "ending": validity["ending"],
        "days_left": validity["days_left"],
        "announced_end": validity["announced_end"],
        "terminated_on": facts.terminated_on,
        "replaced_from": facts.replaced_from,
        "parties": [party_plain(party) for party in document.parties],
        "clauses": [clause_plain(clause) for clause in document.clauses],
        "targets": [target_plain(target, document.language) for target in document.targets],
        "outages": outages_plain(document),
        "signatures": [signature_plain(signature) for signature in signatures],
        "sealed": row.sealed,
        "digest": row.signed_text.digest if row.sealed else row.offered_digest,
        "succession": said,
    }


def _changed(found: Differences, language: str) -> dict[str, Any]:
    return {
        "same": found.same,
        "title": _pieces(found.title),
        "terms": _fields(found.terms),
        "parties": [
            {
                "kind": change.kind,
                "old": change.old.name if change.old else None,
                "new": change.new.name if change.new else None,
                "fields": _fields(change.fields),
            }
            for change in found.parties
        ],
        "clauses": [
            {
                "kind": change.kind,
                "moved": change.moved,
                "emphasis": change.emphasis,
                "old_number": change.old.number if change.old else None,
                "new_number": change.new.number if change.new else None,
                "type": change.clause.type.value,
                "title": _pieces(change.title),
                "lines": [
                    {"item": line.item, "pieces": _pieces(line.pieces)} for line in change.lines
                ],
                "fields": _fields(change.fields),
            }
            for change in found.clauses
        ],
        "targets": [
            {
                "kind": change.kind,
                "old": target_plain(change.old, language) if change.old else None,
                "new": target_plain(change.new, language) if change.new else None,
            }
            for change in found.targets
        ],
    }


def _pieces(pieces: tuple[Piece, ...]) -> list[dict[str, str]]:
    return [asdict(piece) for piece in pieces]


def _fields(fields: tuple[Field, ...]) -> list[dict[str, Any]]:
    return [
        {"name": field.name, "old": _value(field.old), "new": _value(field.new)} for field in fields
    ]


def _value(value: Any) -> str | bool | None:
    """A fact as JSON has it: a day in ISO, a choice by its stored word."""
    if value is None or isinstance(value, bool):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
