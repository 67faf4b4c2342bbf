"""Passports with a fee while an agreement says that services are free (R30): the stored ones.

A new fee is refused by `sla.free_clause`. What is stored already contradicts when a version with
the free clause comes in force later: that is told before it is offered and signed, and afterwards
by a system check and on the admin's home until somebody mends it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cms_pages.models import Service
from persian.digits import localised
from sla.agreements import Known, choose_in_force
from sla.document import Clause, Document, read_canonical
from sla.models.agreements import AgreementVersion
from sla.models.signatures import SignedText
from sla.state import today


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A service with a fee, and the clause in force that says that it costs nothing."""

    service: Service
    version: AgreementVersion
    clause: Clause

    def __str__(self) -> str:
        """The contradiction in one sentence, with everything named."""
        return _(
            "The passport of “%(service)s” has a fee of %(fee)s rials, but clause %(number)s "
            "“%(title)s” of the agreement “%(agreement)s” (%(version)s) says that services are "
            "free of charge."
        ) % {
            "service": self.service,
            "fee": localised(f"{self.service.fee:,}"),
            "number": localised(self.clause.number),
            "title": self.clause.title,
            "agreement": self.version.agreement,
            "version": self.version,
        }


def contradictions(*, on: date | None = None) -> list[Contradiction]:
    """Every stored contradiction on that day (today in Tehran): at most three queries."""
    services = list(with_fees())
    if not services:
        return []
    day = on or today()
    rows = list(AgreementVersion.objects.filter(g2g=False).with_facts())
    known: Known = [(row, row.facts(siblings=rows)) for row in rows]
    chosen = {
        service.pk: choose_in_force(_of_department(known, service.department_id), day)
        for service in services
    }
    clauses = _free_clauses({version.pk for version in chosen.values() if version is not None})
    found = []
    for service in services:
        version = chosen[service.pk]
        clause = clauses.get(version.pk) if version is not None else None
        if version is not None and clause is not None:
            found.append(Contradiction(service, version, clause))
    return found


def fees_against(document: Document, version: AgreementVersion) -> list[Service]:
    """The services whose passports would contradict this text once it is in force."""
    if document.g2g or document.free_clause is None:
        return []
    department_id = version.agreement.department_id
    services = with_fees()
    return list(services.filter(department_id=department_id) if department_id else services)


def warning_of(document: Document, services: Iterable[Service]) -> str:
    """Which passports to mend before this text is in force; "" when there is none."""
    names = [str(service) for service in services]
    clause = document.free_clause
    if clause is None or not names:
        return ""
    return _(
        "Clause %(number)s “%(title)s” says that services are free of charge, but these passports "
        "have a fee: %(services)s. Remove the fees before the agreement is in force."
    ) % {
        "number": localised(clause.number),
        "title": clause.title,
        "services": _(", ").join(names),
    }


def with_fees() -> "QuerySet[Service]":
    """The services in whose passport a fee stands, offered to citizens or not."""
    return Service.objects.filter(fee__gt=0).select_related("department").order_by("key")


def _of_department(known: Known, department_id: int) -> Known:
    return [
        (row, facts) for row, facts in known if row.agreement.department_id in (None, department_id)
    ]


def _free_clauses(versions: set[int]) -> dict[int, Clause]:
    """The free clause of each of these versions that has one: one query."""
    texts = SignedText.objects.filter(version__in=versions)
    found = {}
    for version_id, body in texts.values_list("version_id", "body"):
        clause = read_canonical(body).free_clause
        if clause is not None:
            found[version_id] = clause
    return found
