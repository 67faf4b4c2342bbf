"""The doors behind the one-click buttons of the calendar, and the targets' sentences."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages

from persian.jalali import format_date
from sla import closures
from sla.models import Holiday
from sla.permissions import user_can_change_holidays, user_can_write_targets
from sla.target_blocks import TargetsBlock
from sla.target_panel import sentences_of

MOST_TARGETS = 60


@require_POST
def confirm_holiday(request: HttpRequest) -> HttpResponseBase:
    """Settle the date of a provisional holiday, and go back to the list."""
    if not user_can_change_holidays(request.user):
        raise PermissionDenied
    key = request.POST.get("holiday", "")
    holiday = get_object_or_404(Holiday, pk=int(key) if _is_number(key) else 0)
    closures.confirm_holiday(holiday=holiday, actor=request.user)
    messages.success(
        request,
        _("%(day)s is confirmed: %(name)s.")
        % {"day": format_date(holiday.day, "long"), "name": holiday.name},
    )
    return redirect(reverse("sla_holiday_modeladmin_index"))


@require_POST
def target_sentences(request: HttpRequest) -> HttpResponseBase:
    """The sentences of the targets in a page form that is being typed; nothing is stored."""
    if not user_can_write_targets(request.user):
        raise PermissionDenied
    count = request.POST.get("targets-count", "0")
    if not _is_number(count) or int(count) > MOST_TARGETS:
        return JsonResponse({"sentences": []}, status=400)
    try:
        stream = TargetsBlock().value_from_datadict(request.POST, request.FILES, "targets")
    except (KeyError, ValueError):
        return JsonResponse({"sentences": []}, status=400)
    return JsonResponse({"sentences": sentences_of(stream)})


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10
