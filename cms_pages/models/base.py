"""What every page of the citizens' site has in common."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import QuerySet
from django.http import Http404
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.admin.widgets.slug import SlugInput
from wagtail.api import APIField
from wagtail.models import Page, PageViewRestriction
from wagtail.rich_text import get_text_for_indexing
from wagtail.search import index

from cms_pages import references
from cms_pages.frame import frame_for
from desk_core import instants
from persian.text import ZWNJ, index_text
from persian.wagtail import JalaliPublishingPanel

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse


class BasePage(Page):
    """Base of every page: a summary, Persian search, Jalali publishing dates, few queries.

    Subclasses name their texts in `texts()` for the search and may list in `select_with_page`
    the relations to read together with the page. Its template gets `page`, `frame` and `desk`.
    """

    class Meta:
        abstract = True

    # Named, because a site of its own may have a `HomePage` too, and both hang on the same Page.
    page_ptr = models.OneToOneField(
        Page,
        on_delete=models.CASCADE,
        parent_link=True,
        primary_key=True,
        serialize=False,
        related_name="desk_%(class)s",
    )

    select_with_page: ClassVar[tuple[str, ...]] = ()
    #: Whether `route()` answers addresses below the page's own.
    routes_below: ClassVar[bool] = False

    content_panels: ClassVar = [
        *Page.content_panels,
        FieldPanel(
            "search_description",
            heading=_("Summary"),
            help_text=_(
                "One or two sentences. They stand under the title, in lists and in the results "
                "of search engines."
            ),
        ),
    ]
    promote_panels: ClassVar = [
        MultiFieldPanel(
            [
                # In the browser, while the title is typed, as `_keep_words_apart` does here.
                FieldPanel("slug", widget=SlugInput(formatters=[(ZWNJ, " ")])),
                FieldPanel("seo_title"),
                FieldPanel("show_in_menus"),
            ],
            heading=_("Address and menu"),
        ),
    ]
    settings_panels: ClassVar = [JalaliPublishingPanel()]
    search_fields: ClassVar = [*Page.search_fields, index.SearchField("search_text")]
    api_fields: ClassVar = [
        APIField("summary"),
        APIField("last_changed"),
        APIField("breadcrumbs"),
        APIField("translations"),
    ]

    _known_public = False

    @property
    def summary(self) -> str:
        """The sentence under the title."""
        return self.search_description

    @property
    def last_changed(self) -> "datetime | None":
        """When what is shown last changed."""
        return self.last_published_at or self.first_published_at

    @property
    def breadcrumbs(self) -> list[dict[str, str]]:
        """For the API: the pages above this one, from the home page on."""
        above = self.get_ancestors().filter(depth__gt=1, live=True)
        return [{"title": page.title, "url": page.url or ""} for page in above]

    @property
    def translations(self) -> list[dict[str, Any]]:
        """For the API: the live translations of this page."""
        found = self.get_translations().live().select_related("locale")
        return [
            {"id": page.pk, "language": page.locale.language_code, "url": page.url or ""}
            for page in found
        ]

    def texts(self) -> Iterable[str]:
        """Everything readable on the page, plain or HTML, for the search."""
        return [self.title, self.search_description]

    def search_text(self) -> str:
        """The page's words folded, so that any keyboard and any spelling finds them."""
        return index_text(" ".join(get_text_for_indexing(text) for text in self.texts() if text))

    def _set_core_field_defaults(self) -> None:
        _keep_words_apart(self)
        super()._set_core_field_defaults()

    def get_view_restrictions(self) -> "QuerySet[PageViewRestriction]":
        """Nothing, without a query, where the frame has found the page public."""
        if self._known_public:
            return PageViewRestriction.objects.none()
        return super().get_view_restrictions()

    def get_context(self, request: "HttpRequest", *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The page, and the address in the search engines' eyes."""
        context = super().get_context(request, *args, **kwargs)
        context["canonical_url"] = self.get_full_url(request)
        return context

    def shown_at(self, at: "datetime") -> bool:
        """Whether the page may be shown at `at`: live, and its time not over."""
        return self.live and (self.expire_at is None or self.expire_at > at)

    def get_sitemap_urls(self, request: "HttpRequest | None" = None) -> list[dict[str, Any]]:
        """Nothing for what is not shown."""
        return super().get_sitemap_urls(request) if self.shown_at(instants.now()) else []

    def serve(self, request: "HttpRequest", *args: Any, **kwargs: Any) -> "HttpResponse":
        """Render at once, while everything its blocks refer to is at hand.

        Not found when the page is live in name only. Slots that need to know the page find it as
        `request.desk_page`.
        """
        if not self.shown_at(instants.now()):
            raise Http404
        request.desk_page = self  # type: ignore[attr-defined]
        response = super().serve(request, *args, **kwargs)
        if hasattr(response, "render"):
            with references.loaded_for(self, request, frame_for(request).language):
                response.render()
        return response


def _keep_words_apart(page: Any) -> None:
    """Make the slug of a title whose half-spaces part words; Wagtail's own would join them."""
    if page.slug or not (page.path or getattr(page, "_cached_parent_obj", None)):
        return
    unicode = getattr(settings, "WAGTAIL_ALLOW_UNICODE_SLUGS", True)
    made = slugify(page.title.replace(ZWNJ, "-"), allow_unicode=unicode)
    if made:
        page.slug = page._get_autogenerated_slug(made)
