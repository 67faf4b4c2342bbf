"""Verifying a contact: right after registering, or from the tracking page. No script is needed.

One page with a form for each contact: send the code, type the code.
"""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from desk_core.responses import never_store
from service_requests import contacts, cookies, drafts, receipts, tracking
from service_requests.errors import CaseError
from service_requests.forms import OneTimeCodeForm
from service_requests.models import Case
from service_requests.notify import CONTACT_OF


@require_http_methods(["GET", "HEAD", "POST"])
def after_submission(request: HttpRequest) -> HttpResponseBase:
    """For the browser that has just registered, while it shows the receipt."""
    token = cookies.get(request, cookies.DRAFT)
    found = None
    if drafts.is_token(token):
        found = receipts.open_receipt(submission_key=drafts.submission_key(token))
    # Whoever finds this browser later, with the password kept, has no business here.
    if found is None or found.password is None:
        return never_store(redirect("service_requests:receipt"))
    return _page(request, found.case, "service_requests:receipt_contacts", "receipt")


@require_http_methods(["GET", "HEAD", "POST"])
def of_case(request: HttpRequest) -> HttpResponseBase:
    """For whoever has opened the case with code and password."""
    session = tracking.get_session(cookies.get(request, cookies.TRACKING))
    if session is None:
        return never_store(redirect("service_requests:track"))
    return _page(request, session.credential.case, "service_requests:case_contacts", "case")


def _page(request: HttpRequest, case: Case, here: str, back: str) -> HttpResponseBase:
    if not contacts.offered_for(case.kind):
        raise Http404
    typed: OneTimeCodeForm | None = None
    sent = request.POST.get("channel", "")
    error, status, channel = "", 200, sent if sent in CONTACT_OF else ""
    if request.method == "POST":
        try:
            if "send" in request.POST:
                contacts.send_code(case=case, channel=channel)
                return never_store(redirect(f"{reverse(here)}#{channel}"))
            typed = OneTimeCodeForm(request.POST, auto_id=f"id_{channel}_%s")
            if typed.is_valid():
                code = typed.cleaned_data["one_time_code"]
                contacts.confirm(case=case, channel=channel, code=code)
                return never_store(redirect(here))
        except CaseError as refused:
            error, status = str(refused), 409
            if typed is not None:
                typed.add_error("one_time_code", error)
    return never_store(_show(request, case, here, back, channel, typed, error, status))


def _show(
    request: HttpRequest,
    case: Case,
    here: str,
    back: str,
    channel: str,
    typed: OneTimeCodeForm | None,
    error: str,
    status: int,
) -> HttpResponse:
    rows = [
        (
            contact,
            typed
            if typed is not None and contact.channel == channel
            else OneTimeCodeForm(auto_id=f"id_{contact.channel}_%s"),
        )
        for contact in contacts.of_case(case)
    ]
    context: dict[str, Any] = {
        "rows": rows,
        "here": reverse(here),
        "back": reverse(f"service_requests:{back}"),
        "bound": typed,
        "error": error if typed is None else "",
    }
    return render(request, "service_requests/contacts.html", context, status=status)
