"""For how long a stated reason opens what is sealed: a quarter of an hour, for one case."""

import time

from django.http import HttpRequest

from service_requests.models import Case

LIFETIME_SECONDS = 15 * 60
_KEY = "desk_reasons"


def grant(request: HttpRequest, case: Case, what: str, reason: str) -> None:
    """Remember a reason in the session of this member of staff; nothing personal is kept."""
    kept = _alive(request)
    kept[f"{what}:{case.pk}"] = [reason, int(time.time()) + LIFETIME_SECONDS]
    request.session[_KEY] = kept


def granted(request: HttpRequest, case: Case, what: str) -> str:
    """The reason that still holds, or ""."""
    found = _alive(request).get(f"{what}:{case.pk}")
    return str(found[0]) if found else ""


def withdraw(request: HttpRequest, case: Case, what: str) -> None:
    """Close it again."""
    kept = _alive(request)
    kept.pop(f"{what}:{case.pk}", None)
    request.session[_KEY] = kept


def _alive(request: HttpRequest) -> dict[str, list]:
    now = time.time()
    return {key: value for key, value in request.session.get(_KEY, {}).items() if value[1] > now}
