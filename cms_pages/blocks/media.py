"""Blocks that show or offer something of the library."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, StructBlock

from cms_pages import references
from cms_pages.blocks.choosers import PictureChooserBlock, PublicDocumentChooserBlock


class PictureBlock(StructBlock):
    """A picture that also speaks to those who cannot see it."""

    image = PictureChooserBlock()
    alt = CharBlock(
        label=_("Description for those who cannot see it"),
        max_length=250,
        help_text=_("What does the picture say? Write that, not “picture of …”."),
    )
    caption = CharBlock(label=_("Caption"), required=False, max_length=250)

    class Meta:
        icon = "image"
        label = _("Image")
        description = _("An image with a description for those who cannot see it.")
        template = "cms_pages/blocks/picture.html"

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        """With the picture in two widths; nothing where it is gone from the library."""
        context = super().get_context(value, parent_context=parent_context)
        if value["image"] is not None:
            context["small"], context["large"] = (
                references.rendition(value["image"], size) for size in references.PICTURE_SIZES
            )
        return context


class DocumentLinkBlock(StructBlock):
    """A file to take home; documents of the library are public."""

    document = PublicDocumentChooserBlock()
    title = CharBlock(
        label=_("Title"),
        required=False,
        max_length=150,
        help_text=_("Empty: the title in the library."),
    )

    class Meta:
        icon = "doc-full"
        label = _("Document")
        description = _("A link to a document, with its type and size.")
        template = "cms_pages/blocks/document.html"
