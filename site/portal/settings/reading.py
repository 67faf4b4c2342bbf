"""Reading settings from the environment; whatever is wrong is refused by its name."""

import base64
import binascii
import os
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from desk_core.keyring import KEY_ID

WEAK = ("development", "insecure", "changeme", "secret", "password", "example")


def required(name: str) -> str:
    """The value of a variable that must be there."""
    value = os.environ.get(name, "").strip()
    if not value:
        raise ImproperlyConfigured(f"{name} is missing. docs/operators-guide.md says what it is.")
    return value


def secret(name: str) -> str:
    """A secret of at least 50 characters that does not look like an example."""
    value = required(name)
    if len(value) < 50 or len(set(value)) < 10 or any(word in value.lower() for word in WEAK):
        raise ImproperlyConfigured(f"{name} is weak: give at least 50 random characters.")
    return value


def key(name: str, value: str | None = None) -> str:
    """A random key of 32 bytes, written in base64."""
    text = required(name) if value is None else value
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != 32:
        raise ImproperlyConfigured(f"{name} must be 32 bytes in base64 (openssl rand -base64 32).")
    if len(set(raw)) < 12 or any(word.encode() in raw.lower() for word in WEAK):
        raise ImproperlyConfigured(f"{name} is weak: its bytes are not random.")
    return text


def keyring(name: str) -> dict[str, str]:
    """Keys by identifier, `id:base64,id:base64`; the first one is for new work, all of them open.

    An identifier is what `desk_core.keyring` takes for one.
    """
    ring: dict[str, str] = {}
    for part in required(name).split(","):
        identifier, colon, value = part.strip().partition(":")
        if not colon or not KEY_ID.match(identifier) or identifier in ring:
            raise ImproperlyConfigured(
                f"{name} must read id:base64,id:base64 with ids used once: letters, digits, "
                "dots, hyphens and underscores."
            )
        ring[identifier] = key(name, value)
    return ring


def peppers(name: str) -> dict[str, str]:
    """Peppers by identifier, the one for new passwords first; a plain key has the identifier 1."""
    return keyring(name) if ":" in required(name) else {"1": key(name)}


def hosts(name: str) -> list[str]:
    """Host names, separated by commas; a wildcard would let a forged Host header through."""
    found = [host.strip() for host in required(name).split(",") if host.strip()]
    if any("*" in host or host.startswith(".") for host in found):
        raise ImproperlyConfigured(f"{name} has a wildcard: name each host.")
    return found


def https_address(name: str) -> str:
    """The public address of the site."""
    value = required(name).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme != "https" or not parts.hostname:
        raise ImproperlyConfigured(f"{name} must be an https:// address.")
    return value


def refuse_debug() -> None:
    """Stop when somebody asks for DEBUG in production."""
    for name in ("DEBUG", "DJANGO_DEBUG"):
        if os.environ.get(name, "").strip().lower() not in ("", "0", "false", "no", "off"):
            raise ImproperlyConfigured(f"{name} is on: production never runs with it.")
