"""The free clause: while an agreement in force says so, no service costs anything (R30)."""

from typing import Any

from django.utils.translation import gettext as _

from cms_pages.models import Service
from persian.digits import localised
from sla.agreements import in_force
from sla.document import Clause, read_canonical
from sla.models.agreements import AgreementVersion
from sla.models.signatures import SignedText


def refuse_fee(service: Service, values: dict[str, Any]) -> list[str]:
    """The rule for `cms_pages.service_rules`: a fee is refused, the clause is named."""
    if not values.get("fee"):
        return []
    version = in_force(department_id=service.department_id)
    clause = free_clause_of(version) if version is not None else None
    if version is None or clause is None:
        return []
    return [
        _(
            "The agreement “%(agreement)s” (%(version)s), in force now, says in clause "
            "%(number)s “%(title)s” that services are free of charge. Remove the fee."
        )
        % {
            "agreement": version.agreement,
            "version": version,
            "number": localised(clause.number),
            "title": clause.title,
        }
    ]


def free_clause_of(version: AgreementVersion) -> Clause | None:
    """The clause of a signed version that promises free services; read from the sealed text."""
    sealed = SignedText.objects.filter(version=version).first()
    return read_canonical(sealed.body).free_clause if sealed is not None else None
