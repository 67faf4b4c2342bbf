"""Whether a receipt that somebody shows was issued here: yes or no, and nothing else."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from desk_core.responses import never_store
from desk_core.throttles import client_address
from service_requests import receipt_marks
from service_requests.errors import AskedTooOften
from service_requests.forms import ReceiptCheckForm, refuse


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponseBase:
    """Compare what stands on the sheet with its verification code."""
    form = ReceiptCheckForm(request.POST if request.method == "POST" else None)
    valid, status = None, 200
    if form.is_bound and form.is_valid():
        try:
            valid = receipt_marks.is_valid(**form.cleaned_data, address=client_address(request))
        except ValidationError as error:
            refuse(form, error)
        except AskedTooOften as error:
            form.add_error(None, str(error))
            status = 429
    context = {"form": form, "valid": valid}
    return never_store(
        render(request, "service_requests/receipt_check.html", context, status=status)
    )
