"""Which parties of a version still have to sign."""

from sla.document import Party, read_canonical
from sla.models.agreements import AgreementVersion
from sla.models.signatures import Signature


def unsigned_parties(version: AgreementVersion) -> list[Party]:
    """The parties whose signature the text on offer still needs, in its order."""
    if not version.offered_text:
        return []
    document = read_canonical(version.offered_text)
    given = set(Signature.objects.filter(text__version=version).values_list("party", flat=True))
    return [party for party in document.signing_parties if party.key not in given]
