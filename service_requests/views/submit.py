"""Registering in four steps. Answers so far lie sealed in a draft; going back loses nothing.

Every step is a page of its own that works without JavaScript. What was typed is kept as it was
typed; `submissions.clean()` judges the whole at the end, each step's form its part before.
"""

from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cms_pages.models import Department, Service
from desk_core.responses import never_store
from desk_core.throttles import client_address, hit
from service_requests import attachments, cookies, drafts
from service_requests.attachments import IncomingFile
from service_requests.enums import Kind, PersonType
from service_requests.errors import DraftGone
from service_requests.form_drafts import is_of_a_form
from service_requests.limits import DRAFTS, UPLOADS
from service_requests.models import Draft
from service_requests.views import steps
from service_requests.views.form_flow import other
from service_requests.views.steps import STEP_NAMES, STEPS, Answers, Step

# What a link may bring along. Never anything about a person: addresses stay in logs and histories.
LINKED = frozenset({"kind", "person_type", "service", "department"})


@require_http_methods(["GET", "HEAD", "POST"])
def kind(request: HttpRequest) -> HttpResponseBase:
    """Step 1. A link may bring answers along: `?kind=…&service=…&department=…`."""
    return never_store(_step(request, 0))


@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest) -> HttpResponseBase:
    """Step 2."""
    return never_store(_step(request, 1))


@require_http_methods(["GET", "HEAD", "POST"])
def words(request: HttpRequest) -> HttpResponseBase:
    """Step 3, with the files."""
    return never_store(_step(request, 2))


@require_POST
def remove_file(request: HttpRequest, attachment_id: UUID) -> HttpResponseBase:
    """Take a file out of the draft again."""
    draft = drafts.find(cookies.get(request, cookies.DRAFT))
    if draft is not None:
        attachments.remove_from_draft(draft=draft, attachment_id=attachment_id)
    return never_store(redirect("service_requests:submit_words"))


def _step(request: HttpRequest, position: int) -> HttpResponse:
    token = cookies.get(request, cookies.DRAFT)
    draft = drafts.find(token)
    answers = drafts.read(draft)
    if is_of_a_form(answers):
        if "anew" not in request.POST:
            return other(request)
        if draft is not None:
            drafts.let_go(draft)
        response = redirect(STEPS[0].url)
        cookies.drop(response, cookies.DRAFT)
        return response
    if position and not steps.begun(answers):
        return redirect(f"{STEPS[0].url}?fix") if draft is not None else steps.gone(request, token)
    # Beginning again would overwrite the only key to a receipt that is not kept yet.
    if draft is None and (known := steps.receipt_of(token)) and known.password is not None:
        return redirect("service_requests:receipt")
    try:
        return _take_step(request, position, token, draft, answers)
    except DraftGone:
        return steps.gone(request, token)


def _take_step(
    request: HttpRequest, position: int, token: str, draft: Draft | None, answers: Answers
) -> HttpResponse:
    step = STEPS[position]
    if request.method != "POST":
        return _show_step(request, position, _unbound(request, step, answers), draft, answers)
    form = step.form(answers, request.POST, request.FILES)
    valid = form.is_valid()
    typed = {
        name: request.POST.get(name, "")[:20_000]
        for name in form.fields
        if name not in steps.OF_FILES
    }
    if position == 0:
        typed |= _linked_places(request)
    if draft is None:
        if hit(DRAFTS, client_address(request)).over:
            form.add_error(None, too_many())
            return _show_step(request, position, form, draft, answers, status=429)
        token = drafts.new_token()
    if valid or draft is not None:
        draft = drafts.write(token=token, draft=draft, answers=typed)
    taken = draft is None or _take_files(request, form, draft)
    if taken and (aside := _aside(request, step, form, draft)):
        if draft is not None:
            cookies.put(aside, cookies.DRAFT, token)
        return aside
    if not (valid and taken):
        return _show_step(request, position, form, draft, {**answers, **typed})
    following = (
        STEPS[position + 1].url
        if position + 1 < len(STEPS)
        else reverse("service_requests:submit_check")
    )
    response = redirect(following)
    cookies.put(response, cookies.DRAFT, token)
    return response


def _aside(
    request: HttpRequest, step: Step, form: forms.Form, draft: Draft | None
) -> HttpResponse | None:
    """Where a button leads that is not "continue"; what was typed is kept by then."""
    if "later" in request.POST and draft is not None:
        return redirect("service_requests:later")
    if "follow" in request.POST:
        return steps.to_follow(request.POST["follow"], f"{step.url}{_link(request)}")
    if "files" in form.fields and "upload" in request.POST:
        return redirect(f"{step.url}#attached")  # reloaded, it attaches nothing again
    return None


def _unbound(request: HttpRequest, step: Step, answers: Answers) -> forms.Form:
    """The form as the citizen left it; after `?fix` with the errors that it still has."""
    if "fix" in request.GET:
        return step.form(answers, answers, None)
    form = step.form(answers, None, None)
    asked = {
        name: request.GET[name][:60]
        for name in form.fields
        if name in LINKED and name in request.GET
    }
    form.initial = {**_from_service(request), **asked, **answers}
    return form


def _from_service(request: HttpRequest) -> Answers:
    """A link from a service's page means a request."""
    return {"kind": Kind.REQUEST} if "service" in request.GET else {}


def _linked_places(request: HttpRequest) -> Answers:
    """The service and the department of the link: together they replace those of the draft."""
    service = steps.active(Service, request.GET.get("service", ""))
    department = steps.active(Department, request.GET.get("department", ""))
    if service is None and department is None:
        return {}
    unit = department.key if department else ""
    return {
        "service": service.key if service else "",
        "department": unit,
        "complained_department": unit,
    }


def _take_files(request: HttpRequest, form: forms.Form, draft: Draft) -> bool:
    """Seal the uploads into the draft, each by itself: a bad one does not cost the good ones."""
    uploads, good = form.cleaned_data.get("files") or [], True
    for upload in uploads:
        try:
            if hit(UPLOADS, client_address(request)).over:
                raise ValidationError({"attachments": [too_many()]})
            incoming = IncomingFile.of(upload, keep_as_sent=form.cleaned_data["keep_as_sent"])
            attachments.add_to_draft(draft=draft, file=incoming)
        except ValidationError as error:
            good = False
            for message in error.messages:
                form.add_error("files", f"{upload.name}: {message}")
    return good


def _show_step(
    request: HttpRequest,
    position: int,
    form: forms.Form,
    draft: Draft | None,
    answers: Answers,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "step": position + 1,
        "step_names": STEP_NAMES,
        "back": STEPS[position - 1].url if position else "",
        "files": steps.files_of(draft) if "files" in form.fields else [],
        "warnings": steps.warnings({**answers, **_linked_places(request)}),
        "link": _link(request) if position == 0 else "",
        "complaint": answers.get("kind") == Kind.COMPLAINT,
        "legal": answers.get("person_type") == PersonType.LEGAL,
    }
    template = f"service_requests/{STEPS[position].slug}.html"
    return render(request, template, context, status=status)


def _link(request: HttpRequest) -> str:
    """The places that a link brought, for the address that step 1 is sent to."""
    names = ("service", "department")
    places = {name: key for name, key in _linked_places(request).items() if name in names and key}
    return f"?{urlencode(places)}" if places else ""


def too_many() -> str:
    """What is said to a network from which too much came."""
    return _(
        "Too many came from your network in the last hour. Try again later or over another "
        "connection, such as mobile data, or come to the service desk."
    )
