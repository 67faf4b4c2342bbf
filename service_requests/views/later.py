"""Going on later: a draft is left with a code and a password, and taken up again with them."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from desk_core.responses import never_store
from desk_core.throttles import client_address
from service_requests import codes, cookies, credentials, drafts, resuming
from service_requests.errors import AskedTooOften, DraftGone, HumanCheckNeeded, WrongCredential
from service_requests.form_drafts import is_of_a_form
from service_requests.forms import ResumeForm, TrackCheckForm
from service_requests.views import steps
from service_requests.views.form_flow import FormJourney


@require_http_methods(["GET", "HEAD", "POST"])
def later(request: HttpRequest) -> HttpResponseBase:
    """Say what leaving means; on POST hand out code and password and forget the browser."""
    token = cookies.get(request, cookies.DRAFT)
    draft = drafts.find(token)
    if draft is None:
        return never_store(steps.gone(request, token))
    if request.method != "POST":
        return never_store(_offer(request))
    try:
        left = resuming.leave(draft=draft)
    except DraftGone:
        return never_store(steps.gone(request, token))
    except AskedTooOften as error:
        return never_store(_offer(request, refusal=str(error), status=429))
    response = render(request, "service_requests/later_code.html", {"left": left})
    cookies.drop(response, cookies.DRAFT)
    return never_store(response)


@require_http_methods(["GET", "HEAD", "POST"])
def resume(request: HttpRequest) -> HttpResponseBase:
    """Ask for code and password; past a limit also for a human check, never for a wait."""
    if request.method != "POST":
        return never_store(_show(request, ResumeForm()))
    form = ResumeForm(request.POST)
    address = client_address(request)
    code = request.POST.get("code", "")[:100]
    needed = credentials.required_difficulty(code=code, address=address)
    human = _human(request, code, needed, request.POST)
    if not form.is_valid() or (human is not None and not human.is_valid()):
        return never_store(_show(request, form, human))
    try:
        token = resuming.resume(
            code=form.cleaned_data["code"],
            password=form.cleaned_data["password"],
            address=address,
            human_check_passed=needed,
        )
    except HumanCheckNeeded as error:
        form.add_error(None, str(error))
        return never_store(_show(request, form, _human(request, code, error.difficulty)))
    except WrongCredential as error:
        form.add_error(None, str(error))
        again = credentials.required_difficulty(code=code, address=address)
        return never_store(_show(request, form, _human(request, code, again)))
    response = redirect("service_requests:on")
    cookies.put(response, cookies.DRAFT, token)
    return never_store(response)


@require_http_methods(["GET", "HEAD"])
def on(request: HttpRequest) -> HttpResponseBase:
    """To the page at which the draft of this browser goes on."""
    token = cookies.get(request, cookies.DRAFT)
    if drafts.find(token) is None:
        return never_store(steps.gone(request, token))
    return never_store(redirect(_on(request)))


def _offer(request: HttpRequest, *, refusal: str = "", status: int = 200) -> HttpResponse:
    context = {"days": drafts.LEFT_LIFETIME.days, "back": _on(request), "refusal": refusal}
    return render(request, "service_requests/later.html", context, status=status)


def _on(request: HttpRequest) -> str:
    draft = drafts.find(cookies.get(request, cookies.DRAFT))
    answers = drafts.read(draft)
    if draft is not None and is_of_a_form(answers):
        journey = FormJourney.of(str(answers["form"]), draft, answers)
        return (journey.unfinished or journey.url) if journey else FormJourney(draft, answers).url
    step = steps.first_unfinished(answers)
    return step.url if step else "service_requests:submit_check"


def _human(
    request: HttpRequest, code: str, needed: int, data: QueryDict | None = None
) -> TrackCheckForm | None:
    if not needed:
        return None
    counted = (f"code:{codes.bare(code, codes.CODE_LENGTH)}",)
    return TrackCheckForm(data, request=request, difficulty=needed, counted=counted)


def _show(
    request: HttpRequest, form: ResumeForm, human: TrackCheckForm | None = None
) -> HttpResponse:
    return render(request, "service_requests/resume.html", {"form": form, "human": human})
