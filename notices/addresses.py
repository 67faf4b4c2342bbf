"""Addresses for messages, which no request is at hand for."""

from typing import Any

from django.urls import reverse
from django.utils.translation import override
from wagtail.models import Site


def absolute(name: str, language: str, *args: Any) -> str:
    """A page of `notices` on the default site, in a language."""
    with override(language):
        return f"{root()}{reverse(f'notices:{name}', args=args)}"


def root() -> str:
    """The beginning of every address of the default site; "" where there is none."""
    site = Site.objects.filter(is_default_site=True).first()
    return site.root_url if site else ""
