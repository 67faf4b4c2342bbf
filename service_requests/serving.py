"""Handing out files: as a download, piece by piece, never shown inside a page."""

from collections.abc import Iterable
from urllib.parse import quote

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse

from cms_pages.models import DeskSettings
from desk_core.responses import never_store
from service_requests import appointments, letter_pdf, visit_calendar
from service_requests.enums import VisitState
from service_requests.models import Case
from service_requests.reading import LetterPaper, OpenFile, place_of
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


def calendar_response(case: Case, request: HttpRequest) -> HttpResponseBase | None:
    """The visit of an opened case as a calendar file; None while no time is set."""
    visit = appointments.living(case)
    if visit is None or visit.state != VisitState.BOOKED:
        return None
    text = visit_calendar.entry(
        case=case,
        visit=visit,
        place=place_of(visit),
        body=DeskSettings.for_request(request).body,
    )
    chunks = [text.encode()]
    return _download(chunks, visit_calendar.FILE_NAME, visit_calendar.CONTENT_TYPE)


def _download(chunks: Iterable[bytes], name: str, content_type: str) -> HttpResponseBase:
    response = StreamingHttpResponse(chunks, content_type=content_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return never_store(response)
