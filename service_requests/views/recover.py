"""A lost code or password: name a contact, type the code, choose the case, keep the new password.

Each step is a page; what is between them is a token in a cookie. No page says whether a contact is
known here.
"""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from desk_core.responses import never_store
from desk_core.throttles import client_address
from service_requests import cookies, receipts, recovery
from service_requests.errors import AskedTooOften, CaseError, WrongCode
from service_requests.forms import OneTimeCodeForm, RecoveryForm, refuse


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponseBase:
    """Name the contact."""
    if request.method != "POST":
        return never_store(_asked(request, RecoveryForm(request=request)))
    form = RecoveryForm(request.POST, request=request)
    status = 200
    if form.is_valid():
        try:
            token = recovery.begin(
                contact=form.cleaned_data["contact"],
                code=form.cleaned_data["code"],
                address=client_address(request),
            )
        except ValidationError as error:
            refuse(form, error)
        except AskedTooOften as error:
            form.add_error(None, str(error))
            status = 429
        else:
            response = redirect("service_requests:recover_code")
            cookies.put(response, cookies.RECOVERY, token)
            return never_store(response)
    return never_store(_asked(request, form, status))


@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponseBase:
    """Type the code that was sent, if one was."""
    token = _token(request)
    if not token:
        return never_store(redirect("service_requests:recover"))
    form = OneTimeCodeForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound and form.is_valid():
        try:
            recovery.prove(
                token=token,
                code=form.cleaned_data["one_time_code"],
                address=client_address(request),
            )
        except CaseError as error:
            form.add_error("one_time_code", str(error))
            status = 429 if isinstance(error, AskedTooOften) else 200
        else:
            return never_store(redirect("service_requests:recover_cases"))
    context = {"form": form}
    return never_store(
        render(request, "service_requests/recover_code.html", context, status=status)
    )


@require_http_methods(["GET", "HEAD", "POST"])
def cases(request: HttpRequest) -> HttpResponseBase:
    """Choose the case for which a new password is issued."""
    token = _token(request)
    error = ""
    if request.method == "POST":
        try:
            recovery.new_password(token=token, code=request.POST.get("code", "")[:100])
        except WrongCode:
            return never_store(redirect("service_requests:recover"))
        except ValidationError:
            error = _("Choose one of the options.")
        except CaseError as refused:
            error = str(refused)
        else:
            return never_store(redirect("service_requests:recover_password"))
    try:
        found = recovery.choices(token=token)
    except WrongCode:
        return never_store(redirect("service_requests:recover"))
    context = {"cases": found, "error": error}
    status = 409 if error else 200
    return never_store(
        render(request, "service_requests/recover_cases.html", context, status=status)
    )


@require_safe
def password(request: HttpRequest) -> HttpResponseBase:
    """The new password, until it is kept or for fifteen minutes."""
    found = recovery.issued(token=_token(request))
    if found is None or found.password is None:
        return never_store(redirect("service_requests:recover"))
    context = {"receipt": found, "case": found.case}
    return never_store(render(request, "service_requests/recover_password.html", context))


@require_POST
def kept(request: HttpRequest) -> HttpResponseBase:
    """The password is gone from here at once."""
    token = _token(request)
    if token:
        receipts.keep(submission_key=recovery.slip_key(token))
    response = redirect(reverse("service_requests:track"))
    cookies.drop(response, cookies.RECOVERY)
    return never_store(response)


def _token(request: HttpRequest) -> str:
    token = cookies.get(request, cookies.RECOVERY)
    return token if recovery.is_token(token) else ""


def _asked(request: HttpRequest, form: RecoveryForm, status: int = 200) -> HttpResponse:
    return render(request, "service_requests/recover.html", {"form": form}, status=status)
