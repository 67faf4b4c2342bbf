"""The admin's own doors to an agreement's page: each refusal with its reason, no error page."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from wagtail.admin import messages
from wagtail.admin.views.page_privacy import SetPrivacyView
from wagtail.models import Page

from sla.models.pages import AgreementPage
from sla.readability import (
    HidingRefused,
    reason,
    reason_to_stay_open,
    signed_below,
    would_hide,
)

_set_privacy = SetPrivacyView.form_valid


def refuse_ending(request: HttpRequest, page: Page) -> HttpResponseBase | None:
    """Before deleting or unpublishing: what is signed stays readable (R35)."""
    if not signed_below([page]):
        return None
    messages.error(request, reason())
    return redirect("wagtailadmin_explore", page.get_parent().pk)


def refuse_hiding_move(
    request: HttpRequest, page: Page, destination: Page
) -> HttpResponseBase | None:
    """Before moving a page below one that is behind a log-in."""
    if not would_hide([page], destination):
        return None
    messages.error(request, reason_to_stay_open())
    return redirect("wagtailadmin_pages:move", page.pk)


def set_privacy(view: SetPrivacyView, form: ModelForm) -> HttpResponse:
    """Wagtail's dialog of a page's privacy, with the reason in it where that must not change."""
    try:
        with transaction.atomic():
            return _set_privacy(view, form)
    except HidingRefused as error:
        form.add_error("restriction_type", str(error))
        return view.form_invalid(form)


def refuse_bulk(
    request: HttpRequest, action_type: str, objects: Iterable[Any], action: Any
) -> HttpResponseBase | None:
    """Before a bulk action: one text that may not be published, or a signed page, stops it all."""
    pages = [page for page in objects if isinstance(page, Page)]
    if not pages:
        return None
    reasons = []
    if action_type == "publish":
        reasons = _publish_reasons(pages)
    elif action_type == "move" and would_hide(pages, action.cleaned_form.cleaned_data["chooser"]):
        reasons = [reason_to_stay_open()]
    elif action_type in {"unpublish", "delete"} and signed_below(pages):
        reasons = [reason()]
    for each in reasons:
        messages.error(request, each)
    return redirect("wagtailadmin_explore", pages[0].get_parent().pk) if reasons else None


def _publish_reasons(pages: list[Page]) -> list[str]:
    """Why the drafts among these pages, or below them, must not be published."""
    reasons = []
    for page in pages:
        for found in AgreementPage.objects.descendant_of(page, inclusive=True):
            if found.pk != page.pk and found.live:
                continue
            draft = found.get_latest_revision_as_object()
            refused = draft.objections_to_change() or draft.objections()
            reasons += [f"{draft.title}: {objection.message}" for objection in refused]
    return reasons
