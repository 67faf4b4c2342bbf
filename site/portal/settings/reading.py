"""Reading settings from the environment; whatever is wrong is refused by its name."""

import base64
import binascii
import json
import os
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import EmailValidator

from desk_core.keyring import KEY_ID

YES = ("1", "true", "yes", "y", "on", "ok")
NO = ("0", "false", "no", "n", "off")
# One host as a browser names it: a name in ASCII, or an address.
HOST = re.compile(r"(?:[A-Za-z0-9_-]+\.)*[A-Za-z0-9_-]+|\[[0-9A-Fa-f:.]+\]")
DATABASE = "postgres://user:password@host/name or sqlite:////folder/file"
MAIL = "smtp+tls://user:password@host:587"
REDIS = "redis://host:6379/0"
OBJECT = 'a JSON object: {"name": "value"}'
WEAK = ("development", "insecure", "changeme", "secret", "password", "example")


@contextmanager
def named(var: str, expected: str = "") -> Iterator[None]:
    """What cannot be read raises ImproperlyConfigured with the variable, without its value."""
    try:
        yield
    except (ValueError, TypeError, KeyError, AttributeError):
        wish = f" Expected is {expected}." if expected else ""
        raise ImproperlyConfigured(f"{var} cannot be read as it is written.{wish}") from None


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
        text = self.str(var, default="").strip()
        with named(var, OBJECT):
            found = json.loads(text) if text else {}
        if not isinstance(found, dict):
            raise ImproperlyConfigured(f"{var} must be {OBJECT}.")
        return found

    def limit(self, var: str, *, default: int) -> int | None:
        """A whole number, or `null` for no limit."""
        unlimited = self.str(var, default="").strip().lower() == "null"
        return None if unlimited else self.number(var, default=default)

    def names(self, var: str) -> list[str]:
        """What is named, separated by commas; commas alone name nothing and are refused."""
        text = self.str(var, default="").strip()
        found = [part.strip() for part in text.split(",") if part.strip()]
        if text and not found:
            raise ImproperlyConfigured(f"{var} names nothing: give names separated by commas.")
        return found

    def place(self, var: str, *, default: Path, folder: bool = True) -> Path:
        """A folder or a file that is there or can be made; not one that depends on where we are."""
        text = self.str(var, default="").strip()
        if not text:
            return default
        found, what = Path(text), "folder" if folder else "file"
        if not found.is_absolute():
            raise ImproperlyConfigured(f"{var} must be a whole path, from / on.")
        try:
            blocked = any(each.exists() and not each.is_dir() for each in found.parents)
            wrong = blocked or (found.exists() and found.is_dir() != folder)
        except OSError:  # a folder that this user may not look into
            wrong = True
        if wrong:
            raise ImproperlyConfigured(f"{var} must be the path of a {what}.")
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
        given = self.address(var, kinds=("postgres://", "postgresql://", "sqlite:///"))
        with named(var, DATABASE):
            found: dict[str, Any] = self.db_url_config(given or default)
        if found.get("NAME", "") in ("", ":memory:"):
            raise ImproperlyConfigured(f"{var} names no database. Expected is {DATABASE}.")
        return found

    def mail(self, var: str, *, default: str) -> dict[str, Any]:
        """Django's settings of a mail server, by its address."""
        kinds = tuple(f"{kind}://" for kind in self.EMAIL_SCHEMES)
        given = self.address(var, kinds=kinds)
        with named(var, MAIL):
            found: dict[str, Any] = self.email_url_config(given or default)
        if given.startswith("smtp") and not found.get("EMAIL_HOST"):
            raise ImproperlyConfigured(f"{var} names no host. Expected is {MAIL}.")
        return found

    def redis(self, var: str) -> str:
        """The address of a Redis, or of a first and its replicas; "" where none is given."""
        found = self.address(var, kinds=("redis://", "rediss://", "unix://"))
        for each in re.split("[;,]", found):
            if not each.startswith("redis"):
                continue
            with named(var, REDIS):
                parts = _split(each)
                if not parts.hostname or not re.fullmatch(r"/?[0-9]*", parts.path):
                    raise ValueError
        return found

    def sender(self, var: str, *, default: str) -> str:
        """Who mail comes from: an e-mail address, with a name or without."""
        text = self.str(var, default="").strip() or default
        _name, address = parseaddr(text)
        host = address.rpartition("@")[2]
        # Within a network of one's own a host may have no dot in its name.
        near = [host] if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]*", host) else []
        try:
            EmailValidator(allowlist=near)(address)
            if len(text.splitlines()) > 1 or not text.endswith((address, f"<{address}>")):
                raise ValidationError("")
        except ValidationError:
            wish = "desk@example.ir or Name <desk@example.ir>"
            raise ImproperlyConfigured(f"{var} must be an e-mail address: {wish}.") from None
        return text


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
    if not found or not all(HOST.fullmatch(host) for host in found):
        raise ImproperlyConfigured(
            f"{name} must be names of hosts without https:// and port, separated by commas."
        )
    return found


def one_of(name: str, choices: Collection[str], *, value: str) -> str:
    """The value, if it is one of the choices."""
    if value not in choices:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(choices)}.")
    return value


def https_address(name: str, *, hosts: Collection[str]) -> str:
    """The public address of the site, which is one of its hosts and nothing behind it."""
    value = required(name).rstrip("/")
    wish = f"{name} must be an https:// address: https://desk.example.ir"
    try:
        parts = _split(value)
    except ValueError:
        raise ImproperlyConfigured(f"{wish}.") from None
    if parts.scheme != "https" or not parts.hostname:
        raise ImproperlyConfigured(f"{wish}.")
    if parts.username is not None or parts.path or parts.query or parts.fragment:
        raise ImproperlyConfigured(f"{wish}, with nothing before the host or behind it.")
    if parts.hostname not in {host.strip("[]").lower() for host in hosts}:
        raise ImproperlyConfigured(f"{name} must be at one of the hosts of DESK_HOSTS.")
    return value


def is_there(name: str, folder: Path) -> None:
    """Stop where a folder that somebody chose is not there: a mount that is missing, a slip."""
    if os.environ.get(name, "").strip() and not folder.is_dir():
        raise ImproperlyConfigured(f"{name} must lie in a folder that is there: make it first.")


def _split(address: str) -> SplitResult:
    """The parts of an address. Raises ValueError for a port that is none."""
    parts = urlsplit(address)
    if parts.port == 0:
        raise ValueError
    return parts


def refuse_debug() -> None:
    """Stop when somebody asks for DEBUG in production."""
    for name in ("DEBUG", "DJANGO_DEBUG"):
        if os.environ.get(name, "").strip().lower() not in ("", "0", "false", "no", "off"):
            raise ImproperlyConfigured(f"{name} is on: production never runs with it.")
