"""The cookies of citizens: draft and receipt, tracking, a third's question, recovery, survey.

`__Host-` in production binds them to this host and to TLS; development has neither.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

DRAFT = "desk_draft"
TRACKING = "desk_tracking"
QUESTION = "desk_question"
RECOVERY = "desk_recovery"
SURVEY = "desk_survey"


def _name(cookie: str) -> str:
    return getattr(settings, "DESK_TRACKING_COOKIE_PREFIX", "") + cookie


def get(request: HttpRequest, cookie: str) -> str:
    """The value of a cookie, or an empty string."""
    return request.COOKIES.get(_name(cookie), "")


def put(response: HttpResponse, cookie: str, value: str) -> None:
    """Set a cookie that ends with the browser and that no script can read."""
    response.set_cookie(
        _name(cookie),
        value,
        path="/",
        secure=bool(getattr(settings, "SESSION_COOKIE_SECURE", False)),
        httponly=True,
        samesite="Lax",
    )


def drop(response: HttpResponse, cookie: str) -> None:
    """Take a cookie back."""
    put(response, cookie, "")
    response.cookies[_name(cookie)]["max-age"] = 0
