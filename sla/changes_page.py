"""`…/changes/<number>-<number>/` below an agreement's page: what changed between two versions."""

import re
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from persian.digits import to_ascii
from sla.change_words import facts_of, rows_of
from sla.comparing import compare, readable
from sla.showing import Neighbour

if TYPE_CHECKING:
    from sla.models.pages import AgreementPage

_PAIR = re.compile(r"([0-9]{1,5})-([0-9]{1,5})")
_NUMBER = re.compile(r"[0-9]{1,5}")


def serve_changes(page: "AgreementPage", request: HttpRequest, which: str) -> HttpResponse:
    """The comparison that the address names; the form's choice is sent to its own address."""
    versions = readable(request, page.version.agreement_id)
    if which:
        return _shown(page, request, versions, which)
    if "from" in request.GET or "to" in request.GET:
        return _chosen(page, request, versions)
    numbers = sorted(versions)
    if len(numbers) < 2:
        return _render(page, request, versions)
    later = max(n for n in numbers if n <= max(page.version.number, numbers[1]))
    earlier = max(number for number in numbers if number < later)
    return HttpResponseRedirect(f"{_base(page, request)}{earlier}-{later}/")


def _chosen(
    page: "AgreementPage", request: HttpRequest, versions: dict[int, Neighbour]
) -> HttpResponse:
    """From the form to the address of what was chosen, or the form again with what is wrong."""
    typed = [to_ascii(request.GET.get(name, ""))[:10].strip() for name in ("from", "to")]
    chosen = [int(text) if _NUMBER.fullmatch(text) else 0 for text in typed]
    numbers = sorted(set(chosen) & set(versions))
    if len(numbers) == 2:
        return HttpResponseRedirect(f"{_base(page, request)}{numbers[0]}-{numbers[1]}/")
    error = _("Choose two different versions from the lists.")
    return _render(page, request, versions, chosen=chosen, error=error, status=400)


def _shown(
    page: "AgreementPage", request: HttpRequest, versions: dict[int, Neighbour], which: str
) -> HttpResponse:
    match = _PAIR.fullmatch(which)
    if match is None:
        raise Http404
    old, new = (versions.get(int(number)) for number in match.groups())
    if old is None or new is None or old is new:
        raise Http404
    earlier, later = sorted((old, new), key=lambda one: one.version.number)
    proper = f"{earlier.version.number}-{later.version.number}"
    if which != proper:
        return HttpResponseRedirect(f"{_base(page, request)}{proper}/")
    comparison = compare(earlier, later, language=get_language() or "fa")
    found = comparison.differences
    return _render(
        page,
        request,
        versions,
        canonical_url=f"{later.url or page.get_url(request)}changes/{which}/",
        comparison=comparison,
        chosen=[earlier.version.number, later.version.number],
        foreign="" if comparison.language == get_language() else comparison.language,
        terms=facts_of(found.terms),
        rows=rows_of(found),
        unchanged=[change.clause for change in found.clauses if change.kind == "same"],
    )


def _base(page: "AgreementPage", request: HttpRequest) -> str:
    return f"{page.get_url(request)}changes/"


def _render(
    page: "AgreementPage",
    request: HttpRequest,
    versions: dict[int, Neighbour],
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    request.desk_page = page  # type: ignore[attr-defined]
    title, own = page.document.title, page.get_url(request) or ""
    context = page.get_context(request) | {
        "versions": list(versions.values()),
        "breadcrumbs": [(title, own)],
        "form_url": _base(page, request),
        "canonical_url": "",
        **more,
    }
    if context["canonical_url"]:
        context["canonical_url"] = request.build_absolute_uri(context["canonical_url"])
    return render(request, "sla/changes.html", context, status=status)
