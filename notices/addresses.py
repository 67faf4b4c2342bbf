"""Addresses for messages, which no request is at hand for."""

import base64
import binascii
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import override
from wagtail.models import Site


def absolute(name: str, language: str, *args: Any) -> str:
    """A page of `notices` on the default site, in a language."""
    with override(language):
        return f"{root()}{reverse(f'notices:{name}', args=args)}"


def short(notice: UUID, language: str) -> str:
    """The address of a notice that text messages can afford, whatever its page is called."""
    return absolute("short", language, short_key(notice))


def short_key(notice: UUID) -> str:
    """Twenty-two letters and digits of ASCII, and nothing of the title."""
    return base64.urlsafe_b64encode(notice.bytes).decode().rstrip("=")


def of_short_key(key: str) -> UUID | None:
    """The notice that a key stands for, if it is one."""
    if len(key) != 22:
        return None
    try:
        found = UUID(bytes=base64.urlsafe_b64decode(f"{key}=="))
    except (ValueError, binascii.Error):
        return None
    return found if short_key(found) == key else None


def root() -> str:
    """The beginning of every address of the default site; "" where there is none."""
    site = Site.objects.filter(is_default_site=True).first()
    return site.root_url if site else ""
