"""Which addresses are copied: what tells of the state of the services, in every language."""

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from cms_pages.models import Service
from desk_core import instants
from notices import current, history
from notices.addresses import short_key
from notices.machine_faces.urls import urlpatterns as machine_faces
from notices.models import NoticeIndexPage
from notices.months import Month
from sla.models import AgreementPage

#: Of the months of the history so many are copied, the newest first.
MONTHS = 6
#: Addresses that are copied because something copied links to them.
FOLLOWED = re.compile(r"(?:/[a-z]{2})?/status/cap/[0-9a-f-]{36}/[0-9]+\.xml")
_PAGES = ("status", "history", "availability", "embed")
_FILES = ("availability_json", "availability_csv", "availability_xlsx")
_OF_A_SERVICE = (
    "service",
    "embed",
    "availability_of_page",
    "availability_of_json",
    "availability_of_csv",
    "availability_of_xlsx",
)


def addresses() -> list[str]:
    """The paths, each once; a constant number of queries a language."""
    found: dict[str, None] = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            for address in (*_views(), *_pages()):
                found[unquote(urlsplit(address).path)] = None
    found.pop("", None)
    return list(found)


def needed() -> set[str]:
    """What no copy is without: the status page in every language."""
    found = set()
    for code, _name in settings.LANGUAGES:
        with override(code):
            found.add(unquote(reverse("notices:status")))
    return found


def _views() -> Iterator[str]:
    keys = list(Service.objects.active().values_list("key", flat=True))
    for name in (*_PAGES, *_FILES, *_faces(of_a_service=False)):
        yield reverse(f"notices:{name}")
    for name in (*_OF_A_SERVICE, *_faces(of_a_service=True)):
        for key in keys:
            yield reverse(f"notices:{name}", args=[key])
    for month in _months():
        yield reverse("notices:history_month", args=[month.key])


def _faces(*, of_a_service: bool) -> Iterator[str]:
    """The names of all machine faces that take nothing, or the key of a service."""
    wanted = {"key"} if of_a_service else set()
    for pattern in machine_faces:
        if pattern.name and set(pattern.pattern.converters) == wanted:
            yield pattern.name


def _months() -> Iterator[Month]:
    chapter = history.chapter(instants.now())
    for _number in range(MONTHS):
        yield chapter.month
        if chapter.earlier is None:
            return
        chapter = history.chapter(instants.now(), chapter.earlier)


def _pages() -> Iterator[str]:
    """Notices that run, come or are over lately, their lists, and the agreements."""
    for each in current.recent(instants.now()):
        yield each.url or ""
        yield reverse("notices:short", args=[short_key(each.id)])
    for index in NoticeIndexPage.objects.live().public():
        yield index.url or ""
    for page in AgreementPage.objects.readable().select_related("version__agreement"):
        yield page.url or ""
        if page.version is None:
            continue
        for name in ("pdf", "text"):
            yield reverse(f"sla:{name}", args=[page.version.agreement.key, page.version.number])
