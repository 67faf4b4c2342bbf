"""What was signed, to be kept: the canonical text as JSON and the PDF, each byte for byte."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from sla.models.agreements import AgreementVersion
from sla.models.signatures import SealedPdf
from sla.pdfs import signed_pdf


@require_safe
def text(request: HttpRequest, key: str, number: int) -> HttpResponseBase:
    """The canonical JSON, whose SHA-256 is the seal; before a signature that of the offer."""
    version = _version(key, number)
    sealed = getattr(version, "signed_text", None)
    body, digest = version.offered_text, version.offered_digest
    if sealed is not None:
        body, digest = sealed.body, sealed.digest
    if not body:
        raise Http404
    return _file(request, body.encode(), "application/json", f"{key}-{number}.json", digest)


@require_safe
def pdf(request: HttpRequest, key: str, number: int) -> HttpResponseBase:
    """The PDF of a version that everybody who has to has signed."""
    found = signed_pdf(_version(key, number))
    if found is None:
        raise Http404
    return pdf_response(request, found, f"agreement-{key}-{number}.pdf")


def pdf_response(request: HttpRequest, found: SealedPdf, name: str) -> HttpResponseBase:
    """A kept PDF as a download."""
    return _file(request, bytes(found.data), "application/pdf", name, found.digest)


def _version(key: str, number: int) -> AgreementVersion:
    rows = AgreementVersion.objects.readable().select_related("signed_text")
    return get_object_or_404(rows, agreement__key=key, number=number)


def _file(
    request: HttpRequest, data: bytes, content_type: str, name: str, digest: str
) -> HttpResponseBase:
    etag = f'"{digest}"'
    response = HttpResponse(data, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-cache"
    response["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response) or response
