"""Errors for programs as problem details (RFC 9457)."""

import json
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse

from desk_core.responses import never_store


def problem(kind: str, status: int, detail: str = "", **more: Any) -> HttpResponse:
    """One answer; `kind` is a stable word that programs may compare."""
    body = {
        "type": f"urn:desk:problem:{kind}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": str(detail),
        **more,
    }
    response = HttpResponse(
        json.dumps(body, ensure_ascii=False), status=status, content_type="application/problem+json"
    )
    never_store(response)
    return response
