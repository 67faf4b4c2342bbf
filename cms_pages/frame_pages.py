"""The pages that the frame of one address shows, in one query that is composed once.

They are the home pages in every language, the menu of one, the pages named at the foot with their
translations, and, where a page is looked up: the page, its ancestors and all their translations.
"""

from functools import lru_cache
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Concat
from wagtail.models import Locale, Page, PageViewRestriction, Site

from desk_core.statements import Slot, Statement

# Deeper addresses than any site has are asked for as well, but nothing is kept of them.
_KEPT_DEPTH = 12


def parts_of(path: str) -> list[str]:
    """The slugs of a path."""
    return [part for part in path.split("/") if part]


def pages_for(
    *, site: Site, language: str, parts: list[str] | None, footer: tuple[int | None, int | None]
) -> list[Page]:
    """The pages of a frame, each with its locale and whether it is restricted, by their path.

    `parts` are the slugs of the address below the home page of the language; None: no page is
    looked up. `footer` are the keys of two pages, either of which may be missing.
    """
    root = site.root_page
    at_root = language == root.locale.language_code
    slots: dict[str, Any] = {"language": language, "menu_depth": root.depth + 1}
    slots |= {f"footer_{number}": page_id for number, page_id in enumerate(footer)}
    if parts:
        below = ["/".join(parts[:n]) + "/" for n in range(1, len(parts) + 1)]
        base = root.url_path if at_root else ""
        slots |= {f"below_{number}": base + part for number, part in enumerate(below)}
        slots["root_key"] = root.translation_key
    depth = None if parts is None else len(parts)
    make = _statement if (depth or 0) <= _KEPT_DEPTH else _statement.__wrapped__
    return make(depth, at_root).instances(**slots)


@lru_cache
def _statement(depth: int | None, at_root: bool) -> Statement:
    return Statement(lambda: _pages(depth, at_root))


def _pages(depth: int | None, at_root: bool) -> "QuerySet[Page]":
    homes = Page.objects.filter(pk__in=Site.objects.values("root_page"))
    footer = Page.objects.filter(pk__in=[Slot(f"footer_{number}", Page.id) for number in (0, 1)])
    wanted = Q(translation_key__in=homes.order_by().values("translation_key"))
    wanted |= Q(translation_key__in=footer.order_by().values("translation_key"))
    wanted |= Q(
        depth=Slot("menu_depth", Page.depth),
        show_in_menus=True,
        live=True,
        locale__language_code=Slot("language", Locale.language_code),
    )
    if depth is not None:
        wanted |= _at(depth, at_root)
    restrictions = PageViewRestriction.objects.filter(
        Q(page_id=OuterRef("pk")) | Q(page_id=OuterRef("alias_of_id"))
    )
    return (
        Page.objects.filter(wanted)
        .select_related("locale", "desk_homepage")
        .annotate(restricted=Exists(restrictions))
        .order_by("path")
    )


def _at(depth: int, at_root: bool) -> Q:
    """The page so many slugs below the home page of the language, its ancestors, translations."""
    found = Q(depth=1)
    if not depth:
        return found
    urls: list[Any] = [Slot(f"below_{number}", Page.url_path) for number in range(depth)]
    if not at_root:
        home = Subquery(
            Page.objects.filter(
                translation_key=Slot("root_key", Page.translation_key),
                locale__language_code=Slot("language", Locale.language_code),
            ).values("url_path")[:1]
        )
        urls = [Concat(home, part) for part in urls]
    # The page may be any of them: its address may go on below it.
    here = Page.objects.filter(url_path__in=urls)
    return found | Q(url_path__in=urls) | Q(translation_key__in=here.values("translation_key"))
