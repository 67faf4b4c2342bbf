"""Talking to an SMS gateway over HTTP: time limits, one reading of what went wrong, no leaks."""

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from urllib3.exceptions import NameResolutionError, NewConnectionError

from desk_core.channels.base import ChannelDown, Unsure

TIMEOUT = (5.0, 20.0)
LOGGER_OF_ADDRESSES = "urllib3.connectionpool"


class _NoAddresses(logging.Filter):
    """Drops urllib3's lines about addresses: Kavenegar's API key is a part of the path."""

    def filter(self, record: logging.LogRecord) -> bool:
        return False


_no_addresses = _NoAddresses()


class Gateway:
    """A session with one gateway. `name` stands in errors, where an address must not."""

    def __init__(self, name: str, headers: dict[str, str] | None = None) -> None:
        self.name = name
        self._session = requests.Session()
        self._session.headers.update({"Accept": "application/json", **(headers or {})})
        logging.getLogger(LOGGER_OF_ADDRESSES).addFilter(_no_addresses)

    def close(self) -> None:
        """End the session."""
        self._session.close()

    def call(self, method: str, url: str, **kwargs: Any) -> tuple[int, dict[str, Any]]:
        """`(HTTP status, JSON object)`; {} for a reply that is no JSON object.

        Raises ChannelDown when the request certainly never left, Unsure when its reply was lost. An
        error is raised bare: what `requests` raises quotes the address.
        """
        try:
            reply = self._session.request(
                method, url, timeout=TIMEOUT, allow_redirects=False, **kwargs
            )
            status, body = reply.status_code, _object(reply)
        except requests.ConnectTimeout:
            failure: Exception = ChannelDown(f"{self.name}: no connection")
        except requests.ConnectionError as error:
            failure = (
                ChannelDown(f"{self.name}: no connection")
                if _never_left(error)
                else Unsure(f"{self.name}: the connection broke")
            )
        except (requests.RequestException, OSError):
            failure = Unsure(f"{self.name}: no reply")
        else:
            return status, body
        raise failure


def setting(name: str) -> dict[str, Any]:
    """The settings of one gateway; nothing is sent with wrong ones (ImproperlyConfigured)."""
    wrong = problems(name)
    if wrong:
        raise ImproperlyConfigured(" ".join(wrong))
    return written(name)


def written(name: str) -> dict[str, Any]:
    """The settings of one gateway as they are, {} for none."""
    return getattr(settings, name, None) or {}


def problems(name: str) -> list[str]:
    """What is wrong with the settings of one gateway, without quoting them."""
    found = written(name)
    if not found or not isinstance(found, dict):
        return [f"{name} is not set."]
    wrong = []
    if not found.get("API_KEY"):
        wrong.append(f"{name} has no API_KEY.")
    address = urlsplit(found.get("BASE_URL", "https://"))
    if address.scheme != "https" and address.hostname not in ("127.0.0.1", "::1", "localhost"):
        wrong.append(f"{name}: BASE_URL must be https.")
    return wrong


def pattern_problems(
    name: str, needed: str, complete: Callable[[dict[str, Any]], bool]
) -> list[str]:
    """What is wrong with the patterns in TEMPLATES; each is named for a text message of ours."""
    patterns = written(name).get("TEMPLATES", {})
    if not isinstance(patterns, dict):
        return [f"{name}: TEMPLATES must be an object, our template to theirs."]
    wrong = []
    for ours, theirs in patterns.items():
        if not isinstance(theirs, dict) or not complete(theirs):
            wrong.append(f"{name}: TEMPLATES[{ours!r}] needs {needed}.")
        elif not _is_ours(ours):
            wrong.append(f"{name}: TEMPLATES[{ours!r}] is no text message of the desk.")
    return wrong


def national_mobile(recipient: str) -> str:
    """The ten digits of an Iranian mobile number (9…), from +989… or 09…."""
    return recipient.removeprefix("+98").removeprefix("0")


def _object(reply: requests.Response) -> dict[str, Any]:
    try:
        body = reply.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _is_ours(template: str) -> bool:
    try:
        get_template(f"{template}.sms.txt")
    except TemplateDoesNotExist:
        return False
    return True


def _never_left(error: requests.ConnectionError) -> bool:
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    return isinstance(reason, NewConnectionError | NameResolutionError)
