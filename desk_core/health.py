"""Whether this process lives, and whether it can do its work; for monitors and load balancers.

`/health/live/` touches nothing. `/health/ready/` asks the database and the shared cache (503 when
one of them is away) and says whether messages wait too long (`late`, still 200: people can use the
site). Floors above register parts of their own, which are `ok` or `late` as well. Nothing else is
told to strangers.
"""

import logging
import secrets
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.core.cache.backends.base import BaseCache
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from desk_core.enums import MessageState
from desk_core.models import OutgoingMessage
from desk_core.responses import never_store
from desk_core.throttles import guard_cache

logger = logging.getLogger(__name__)

OK, LATE, AWAY = "ok", "late", "away"
Ask = Callable[[], str | None]
_registered: dict[str, Ask] = {}


def register_part(name: str, ask: Ask) -> None:
    """Add a part without which people can still use the site; called in `AppConfig.ready()`.

    `ask` returns OK or LATE, or None where there is no such part.
    """
    _registered[name] = ask


@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """Say that the process answers."""
    return never_store(JsonResponse({"state": OK}))


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Say what works: database, cache, outbox. 503 when people cannot be served."""
    parts = {
        "database": _try("database", _database),
        "cache": _try("cache", _cache),
        "outbox": _try("outbox", _outbox),
    }
    for name, ask in _registered.items():
        if (state := _try(name, ask)) is not None:
            parts[name] = state
    serves = parts["database"] == parts["cache"] == OK
    state = OK if all(part == OK for part in parts.values()) else LATE if serves else AWAY
    return never_store(JsonResponse({"state": state, **parts}, status=200 if serves else 503))


def _try(name: str, ask: Ask) -> str | None:
    """Ask one part; a failure is told to the log, not to the stranger."""
    try:
        return ask()
    except Exception:
        logger.exception("Health: %s does not answer", name)
        return AWAY


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return OK if cursor.fetchone() == (1,) else AWAY


def _cache() -> str:
    """Both caches: that of pages, and that of limits and used checks."""
    return OK if _keeps(cache) and _keeps(guard_cache()) else AWAY


def _keeps(where: BaseCache) -> bool:
    key, token = f"desk-health:{secrets.token_hex(4)}", secrets.token_hex(8)
    where.set(key, token, 30)
    answer = where.get(key)
    where.delete(key)
    return answer == token


def _outbox() -> str:
    """Late when the letter that has been due longest waits longer than allowed.

    Circulars wait their turn: a hundred thousand of them are no fault.
    """
    allowed = timedelta(minutes=getattr(settings, "DESK_OUTBOX_LATE_MINUTES", 15))
    waits_too_long = OutgoingMessage.objects.filter(
        state=MessageState.WAITING, bulk=False, due_at__lt=timezone.now() - allowed
    )
    return LATE if waits_too_long.exists() else OK


urlpatterns = [
    path("live/", live, name="health_live"),
    path("ready/", ready, name="health_ready"),
]
