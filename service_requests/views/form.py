"""Filling in a form that an editor shaped: one group of questions a page, without JavaScript.

A question that appears because of an answer on its own page is shown when that page was sent; then
the page comes once more, with it.
"""

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from desk_core.responses import never_store
from desk_core.throttles import client_address, hit
from service_requests import attachments, cookies, drafts
from service_requests.attachments import IncomingFile
from service_requests.enums import QuestionType
from service_requests.errors import DraftGone
from service_requests.forms import LABELS
from service_requests.limits import DRAFTS, UPLOADS
from service_requests.models import Draft
from service_requests.question_forms import EVIDENCE, QuestionsForm, typed
from service_requests.request_forms import filling, versions
from service_requests.request_forms.definition import Question
from service_requests.views import steps
from service_requests.views.form_flow import FormJourney, FormPage, closed, other
from service_requests.views.steps import Answers
from service_requests.views.submit import too_many

Wrong = dict[tuple[str, str], list[str]]


@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, key: str) -> HttpResponseBase:
    """The first page; POST lets go of what else was begun in this browser."""
    token = cookies.get(request, cookies.DRAFT)
    draft = drafts.find(token)
    if (known := steps.receipt_of(token)) and draft is None and known.password is not None:
        return never_store(redirect("service_requests:receipt"))
    answers = drafts.read(draft)
    if request.method == "POST" and draft is not None:
        drafts.let_go(draft)
        draft, answers = None, {}
    journey = _journey(key, draft, answers)
    if journey is None:
        return never_store(_other(request, key))
    if not filling.can_be_sent(journey.definition):
        return never_store(closed(request, journey.version))
    response = redirect(journey.pages[0].url)
    if request.method == "POST":
        cookies.drop(response, cookies.DRAFT)
    return never_store(response)


@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, key: str, slug: str) -> HttpResponseBase:
    """One page of the form."""
    token = cookies.get(request, cookies.DRAFT)
    draft = drafts.find(token)
    answers = drafts.read(draft)
    journey = _journey(key, draft, answers, request.POST.get("version", ""))
    if journey is None:
        return never_store(_other(request, key))
    if not filling.can_be_sent(journey.definition):
        return never_store(closed(request, journey.version))
    page = journey.page(slug)
    if page is None:
        return never_store(_nowhere(request, token, journey))
    if page is not journey.pages[0] and draft is None:
        return never_store(steps.gone(request, token))
    if request.method != "POST":
        return never_store(_show(request, journey, page, _unbound(request, journey, page)))
    try:
        return never_store(_take(request, token, journey, page))
    except DraftGone:
        return never_store(steps.gone(request, token))


@require_POST
def remove_file(request: HttpRequest, key: str, slug: str, attachment_id: UUID) -> HttpResponseBase:
    """Take a file out of the draft again."""
    draft = drafts.find(cookies.get(request, cookies.DRAFT))
    if draft is not None:
        attachments.remove_from_draft(draft=draft, attachment_id=attachment_id)
    return never_store(redirect("service_requests:form_step", key, slug))


def _journey(
    key: str, draft: Draft | None, answers: Answers, version_id: str = ""
) -> FormJourney | None:
    """The way of this draft, or a new one; None when the draft is on another way.

    Answers to a version that was replaced long ago go on with the one of today.
    """
    if known := FormJourney.of(key, draft, answers):
        return known
    if draft is not None and answers.get("form") != key:
        return None
    version = versions.beginnable(key, version_id) or versions.current(key)
    if version is None:
        raise Http404
    return FormJourney.anew(draft, answers, version)


def _other(request: HttpRequest, key: str) -> HttpResponse:
    """Something else was begun here: go on with it, or let it go."""
    version = versions.current(key)
    if version is None:
        raise Http404
    return other(request, title=version.questions.title, key=key)


def _nowhere(request: HttpRequest, token: str, journey: FormJourney) -> HttpResponse:
    """A page that the answers do not have (any more): to the first that is still to be done."""
    if journey.draft is None:
        return redirect("service_requests:form", journey.key)
    return redirect(journey.unfinished or journey.url)


def _take(request: HttpRequest, token: str, journey: FormJourney, page: FormPage) -> HttpResponse:
    draft = journey.draft
    if draft is None:
        if hit(DRAFTS, client_address(request)).over:
            form = _unbound(request, journey, page)
            return _show(request, journey, page, form, refusal=too_many(), status=429)
        token = drafts.new_token()
    taken = _take_questions if page.questions is not None else _take_fields
    response = taken(request, token, journey, page)
    cookies.put(response, cookies.DRAFT, token)
    return response


def _take_fields(
    request: HttpRequest, token: str, journey: FormJourney, page: FormPage
) -> HttpResponse:
    """What the desk asks of everybody."""
    form = page.form(journey.answers, request.POST, None)
    sent = {name: request.POST.get(name, "")[:20_000] for name in form.fields}
    onward = journey.keep(token, sent)
    if "later" in request.POST:
        return redirect("service_requests:later")
    if "follow" in request.POST:
        return steps.to_follow(request.POST["follow"], page.url)
    if not form.is_valid():
        return _show(request, onward, page, form)
    return redirect(onward.after(page))


def _take_questions(
    request: HttpRequest, token: str, journey: FormJourney, page: FormPage
) -> HttpResponse:
    before = {question.key for question in page.questions or ()}
    whole = next(each for each in journey.definition.steps if each.key == page.slug)
    onward = journey.keep(token, typed(whole.questions, request.POST, shown=before))
    refused = _take_files(request, onward.draft, whole.questions)
    if request.FILES:
        onward = FormJourney(onward.draft, drafts.read(onward.draft), onward.version)
    if "later" in request.POST and not refused:
        return redirect("service_requests:later")
    if "follow" in request.POST and not refused:
        return steps.to_follow(request.POST["follow"], page.url)
    now = onward.page(page.slug)
    if now is None:  # every question of it hangs on what is no longer said
        return redirect(onward.unfinished or onward.url)
    fresh = {
        question.key
        for question in now.questions or ()
        if question.key not in before and question.key not in request.POST
    }
    wrong = {place: said for place, said in onward.checked.errors.items() if place[0] not in fresh}
    form = _questions(onward, now, request.POST, wrong, fresh, refused)
    if not form.is_valid():
        return _show(request, onward, now, form)
    return redirect(f"{now.url}?more" if fresh else onward.after(now))


def _take_files(request: HttpRequest, draft: Draft, questions: tuple[Question, ...]) -> Wrong:
    """Seal the uploads into the draft, one for each question; what is wrong with which."""
    wrong: Wrong = {}
    for question in questions:
        upload = request.FILES.get(question.key)
        if question.type != QuestionType.FILE or upload is None:
            continue
        try:
            if hit(UPLOADS, client_address(request)).over:
                raise ValidationError({"attachments": [too_many()]})
            as_sent = EVIDENCE in request.POST
            incoming = IncomingFile.of(upload, question.key, keep_as_sent=as_sent)
            attachments.add_to_draft(draft=draft, file=incoming)
        except ValidationError as error:
            wrong[question.key, ""] = [f"{upload.name}: {text}" for text in error.messages]
    return wrong


def _unbound(request: HttpRequest, journey: FormJourney, page: FormPage) -> forms.Form:
    """The page as the citizen left it; after `?fix` with the errors that it still has."""
    if page.questions is None:
        if "fix" in request.GET:
            return page.form(journey.answers, journey.answers, None)
        form = page.form(journey.answers, None, None)
        form.initial = dict(journey.answers)
        return form
    if "fix" in request.GET:
        return _questions(journey, page, journey.answers, journey.checked.errors, set())
    form = _questions(journey, page, None, {}, set())
    form.initial = dict(journey.answers)
    return form


def _questions(
    journey: FormJourney,
    page: FormPage,
    data: Any,
    wrong: Wrong,
    fresh: set[str],
    refused: Wrong | None = None,
) -> QuestionsForm:
    """The form of a page; a file that was refused is told of as such, not as missing."""
    refused = refused or {}
    return QuestionsForm(
        _Kept(data) if isinstance(data, dict) and not hasattr(data, "getlist") else data,
        questions=page.questions or (),
        kept={found.question for found in journey.kept} | {key for key, _part in refused},
        fresh=fresh,
        wrong={**wrong, **refused},
    )


class _Kept(dict[str, Any]):
    """Kept answers, read as a form's data are: a list where several were chosen."""

    def getlist(self, name: str) -> list[Any]:
        """What was chosen."""
        value = self.get(name) or []
        return value if isinstance(value, list) else [value]


def _show(
    request: HttpRequest,
    journey: FormJourney,
    page: FormPage,
    form: forms.Form,
    *,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    names = journey.names
    slugs = [each.slug for each in journey.pages]
    at = slugs.index(page.slug)
    whole = next((each for each in journey.definition.steps if each.key == page.slug), None)
    context = {
        "form": form,
        "page_of_form": page,
        "intro": whole.intro if whole else "",
        "title": journey.definition.title,
        "version": journey.version.pk,
        "key": journey.key,
        "step": at + 1,
        "step_names": names,
        "back": journey.pages[at - 1].url if at else "",
        "files": {found.question: found for found in journey.kept},
        "more": "more" in request.GET,
        "moved": journey.moved,
        "asked_again": [LABELS[name] for name in journey.dropped],
        "refusal": refusal,
        "warnings": steps.warnings(journey.data()),
    }
    return render(request, "service_requests/form_step.html", context, status=status)
