"""The last step of registering: everything at a glance, consent, human check, send."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.views.decorators.http import require_http_methods

from desk_core.responses import never_store
from desk_core.throttles import client_address, hit
from service_requests import contacts, cookies, drafts, intake, submissions
from service_requests.enums import Source
from service_requests.errors import NotPossible, by_field
from service_requests.form_drafts import is_of_a_form
from service_requests.forms import SendForm
from service_requests.limits import SUBMISSIONS, submission_difficulty
from service_requests.request_forms import filling, versions
from service_requests.views import steps
from service_requests.views.form_flow import FormJourney, closed
from service_requests.views.journey import Journey
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
    if is_of_a_form(answers):
        return never_store(redirect(FormJourney(draft, answers).url))
    return never_store(judged(request, token, Journey(draft, answers)))


@require_http_methods(["GET", "HEAD", "POST"])
def check_form(request: HttpRequest, key: str) -> HttpResponseBase:
    """The last step of an editor's form."""
    token = cookies.get(request, cookies.DRAFT)
    draft = drafts.find(token)
    if draft is None:
        if steps.receipt_of(token) is None and versions.current(key) is None:
            raise Http404
        return never_store(steps.gone(request, token))
    answers = drafts.read(draft)
    journey = FormJourney.of(key, draft, answers)
    if journey is None:
        return never_store(redirect("service_requests:form", key))
    if not filling.can_be_sent(journey.definition):
        return never_store(closed(request, journey.version))
    return never_store(judged(request, token, journey))


def judged(request: HttpRequest, token: str, journey: Journey) -> HttpResponse:
    """Show everything, or judge consent and human check and send it."""
    draft = journey.draft
    difficulty = submission_difficulty(client_address(request))
    offers = contacts.offered_for(str(journey.data().get("kind", "")))
    if request.method != "POST":
        form = SendForm(request=request, difficulty=difficulty, offers_verifying=offers)
        return _show(request, form, journey)
    # The same submission may arrive twice after a lost reply: its check is paid for once.
    form = SendForm(
        request.POST,
        request=request,
        difficulty=difficulty,
        binding=drafts.submission_key(token),
        offers_verifying=offers,
    )
    valid = form.is_valid()
    if request.POST.get("shown") not in (None, drafts.version(draft)):  # another tab wrote since
        form.add_error(None, _CHANGED)
    elif valid:
        return _send(request, form, journey, token)
    return _show(request, form, journey)


def _send(request: HttpRequest, form: SendForm, journey: Journey, token: str) -> HttpResponse:
    hit(SUBMISSIONS, client_address(request))
    try:
        submission = journey.submission()
        receipt = intake.submit(
            submission=submission,
            submission_key=drafts.submission_key(token),
            source=Source.WEB,
            language=get_language() or "",
            draft=journey.draft,
            left_out=journey.left_out(submission),
        )
    except ValidationError as error:
        for name, messages in by_field(error).items():
            form.add_error(None, [journey.led(name, text) for text in messages])
        return _show(request, form, journey)
    except NotPossible as error:
        if drafts.find(token) is None:
            return steps.gone(request, token)
        form.add_error(None, str(error))
        return _show(request, form, journey)
    if receipt.created and form.cleaned_data.get("verify"):
        contacts.send_codes(case=receipt.case)
    return redirect("service_requests:receipt")


def _show(request: HttpRequest, form: SendForm, journey: Journey) -> HttpResponse:
    """Everything at a glance; back to the first step whose answers do not (or no longer) pass."""
    if journey.unfinished:
        return redirect(f"{journey.unfinished}?fix")
    data = journey.data()
    context = {
        "form": form,
        "action": journey.url,
        "step": len(journey.names),
        "step_names": journey.names,
        "back": journey.back,
        "parts": journey.parts(),
        "shown": drafts.version(journey.draft),
        "warnings": steps.warnings(data),
        "kept": True,
        "agreement_url": _agreement_url(request, data),
    }
    return render(request, "service_requests/submit_check.html", context)


def _agreement_url(request: HttpRequest, answers: dict[str, Any]) -> str:
    """Where the agreement that will be recorded can be read; "" without one (R37)."""
    terms = submissions.terms_of(answers)
    if terms is None or terms.version_id is None:
        return ""
    return page_urls([terms.version_id], None, request).get(terms.version_id, "")
