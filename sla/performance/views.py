"""The performance page and its files: public, cacheable, without JavaScript."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cms_pages.frame import frame_for
from desk_core import spreadsheets
from desk_core.page_cache import cacheable
from persian.jalali import format_date
from sla.agreements import choose_in_force, choose_latest_expired
from sla.document import Document, read_canonical
from sla.models import AgreementVersion
from sla.performance import tables
from sla.performance.showing import Performance
from sla.permissions import user_can_view_counted_cases
from sla.reading import url_of, versions_for
from sla.state import today


@require_safe
@cacheable
def page(request: HttpRequest, key: str, number: int | None = None) -> HttpResponse:
    """Every promise of a version beside the facts, with its months and their evidence."""
    _frame = frame_for(request).pages  # first: then Wagtail asks nothing again for an address
    version, document, shown = _performance(request, key, number)
    note_shown(request)
    paths = vars(version)
    agreement_url = url_of(request, paths["path_here"], paths["path_signed"], paths["path_other"])
    context = {
        "version": version,
        "document": document,
        "performance": shown,
        "agreement_url": agreement_url,
        "breadcrumbs": [(document.title, agreement_url)] if agreement_url else [],
        "own": {"key": version.agreement.key, "number": version.number},
        "json_url": _json_url(version),
        "show_cases": user_can_view_counted_cases(request.user),
    }
    return render(request, "sla/performance.html", context)


@require_safe
def file(request: HttpRequest, key: str, number: int, file_format: str) -> HttpResponseBase:
    """The same figures as CSV or XLSX, in the language of the address."""
    version, _document, shown = _performance(request, key, number)
    day = format_date(timezone.localdate(), digits=False).replace("/", "-")
    return spreadsheets.respond(
        head=tables.headings(),
        body=list(tables.rows(shown)),
        name=f"performance-{version.agreement.key}-{version.number}-{day}",
        file_format=file_format,
    )


def address_of(agreement: str, number: int) -> str:
    """Where the performance of a version stands, in the reader's language."""
    return reverse("performance:page", kwargs={"key": agreement, "number": number})


def note_shown(request: HttpRequest) -> None:
    """Remember that a page shows figures of the running month: its copy lives only minutes."""
    vars(request)["_desk_performance_shown"] = True


def _json_url(version: AgreementVersion) -> str:
    """Where programs get the figures: a floor above answers there, if it is installed."""
    try:
        address = reverse("desk_v1:attainment", kwargs={"key": version.agreement.key})
    except NoReverseMatch:
        return ""
    return f"{address}?version={version.number}"


def _performance(
    request: HttpRequest, key: str, number: int | None
) -> tuple[AgreementVersion, Document, Performance]:
    version = _chosen(request, key, number)
    if version is None or not version.sealed:
        raise Http404
    document = read_canonical(version.signed_text.body)
    return version, document, Performance(version.pk, document.targets)


def _chosen(request: HttpRequest, key: str, number: int | None) -> Any:
    """The version of the address; without a number the one in force, else the last that was."""
    rows = versions_for(request)
    known = [(row, row.facts(siblings=rows)) for row in rows if row.agreement.key == key]
    signed = [(row, facts) for row, facts in known if facts.starts is not None]
    if number is not None:
        return next((row for row, _facts in signed if row.number == number), None)
    day = today()
    return choose_in_force(signed, day) or choose_latest_expired(signed, day)
