"""Handing out somebody's data: who may, what is written down about it, and the archive (R39)."""

import re
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from desk_core import audit
from desk_core.sealing import SealBroken
from persian.digits import to_ascii
from persian.identifiers import clean_letter_number
from persian.jalali import format_date
from service_requests import history, permissions
from service_requests.enums import ExportReason, IdentityDocument
from service_requests.errors import NotAllowed, NotPossible
from service_requests.models import Case, TrackingSession
from service_requests.standing import standing_of
from service_requests.subject_export import finding
from service_requests.subject_export.package import About, Export, pack

SUBJECT, CASE = "subject", "case"
# The letters of a letter number stand for an office or a subject; more of them are words.
_WORDS = re.compile(r"[^\W\d_]{5,}")
_PERSONS_NUMBER = re.compile(r"\d{10,}")


def find(*, user: Any, identifiers: finding.Identifiers) -> finding.Found:
    """The cases of a subject that this member of staff may hand out; the look is recorded."""
    found = _find(user, identifiers)
    audit.record(
        action="subject.searched",
        actor=user,
        target="subject:search",
        detail={"by": sorted(identifiers), "found": len(found.theirs) + len(found.perhaps)},
    )
    return found


def for_staff(
    *,
    user: Any,
    identifiers: finding.Identifiers,
    reason: str,
    document: str,
    reference: str,
    identity_checked: bool,
    language: str,
    added: Iterable[str] = (),
    left_out: Iterable[str] = (),
) -> Export:
    """The data of a subject whose identity was checked, of the cases that the user answers for.

    `added` and `left_out` are tracking codes, see `finding`. Who, when, why and which cases is
    recorded, and never a number of the person. Raises NotAllowed, ValidationError by field,
    NotPossible when something does not open; then nothing was handed out.
    """
    found = _find(user, identifiers)
    why = _clean(reason, document, reference, identity_checked, language)
    chosen = found.chosen(added=added, left_out=left_out)
    if not chosen:
        raise ValidationError(_("No case was chosen: there is nothing to hand out."))
    about = About(
        id=uuid4(),
        made_at=timezone.now(),
        language=language,
        scope=SUBJECT,
        complete=standing_of(user).superuser,
        masked=False,
    )
    export = _packed(about, chosen, f"data-export-{format_date(about.made_at, digits=False)}")
    try:
        _write_down(export, chosen, user, {**why, "by": sorted(identifiers)})
    except BaseException:
        export.close()
        raise
    return export


def for_applicant(*, session: TrackingSession, language: str) -> Export:
    """The data of the one case that an applicant has opened, masked as its page is.

    Whoever has code and password reads the page; the numbers and contacts of the person are not
    on it, so that a slip in a wrong hand does not give them away.
    """
    case = session.credential.case
    about = About(
        id=uuid4(),
        made_at=timezone.now(),
        language=language,
        scope=CASE,
        complete=False,
        masked=True,
    )
    export = _packed(about, [case], f"case-{case.code}")
    history.audit("case.exported", case, None, export=str(about.id))
    return export


def _find(user: Any, identifiers: finding.Identifiers) -> finding.Found:
    if not permissions.user_can_export(user):
        raise NotAllowed
    mine = Case.objects.visible_to(user).led_by(user)
    return finding.find(among=mine, identifiers=identifiers)


def _clean(
    reason: str, document: str, reference: str, identity_checked: bool, language: str
) -> dict[str, str]:
    """What the audit trail says of the reason; words and numbers of a person must not be in it."""
    errors: dict[str, list[Any]] = {}
    for name, value, choices in (
        ("reason", reason, ExportReason.values),
        ("document", document, IdentityDocument.values),
        ("language", language, dict(settings.LANGUAGES)),
    ):
        if value not in choices:
            errors[name] = [_("Choose one of the options.")]
    try:
        reference = _clean_reference(reference)
    except ValidationError as error:
        errors["reference"] = error.error_list
    if not identity_checked:
        errors["identity_checked"] = [_("Check the identity first, and confirm it here.")]
    if errors:
        raise ValidationError(errors)
    return {"reason": reason, "document": document, "reference": reference}


def _clean_reference(text: str) -> str:
    if not text.strip():
        raise ValidationError(_("Write the number under which the request was registered."))
    found = clean_letter_number(text)
    if _WORDS.search(found):
        raise ValidationError(_("Write the number alone, without words or names."))
    if _PERSONS_NUMBER.search(re.sub(r"[ .-]", "", to_ascii(found))):
        raise ValidationError(_("Write the number of the letter, not one of a person."))
    return found


def _packed(about: About, cases: Sequence[Case], name: str) -> Export:
    try:
        return pack(about=about, ids=[row.pk for row in cases], name=name.replace("/", "-"))
    except SealBroken as error:
        raise NotPossible(
            _("Something in these cases does not open. Nothing was handed out; tell the operators.")
        ) from error


def _write_down(export: Export, cases: Sequence[Case], user: Any, why: dict[str, Any]) -> None:
    """One entry for the export, and one in the history of each case."""
    name = str(export.about.id)
    with transaction.atomic():
        audit.record(
            action="subject.exported",
            actor=user,
            target=f"export:{name}",
            detail={**why, "cases": export.cases},
        )
        audit.record_many(
            action="case.exported",
            actor=user,
            targets=[(f"case:{row.code}", row.department_id) for row in cases],
            detail={"reason": why["reason"], "export": name},
        )
