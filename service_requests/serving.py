"""Handing out a file of a case: as a download, frame by frame, never shown inside a page."""

from urllib.parse import quote

from django.http import HttpResponseBase, StreamingHttpResponse

from desk_core.responses import never_store
from service_requests.reading import OpenFile


def file_response(found: OpenFile) -> HttpResponseBase:
    """The answer that carries a file. Its first frame was verified before this begins."""
    response = StreamingHttpResponse(found.chunks, content_type=found.content_type)
    response["Content-Length"] = str(found.size)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(found.name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return never_store(response)
