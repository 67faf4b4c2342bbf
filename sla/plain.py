"""The parts of a version as plain values, for the content API and the desk API alike. Pure."""

from datetime import date
from typing import TYPE_CHECKING, Any

from sla.document import Clause, Document, Party
from sla.enums import BINDING_STATES, State
from sla.sentences import outage_sentence, sentence
from sla.state import Facts, days_left, state_on
from sla.targets import Target, share_text

if TYPE_CHECKING:
    from sla.models.signatures import Signature


def validity_plain(facts: Facts, document: Document, on: date) -> dict[str, Any]:
    """First and last day (ISO), how it ends, days left while it is in force.

    `announced_end` is the day of an end that was announced, until it has come and is finished.
    """
    starts = facts.starts or facts.valid_from
    state = state_on(facts, on)
    binding = state in BINDING_STATES
    return {
        "from": starts.isoformat() if starts else None,
        "to": facts.valid_to.isoformat() if facts.valid_to else None,
        "ending": document.ending.value,
        "days_left": days_left(facts, on) if binding else None,
        "announced_end": _announced_end(facts)
        if binding or state in {State.UPCOMING, State.ENDING}
        else None,
    }


def _announced_end(facts: Facts) -> dict[str, Any] | None:
    day = facts.ending_from or facts.announced_end
    if day is None:
        return None
    return {"on": day.isoformat(), "confirmed": facts.ending_from is not None}


def party_plain(party: Party) -> dict[str, Any]:
    """One side."""
    return {
        "key": party.key,
        "role": party.role.value,
        "name": party.name,
        "signs": party.signs,
        "signatory": {"name": party.signatory_name, "post": party.signatory_post},
    }


def clause_plain(clause: Clause) -> dict[str, Any]:
    """One clause, its text as HTML."""
    return {
        "number": clause.number,
        "anchor": clause.anchor,
        "type": clause.type.value,
        "title": clause.title,
        "html": clause.html,
        "free": clause.free,
        "g2g": clause.g2g,
    }


def outages_plain(document: Document) -> dict[str, str]:
    """What clocks do while an outage lasts: the rule, and its sentence in the text's language."""
    return {
        "rule": document.outages.value,
        "sentence": outage_sentence(document.outages, document.language),
    }


def target_plain(target: Target, language: str) -> dict[str, Any]:
    """One promise with its sentence; the share as text, so that nobody rounds it."""
    return {
        "key": target.key,
        "measure": target.measure.value,
        "share": share_text(target.share) if target.measured else None,
        "amount": target.amount if target.timed else None,
        "unit": target.unit.value if target.timed else None,
        "department": target.department or None,
        "service": target.service or None,
        "kind": target.kind or None,
        "sentence": sentence(target, language),
    }


def signature_plain(row: "Signature") -> dict[str, Any]:
    """Who signed, for whom, when, by which letter."""
    return {
        "party": row.party,
        "name": row.name,
        "post": row.post,
        "signed_on": row.signed_on.isoformat(),
        "letter_number": row.letter_number,
        "letter_sha256": row.scan_digest,
        "kind": row.kind,
        "certificate": row.certificate,
    }
