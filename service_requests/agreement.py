"""What a case is registered under: agreement (R12) and privacy statement (R43), remembered.

The look-up takes longer than storing the case. Every change of an agreement or of a page moves
the page cache's shared generation, and by itself the answer changes at midnight only: a process
may keep it for one generation and one day of Tehran.
"""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from wagtail.models import Locale

from cms_pages.models import PrivacyPage
from desk_core.page_cache.generation import shared_generation
from sla import agreements
from sla.models import AgreementVersion
from sla.showing import page_urls
from sla.state import today


@dataclass(frozen=True)
class AtRegistration:
    """The version in force, or a note on what there was instead («هیچ؛ آخرین: نسخهٔ N»).

    Beside it the version of the privacy statement that people accept: that of its live page, or
    the setting `DESK_CONSENT_VERSION` ("1") where there is no such page.
    """

    version_id: int | None
    note: str
    consent_version: str


_known: tuple[tuple[str, date], dict[int | None, AtRegistration]] | None = None


def at_registration(department_id: int | None = None) -> AtRegistration:
    """What a case registered now in a department records about agreement and privacy statement.

    The department's own agreement goes before that of the body.
    """
    global _known
    key = (shared_generation(), today())
    if _known is None or _known[0] != key:
        _known = (key, {})
    answers = _known[1]
    if department_id not in answers:
        answers[department_id] = _look_up(key[1], department_id)
    found = answers[department_id]
    # Without a shared cache there is no mark, and nothing that says when to forget.
    if not key[0]:
        _known = None
    return found


def url_of(version: AgreementVersion | None, request: HttpRequest | None = None) -> str:
    """Where the agreement of a case can be read: its page, in the reader's language if it has one.

    Without a live page: the sealed text in the open API. "" for a case without an agreement.
    """
    if version is None:
        return ""
    urls = page_urls([version.pk], Locale.get_active().pk, request)
    return urls.get(version.pk, "") or api_url_of(version)


def api_url_of(version: AgreementVersion) -> str:
    """Where programs find the text of a version."""
    return reverse("desk_v1:version", args=[version.agreement.key, version.number])


def _look_up(day: date, department_id: int | None) -> AtRegistration:
    version = agreements.in_force(day, department_id=department_id)
    if version is not None:
        return AtRegistration(version.pk, "", _consent_version())
    with translation.override(settings.LANGUAGE_CODE):
        note = agreements.label_for_case(None, on=day, department_id=department_id)[:200]
    return AtRegistration(None, note, _consent_version())


def _consent_version() -> str:
    pages = PrivacyPage.objects.live().order_by("path").values_list("version", flat=True)
    return pages.first() or str(getattr(settings, "DESK_CONSENT_VERSION", "1"))
