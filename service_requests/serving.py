"""Handing out files: as a download, piece by piece, never shown inside a page."""

from collections.abc import Iterable
from urllib.parse import quote

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse

from desk_core.responses import never_store
from service_requests import letter_pdf
from service_requests.reading import LetterPaper, OpenFile
from service_requests.subject_export.package import Export


def file_response(found: OpenFile) -> HttpResponseBase:
    """The answer that carries a file. Its first frame was verified before this begins."""
    response = _download(found.chunks, found.name, found.content_type)
    response["Content-Length"] = str(found.size)
    return response


def export_response(export: Export) -> HttpResponseBase:
    """The answer that carries an export, packed while it is sent; ended, it lets go of it."""
    return _download(export, f"{export.name}.zip", "application/zip")


def letter_response(request: HttpRequest, paper: LetterPaper) -> HttpResponseBase:
    """The answer that carries a printed letter."""
    pdf = letter_pdf.render(request=request, paper=paper)
    response = _download([pdf], letter_pdf.file_name(paper), "application/pdf")
    response["Content-Length"] = str(len(pdf))
    return response


def _download(chunks: Iterable[bytes], name: str, content_type: str) -> HttpResponseBase:
    response = StreamingHttpResponse(chunks, content_type=content_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return never_store(response)
