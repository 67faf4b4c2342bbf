"""`{% load sla_printing %}`: what the printed form of an agreement says, for its pages too."""

from django import template

from sla.printing import target_line as line_of
from sla.targets import Target

register = template.Library()


@register.simple_tag
def target_line(target: Target) -> str:
    """A promise in one line."""
    return line_of(target)
