"""Errors as problem details (RFC 9457), in the language that the client asks for."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, cast

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, ValidationError
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
)
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError
from ninja.errors import ValidationError as InputError

from desk_core.human_check import challenge
from desk_core.problems import problem
from service_requests.errors import (
    AskedTooOften,
    CaseError,
    Conflict,
    DraftGone,
    HumanCheckNeeded,
    NotAllowed,
    WrongCode,
    WrongCredential,
    by_field,
)


class Problem(Schema):
    """A problem: what happened (`title`, `detail`) and, for bad input, where (`errors`)."""

    type: str
    title: str
    status: int
    detail: str = ""
    errors: dict[str, list[str]] = {}


class TooOften(Exception):
    """A program calls more often than is good for others."""


def install(api: NinjaAPI) -> None:
    """Answer every error of the API as a problem."""
    handlers: dict[type[Exception], Any] = {
        ValidationError: _refused,
        InputError: _malformed,
        CaseError: _case_error,
        TooOften: _too_often,
        AuthenticationError: _no_session,
        Http404: not_found,
        HttpError: _http_error,
        RequestDataTooBig: _too_big,
        MultiPartParserError: _broken,
    }
    for kind, handler in handlers.items():
        api.add_exception_handler(kind, handler)


def caught(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Answer as a problem what is raised while a request is taken apart, before its operation.

    More fields or files than a request may have, for instance; Django would answer with a page.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except RequestDataTooBig as error:
            return _too_big(request, error)
        except (SuspiciousOperation, MultiPartParserError) as error:
            return _broken(request, error)

    return answer


def explained(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Answer as a problem, too, that an address does not know the method; `Allow` names those."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if not isinstance(response, HttpResponseNotAllowed):
            return response
        explained = problem("method-not-allowed", 405, _("This address is not used in this way."))
        explained["Allow"] = response["Allow"]
        return explained

    return answer


def _refused(request: HttpRequest, error: Exception) -> HttpResponse:
    """Input that a verb refused, field by field."""
    errors = by_field(cast(ValidationError, error))
    return problem("invalid", 422, _("Please check what was sent."), errors=errors)


def _malformed(request: HttpRequest, error: Exception) -> HttpResponse:
    """Input of the wrong shape; what was sent is never repeated."""
    errors: dict[str, list[str]] = {}
    for each in getattr(error, "errors", []):
        errors[_field(each.get("loc", ()))] = [_("This has the wrong form.")]
    return problem("malformed", 422, _("Please check what was sent."), errors=errors)


def _field(place: Sequence[object]) -> str:
    """The field of ("body", "body", "mobile"); what follows it are names that the client chose."""
    names = [str(name) for name in place[1:]]
    if len(names) > 1 and names[0] == "body":
        names = names[1:]
    return names[0] if names else ""


def _case_error(request: HttpRequest, error: Exception) -> HttpResponse:
    if isinstance(error, HumanCheckNeeded):
        return problem(
            "human-check-needed",
            428,
            str(error),
            challenge=challenge(difficulty=error.difficulty, purpose="track"),
        )
    if isinstance(error, WrongCredential):
        return problem("wrong-credential", 401, str(error))
    if isinstance(error, WrongCode):
        return problem("wrong-code", 401, str(error))
    if isinstance(error, AskedTooOften):
        return problem("too-often", 429, str(error))
    if isinstance(error, Conflict):
        return problem("conflict", 409, str(error))
    if isinstance(error, DraftGone):
        return problem("not-found", 404, str(error))
    if isinstance(error, NotAllowed):
        return problem("not-allowed", 403, str(error))
    return problem("not-possible", 409, str(error))


def _too_often(request: HttpRequest, error: Exception) -> HttpResponse:
    response = problem("too-often", 429, _("Too many calls. Please wait a minute."))
    response["Retry-After"] = "60"
    return response


def _no_session(request: HttpRequest, error: Exception) -> HttpResponse:
    if "/staff/" in request.path:
        response = problem("no-token", 401, _("A valid token of a member of staff is needed."))
        response["WWW-Authenticate"] = 'Bearer realm="staff"'
        return response
    if "/draft" in request.path:
        response = problem("no-draft", 401, _("Begin a draft first, or take it up again."))
        response["WWW-Authenticate"] = 'Bearer realm="draft"'
        return response
    response = problem("no-session", 401, _("Open a tracking session first, or again."))
    response["WWW-Authenticate"] = 'Bearer realm="tracking"'
    return response


def _http_error(request: HttpRequest, error: Exception) -> HttpResponse:
    status = getattr(error, "status_code", 400)
    return problem(
        "malformed" if status == 400 else "refused", status, _("This has the wrong form.")
    )


def _too_big(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem("too-big", 413, _("This is too big."))


def _broken(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem("malformed", 400, _("This has the wrong form."))


def no_file() -> HttpResponse:
    """A file that the case does not have, or no longer."""
    return problem("not-found", 404, _("There is no such file in this case."))


def not_found(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Any address below the API that is none."""
    return problem("not-found", 404, _("There is nothing at this address."))
