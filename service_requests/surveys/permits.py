"""The right to answer once, which says nothing of who has it.

A permit is a signed slip in the hands of the person who answers: which survey, of which department
and kind, and a random mark. After a case the mark is a keyed digest of the case, so that a second
permit for it is the same one: whoever begins twice, in two tabs, or begins again after the answer
was lost on its way, is counted once. What is kept of a used permit is a digest of the mark.
"""

import hashlib
import secrets
from dataclasses import dataclass

from django.core import signing

from desk_core.blind_index import digest
from service_requests.enums import SurveyPurpose
from service_requests.errors import NotPossible
from service_requests.models import Case, SpentPermit
from service_requests.surveys.composing import Asked, asked_as

LIFETIME_SECONDS = 2 * 3600
_SALT = "service_requests.surveys.permits"


@dataclass(frozen=True, slots=True)
class Permit:
    """What a slip says."""

    asked: Asked
    mark: str
    department_id: int | None = None
    kind: str = ""

    @property
    def spent(self) -> str:
        """By what it is known that an answer was given with it."""
        return hashlib.sha256(b"desk:survey:" + self.mark.encode()).hexdigest()


def for_case(case: Case, asked: Asked) -> Permit:
    """The permit of a case: always the same one."""
    return Permit(asked, mark_of(case), case.department_id, case.kind)


def for_anybody(asked: Asked, mark: str = "") -> Permit:
    """A permit for the survey of the whole desk; the same mark again is the same permit."""
    return Permit(asked, mark or secrets.token_urlsafe(24))


def mark_of(case: Case) -> str:
    """The mark of a case; without the key of the site nobody can tell whose it is."""
    return digest(case.pk.hex, field="survey.permit")


def is_spent(permit: Permit) -> bool:
    """Whether an answer was given with it."""
    return SpentPermit.objects.filter(digest=permit.spent).exists()


def sign(permit: Permit) -> str:
    """The slip."""
    said = [permit.asked.purpose, permit.asked.version, permit.mark]
    return signing.dumps([*said, permit.department_id, permit.kind], salt=_SALT)


def read(slip: str) -> Permit:
    """What a slip says; raises NotPossible when it is forged or its time is over."""
    try:
        purpose, version, mark, department_id, kind = signing.loads(
            slip, salt=_SALT, max_age=LIFETIME_SECONDS
        )
    except (signing.BadSignature, ValueError) as error:
        raise NotPossible from error
    asked = asked_as(purpose, version) if purpose in SurveyPurpose.values else None
    if asked is None:
        raise NotPossible
    return Permit(asked, mark, department_id, kind)
