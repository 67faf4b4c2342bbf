"""The last step of registering: everything at a glance, consent, human check, send."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.views.decorators.http import require_http_methods

from desk_core.responses import never_store
from desk_core.throttles import client_address, hit
from service_requests import cookies, drafts, intake, submissions
from service_requests.enums import Source
from service_requests.errors import NotPossible, by_field
from service_requests.forms import SendForm
from service_requests.limits import SUBMISSIONS, submission_difficulty
from service_requests.models import Draft
from service_requests.views import steps
from service_requests.views.steps import STEP_NAMES, STEPS, Answers
from sla.showing import page_urls

_CHANGED = gettext_lazy(
    "Your answers were changed in another window after this page was opened. This is what would "
    "be sent now: please read it again, then send it."
)


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponseBase:
    """Step 4."""
    token = cookies.get(request, cookies.DRAFT)
    draft = drafts.find(token)  # it is gone once it was handed in
    if draft is None:
        return never_store(steps.gone(request, token))
    answers = drafts.read(draft)
    difficulty = submission_difficulty(client_address(request))
    if request.method != "POST":
        form = SendForm(request=request, difficulty=difficulty)
        return never_store(_show(request, form, draft, answers))
    # The same submission may arrive twice after a lost reply: its check is paid for once.
    form = SendForm(
        request.POST,
        request=request,
        difficulty=difficulty,
        binding=drafts.submission_key(token),
    )
    valid = form.is_valid()
    if request.POST.get("shown") not in (None, drafts.version(draft)):  # another tab wrote since
        form.add_error(None, _CHANGED)
    elif valid:
        return never_store(_send(request, form, draft, answers, token))
    return never_store(_show(request, form, draft, answers))


def _send(
    request: HttpRequest, form: SendForm, draft: Draft, answers: Answers, token: str
) -> HttpResponse:
    hit(SUBMISSIONS, client_address(request))
    try:
        submission = submissions.clean({**answers, "consent": True})
        intake.submit(
            submission=submission,
            submission_key=drafts.submission_key(token),
            source=Source.WEB,
            language=get_language() or "",
            draft=draft,
        )
    except ValidationError as error:
        for name, messages in by_field(error).items():
            led = [steps.led_to_its_step(name, text, answers) for text in messages]
            form.add_error(None, led)
        return _show(request, form, draft, answers)
    except NotPossible as error:
        if drafts.find(token) is None:
            return steps.gone(request, token)
        form.add_error(None, str(error))
        return _show(request, form, draft, answers)
    return redirect("service_requests:receipt")


def _show(request: HttpRequest, form: SendForm, draft: Draft, answers: Answers) -> HttpResponse:
    """Everything at a glance; back to the first step whose answers do not (or no longer) pass."""
    if missing := steps.first_unfinished(answers):
        return redirect(f"{missing.url}?fix")
    context = {
        "form": form,
        "step": len(STEP_NAMES),
        "step_names": STEP_NAMES,
        "back": STEPS[-1].url,
        "parts": [(step, steps.answered(step, answers)) for step in STEPS],
        "files": steps.files_of(draft),
        "shown": drafts.version(draft),
        "warnings": steps.warnings(answers),
        "agreement_url": _agreement_url(request, answers),
    }
    return render(request, "service_requests/submit_check.html", context)


def _agreement_url(request: HttpRequest, answers: Answers) -> str:
    """Where the agreement that will be recorded can be read; "" without one (R37)."""
    terms = submissions.terms_of(answers)
    if terms is None or terms.version_id is None:
        return ""
    return page_urls([terms.version_id], None, request).get(terms.version_id, "")
