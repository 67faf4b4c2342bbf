"""The body of a page: what an editor may put into it, grouped as an editor thinks."""

from django.utils.translation import gettext_lazy as _
from wagtail.blocks import StreamBlock

from cms_pages.blocks.media import DocumentLinkBlock, PictureBlock
from cms_pages.blocks.questions import QuestionsBlock
from cms_pages.blocks.structure import ContactBlock, StepsBlock, TableBlock
from cms_pages.blocks.text import (
    CalloutBlock,
    HeadingBlock,
    ListOfLinesBlock,
    ParagraphBlock,
    QuotationBlock,
)

TEXT = _("Text")
HELP = _("Guidance")
LIBRARY = _("Images and documents")


class BodyBlock(StreamBlock):
    """The blocks of a page, one after another."""

    heading = HeadingBlock(group=TEXT)
    paragraph = ParagraphBlock(group=TEXT)
    list = ListOfLinesBlock(group=TEXT)
    quotation = QuotationBlock(group=TEXT)
    callout = CalloutBlock(group=HELP)
    steps = StepsBlock(group=HELP)
    questions = QuestionsBlock(group=HELP)
    contact = ContactBlock(group=HELP)
    table = TableBlock(group=HELP)
    picture = PictureBlock(group=LIBRARY)
    document = DocumentLinkBlock(group=LIBRARY)

    class Meta:
        required = False
        template = "cms_pages/blocks/body.html"
