"""Every readable version of the agreements with its facts and address: one query a request.

The foot of each page, the card of the home page, the list of agreements and the page of one
version all choose from the same few rows.
"""

from functools import partial
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from wagtail.models import Locale, Page

from cms_pages.frame import frame_for
from desk_core.statements import Slot, Statement
from sla.enums import PdfKind
from sla.models.agreements import AgreementVersion
from sla.models.signatures import SealedPdf


def versions_for(request: HttpRequest, *, texts: bool = False) -> list[AgreementVersion]:
    """All versions that everybody may read, newest first; who needs the sealed texts asks first.

    `path_here`, `path_signed` and `path_other` say where they are, `has_seal` whether the PDF of a
    signed one is under the body's electronic seal, `glance_month`, `glance_kept` and
    `glance_judged` what was kept of it when its month was counted last.

    These are the paths of its live pages in the language of the request, in the signed language,
    and in any other.
    """
    kept = vars(request)
    if "_desk_versions" not in kept:
        kept["_desk_versions"] = _VERSIONS[texts].instances(language=frame_for(request).language)
    return kept["_desk_versions"]


def url_of(request: HttpRequest, *paths: str | None) -> str:
    """The address at the first of these paths that there is, without reading the page."""
    path = next((path for path in paths if path), None)
    return Page(pk=0, url_path=path, depth=2).get_url(request) or "" if path else ""


def _versions(*, texts: bool) -> "QuerySet[AgreementVersion]":
    from sla.models.pages import AgreementPage

    pages = AgreementPage.objects.readable().filter(version=OuterRef("pk"))

    def first(**wanted: Any) -> Subquery:
        return Subquery(pages.filter(**wanted).order_by("pk").values("url_path")[:1])

    return (
        AgreementVersion.objects.readable()
        .with_facts(texts=texts)
        .select_related("agreement__department")
        .annotate(
            path_here=first(locale__language_code=Slot("language", Locale.language_code)),
            path_signed=first(locale__language_code=OuterRef("language")),
            path_other=first(),
            glance_month=F("running_month__month"),
            glance_kept=F("running_month__kept"),
            glance_judged=F("running_month__judged"),
            has_seal=Exists(SealedPdf.objects.filter(version=OuterRef("pk"), kind=PdfKind.SEALED)),
        )
        .order_by("agreement__key", "-number")
    )


_VERSIONS = {texts: Statement(partial(_versions, texts=texts)) for texts in (False, True)}
