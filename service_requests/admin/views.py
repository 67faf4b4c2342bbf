"""The other doors of the staff: a file, a printed letter, and the end of a slip."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages

from desk_core.responses import never_store
from service_requests import history, permissions, reading, receipt_pdf, receipts
from service_requests.admin import grants
from service_requests.admin.case_screen import OPEN_CONTENT
from service_requests.errors import NotAllowed
from service_requests.models import Attachment, Case, Letter
from service_requests.serving import file_response, letter_response


@require_safe
def file(request: HttpRequest, case_id: UUID, attachment_id: UUID) -> HttpResponseBase:
    """A file of a visible case; recorded with who and why. Anything else is a 404."""
    case = get_object_or_404(Case.objects.visible_to(request.user), pk=case_id)
    reason = grants.granted(request, case, OPEN_CONTENT)
    try:
        found = reading.file_for_staff(
            case=case, user=request.user, attachment_id=attachment_id, reason=reason
        )
    except (NotAllowed, Attachment.DoesNotExist, FileNotFoundError) as error:
        raise Http404 from error
    except ValidationError:
        messages.error(request, _("Say why you need to read this."))
        return never_store(redirect(case_url(case)))
    return file_response(found)


@require_safe
def letter(request: HttpRequest, case_id: UUID, letter_id: UUID) -> HttpResponseBase:
    """A letter of a visible case as PDF; printing it is recorded. Anything else is a 404."""
    case = get_object_or_404(Case.objects.visible_to(request.user), pk=case_id)
    try:
        paper = reading.letter_for_staff(case=case, user=request.user, letter_id=letter_id)
    except (NotAllowed, Letter.DoesNotExist) as error:
        raise Http404 from error
    return letter_response(request, paper)


@require_POST
def slip_pdf(request: HttpRequest, case_id: UUID) -> HttpResponseBase:
    """The sealed slip, printed once: what was printed is gone from here.

    The submission key is the right to it, as below; the password stands on no screen.
    """
    if not permissions.user_can_register(request.user):
        raise Http404
    try:
        key = request.POST.get("submission_key", "")
        found = receipts.open_receipt(submission_key=key)
    except ValidationError as error:
        raise Http404 from error
    if found is None or found.case.pk != case_id:
        raise Http404
    if found.password is None or not receipts.keep(submission_key=key):
        messages.error(request, _("This slip was printed already, or its time is over."))
        return never_store(redirect(_after_the_slip(request, case_id)))
    response = HttpResponse(
        receipt_pdf.render_slip(request=request, receipt=found), content_type="application/pdf"
    )
    response["Content-Disposition"] = f'attachment; filename="slip-{found.code}.pdf"'
    history.audit("credential.slip_printed", found.case, request.user)
    return never_store(response)


@require_POST
def slip_handed_over(request: HttpRequest, case_id: UUID) -> HttpResponseBase:
    """The slip is in the applicant's hand: the password is gone from here at once.

    The submission key is the right to it: who registers may hand over what they cannot see.
    """
    if not permissions.user_can_register(request.user):
        raise Http404
    try:
        receipts.keep(submission_key=request.POST.get("submission_key", ""))
    except ValidationError as error:
        raise Http404 from error
    messages.success(request, _("The slip was handed over; the password is no longer kept here."))
    return never_store(redirect(_after_the_slip(request, case_id)))


def _after_the_slip(request: HttpRequest, case_id: UUID) -> str:
    """The case, for whoever may see it; the list for whoever has just registered it."""
    case = Case.objects.visible_to(request.user).filter(pk=case_id).first()
    return case_url(case) if case else reverse("service_requests_case_modeladmin_index")


def case_url(case: Case) -> str:
    """The screen of a case."""
    return reverse("service_requests_case_modeladmin_inspect", args=[case.pk])
