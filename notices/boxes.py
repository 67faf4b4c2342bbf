"""The small box that other sites show: one sentence, and what runs or comes."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from cms_pages.models import Service
from notices import overview as picture
from notices.current import PublicNotice

MOST = 5


@dataclass(frozen=True)
class Box:
    """What a box says, of the whole desk or of one service; `path` leads to the page of it."""

    name: str
    sentence: str
    tone: str
    path: str
    notices: list[PublicNotice]
    more: int


def box(request: HttpRequest, at: datetime, service: Service | None = None) -> Box:
    """The box at a moment, of what the frame of a page reads too."""
    if service is None:
        found = picture.overview(at, request=request)
        name, path = _("State of the services"), reverse("notices:status")
        sentence, tone = found.sentence, found.tone
    else:
        found = picture.of_service(service, at, request=request)
        [line] = found.lines
        name = _("State of “%(name)s”") % {"name": service}
        path = reverse("notices:service", args=[service.key])
        sentence, tone = str(line.state.label), line.tone
    told = [*found.running, *found.coming]
    return Box(name, sentence, tone, path, told[:MOST], max(0, len(told) - MOST))
