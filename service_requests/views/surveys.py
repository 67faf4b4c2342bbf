"""Answering surveys: after a case with a permit in a cookie, about the desk by anybody.

No address, log or cache holds a permit or a token, and answering needs no session of the case.
"""

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from desk_core.responses import never_store
from desk_core.throttles import client_address, hit
from service_requests import cookies, limits
from service_requests.enums import SurveyPurpose
from service_requests.errors import CaseError
from service_requests.forms import QuestionTokenForm, refuse
from service_requests.survey_forms import GeneralSurveyForm, SurveyForm
from service_requests.surveys import answering, composing, links, permits


@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest) -> HttpResponseBase:
    """Take the code of a sent link, once, and begin."""
    form = QuestionTokenForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and form.is_valid():
        if hit(limits.SURVEY_LINKS, client_address(request)).over:
            form.add_error(None, limits.ASKED_TOO_OFTEN)
            status = 429
        else:
            try:
                return begun(links.begin_by_token(token=form.cleaned_data["token"]))
            except CaseError as error:
                form.add_error("token", str(error))
    page = render(request, "service_requests/survey_link.html", {"form": form}, status=status)
    return never_store(page)


def begun(slip: str) -> HttpResponse:
    """On to the questions, with the permit in a cookie."""
    response = redirect("service_requests:survey")
    cookies.put(response, cookies.SURVEY, slip)
    return never_store(response)


@require_http_methods(["GET", "HEAD", "POST"])
def survey(request: HttpRequest) -> HttpResponseBase:
    """The questions of the permit, and the answer."""
    try:
        permit = permits.read(cookies.get(request, cookies.SURVEY))
    except CaseError:
        return _over(request)
    definition = permit.asked.definition
    form = SurveyForm(request.POST if request.method == "POST" else None, definition=definition)
    if form.is_bound and form.is_valid():
        try:
            stored = answering.answer(permit=permit, given=form.given)
        except ValidationError as error:
            refuse(form, error)
        else:
            return _thanked(stored, after_case=True)
    if permits.is_spent(permit):
        return _over(request, answered=True)
    page = {"form": form, "survey": definition, "address": "service_requests:survey"}
    return never_store(render(request, "service_requests/survey.html", page))


@require_http_methods(["GET", "HEAD", "POST"])
def general(request: HttpRequest) -> HttpResponseBase:
    """The survey of the whole desk."""
    asked = composing.current(SurveyPurpose.GENERAL)
    if asked is None:
        raise Http404
    posted = request.POST if request.method == "POST" else None
    form = GeneralSurveyForm(posted, request=request, definition=asked.definition)
    status = 200
    if form.is_bound and form.is_valid():
        if hit(limits.SURVEYS, client_address(request)).over:
            form.add_error(None, limits.MANY_ANSWERS)
            status = 429
        else:
            mark = str(form.cleaned_data["message_id"])
            try:
                stored = answering.answer_generally(given=form.given, mark=mark)
            except ValidationError as error:
                refuse(form, error)
            except CaseError as error:
                form.add_error(None, str(error))
            else:
                return _thanked(stored, after_case=False)
    page = {"form": form, "survey": asked.definition, "address": "service_requests:survey_desk"}
    page["anybody"] = True
    return never_store(render(request, "service_requests/survey.html", page, status=status))


@require_safe
def thanks(request: HttpRequest) -> HttpResponseBase:
    """Thank you; who is not content is shown the way to have the case looked at again."""
    context = {"unhappy": "unhappy" in request.GET, "again": "again" in request.GET}
    context["after_case"] = "case" in request.GET
    return never_store(render(request, "service_requests/survey_thanks.html", context))


def _thanked(stored: answering.Stored, *, after_case: bool) -> HttpResponseBase:
    said = {"case": after_case, "unhappy": stored.unhappy, "again": not stored.counted}
    words = "&".join(word for word, true in said.items() if true)
    return never_store(redirect(f"{reverse('service_requests:survey_thanks')}?{words}".rstrip("?")))


def _over(request: HttpRequest, *, answered: bool = False) -> HttpResponse:
    """No permit, one whose time is over, or one with which an answer was given."""
    page = render(
        request,
        "service_requests/survey_over.html",
        {"answered": answered},
        status=200 if answered else 410,
    )
    return never_store(page)
