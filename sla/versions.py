"""Making versions, and offering or withdrawing their text, until the first signature."""

from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from sla.document import Document, digest_of
from sla.enums import Ending
from sla.models.agreements import Agreement, AgreementVersion
from sla.querysets import SealedError


@transaction.atomic
def create_agreement(*, title: str, key: str = "", title_en: str = "") -> Agreement:
    """Begin an agreement; without a key one is made of its title, and made unique."""
    wanted = slugify(key or title_en or title)[:50] or "agreement"
    taken = set(Agreement.objects.filter(key__startswith=wanted).values_list("key", flat=True))
    found = wanted
    number = 2
    while found in taken:
        found, number = f"{wanted}-{number}", number + 1
    return Agreement.objects.create(key=found, title=title[:200], title_en=title_en[:200])


@transaction.atomic
def create_version(
    *,
    agreement: Agreement,
    language: str,
    valid_from: date | None = None,
    valid_to: date | None = None,
    ending: Ending = Ending.DATE,
    g2g: bool = False,
    source_digest: str = "",
) -> AgreementVersion:
    """Add the next version, an unsigned draft, to an agreement."""
    Agreement.objects.select_for_update().get(pk=agreement.pk)
    last = agreement.versions.aggregate(last=Max("number"))["last"] or 0
    return AgreementVersion.objects.create(
        agreement=agreement,
        number=last + 1,
        language=language,
        valid_from=valid_from,
        valid_to=valid_to,
        ending=ending,
        g2g=g2g,
        source_digest=source_digest,
    )


@transaction.atomic
def offer(*, version: AgreementVersion, document: Document) -> AgreementVersion:
    """Make this the text that can be signed; repeating it changes nothing.

    Raises SealedError when another text of the version is signed already.
    """
    text = document.canonical()
    digest = digest_of(text)
    row = AgreementVersion.objects.select_for_update().get(pk=version.pk)
    if row.sealed:
        if row.offered_digest != digest:
            raise SealedError(_("What is signed cannot be changed. Make a new version."))
        return row
    row.valid_from = document.valid_from
    row.valid_to = document.valid_to
    row.ending = document.ending
    row.g2g = document.g2g
    row.offered_text, row.offered_digest = text, digest
    row.save()
    return row


@transaction.atomic
def withdraw(*, version: AgreementVersion) -> None:
    """Take the text back, so that the version is a draft again; a signed one stays as it is."""
    row = AgreementVersion.objects.select_for_update().get(pk=version.pk)
    if not row.sealed and row.offered_digest:
        row.offered_text = row.offered_digest = ""
        row.save(update_fields=["offered_text", "offered_digest"])
