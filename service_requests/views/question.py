"""One question to a third party: the token is posted once and becomes a short session in a cookie.

No address, log or cache ever holds it.
"""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from desk_core.responses import never_store
from desk_core.throttles import client_address, hit
from service_requests import cookies, enquiries, limits
from service_requests.days import last_day
from service_requests.errors import CaseError
from service_requests.forms import QuestionAnswerForm, QuestionTokenForm, refuse
from service_requests.models import Attachment, Enquiry
from service_requests.serving import file_response


@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponseBase:
    """Take the code of a link and open a session."""
    form = QuestionTokenForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and form.is_valid():
        if hit(limits.QUESTIONS, client_address(request)).over:
            form.add_error(None, _("This was asked too often. Please wait ten minutes."))
            status = 429
        else:
            opened = enquiries.open_by_token(form.cleaned_data["token"])
            if opened is not None:
                response = redirect("service_requests:question_answer")
                cookies.put(response, cookies.QUESTION, opened[1])
                return never_store(response)
            form.add_error("token", _("There is no such link. Copy it whole, as it was sent."))
    return never_store(
        render(request, "service_requests/question_enter.html", {"form": form}, status=status)
    )


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest) -> HttpResponseBase:
    """The question, what was chosen to be shown with it, and the form of the answer."""
    enquiry = _enquiry(request)
    if enquiry is None:
        return never_store(redirect("service_requests:question"))
    if reason := enquiries.reason_void(enquiry):
        return _over(request, enquiry, reason)
    form = QuestionAnswerForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            enquiries.answer(enquiry=enquiry, **form.cleaned_data)
        except ValidationError as error:
            refuse(form, error)
        except CaseError as error:
            return _over(request, enquiry, str(error))
        else:
            return never_store(redirect("service_requests:question_answer"))
    return _show(request, enquiry, form)


@require_safe
def file(request: HttpRequest, attachment_id: UUID) -> HttpResponseBase:
    """A file that was chosen for this question; any other is a 404."""
    enquiry = _enquiry(request)
    if enquiry is None:
        return never_store(redirect("service_requests:question"))
    try:
        found = enquiries.file_for_third(enquiry, attachment_id)
    except (Attachment.DoesNotExist, FileNotFoundError, CaseError) as error:
        raise Http404 from error
    return file_response(found)


def _enquiry(request: HttpRequest) -> Enquiry | None:
    return enquiries.of_session(cookies.get(request, cookies.QUESTION))


def _show(request: HttpRequest, enquiry: Enquiry, form: QuestionAnswerForm) -> HttpResponse:
    try:
        shown = enquiries.shown_to_third(enquiry)
    except CaseError as error:
        return _over(request, enquiry, str(error))
    context = {"form": form, "shown": shown, "until": last_day(enquiry.expires_at)}
    return never_store(render(request, "service_requests/question.html", context))


def _over(request: HttpRequest, enquiry: Enquiry, reason: str) -> HttpResponse:
    """Answered, withdrawn or over: said in a sentence, and nothing of the case."""
    context = {"reason": reason, "answered": enquiry.answered_at is not None}
    status = 200 if context["answered"] else 410
    return never_store(
        render(request, "service_requests/question_over.html", context, status=status)
    )
