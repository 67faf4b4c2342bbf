"""Whose cases they are: found by exact identifiers, through their keyed digests (R39).

| found by | so the case | and it |
|---|---|---|
| the number that says who the applicant is | is theirs | goes in, unless staff leave it out |
| a mobile number, bearing no such number | may be theirs | goes in if staff say so |
| a mobile number, bearing such a number | is that number's | stays out |
| the national ID of a representative | is the organisation's | stays out |
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from service_requests import look_up
from service_requests.enums import IdentifierField, PersonType
from service_requests.models import Case, IdentifierIndex

Identifiers = Mapping[IdentifierField, str]
# What says who the applicant is; any other number of theirs only says how they are reached.
_IDENTITY = {
    PersonType.NATURAL: IdentifierField.NATIONAL_ID,
    PersonType.LEGAL: IdentifierField.LEGAL_ID,
    PersonType.FOREIGN: IdentifierField.FOREIGN_ID,
}


@dataclass(frozen=True)
class Found:
    """Cases without their sealed content, the oldest first; `elsewhere` counts those of others."""

    theirs: list[Case] = field(default_factory=list)
    perhaps: list[Case] = field(default_factory=list)
    elsewhere: int = 0

    def chosen(self, *, added: Iterable[str], left_out: Iterable[str]) -> list[Case]:
        """What goes in, by tracking codes; a code that was not found means nothing."""
        adding, leaving = set(added), set(left_out)
        rows = [row for row in self.theirs if row.code not in leaving]
        rows += [row for row in self.perhaps if row.code in adding]
        return sorted(rows, key=lambda row: (row.registered_at, row.pk))


def clean(given: Mapping[str, str]) -> dict[IdentifierField, str]:
    """Identifiers in canonical form. Raises ValidationError by field, or when there is none."""
    cleaned: dict[IdentifierField, str] = {}
    errors: dict[str, list[Any]] = {}
    for name in IdentifierField:
        typed = given.get(name) or ""
        if not typed.strip():
            continue
        try:
            cleaned[name] = look_up.clean_identifier(name, typed)
        except ValidationError as error:
            errors[name] = error.error_list
    if errors:
        raise ValidationError(errors)
    if not cleaned:
        raise ValidationError(_("Write at least one number of the person or organisation."))
    return cleaned


def find(*, among: "QuerySet[Case]", identifiers: Identifiers) -> Found:
    """Of these cases those of one subject: one query, whatever is found."""
    digests = {name: look_up.identifier_digest(name, text) for name, text in identifiers.items()}
    mobile = digests.get(IdentifierField.MOBILE, "")
    matching = reduce(or_, (Q(field=name, digest=value) for name, value in digests.items()))
    rows = (
        among.filter(pk__in=IdentifierIndex.objects.filter(matching).order_by().values("case"))
        .annotate(
            is_theirs=_bears_identity(digests),
            is_somebodys=_bears_identity(None),
            is_reached=_bears(IdentifierField.MOBILE, mobile),
        )
        .select_related("department", "service")
        .defer("sealed_content")
        .order_by("registered_at", "pk")
    )
    found: dict[str, list[Case]] = {"theirs": [], "perhaps": [], "elsewhere": []}
    for row in rows:
        perhaps = row.is_reached and not row.is_somebodys
        found["theirs" if row.is_theirs else "perhaps" if perhaps else "elsewhere"].append(row)
    return Found(found["theirs"], found["perhaps"], len(found["elsewhere"]))


def _bears_identity(digests: Mapping[IdentifierField, str] | None) -> Q:
    """Whether a case bears the number of its kind of applicant: one of these, or any."""
    kinds = [
        Q(person_type=kind) & Q(_bears(name, None if digests is None else digests[name]))
        for kind, name in _IDENTITY.items()
        if digests is None or name in digests
    ]
    return reduce(or_, kinds, Q(pk__in=[]))


def _bears(name: IdentifierField, value: str | None) -> Exists:
    rows = IdentifierIndex.objects.filter(case=OuterRef("pk"), field=name)
    return Exists(rows if value is None else rows.filter(digest=value))
