"""`{% load sla_printing %}`: what the printed form of an agreement says, for pages like it too."""

from django import template
from django.utils.translation import get_language

from sla.sentences import sentence
from sla.targets import Target

register = template.Library()


@register.simple_tag
def promise(target: Target) -> str:
    """A promise as a sentence in the language of the page."""
    return sentence(target, get_language() or "fa")
