"""Bearer tokens of the API: allowed, issued once to their person, used, revoked.

A token gives a program what its person may do, never more: every door asks the same permission
functions with that person. The secret is 256 random bits; a plain hash of it is kept. It ends when
that person gets another password, as their sessions do, and opens nothing while they are inactive.
"""

import hashlib
import re
import secrets
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from desk_core import audit
from desk_core.throttles import Limit, hit
from service_requests.days import today
from service_requests.enums import TokenScope
from service_requests.errors import NotAllowed, NotPossible
from service_requests.models import ApiToken
from service_requests.permissions import user_can_list_tokens, user_manages_tokens

ALREADY_SHOWN = _("The secret was shown already, or the token has ended.")
MARK = "desk_"
MOST_DAYS, MOST_TOKENS = 366, 20
_TOKEN = re.compile(r"desk_[A-Za-z0-9_-]{43}")
#: Wrong tokens from one network, and calls with one token.
CALLS = Limit("api-calls", rate=600, seconds=60)


def allow(*, user: Any, name: str, scope: str, last_day: date, actor: Any) -> ApiToken:
    """Let somebody have a token until the end of a day; its secret is made by `issue`.

    Everybody may for themselves, administrators for others. Raises NotAllowed, ValidationError.
    """
    if user.pk != actor.pk and not user_manages_tokens(actor):
        raise NotAllowed
    check(user=user, scope=scope, last_day=last_day)
    with transaction.atomic():
        token = ApiToken.objects.create(
            user=user, name=name, scope=scope, last_day=last_day, created_by=actor
        )
        _audit("token.allowed", token, actor)
    return token


def check(*, user: Any, scope: str, last_day: date) -> None:
    """Raise ValidationError unless such a token is possible."""
    if not user.is_active or not user_can_list_tokens(user):
        raise ValidationError({"user": [_("This person works on no cases.")]})
    if scope not in TokenScope.values:
        raise ValidationError({"scope": [_("Choose one of these.")]})
    if not today() <= last_day <= today() + timedelta(days=MOST_DAYS):
        raise ValidationError({"last_day": [_("Choose a day from today on, within a year.")]})
    alive = ApiToken.objects.filter(user=user, revoked_at=None, last_day__gte=today())
    if sum(not password_changed(row) for row in alive.select_related("user")) >= MOST_TOKENS:
        raise ValidationError({"user": [_("Revoke one of the other tokens first.")]})


def issue(*, token: ApiToken, actor: Any) -> str:
    """Make the secret, once, and give it to the person whose token it is."""
    if token.user_id != actor.pk:
        raise NotAllowed
    secret = MARK + secrets.token_urlsafe(32)
    with transaction.atomic():
        rows = ApiToken.objects.select_related("user").select_for_update(of=("self",))
        fresh = rows.get(pk=token.pk)
        if fresh.digest or fresh.revoked_at is not None or fresh.last_day < today():
            raise NotPossible(ALREADY_SHOWN)
        fresh.digest, fresh.password_mark = _digest(secret), _password_mark(fresh.user)
        fresh.save(update_fields=["digest", "password_mark"])
        _audit("token.issued", fresh, actor)
    return secret


def revoke(*, token: ApiToken, actor: Any) -> None:
    """End it at once. Safe to repeat. Raises NotAllowed."""
    if token.user_id != actor.pk and not user_manages_tokens(actor):
        raise NotAllowed
    with transaction.atomic():
        if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()):
            _audit("token.revoked", token, actor)


def open_token(secret: str) -> ApiToken | None:
    """The token of this secret with its person; None for what opens nothing now.

    Wrong ones are not counted: nobody guesses 256 random bits, and a limit by network would shut
    out the right ones of others.
    """
    found = None
    if _TOKEN.fullmatch(secret):
        rows = ApiToken.objects.alive(today()).select_related("user")
        found = rows.filter(digest=_digest(secret), user__is_active=True).first()
    if found is None or password_changed(found) or not user_can_list_tokens(found.user):
        return None
    _note_use(found)
    return found


def password_changed(token: ApiToken) -> bool:
    """Whether its person has another password than when the secret was made."""
    return bool(token.digest) and token.password_mark != _password_mark(token.user)


def too_often(token: ApiToken) -> bool:
    """Whether a program calls more often than is good for others; each call counts."""
    return hit(CALLS, str(token.pk)).over


def _note_use(token: ApiToken) -> None:
    """The day of the last use, and one line in the audit trail for each day."""
    day = today()
    if token.last_used_on == day:
        return
    with transaction.atomic():
        if ApiToken.objects.filter(pk=token.pk).exclude(last_used_on=day).update(last_used_on=day):
            _audit("token.used", token, token.user)


def _audit(action: str, token: ApiToken, actor: Any) -> None:
    detail = {"for": token.user_id, "scope": token.scope}
    audit.record(action=action, actor=actor, target=f"token:{token.pk}", detail=detail)


def _password_mark(user: Any) -> str:
    return hashlib.sha256(b"desk:api-token-password:" + user.password.encode()).hexdigest()


def _digest(secret: str) -> str:
    return hashlib.sha256(b"desk:api-token:" + secret.encode()).hexdigest()
