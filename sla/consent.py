"""Ending an agreement between two organisations because both agree to it (R33).

The letters of all organisations that signed are recorded together, once, with their scans; the
rows are append-only. No case hangs on such an agreement (`agreements.known_versions` leaves it
out), so that no user's data end with it; the backup procedure is for all other endings.
"""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from desk_core import audit
from persian.identifiers import clean_letter_number, clean_person_name
from persian.jalali import format_date
from sla.document import Document, read_canonical
from sla.models.agreements import AgreementVersion
from sla.models.consent import ConsentEnd, ConsentLetter
from sla.signed_files import read_scan
from sla.signing import clean_post, cleaned
from sla.state import today

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser


@dataclass(frozen=True, slots=True)
class Letter:
    """What one organisation wrote: who signed it, when, its number, and the scanned letter."""

    name: str
    post: str
    signed_on: date
    letter_number: str
    scan: "UploadedFile | ContentFile"


def end_by_consent(
    *,
    version: AgreementVersion,
    on: date,
    letters: Mapping[str, Letter],
    actor: "AbstractBaseUser | None" = None,
) -> ConsentEnd:
    """Record that both organisations end the version; `on` is the first day without it.

    `letters` by the key of the party. Recording the same again gives the same row. Raises
    ValidationError: by field (`ends_on`, or "<party>-<field>" of a letter), or about the whole.
    """
    sealed = _sealed(version)
    rows = [_row(party.key, letters.get(party.key)) for party in sealed.signing_parties]
    _check(version, on, rows)
    with ExitStack() as undone:
        for row in rows:
            scan = letters[row.party].scan
            scan.seek(0)
            row.scan.save(f"scan.{row.scan_type.rpartition('/')[2]}", scan, save=False)
            undone.callback(row.scan.storage.delete, str(row.scan.name))
        end, created = _record(version, on, rows, actor)
        if created:
            undone.pop_all()
    return end


@transaction.atomic
def _record(
    version: AgreementVersion,
    on: date,
    rows: list[ConsentLetter],
    actor: "AbstractBaseUser | None",
) -> tuple[ConsentEnd, bool]:
    locked = AgreementVersion.objects.select_for_update().get(pk=version.pk)
    before = ConsentEnd.objects.filter(version=locked).first()
    if before is not None:
        if before.ends_on == on and _known(before) == {_fingerprint(row) for row in rows}:
            return before, False
        raise ValidationError(
            _("The end of this version by mutual consent is recorded already: %(day)s.")
            % {"day": format_date(before.ends_on)}
        )
    end = ConsentEnd.objects.create(
        version=locked, ends_on=on, recorded_by_id=actor.pk if actor is not None else None
    )
    for row in rows:
        row.end = end
        row.save()
    audit.record(
        action="agreement.consent_end",
        actor=actor,
        target=f"agreement-version:{locked.pk}",
        department_id=locked.agreement.department_id,
        detail={"ends_on": on.isoformat(), "parties": [row.party for row in rows]},
    )
    return end, True


def _known(end: ConsentEnd) -> set[tuple[object, ...]]:
    return {_fingerprint(row) for row in end.letters.all()}


def _fingerprint(row: ConsentLetter) -> tuple[object, ...]:
    return (row.party, row.name, row.post, row.signed_on, row.letter_number, row.scan_digest)


def _sealed(version: AgreementVersion) -> Document:
    """The sealed text of a version that both organisations signed; anything else is refused."""
    row = AgreementVersion.objects.with_facts().get(pk=version.pk)
    facts = row.facts()
    if not row.g2g or facts.signed_on is None:
        raise ValidationError(
            _(
                "Only an agreement between two organisations that both have signed can be ended "
                "by mutual consent."
            )
        )
    if facts.terminated_on is not None and not facts.by_consent:
        raise ValidationError(
            _("This version was terminated on %(day)s.") % {"day": format_date(facts.terminated_on)}
        )
    return read_canonical(row.signed_text.body)


def _row(party: str, letter: Letter | None) -> ConsentLetter:
    if letter is None:
        raise ValidationError(_("The letters of both organisations are needed."))
    try:
        head, digest = read_scan(letter.scan)
        return ConsentLetter(
            party=party,
            name=cleaned("name", clean_person_name, letter.name),
            post=clean_post(letter.post),
            signed_on=letter.signed_on,
            letter_number=cleaned("letter_number", clean_letter_number, letter.letter_number),
            scan_digest=digest,
            scan_type=head.mime,
        )
    except ValidationError as error:
        raise ValidationError(
            {f"{party}-{name}": texts for name, texts in error.message_dict.items()}
        ) from None


def _check(version: AgreementVersion, on: date, rows: list[ConsentLetter]) -> None:
    """The days: no letter from the future, no end before the last letter, none after the end."""
    errors = {
        f"{row.party}-signed_on": _("The date of the letter is in the future.")
        for row in rows
        if row.signed_on > today()
    }
    facts = version.facts()
    last_letter = max(row.signed_on for row in rows)
    if facts.starts is not None and on <= facts.starts:
        errors["ends_on"] = _("The version starts on %(day)s; it cannot end before.") % {
            "day": format_date(facts.starts)
        }
    elif on < last_letter:
        errors["ends_on"] = _(
            "The last letter is of %(day)s; the agreement cannot end before both have agreed."
        ) % {"day": format_date(last_letter)}
    elif facts.valid_to is not None and on > facts.valid_to + timedelta(days=1):
        errors["ends_on"] = _("The version ends by itself on %(day)s.") % {
            "day": format_date(facts.valid_to)
        }
    elif facts.replaced_from is not None and facts.replaced_from <= on:
        errors["ends_on"] = _("A later version replaces it on %(day)s.") % {
            "day": format_date(facts.replaced_from)
        }
    if errors:
        raise ValidationError(errors)
