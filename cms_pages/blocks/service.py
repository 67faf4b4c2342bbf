"""Blocks of the service passport (R18): documents, steps, ways to reach each stage."""

from django.utils.translation import gettext_lazy as _
from wagtail.blocks import (
    BooleanBlock,
    CharBlock,
    ChoiceBlock,
    MultipleChoiceBlock,
    RichTextBlock,
    StreamBlock,
    StructBlock,
    URLBlock,
)

from cms_pages.blocks.choosers import PublicDocumentChooserBlock
from cms_pages.blocks.text import PARAGRAPH
from cms_pages.enums import Channel, Stage


class NeededDocumentBlock(StructBlock):
    """One thing to bring or to upload."""

    name = CharBlock(label=_("Document"), max_length=150)
    note = CharBlock(
        label=_("Note"),
        required=False,
        max_length=250,
        help_text=_("For example: the original and one copy."),
    )
    optional = BooleanBlock(label=_("Only in some cases"), required=False)
    document = PublicDocumentChooserBlock(label=_("Form to fill in"), required=False)

    class Meta:
        icon = "doc-full"
        label = _("Needed document")


class NeededDocumentsBlock(StreamBlock):
    """The check list of documents."""

    needed = NeededDocumentBlock()

    class Meta:
        required = False


class ServiceStepBlock(StructBlock):
    """One step of the service."""

    title = CharBlock(label=_("What happens"), max_length=150)
    text = RichTextBlock(features=PARAGRAPH, label=_("Explanation"), required=False)
    by = ChoiceBlock(
        label=_("Who does it"),
        choices=[("applicant", _("You")), ("body", _("The body"))],
        default="applicant",
    )

    class Meta:
        icon = "arrow-right"
        label = _("Step")


class ServiceStepsBlock(StreamBlock):
    """The way of the service, in order."""

    step = ServiceStepBlock()

    class Meta:
        required = False


class StageAccessBlock(StructBlock):
    """How one stage of the service is reached."""

    stage = ChoiceBlock(label=_("Stage"), choices=Stage.choices)
    channels = MultipleChoiceBlock(label=_("Ways"), choices=Channel.choices)
    link = URLBlock(label=_("Link"), required=False)
    note = CharBlock(
        label=_("Note"),
        required=False,
        max_length=250,
        help_text=_("If people have to come in person: why."),
    )

    class Meta:
        icon = "site"
        label = _("Stage of the service")


class AccessBlock(StreamBlock):
    """How the stages of the service are reached."""

    stage = StageAccessBlock()

    class Meta:
        required = False
