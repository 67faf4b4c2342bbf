"""The frame of every public page: site, settings, menu, breadcrumbs, languages, in two queries.

Wagtail finds each of these by itself, some with a query a level or a link. Here one query reads the
sites with their settings and one reads every page that the frame of this address needs: the page
itself, its ancestors and translations, the home pages and the menu. The answers are also left on
the request where Wagtail looks for them, so that `{% pageurl %}` asks nothing again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.conf import settings as django_settings
from django.db.models import QuerySet
from django.db.models.expressions import BaseExpression
from django.http import HttpRequest
from django.http.request import split_domain_port
from django.urls import NoReverseMatch, reverse, translate_url
from django.utils.translation import get_language
from wagtail.coreutils import get_content_languages, get_supported_content_language_variant
from wagtail.models import Page, Site
from wagtail.models.sites import SiteRootPath

from cms_pages.frame_pages import pages_for, parts_of
from desk_core.statements import Statement

if TYPE_CHECKING:
    from cms_pages.models import DeskSettings

# The two things a citizen comes for, as names of views: this floor knows the names only.
DEFAULT_ACTIONS = {"register": "service_requests:submit", "track": "service_requests:track"}


#: What its slots hold now, by their names.
Values = Callable[[], dict[str, Any]]
_along: dict[str, tuple[Callable[[], BaseExpression], Values]] = {}


def read_along(name: str, expression: "Callable[[], BaseExpression]", values: Values) -> None:
    """Have something small that every frame shows read in the query of the sites.

    A floor above calls this in `AppConfig.ready()` and finds the value with `Frame.along(name)`.
    The expression is composed once: `values` are those of its slots (`desk_core.statements`).
    """
    _along[name] = expression, values


def _all_sites() -> "QuerySet[Site]":
    return (
        Site.objects.select_related("root_page__locale", "desksettings")
        .annotate(**{f"along_{name}": make() for name, (make, _values) in _along.items()})
        .order_by("-root_page__url_path", "-is_default_site", "hostname")
    )


_SITES = Statement(_all_sites)


@dataclass(frozen=True)
class Link:
    """A title and where it leads; `current` marks the page shown, `within` also those below it."""

    title: str
    url: str
    current: bool = False
    within: bool = False


@dataclass(frozen=True)
class LanguageLink:
    """The same page in a language; where it is not translated, the nearest page above that is."""

    code: str
    name: str
    url: str
    current: bool
    translated: bool


def frame_for(request: HttpRequest) -> "Frame":
    """The frame of a request, made once."""
    notes: Any = request
    if not hasattr(notes, "_desk_frame"):
        notes._desk_frame = Frame(request)
    return notes._desk_frame


class Frame:
    """What stands around the content of one request. Every part is read when first asked for."""

    def __init__(self, request: HttpRequest) -> None:
        # Wagtail keeps its notes as attributes of the request; so do we.
        self.request: Any = request
        self.language = _content_language()
        self.looked_up_path: str | None = None

    @cached_property
    def sites(self) -> list[Site]:
        """All sites, each with its root page and settings: one query."""
        slots = [values() for _make, values in _along.values()]
        return _SITES.instances(**{name: value for each in slots for name, value in each.items()})

    def along(self, name: str) -> Any:
        """What was read along with the sites; None where there is no site."""
        return getattr(self.sites[0], f"along_{name}") if self.sites else None

    @cached_property
    def site(self) -> Site | None:
        """The site that answers this request, by Wagtail's rules."""
        site = _choose_site(self.sites, self.request)
        self.request._wagtail_site = site
        return site

    @cached_property
    def settings(self) -> "DeskSettings":
        """The body's settings; unsaved defaults where nobody has saved any."""
        from cms_pages.models import DeskSettings

        found = getattr(self.site, "desksettings", None) if self.site else None
        return found or DeskSettings(site=self.site)

    @cached_property
    def pages(self) -> list[Page]:
        """Every page that the frame shows, with its locale and whether it is restricted."""
        if self.site is None:
            return []
        path = self.looked_up_path
        pages = pages_for(
            site=self.site,
            language=self.language,
            parts=None if path is None else parts_of(path),
            footer=(self._privacy_id, self._accessibility_id),
        )
        self._tell_wagtail_the_root_paths(pages)
        return pages

    def _tell_wagtail_the_root_paths(self, pages: list[Page]) -> None:
        self.request._wagtail_cached_site_root_paths = [
            SiteRootPath(site.pk, page.url_path, site.root_url, page.locale.language_code)
            for site in self.sites
            for page in pages
            if page.translation_key == site.root_page.translation_key
        ]

    @cached_property
    def home(self) -> Page | None:
        """The home page in the language of the request, else the site's own root page."""
        if self.site is None:
            return None
        root = self.site.root_page
        for page in self.pages:
            if page.translation_key == root.translation_key and self._speaks(page) and page.live:
                return page
        return root

    @cached_property
    def home_url(self) -> str:
        """Where the home page of this language is."""
        return self._url(self.home) if self.home else "/"

    @cached_property
    def page(self) -> Page | None:
        """The page looked up by `find()`; None on addresses that are not pages.

        An address below a page whose model has `routes_below` is that page's too.
        """
        if self.looked_up_path is None or self.home is None:
            return None
        if not self._speaks(self.home):
            return None
        wanted = self.home.url_path + "".join(f"{part}/" for part in self._parts)
        for page in sorted(self.pages, key=lambda page: page.depth, reverse=True):
            if page.url_path == wanted:
                return page
            model = page.specific_class
            if wanted.startswith(page.url_path) and getattr(model, "routes_below", False):
                return page
        return None

    @property
    def _parts(self) -> list[str]:
        return parts_of(self.looked_up_path or "")

    @property
    def below(self) -> list[str]:
        """What of the address lies below the page; nothing for the page itself."""
        if self.page is None or self.home is None:
            return []
        return self._parts[self.page.url_path.count("/") - self.home.url_path.count("/") :]

    def find(self, path: str) -> Page | None:
        """The page at this path below the home page, drafts too."""
        if self.looked_up_path is None:
            self.looked_up_path = path
            for read_without_it in ("pages", "home", "page", "breadcrumbs", "menu", "languages"):
                self.__dict__.pop(read_without_it, None)
        return self.page

    @property
    def public(self) -> bool:
        """True when neither the page nor any ancestor restricts who may read it."""
        return self.page is not None and not any(
            page.restricted for page in self.pages if self.page.path.startswith(page.path)
        )

    @cached_property
    def menu(self) -> list[Link]:
        """The pages below the home page that editors put into the menu, in the editors' order."""
        if self.home is None:
            return []
        return [
            self._link(page)
            for page in self.pages
            if page.depth == self.home.depth + 1
            and page.path.startswith(self.home.path)
            and page.show_in_menus
            and page.live
            and not page.restricted
        ]

    @cached_property
    def breadcrumbs(self) -> list[Link]:
        """From the home page to the parent of the page; empty on the home page itself."""
        if self.page is None or self.home is None:
            return []
        return [
            self._link(page)
            for page in self.pages
            if page.live
            and self.home.depth <= page.depth < self.page.depth
            and self.page.path.startswith(page.path)
        ]

    @cached_property
    def languages(self) -> list[LanguageLink]:
        """One entry per language of the site, in the order of the settings."""
        found = []
        for code, name in get_content_languages().items():
            url, translated = self._in_language(code)
            if url:
                current = code == self.language
                found.append(LanguageLink(code, name, url, current, translated))
        return found

    @property
    def alternates(self) -> list[tuple[str, str]]:
        """For search engines: language and full address of this page and its translations."""
        return [
            (link.code, self.request.build_absolute_uri(link.url))
            for link in self.languages
            if link.translated
        ]

    def _in_language(self, code: str) -> tuple[str, bool]:
        if self.looked_up_path is None:
            here = self.request.get_full_path()
            there = here if code == self.language else translate_url(here, code)
            if there != here or code == self.language:
                return there, True
        there = {
            page.translation_key: page
            for page in self.pages
            if page.locale.language_code == code and page.live
        }
        if self.page is not None and self.page.translation_key in there:
            below = "".join(f"{part}/" for part in self.below)
            return self._url(there[self.page.translation_key]) + below, True
        nearest = next((there[key] for key in self._keys_above if key in there), None)
        return (self._url(nearest), False) if nearest is not None else ("", False)

    @property
    def _keys_above(self) -> list[Any]:
        """The translation keys of the pages above this one, the nearest first, the home last."""
        here = self.page
        above = [
            page.translation_key
            for page in reversed(self.pages)
            if here is not None and page.depth < here.depth and here.path.startswith(page.path)
        ]
        return [*above, self.site.root_page.translation_key] if self.site else []

    @cached_property
    def actions(self) -> dict[str, str]:
        """Addresses of the fixed actions, "" where the app that serves one is not installed."""
        names = getattr(django_settings, "DESK_ACTIONS", DEFAULT_ACTIONS)
        return {action: reverse_or_nothing(view) for action, view in names.items()}

    @cached_property
    def privacy_url(self) -> str:
        """Where the privacy statement is, in this language if it is translated."""
        return self._footer_url(self._privacy_id)

    @cached_property
    def accessibility_url(self) -> str:
        """Where the accessibility statement is, in this language if it is translated."""
        return self._footer_url(self._accessibility_id)

    @property
    def _privacy_id(self) -> int | None:
        return self.settings.privacy_page_id

    @property
    def _accessibility_id(self) -> int | None:
        return self.settings.accessibility_page_id

    def _footer_url(self, page_id: int | None) -> str:
        original = next((page for page in self.pages if page.pk == page_id), None)
        if original is None:
            return ""
        same = [p for p in self.pages if p.translation_key == original.translation_key and p.live]
        best = next((p for p in same if self._speaks(p)), same[0] if same else None)
        return self._url(best) if best else ""

    def _speaks(self, page: Page) -> bool:
        return page.locale.language_code == self.language

    def _url(self, page: Page) -> str:
        return page.get_url(self.request) or ""

    def _link(self, page: Page) -> Link:
        here = self.page
        return Link(
            title=page.title,
            url=self._url(page),
            current=here is not None and here.pk == page.pk,
            within=here is not None and here.path.startswith(page.path),
        )


def _content_language() -> str:
    try:
        return get_supported_content_language_variant(get_language() or "")
    except LookupError:
        return get_supported_content_language_variant(django_settings.LANGUAGE_CODE)


def _choose_site(sites: list[Site], request: Any) -> Site | None:
    """The rules of `wagtail.models.sites.get_site_for_hostname`, over sites already read."""
    hostname = split_domain_port(request._get_raw_host())[0]
    named = [site for site in sites if site.hostname == hostname]
    default = next((site for site in sites if site.is_default_site), None)
    exact = next((site for site in named if str(site.port) == request.get_port()), None)
    if exact is not None:
        return exact
    if default is not None and default in named:
        return default
    if default is not None:
        return named[0] if len(named) == 1 else default
    return named[0] if named else None


def reverse_or_nothing(view: str) -> str:
    """Address of a view, "" where the app that serves it is not installed."""
    try:
        return reverse(view)
    except NoReverseMatch:
        return ""
