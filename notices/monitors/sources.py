"""Tokens of monitors: made and shown once, found again by their digest, and never stored."""

import hashlib
import hmac
import ipaddress
import re
import secrets
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from desk_core import audit
from notices.enums import POSTING_KINDS
from notices.models import MonitorSource

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


@transaction.atomic
def new_token(*, source: MonitorSource, actor: "AbstractBaseUser") -> str:
    """Make a token of 256 random bits and return it, this once; an earlier one ends at once.

    ValueError for a kind that posts nothing.
    """
    locked = MonitorSource.objects.select_for_update(of=("self",)).get(pk=source.pk)
    if locked.kind not in POSTING_KINDS:
        raise ValueError("An own probe has no token.")
    token = secrets.token_urlsafe(32)
    locked.token_digest, locked.token_made_at = _digest(token), timezone.now()
    locked.save(update_fields=["token_digest", "token_made_at"])
    audit.record(action="monitor.token", actor=actor, target=f"monitor:{locked.pk}")
    source.token_digest, source.token_made_at = locked.token_digest, locked.token_made_at
    return token


def of_token(token: str) -> MonitorSource | None:
    """The active source whose token this is; None for every other text.

    What is looked up is a digest, of which nothing can be guessed letter by letter.
    """
    well_formed = _TOKEN.fullmatch(token) is not None
    digest = _digest(token if well_formed else "")
    found = MonitorSource.objects.filter(token_digest=digest, active=True).first()
    if found is None or not well_formed:
        return None
    return found if hmac.compare_digest(found.token_digest, digest) else None


def comes_from_home(source: MonitorSource, address: str) -> bool:
    """Whether a post from `address` may come from this source's networks."""
    allowed = source.allowed_networks()
    if not allowed:
        return True
    try:
        found = ipaddress.ip_address(address.split("%", 1)[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return any(found in network for network in allowed)


def _digest(token: str) -> str:
    """A plain hash is enough for 256 random bits."""
    return hashlib.sha256(b"notices:monitor:" + token.encode("utf-8", "replace")).hexdigest()
