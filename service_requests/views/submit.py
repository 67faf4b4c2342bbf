"""Registering in four steps. Answers so far lie sealed in a draft; going back loses nothing.

Every step is a page of its own that works without JavaScript. What was typed is kept as it was
typed; `submissions.clean()` judges the whole at the end, each step's form its part before.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cms_pages.models import Department, Service
from desk_core.responses import never_store
from desk_core.throttles import client_address, hit
from notices import current
from service_requests import attachments, cookies, drafts, intake, receipts, submissions, wording
from service_requests.attachments import IncomingFile
from service_requests.enums import Kind, PersonType, Source
from service_requests.errors import DraftGone, NotPossible
from service_requests.forms import KindForm, PersonForm, SendForm, WordsForm
from service_requests.limits import DRAFTS, SUBMISSIONS, UPLOADS, submission_difficulty
from service_requests.models import Draft
from service_requests.receipts import OpenReceipt
from sla import agreements
from sla.showing import page_urls

Answers = dict[str, str]


@dataclass(frozen=True)
class Step:
    """One page: its address, its name in «step 2 of 4», and its form for the answers so far."""

    slug: str
    name: Any
    form: Callable[[Answers, Any, Any], forms.Form]

    @property
    def url(self) -> str:
        """Where it is."""
        return reverse(f"service_requests:{self.slug}")


STEPS = (
    Step("submit", gettext_lazy("What it is"), lambda answers, data, files: KindForm(data)),
    Step(
        "submit_person",
        gettext_lazy("Your details"),
        lambda answers, data, files: PersonForm(
            data, kind=answers["kind"], person_type=answers["person_type"]
        ),
    ),
    Step(
        "submit_words",
        gettext_lazy("Your words"),
        lambda answers, data, files: WordsForm(data, files, kind=answers["kind"]),
    ),
)
_CHANGED = gettext_lazy(
    "Your answers were changed in another window after this page was opened. This is what would "
    "be sent now: please read it again, then send it."
)
# What a link may bring along. Never anything about a person: addresses stay in logs and histories.
LINKED = frozenset({"kind", "person_type", "service", "department"})
STEP_NAMES = [*(step.name for step in STEPS), gettext_lazy("Check and send")]


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
        with suppress(DraftGone):
            drafts.touch(draft)
    return never_store(redirect("service_requests:submit_words"))


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponseBase:
    """Step 4: everything at a glance, consent, human check, send."""
    token = cookies.get(request, cookies.DRAFT)
    draft = drafts.find(token)  # it is gone once it was handed in
    if draft is None:
        return never_store(_gone(request, token))
    answers = drafts.read(draft)
    difficulty = submission_difficulty(client_address(request))
    if request.method != "POST":
        form = SendForm(request=request, difficulty=difficulty)
        return never_store(_show_check(request, form, draft, answers))
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
    return never_store(_show_check(request, form, draft, answers))


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
            looked_up=True,
        )
    except ValidationError as error:
        for name, messages in error.message_dict.items():
            form.add_error(None, [_led_to_its_step(name, text, answers) for text in messages])
        return _show_check(request, form, draft, answers)
    except NotPossible as error:
        if drafts.find(token) is None:
            return _gone(request, token)
        form.add_error(None, str(error))
        return _show_check(request, form, draft, answers)
    return redirect("service_requests:receipt")


def _led_to_its_step(name: str, text: str, answers: Answers) -> str:
    """What the gate says about a field, with a link to the step that asks for it."""
    for step in STEPS:
        if name in step.form(answers, None, None).fields:
            return format_html('<a href="{}?fix">{}</a>: {}', step.url, step.name, text)
    return text


def _step(request: HttpRequest, position: int) -> HttpResponse:
    token = cookies.get(request, cookies.DRAFT)
    draft = drafts.find(token)
    answers = drafts.read(draft)
    if position and not _begun(answers):
        return redirect(f"{STEPS[0].url}?fix") if draft is not None else _gone(request, token)
    # Beginning again would overwrite the only key to a receipt that is not kept yet.
    if draft is None and (known := _receipt(token)) is not None and known.password is not None:
        return redirect("service_requests:receipt")
    try:
        return _take_step(request, position, token, draft, answers)
    except DraftGone:
        return _gone(request, token)


def _take_step(
    request: HttpRequest, position: int, token: str, draft: Draft | None, answers: Answers
) -> HttpResponse:
    step = STEPS[position]
    if request.method != "POST":
        return _show_step(request, position, _unbound(request, step, answers), draft, answers)
    form = step.form(answers, request.POST, request.FILES)
    valid = form.is_valid()
    typed = {name: request.POST.get(name, "")[:20_000] for name in form.fields if name != "files"}
    if position == 0:
        typed |= _linked_places(request)
    if draft is None:
        if hit(DRAFTS, client_address(request)).over:
            form.add_error(None, _too_many())
            return _show_step(request, position, form, draft, answers, status=429)
        token = drafts.new_token()
    if valid or draft is not None:
        draft = drafts.write(token=token, draft=draft, answers=typed)
    taken = draft is None or _take_files(request, form, draft)
    if taken and "files" in form.fields and "upload" in request.POST:
        return redirect(f"{step.url}#attached")  # reloaded, it attaches nothing again
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


def _begun(answers: Answers) -> bool:
    """Whether step 1 was answered, on which the forms of the others depend."""
    return answers.get("kind") in Kind.values and answers.get("person_type") in PersonType.values


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
    service = _active(Service, request.GET.get("service", ""))
    department = _active(Department, request.GET.get("department", ""))
    if service is None and department is None:
        return {}
    unit = department.key if department else ""
    return {
        "service": service.key if service else "",
        "department": unit,
        "complained_department": unit,
    }


def _active(model: Any, key: str) -> Any:
    key = key[:60].replace("\0", "")
    return model.objects.active().filter(key=key).first() if key else None


def _take_files(request: HttpRequest, form: forms.Form, draft: Draft) -> bool:
    """Seal the uploads into the draft, each by itself: a bad one does not cost the good ones."""
    uploads, good = form.cleaned_data.get("files") or [], True
    for upload in uploads:
        try:
            if hit(UPLOADS, client_address(request)).over:
                raise ValidationError({"attachments": [_too_many()]})
            attachments.add_to_draft(draft=draft, file=IncomingFile.of(upload))
        except ValidationError as error:
            good = False
            for message in error.messages:
                form.add_error("files", f"{upload.name}: {message}")
    if uploads:
        drafts.touch(draft)
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
        "files": _files(draft) if "files" in form.fields else [],
        "warnings": _warnings(answers) if position == 2 else [],
        "link": _link(request) if position == 0 else "",
        "complaint": answers.get("kind") == Kind.COMPLAINT,
        "legal": answers.get("person_type") == PersonType.LEGAL,
    }
    template = f"service_requests/{STEPS[position].slug}.html"
    response = render(request, template, context, status=status)
    return response


def _link(request: HttpRequest) -> str:
    """The places that a link brought, for the address that step 1 is sent to."""
    names = ("service", "department")
    places = {name: key for name, key in _linked_places(request).items() if name in names and key}
    return f"?{urlencode(places)}" if places else ""


def _show_check(
    request: HttpRequest, form: SendForm, draft: Draft, answers: Answers
) -> HttpResponse:
    """Everything at a glance; back to the first step whose answers do not (or no longer) pass."""
    if missing := _first_unfinished(answers):
        return redirect(f"{missing.url}?fix")
    context = {
        "form": form,
        "step": len(STEP_NAMES),
        "step_names": STEP_NAMES,
        "back": STEPS[-1].url,
        "parts": [(step, _answered(step, answers)) for step in STEPS],
        "files": _files(draft),
        "shown": drafts.version(draft),
        "warnings": _warnings(answers),
        "agreement_url": _agreement_url(request),
    }
    return render(request, "service_requests/submit_check.html", context)


def _answered(step: Step, answers: Answers) -> list[tuple[Any, str]]:
    """Label and text of what was answered, as it was understood."""
    form = step.form(answers, answers, None)
    form.is_valid()
    rows: list[tuple[Any, str]] = []
    for bound in form:
        value = form.cleaned_data.get(bound.name)
        if value in (None, "", []) or bound.name == "files":
            continue
        choices = getattr(bound.field, "choices", None)
        shown = dict(choices).get(value, value) if isinstance(value, str) and choices else value
        rows.append((bound.label, wording.detail(bound.name, str(shown))))
    return rows


def _first_unfinished(answers: Answers) -> Step | None:
    """The first step whose answers do not (or no longer) pass."""
    for step in STEPS:
        if step is not STEPS[0] and not _begun(answers):
            return STEPS[0]
        if not step.form(answers, answers, None).is_valid():
            return step
    return None


def _files(draft: Draft | None) -> list[dict[str, Any]]:
    if draft is None:
        return []
    subject = drafts.subject_of(draft)
    return [
        {"id": row.pk, "name": attachments.name_of(row, subject), "size": row.size}
        for row in draft.attachments.all()
    ]


def _warnings(answers: Answers) -> list[Any]:
    """Notices that run or come for the chosen service."""
    service = _active(Service, answers.get("service", ""))
    return list(current.for_service(service, timezone.now())) if service else []


def _agreement_url(request: HttpRequest) -> str:
    """Where the agreement in force can be read; "" when none is, which stops nothing (R37)."""
    version = agreements.in_force()
    return page_urls([version.pk], None, request).get(version.pk, "") if version else ""


def _receipt(token: str) -> OpenReceipt | None:
    """The receipt of this cookie, when its draft has become a case."""
    if not drafts.is_token(token):
        return None
    return receipts.open_receipt(submission_key=drafts.submission_key(token))


def _gone(request: HttpRequest, token: str) -> HttpResponse:
    """There is no draft (any more): the way to its receipt, or why there may be none."""
    if _receipt(token) is not None:
        return redirect("service_requests:receipt")
    return _no_draft(request)


def _too_many() -> str:
    return _(
        "Too many came from your network in the last hour. Try again later or over another "
        "connection, such as mobile data, or come to the service desk."
    )


def _no_draft(request: HttpRequest) -> HttpResponse:
    """No draft and no receipt: say why that may be, instead of sending people round in a circle."""
    return render(request, "service_requests/no_draft.html", status=410)
