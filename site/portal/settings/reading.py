"""Reading settings from the environment; whatever is wrong is refused by its name."""

import base64
import binascii
import os
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from desk_core.keyring import KEY_ID

YES = ("1", "true", "yes", "on")
NO = ("0", "false", "no", "off")
WEAK = ("development", "insecure", "changeme", "secret", "password", "example")


@contextmanager
def named(var: str) -> Iterator[None]:
    """What cannot be read raises ImproperlyConfigured with the variable, without its value."""
    try:
        yield
    except (ValueError, TypeError, KeyError, AttributeError):
        raise ImproperlyConfigured(f"{var} cannot be read as it is written.") from None


class Environment(environ.Env):
    """`environ.Env` whose every error names the variable, and never its value."""

    def get_value(self, var: str, *args: Any, **kwargs: Any) -> Any:
        """As in `environ.Env`; what cannot be read raises ImproperlyConfigured."""
        with named(var):
            return super().get_value(var, *args, **kwargs)

    def number(self, var: str, *, default: int, least: int = 0, most: int = 100_000) -> int:
        """A whole number from `least` to `most`."""
        text = self.str(var, default="").strip()
        if not text:
            return default
        if not re.fullmatch(r"[0-9]{1,9}", text) or not least <= int(text) <= most:
            raise ImproperlyConfigured(f"{var} must be a whole number from {least} to {most}.")
        return int(text)

    def yes(self, var: str, *, default: bool) -> bool:
        """Yes or no; any other word is neither."""
        word = self.str(var, default="").strip().lower()
        if word and word not in (*YES, *NO):
            raise ImproperlyConfigured(f"{var} must be true or false.")
        return word in YES if word else default

    def table(self, var: str) -> dict[str, Any]:
        """A JSON object; an empty one where nothing is written."""
        found = self.json(var, default={}) if self.str(var, default="").strip() else {}
        if not isinstance(found, dict):
            raise ImproperlyConfigured(f'{var} must be a JSON object: {{"name": "value"}}.')
        return found

    def bucket(self, var: str) -> dict[str, Any]:
        """The options of django-storages' S3Storage; an empty object for no bucket."""
        found = self.table(var)
        if self.str(var, default="").strip() and not found.get("bucket_name"):
            raise ImproperlyConfigured(f'{var} must name its bucket: {{"bucket_name": "…"}}.')
        return found

    def address(self, var: str, *, kinds: tuple[str, ...]) -> str:
        """An address that begins with one of `kinds`; "" where none is given."""
        found = self.str(var, default="").strip()
        if found and not found.startswith(kinds):
            raise ImproperlyConfigured(f"{var} must begin with {' or '.join(kinds)}.")
        return found

    def database(self, var: str, *, default: str) -> dict[str, Any]:
        """A database that the desk runs on, by its address."""
        self.address(var, kinds=("postgres://", "postgresql://", "sqlite:///"))
        with named(var):
            found: dict[str, Any] = self.db(var, default=default)
        return found

    def mail(self, var: str, *, default: str) -> dict[str, Any]:
        """Django's settings of a mail server, by its address."""
        self.address(var, kinds=tuple(f"{kind}://" for kind in self.EMAIL_SCHEMES))
        with named(var):
            found: dict[str, Any] = self.email_url(var, default=default)
        return found


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


def one_of(name: str, choices: Collection[str], *, value: str) -> str:
    """The value, if it is one of the choices."""
    if value not in choices:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(choices)}.")
    return value


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
