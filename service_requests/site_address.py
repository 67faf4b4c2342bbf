"""Addresses for messages, which no request is at hand for."""

from django.urls import reverse
from wagtail.models import Site


def absolute(name: str) -> str:
    """A page of the desk on the default site, in the active language."""
    site = Site.objects.filter(is_default_site=True).first()
    return f"{site.root_url if site else ''}{reverse(f'service_requests:{name}')}"


def tracking_url() -> str:
    """Where cases are followed: without any code."""
    return absolute("track")
