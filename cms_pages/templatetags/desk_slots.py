"""`{% slot "banner" %}`: print what the floors above registered for a place."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from cms_pages import slots

register = template.Library()


@register.simple_tag(takes_context=True)
def slot(context: dict[str, Any], name: str) -> SafeString:
    """Everything registered for the place; nothing where there is no request (error pages)."""
    request = context.get("request")
    return slots.render(name, request) if request is not None else SafeString("")
