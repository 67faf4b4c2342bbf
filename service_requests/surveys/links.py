"""Who may answer the survey of a case: the applicant, by the tracking page or by a sent link.

Beginning uses the right up and gives a permit; answering is another request and another step.
"""

import hashlib
import re
import secrets
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from wagtail.models import Site

from desk_core import outbox
from desk_core.sealing import Subject
from service_requests import notify
from service_requests.enums import CONCLUDED_STATES
from service_requests.errors import NotPossible
from service_requests.models import Case, SurveyLink
from service_requests.surveys import occasions, permits

LINK_LIFETIME = timedelta(days=30)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
NO_SUCH_LINK = _("There is no such link. Copy it whole, as it was sent.")
LINK_USED = _(
    "This link was used already. If your answers were not sent, open your request with its "
    "tracking code and password: there you can begin again."
)
LINK_OVER = _(
    "The time of this link is over. Open your request with its tracking code and password: "
    "there you can still give your opinion."
)
NOT_NOW = _("This case has been rated already, or cannot be rated yet.")


def is_open(case: Case) -> bool:
    """Whether this case may be rated: concluded, and not rated yet."""
    return _permit(case) is not None


def begin(*, case: Case) -> str:
    """The slip for the survey of a case, from its tracking page. Raises NotPossible.

    May be asked for again until an answer was given with it: it is the same permit each time.
    """
    permit = _permit(case)
    if permit is None:
        raise NotPossible(NOT_NOW)
    Case.objects.filter(pk=case.pk, survey_used=False).update(survey_used=True)
    return permits.sign(permit)


def begin_by_token(*, token: str) -> str:
    """The slip for the survey that a link leads to, once. Raises NotPossible."""
    found = token.strip().rpartition("#")[2]
    if not _TOKEN.fullmatch(found):
        raise NotPossible(NO_SUCH_LINK)
    link = SurveyLink.objects.select_related("case").filter(token_digest=_digest(found)).first()
    if link is None:
        raise NotPossible(NO_SUCH_LINK)
    if link.expires_at <= timezone.now():
        raise NotPossible(LINK_OVER)
    if _permit(link.case) is None:
        raise NotPossible(NOT_NOW)
    if not SurveyLink.objects.filter(pk=link.pk, used=False).update(used=True):
        raise NotPossible(LINK_USED)
    return begin(case=link.case)


def invite(*, case: Case, subject: Subject, contact: dict[str, str]) -> None:
    """Queue the link on every channel that the applicant gave, in the caller's transaction.

    Nothing where no survey is asked, or its editors send no links. A case has one link at most.
    """
    asked = occasions.asked_of(case)
    if asked is None or not asked.invite_by_message:
        return
    token = secrets.token_urlsafe(32)
    _link, made = SurveyLink.objects.get_or_create(
        case=case,
        defaults={"token_digest": _digest(token), "expires_at": timezone.now() + LINK_LIFETIME},
    )
    if not made:
        return
    more: dict[str, Any] = {"link": f"{_address(case.language)}#{token}"}
    messages = notify.to_applicant(
        case=case, contact=contact, what="survey", occasion="survey", more=more
    )
    outbox.queue_many(messages, subject=subject)


def _permit(case: Case) -> permits.Permit | None:
    if not case.survey_invited or case.state not in CONCLUDED_STATES:
        return None
    asked = occasions.asked_of(case)
    if asked is None:
        return None
    permit = permits.for_case(case, asked)
    return None if permits.is_spent(permit) else permit


def _address(language: str) -> str:
    site = Site.objects.filter(is_default_site=True).first()
    with override(language):
        path = reverse("service_requests:survey_link")
    return f"{site.root_url if site else ''}{path}"


def _digest(token: str) -> str:
    """A plain hash is enough for 256 random bits."""
    return hashlib.sha256(b"desk:survey-link:" + token.encode()).hexdigest()
