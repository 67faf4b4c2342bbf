"""Blocks with an inner order: steps, tables, contacts."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.blocks import (
    CharBlock,
    EmailBlock,
    ListBlock,
    RichTextBlock,
    StructBlock,
    TextBlock,
    URLBlock,
)
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock

from cms_pages.blocks.text import INLINE, PARAGRAPH, PREVIEW


class StepBlock(StructBlock):
    """One thing to do."""

    title = CharBlock(label=_("What to do"), max_length=150)
    text = RichTextBlock(features=PARAGRAPH, label=_("Explanation"), required=False)

    class Meta:
        icon = "arrow-right"
        label = _("Step")


class StepsBlock(StructBlock):
    """What to do, in order."""

    steps = ListBlock(StepBlock(), label=_("Steps"))

    class Meta:
        icon = "list-ol"
        label = _("Steps")
        description = _("What to do, in order; each step has a title and an explanation.")
        template = "cms_pages/blocks/steps.html"
        preview_template = PREVIEW
        preview_value = {"steps": [{"title": "درخواست را ثبت کنید", "text": ""}]}


class TableBlock(StructBlock):
    """A table of words and figures; on a phone each row becomes a card."""

    caption = CharBlock(
        label=_("What the table shows"),
        max_length=150,
        help_text=_("Stands above the table and is read out first."),
    )
    table = TypedTableBlock(
        [
            ("text", CharBlock(label=_("Text"), required=False)),
            ("number", CharBlock(label=_("Figure"), required=False)),
            ("rich_text", RichTextBlock(label=_("Text with links"), features=INLINE)),
        ],
        label=_("Table"),
    )

    class Meta:
        icon = "table"
        label = _("Table")
        description = _("Rows and columns; the first column names the row.")
        template = "cms_pages/blocks/table.html"

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        """With each cell beside the heading of its column, for the phone."""
        context = super().get_context(value, parent_context=parent_context)
        table = value["table"]
        context["columns"] = columns = [_column(c) for c in (table.columns if table else [])]
        context["rows"] = [
            [{**column, "value": cell.value} for cell, column in zip(row, columns, strict=True)]
            for row in (table.rows if table else [])
        ]
        return context


class ContactBlock(StructBlock):
    """Where and how to reach somebody."""

    name = CharBlock(label=_("Whom or what"), max_length=150)
    phone = CharBlock(label=_("Phone"), required=False, max_length=60)
    email = EmailBlock(label=_("E-mail"), required=False)
    address = TextBlock(label=_("Address"), required=False, rows=2)
    hours = CharBlock(label=_("Hours"), required=False, max_length=150)
    website = URLBlock(label=_("Website"), required=False)

    class Meta:
        icon = "mail"
        label = _("Phone and address")
        description = _("Where and how to reach somebody.")
        template = "cms_pages/blocks/contact.html"
        preview_template = PREVIEW
        preview_value = {
            "name": "میز خدمت",
            "phone": "08633670000",
            "email": "desk@desk.example",
            "address": "میدان شهرداری",
            "hours": "شنبه تا چهارشنبه ۷ تا ۱۴",
            "website": "",
        }


def _column(column: dict[str, Any]) -> dict[str, Any]:
    kind = column["block"].name
    return {
        "heading": column["heading"],
        "number": kind == "number",
        "rich": kind == "rich_text",
    }
