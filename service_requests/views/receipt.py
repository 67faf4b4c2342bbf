"""The receipt: code and password, until the citizen says that they kept it, or for 15 minutes."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from desk_core.responses import never_store
from service_requests import (
    contacts,
    cookies,
    drafts,
    promises,
    reading,
    receipt_pdf,
    receipts,
    wording,
)
from service_requests.forms import OneTimeCodeForm
from service_requests.receipts import OpenReceipt
from sla import working_time


def _open(request: HttpRequest) -> tuple[str, OpenReceipt | None]:
    token = cookies.get(request, cookies.DRAFT)
    if not drafts.is_token(token):
        return "", None
    key = drafts.submission_key(token)
    return key, receipts.open_receipt(submission_key=key)


@require_safe
def receipt(request: HttpRequest) -> HttpResponseBase:
    """Show it; the page warns before it is left."""
    _key, found = _open(request)
    template = "service_requests/receipt.html" if found else "service_requests/no_receipt.html"
    context = {
        "receipt": found,
        "case": found.case if found else None,
        "working": working_time.next_working_sentence(wording.office(found.case)) if found else "",
        "holder": wording.holder(found.case) if found else "",
        **_contacts(found),
        "dues": promises.dues_of(found.case) if found else [],
        # With the password, as long as that is shown: whoever has it may read them anyway.
        "form": reading.form_of_receipt(found.case) if found and found.password else None,
    }
    return never_store(render(request, template, context, status=200 if found else 410))


def _contacts(found: OpenReceipt | None) -> dict[str, Any]:
    """Where a code is typed that the applicant asked for when sending; else what is offered."""
    if found is None or found.password is None:
        return {}
    known = contacts.of_case(found.case)
    if not any(contact.code_sent for contact in known):
        return {"contacts_offered": any(contact.verified_at is None for contact in known)}
    rows = [(each, OneTimeCodeForm(auto_id=f"id_{each.channel}_%s")) for each in known]
    return {"contact_rows": rows, "contacts_url": reverse("service_requests:receipt_contacts")}


@require_safe
def pdf(request: HttpRequest) -> HttpResponseBase:
    """The receipt as a file to keep."""
    _key, found = _open(request)
    if found is None or found.password is None:
        return never_store(redirect("service_requests:receipt"))
    response = HttpResponse(
        receipt_pdf.render(request=request, receipt=found), content_type="application/pdf"
    )
    response["Content-Disposition"] = f'attachment; filename="receipt-{found.code}.pdf"'
    return never_store(response)


@require_POST
def kept(request: HttpRequest) -> HttpResponseBase:
    """The citizen kept it: the password is gone from here at once."""
    key, found = _open(request)
    if found is not None:
        receipts.keep(submission_key=key)
    response = redirect("service_requests:track")
    cookies.drop(response, cookies.DRAFT)
    return never_store(response)
