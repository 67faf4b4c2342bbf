"""Wiring of `cms_pages` into Wagtail."""

from typing import Any

from wagtail import hooks

from cms_pages.links import DocumentLink, PageLink


@hooks.register("register_rich_text_features", order=100)
def links_without_queries(features: Any) -> None:
    """Links in rich text are answered from what was read together with the page."""
    features.register_link_type(PageLink)
    features.register_link_type(DocumentLink)
