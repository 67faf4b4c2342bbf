"""Two versions of an agreement side by side, as far as the public may read them (R35).

The public may read what is signed, and what is on offer for signature on a page without a log-in.
Signed texts are compared; where both have a page in the reader's language, and that is another
one, their translations are.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest

from sla.differences import Differences, differences
from sla.document import Document, read_canonical
from sla.models.agreements import AgreementVersion
from sla.reading import versions_for
from sla.showing import Neighbour, neighbours_for
from sla.state import today


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed from one version to another; `translated` where translations are compared."""

    old: Neighbour
    new: Neighbour
    language: str
    translated: bool
    differences: Differences


def readable(
    request: HttpRequest, agreement_id: int, *, on: date | None = None
) -> dict[int, Neighbour]:
    """The versions of an agreement that the public may read, by number, newest first."""
    rows = versions_for(request)
    own = [row for row in rows if row.agreement_id == agreement_id]
    found = neighbours_for(request, own, rows, on or today())
    return {one.version.number: one for one in found if one.url or one.facts.signed_on is not None}


def compare(old: Neighbour, new: Neighbour, *, language: str) -> Comparison:
    """What changed between two readable versions, for a reader of that language."""
    signed_languages = {old.version.language, new.version.language}
    if signed_languages != {language}:
        translated = _translations((old.version, new.version), language)
        if len(translated) == 2:
            changed = differences(translated[old.version.pk], translated[new.version.pk])
            return Comparison(old, new, language, True, changed)
    texts = documents_of((old.version, new.version))
    changed = differences(texts[old.version.pk], texts[new.version.pk])
    return Comparison(old, new, new.version.language, False, changed)


def documents_of(versions: Iterable[AgreementVersion]) -> dict[int, Document]:
    """The sealed text of each version, or the one on offer: one query."""
    rows = AgreementVersion.objects.filter(pk__in=[version.pk for version in versions])
    bodies = rows.values_list("pk", "signed_text__body", "offered_text")
    return {pk: read_canonical(sealed or offered) for pk, sealed, offered in bodies}


def _translations(versions: Iterable[AgreementVersion], language: str) -> dict[int, Document]:
    """The texts of their live pages in a language, by version: one query."""
    from sla.models.pages import AgreementPage

    pages = AgreementPage.objects.readable().filter(
        version__in=[version.pk for version in versions], locale__language_code=language
    )
    related = pages.select_related("locale", "version__agreement", "version__signed_text")
    return {page.version_id: page.document for page in related}
