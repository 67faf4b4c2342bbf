"""The public answer to "is this what was signed?": a page for people (R32)."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cms_pages.frame import frame_for
from desk_core.throttles import Limit, client_address, hit
from sla.forms import VerifyForm, take_errors
from sla.limits import FILES, LOOK_UPS
from sla.reading import url_of, versions_for
from sla.tones import TONES
from sla.verification import Finding, Verdict, verify_digest, verify_file

VERDICT_TONES = {
    Verdict.TEXT: "ok",
    Verdict.PDF: "ok",
    Verdict.OFFER: "info",
    Verdict.LETTER: "info",
    Verdict.ADDED: "major",
    Verdict.CHANGED: "major",
    Verdict.UNKNOWN: "closed",
}


@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Ask for a file or a SHA-256 and answer; `?sha256=` is what a printed QR code leads to."""
    asked = request.method == "POST" or "sha256" in request.GET
    data = request.POST if request.method == "POST" else request.GET
    form = VerifyForm(data, request.FILES) if asked else VerifyForm()
    if not asked or not form.is_valid():
        return _show(request, form)
    file, digest = form.cleaned_data["file"], form.cleaned_data["sha256"]
    if _too_often(request, FILES if file else LOOK_UPS):
        form.add_error(None, _("This was asked too often. Please wait ten minutes."))
        return _show(request, form, status=429)
    try:
        finding = verify_file(file) if file else verify_digest(digest)
    except ValidationError as error:
        take_errors(form, error)
        return _show(request, form)
    return _show(request, form, finding)


def _too_often(request: HttpRequest, limit: Limit) -> bool:
    return hit(limit, client_address(request)).over


def _show(
    request: HttpRequest, form: VerifyForm, finding: Finding | None = None, *, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "finding": finding,
        "tone": VERDICT_TONES[finding.verdict] if finding else "",
        "state_tone": TONES[finding.state] if finding and finding.state else "",
        "page_url": page_url(request, finding) if finding else "",
    }
    response = render(request, "sla/verify.html", context, status=status)
    if status == 429:
        response["Retry-After"] = str(FILES.seconds)
    return response


def page_url(request: HttpRequest, finding: Finding) -> str:
    """Where the version of a finding can be read, if it has a page."""
    if finding.version is None:
        return ""
    frame_for(request).pages  # noqa: B018 - read along with what an address needs
    rows = [vars(row) for row in versions_for(request) if row.pk == finding.version.pk]
    names = ("path_here", "path_signed", "path_other")
    return url_of(request, *(rows[0][name] for name in names)) if rows else ""
