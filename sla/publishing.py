"""What keeps a text from being published: the rules, and the refusal (R33, R34)."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from wagtail.actions.publish_page_revision import PublishPagePermissionError

from sla.document import Document, Place, blanks_of
from sla.enums import Ending, OutageRule
from sla.targets import is_promise


@dataclass(frozen=True, slots=True)
class Objection:
    """One reason against publishing: the field it concerns and a full sentence.

    `index` is the place of the clause or party in its field, from 0, where there is one.
    """

    field: str
    message: str
    index: int | None = None


class PublishRefused(PublishPagePermissionError):
    """A page must not be published, whichever way it was tried; `objections` say why.

    It is a refused permission to Wagtail, so that its own doors answer it (302, 403) and never
    with an error page.
    """

    def __init__(self, objections: list[Objection]) -> None:
        self.objections = objections
        super().__init__(" ".join(objection.message for objection in objections))


def objections_to(document: Document, *, translation: bool = False) -> list[Objection]:
    """Every reason why this text must not be published; empty when it may."""
    found = [_blank_objection(document, place) for place in blanks_of(document)]
    if not document.clauses:
        found.append(Objection("clauses", _("An agreement needs at least one clause.")))
    return found if translation else found + _terms(document)


def reason_sealed() -> str:
    """Why a signed text stays as it is, and what to do instead."""
    return _("This version is signed; what is signed cannot change. Make a new version.")


def sealed_objections(old: Document, new: Document) -> list[Objection]:
    """Why a page of a signed version cannot take this content; empty when nothing changed."""
    reason = reason_sealed()
    fields = (
        *("title", "valid_from", "valid_to", "ending", "g2g"),
        *("parties", "clauses", "targets", "outages"),
    )
    return [Objection(name, reason) for name in fields if getattr(old, name) != getattr(new, name)]


def _terms(document: Document) -> list[Objection]:
    found = []
    signing = document.signing_parties
    if not signing:
        found.append(
            Objection("parties", _("Say who signs: at least one party has to sign the agreement."))
        )
    if document.g2g and len({party.name for party in signing}) < 2:
        found.append(
            Objection(
                "parties",
                _("An agreement between organisations needs two organisations, both signing."),
            )
        )
    if document.ending == Ending.DATE and document.valid_to is None:
        found.append(Objection("valid_to", _("Give the last day on which the agreement is valid.")))
    if document.ending == Ending.CONSENT and not document.g2g:
        found.append(
            Objection(
                "ending",
                _("Only an agreement between two organisations (G2G) ends by mutual consent."),
            )
        )
    if document.valid_from and document.valid_to and document.valid_from > document.valid_to:
        found.append(Objection("valid_to", _("The agreement would end before it begins.")))
    return found + _promises(document)


def _promises(document: Document) -> list[Objection]:
    """What is wrong with the targets, whoever wrote them: a page's form has said so before."""
    found = []
    seen = set()
    for index, target in enumerate(document.targets):
        if not is_promise(target):
            reason = _("This target does not say yet what is promised.")
            found.append(Objection("targets", reason, index))
        elif (target.department and not target.department_name) or (
            target.service and not target.service_name
        ):
            reason = _("This target names a department or a service that does not exist.")
            found.append(Objection("targets", reason, index))
        elif target.measured and target.scope in seen:
            reason = _("There is a target for exactly this already.")
            found.append(Objection("targets", reason, index))
        seen.add(target.scope)
    if document.outages != OutageRule.RUN and not any(each.timed for each in document.targets):
        reason = _("Nothing is promised in time, so no clock can stand still in an outage.")
        found.append(Objection("outages", reason))
    return found


def _blank_objection(document: Document, place: Place) -> Objection:
    values = {
        "blank": place.blank.text,
        "excerpt": place.blank.excerpt,
        "heading": place.heading,
        "line": place.blank.line,
    }
    if place.part == "title":
        return Objection(
            "title", _("The title has the unfilled blank %(blank)s. Fill it first.") % values
        )
    if place.part == "parties":
        return Objection(
            "parties",
            _("The party “%(heading)s” has the unfilled blank %(blank)s. Fill it first.") % values,
            place.index,
        )
    if place.part == "targets":
        return Objection(
            "targets",
            _("A promise has the unfilled blank %(blank)s: “%(excerpt)s”. Fill it first.") % values,
            place.index,
        )
    return Objection(
        "clauses",
        _("Clause “%(heading)s” has the unfilled blank %(blank)s: “%(excerpt)s”. Fill it first.")
        % values,
        place.index,
    )
