"""Blocks of text: paragraph, heading, list, callout, quotation."""

from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import (
    BooleanBlock,
    CharBlock,
    ChoiceBlock,
    ListBlock,
    RichTextBlock,
    StructBlock,
    TextBlock,
)

INLINE = ["bold", "link", "document-link"]
PARAGRAPH = [*INLINE, "ul", "ol"]
PREVIEW = "cms_pages/blocks/preview.html"


class ParagraphBlock(RichTextBlock):
    """Running text."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("features", PARAGRAPH)
        super().__init__(**kwargs)

    class Meta:
        icon = "pilcrow"
        label = _("Paragraph")
        description = _("Running text with links, bold words and simple lists.")
        template = "cms_pages/blocks/paragraph.html"
        preview_template = PREVIEW
        preview_value = "<p>متن نمونه با <b>واژهٔ پررنگ</b>.</p>"


class HeadingBlock(StructBlock):
    """A heading inside the page; its text makes the address by which it can be linked."""

    text = CharBlock(label=_("Text"), max_length=150)
    level = ChoiceBlock(
        label=_("Level"),
        choices=[("h2", _("Part of the page")), ("h3", _("Below such a part"))],
        default="h2",
    )

    class Meta:
        icon = "title"
        label = _("Heading")
        description = _("The title of a part of the page.")
        template = "cms_pages/blocks/heading.html"
        preview_template = PREVIEW
        preview_value = {"text": "مدارک لازم", "level": "h2"}

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        """With the anchor."""
        context = super().get_context(value, parent_context=parent_context)
        context["anchor"] = slugify(value["text"], allow_unicode=True) or "part"
        return context


class ListOfLinesBlock(StructBlock):
    """A list of short lines."""

    ordered = BooleanBlock(label=_("Numbered"), required=False)
    items = ListBlock(RichTextBlock(features=INLINE, label=_("Line")), label=_("Lines"))

    class Meta:
        icon = "list-ul"
        label = _("List")
        description = _("Short lines, numbered or not.")
        template = "cms_pages/blocks/list.html"
        preview_template = PREVIEW
        preview_value = {"ordered": False, "items": ["خط نخست", "خط دوم"]}


class CalloutBlock(StructBlock):
    """Something that must not be overlooked."""

    tone = ChoiceBlock(
        label=_("Kind"),
        choices=[
            ("info", _("Good to know")),
            ("waiting", _("Please note")),
            ("major", _("Warning")),
            ("ok", _("Good news")),
        ],
        default="info",
    )
    title = CharBlock(label=_("Title"), max_length=120)
    text = RichTextBlock(features=PARAGRAPH, label=_("Text"), required=False)

    class Meta:
        icon = "warning"
        label = _("Callout")
        description = _("A box for what must not be overlooked; at most one or two on a page.")
        template = "cms_pages/blocks/callout.html"
        preview_template = PREVIEW
        preview_value = {"tone": "info", "title": "توجه", "text": "<p>متن نمونه.</p>"}


class QuotationBlock(StructBlock):
    """The words of somebody, or of a law."""

    text = TextBlock(label=_("Quotation"))
    source = CharBlock(label=_("Who says so"), required=False, max_length=150)

    class Meta:
        icon = "openquote"
        label = _("Quotation")
        description = _("Words of a person, a law or a circular.")
        template = "cms_pages/blocks/quotation.html"
        preview_template = PREVIEW
        preview_value = {"text": "پاسخ‌گویی وظیفهٔ ماست.", "source": "منشور خدمت"}
