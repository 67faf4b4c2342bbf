"""Where monitors post: authenticated by their token, limited in size and number, kept whole.

Whatever is refused is answered as a problem (RFC 9457) and nothing of it is stored. The answer to
a wrong token, to that of a monitor that was switched off and to one from a foreign network is the
same.
"""

import base64
import binascii
import logging

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import RawPostDataException, UnreadablePostError
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from desk_core import throttles
from desk_core.locks import when_unlocked
from desk_core.problems import problem
from desk_core.responses import never_store
from desk_core.throttles import Limit
from notices.enums import MonitorKind
from notices.models import MonitorSource
from notices.monitors import heartbeats, sources
from notices.monitors.alerts import Malformed
from notices.monitors.intake import take_in
from notices.monitors.payloads import READERS
from notices.monitors.payloads.reading import read_json

MOST_BYTES = 1024 * 1024
POSTS = Limit("monitor-posts", rate=120, seconds=60)
WRONG_TOKENS = Limit("monitor-wrong-tokens", rate=30, seconds=60)

logger = logging.getLogger(__name__)


@csrf_exempt
def intake(request: HttpRequest, token: str = "") -> HttpResponse:
    """One post of one monitor; which product it is stands at its source.

    `token` is that of the address, for sources that take it there.
    """
    if request.method != "POST":
        refused = problem("method-not-allowed", 405, _("Monitors post here."))
        refused["Allow"] = "POST"
        return refused
    address = throttles.client_address(request)
    if throttles.peek(WRONG_TOKENS, address).over:
        return _too_often()
    source = _source_of(request, token)
    if source is None:
        throttles.hit(WRONG_TOKENS, address)
        return _no_token()
    if throttles.hit(POSTS, str(source.pk)).over:
        return _too_often()
    return _take(request, source)


def _take(request: HttpRequest, source: MonitorSource) -> HttpResponse:
    if _length(request) > MOST_BYTES:
        return problem("too-big", 413, _("This is too big: at most 1 MB."))
    try:
        if source.kind == MonitorKind.HEARTBEAT:
            taken = when_unlocked(lambda: heartbeats.beat(source=source), seconds=10)
        else:
            alerts = READERS[source.kind](read_json(request.body))
            taken = when_unlocked(lambda: take_in(source=source, alerts=alerts), seconds=10)
    except Malformed as error:
        logger.warning("Monitor %s sent what cannot be read", source.pk)
        return problem("malformed", 400, str(error))
    except (UnreadablePostError, RawPostDataException):
        return problem("malformed", 400, _("This is no whole JSON text."))
    return never_store(JsonResponse({"opened": taken.opened, "closed": taken.closed}))


def _source_of(request: HttpRequest, in_address: str) -> MonitorSource | None:
    """The source of the token in the header, else of that in the address where it takes that."""
    in_header = _in_header(request.headers.get("Authorization", ""))
    source = sources.of_token(in_header or in_address)
    if source is None or source.kind == MonitorKind.PROBE:
        return None
    if not in_header and not source.token_in_address:
        logger.warning("Monitor %s may not have its token in the address", source.pk)
        return None
    if not sources.comes_from_home(source, throttles.sender(request)):
        logger.warning("Monitor %s posted from a foreign network", source.pk)
        return None
    return source


def _in_header(header: str) -> str:
    """The token of `Bearer TOKEN`, or the password of `Basic`, whatever the name; else ""."""
    scheme, _space, value = header.strip().partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        pair = base64.b64decode(value.strip(), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return ""
    return pair.partition(":")[2]


def _length(request: HttpRequest) -> int:
    """What the request says it brings; no server reads more than that."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _no_token() -> HttpResponse:
    response = problem("no-token", 401, _("A valid token of a monitor is needed."))
    response["WWW-Authenticate"] = 'Bearer realm="monitors", Basic realm="monitors"'
    return response


def _too_often() -> HttpResponse:
    response = problem("too-often", 429, _("Too many calls. Please wait a minute."))
    response["Retry-After"] = "60"
    return response
