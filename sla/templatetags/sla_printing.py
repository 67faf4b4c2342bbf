"""`{% load sla_printing %}`: what the printed form of an agreement says, for pages like it too."""

from django import template
from django.utils.translation import get_language

from sla.document import Document
from sla.sentences import sentences_of

register = template.Library()


@register.simple_tag
def promises(document: Document) -> list[str]:
    """What a text promises in figures, a sentence each, in the language of the page."""
    return sentences_of(document, get_language() or "fa")
