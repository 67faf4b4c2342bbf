"""«ردیابی نامه در دبیرخانه»: code and password open one case for a short while (R25)."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from desk_core.responses import never_store
from desk_core.throttles import client_address
from service_requests import codes, cookies, credentials, tracking
from service_requests.errors import HumanCheckNeeded, WrongCredential
from service_requests.forms import TrackCheckForm, TrackForm


@require_http_methods(["GET", "HEAD", "POST"])
def track(request: HttpRequest) -> HttpResponseBase:
    """Ask for code and password; past a limit also for a human check, never for a wait."""
    if request.method != "POST":
        over = "over" in request.GET
        return never_store(_show(request, TrackForm(), over=over, left="left" in request.GET))
    form = TrackForm(request.POST)
    address = client_address(request)
    code = request.POST.get("code", "")[:100]
    needed = credentials.required_difficulty(code=code, address=address)
    human = _human(request, code, needed, request.POST)
    if not form.is_valid() or (human is not None and not human.is_valid()):
        return never_store(_show(request, form, human))
    try:
        credential = credentials.verify(
            code=form.cleaned_data["code"],
            password=form.cleaned_data["password"],
            address=address,
            human_check_passed=needed,
        )
    except HumanCheckNeeded as error:
        human = _human(request, code, error.difficulty)
        form.add_error(None, str(error))
        return never_store(_show(request, form, human))
    except WrongCredential as error:
        form.add_error(None, str(error))
        again = credentials.required_difficulty(code=code, address=address)
        human = _human(request, code, again)
        return never_store(_show(request, form, human))
    token, _session = tracking.open_session(credential=credential)
    # `?in` tells the next page that a cookie was just set: if it is not there, it never will be.
    response = redirect(f"{reverse('service_requests:case')}?in")
    cookies.put(response, cookies.TRACKING, token)
    return never_store(response)


@require_POST
def leave(request: HttpRequest) -> HttpResponseBase:
    """End the session, here and in the browser."""
    session = tracking.get_session(cookies.get(request, cookies.TRACKING))
    if session is not None:
        tracking.close(session=session)
    response = redirect(f"{reverse('service_requests:track')}?left")
    cookies.drop(response, cookies.TRACKING)
    response["Clear-Site-Data"] = '"cache"'
    return never_store(response)


def _human(
    request: HttpRequest, code: str, needed: int, data: QueryDict | None = None
) -> TrackCheckForm | None:
    """The human check of this attempt, if it needs one; answers are counted by the code as well."""
    if not needed:
        return None
    counted = (f"code:{codes.bare(code, codes.CODE_LENGTH)}",)
    return TrackCheckForm(data, request=request, difficulty=needed, counted=counted)


def _show(
    request: HttpRequest,
    form: TrackForm,
    human: TrackCheckForm | None = None,
    **context: bool,
) -> HttpResponse:
    return render(request, "service_requests/track.html", {"form": form, "human": human, **context})
