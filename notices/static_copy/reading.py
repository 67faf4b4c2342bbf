"""Asks the site for one of its own addresses, as a stranger without cookies would."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest
from django.utils.translation import get_language, override

from notices.static_copy.files import CopiedFile


class Unreadable(Exception):
    """The site itself failed; nothing is written then."""


@dataclass(frozen=True)
class CopyNote:
    """What a copied page says of itself: when it was made (UTC), and when not to believe it."""

    made_at: datetime
    stale_at: datetime


class Stranger:
    """Reads pages of the site at `root` ("https://desk.example.ir"), marked as a copy."""

    def __init__(self, root: str, note: CopyNote) -> None:
        self.root, self.note = urlsplit(root), note
        self.handler = BaseHandler()
        self.handler.load_middleware()

    def read(self, path: str) -> CopiedFile | None:
        """What everybody gets there; None for what nobody does. Raises Unreadable."""
        request: Any = WSGIRequest(self._environ(path))
        # The page cache neither answers it nor keeps the answer; `notices.slots` shows the note.
        request.desk_uncached = True
        request.desk_copy_note = self.note
        with override(get_language()):
            response: Any = self.handler.get_response(request)
        try:
            if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise Unreadable(f"{path} answers {response.status_code}.")
            if response.status_code != HTTPStatus.OK:
                return None
            return CopiedFile(path, response.getvalue(), response["Content-Type"])
        finally:
            # `response.close()` would also tell Django that a request is over, and that closes the
            # connection to the database on which the next address is to be read.
            for close in response._resource_closers:
                close()

    def _environ(self, path: str) -> dict[str, object]:
        environ: dict[str, object] = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path.encode().decode("latin-1"),
            "QUERY_STRING": "",
            "HTTP_HOST": self.root.netloc,
            "SERVER_NAME": self.root.hostname or "",
            "SERVER_PORT": str(self.root.port or (443 if self.root.scheme == "https" else 80)),
            "wsgi.url_scheme": self.root.scheme,
            "REMOTE_ADDR": "127.0.0.1",
        }
        if self.root.scheme == "https" and settings.SECURE_PROXY_SSL_HEADER:
            name, value = settings.SECURE_PROXY_SSL_HEADER
            environ[name] = value
        setup_testing_defaults(environ)
        return environ
