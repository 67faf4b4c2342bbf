"""What people who run other sites copy into their pages: the box and the badges."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cms_pages.models import Service
from notices.boxes import Box, box


@dataclass(frozen=True)
class BadgeOffer:
    """A badge: what it shows, its picture, and the lines that show it elsewhere."""

    name: str
    picture: str
    html: str
    markdown: str


def offers(request: HttpRequest, service: Service | None, at: datetime) -> dict[str, Any]:
    """Everything that the page offers, of the whole desk or of one service."""
    shown = box(request, at, service)
    page = request.build_absolute_uri(shown.path)
    return {
        "box": shown,
        "service": service,
        "widget": _widget(request, service, page, shown.name),
        "iframe": _iframe(request, service, shown.name),
        "link": _plain(format_html('<a href="{}">{}</a>', page, shown.name)),
        "badges": _badges(request, service, shown),
        "services": Service.objects.active(),
    }


def _badges(request: HttpRequest, service: Service | None, shown: Box) -> list[BadgeOffer]:
    if service is None:
        return [_badge(request, shown.name, reverse("notices:badge"), shown.path)]
    key = [service.key]
    month = _("Availability of “%(name)s” in the last month") % {"name": service}
    months = reverse("notices:availability_of_page", args=key)
    return [
        _badge(request, shown.name, reverse("notices:service_badge", args=key), shown.path),
        _badge(request, month, reverse("notices:availability_badge", args=key), months),
    ]


def _badge(request: HttpRequest, name: str, address: str, path: str) -> BadgeOffer:
    picture, page = request.build_absolute_uri(address), request.build_absolute_uri(path)
    html = format_html('<a href="{}"><img src="{}" alt="{}" height="24"></a>', page, picture, name)
    words = name.replace("[", "(").replace("]", ")")
    return BadgeOffer(name, address, _plain(html), f"[![{words}]({picture})]({page})")


def _widget(request: HttpRequest, service: Service | None, page: str, name: str) -> str:
    source = request.build_absolute_uri(reverse("notices:widget"))
    chosen = format_html(' data-service="{}"', service.key) if service else ""
    line = format_html(
        '<script src="{}"{} data-language="{}" defer></script>', source, chosen, get_language()
    )
    other_way = format_html('<noscript><a href="{}">{}</a></noscript>', page, name)
    return _plain(format_html("{}\n{}", line, other_way))


def _iframe(request: HttpRequest, service: Service | None, name: str) -> str:
    address = reverse("notices:embed", args=[service.key] if service else [])
    whole = request.build_absolute_uri(address)
    return _plain(
        format_html('<iframe src="{}" title="{}" width="100%" height="320"></iframe>', whole, name)
    )


def _plain(html: str) -> str:
    """Markup that is to be read as text: the template escapes it."""
    return html + ""
