"""The admin's own doors to an agreement's page: each refusal with its reason, no error page."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db import transaction
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from wagtail.admin import messages
from wagtail.admin.action_menu import ActionMenuItem
from wagtail.admin.forms.models import WagtailAdminDraftStateFormMixin
from wagtail.admin.views.page_privacy import SetPrivacyView
from wagtail.admin.views.pages.unpublish import UnpublishView
from wagtail.admin.wagtail_hooks import (
    PageListingDeleteButton,
    PageListingUnpublishButton,
    PageMenuItem,
)
from wagtail.models import Page, PageViewRestriction

from sla.models.pages import AgreementPage
from sla.readability import (
    HidingRefused,
    reason,
    reason_to_stay_open,
    signed_below,
    signed_paths,
    would_hide,
)

_privacy_form = SetPrivacyView.get_form
_set_privacy = SetPrivacyView.form_valid
_ask_to_unpublish = UnpublishView.dispatch
_KEPT = "_desk_signed_paths"
#: In the menus of a page's own screens and of the explorer.
REFUSED_BUTTONS = (PageListingDeleteButton, PageListingUnpublishButton)


def hide_refused_buttons() -> None:
    """Offer no "delete" and no "unpublish" where `refuse_ending` would answer; once, at the start.

    Wagtail has no hook that takes a button out of these menus.
    """
    for button in REFUSED_BUTTONS:
        button.is_shown = _unless_signed(button.is_shown)


def _unless_signed(is_shown: Callable[..., bool]) -> Callable[..., bool]:
    def shown(button: PageMenuItem, user: Any) -> bool:
        return is_shown(button, user) and not _is_above_signed(button.page, user)

    return shown


def _is_above_signed(page: Page, user: Any) -> bool:
    """`signed_below` for many buttons: what is signed is asked once for the user of a request."""
    if not hasattr(user, _KEPT):
        setattr(user, _KEPT, signed_paths())
    return any(path.startswith(page.path) for path in getattr(user, _KEPT))


def hide_refused_actions(
    items: list[ActionMenuItem], request: HttpRequest, context: dict[str, Any]
) -> None:
    """The same in the menu at the foot of the editor."""
    page = context.get("page")
    if page is not None and page.pk and signed_below([page]):
        items[:] = [item for item in items if item.name != "action-unpublish"]


def refuse_ending(request: HttpRequest, page: Page) -> HttpResponseBase | None:
    """Before deleting or unpublishing: what is signed stays readable (R35)."""
    if not signed_below([page]):
        return None
    messages.error(request, reason())
    return redirect("wagtailadmin_explore", page.get_parent().pk)


def unpublish(
    view: UnpublishView, request: HttpRequest, *args: Any, **kwargs: Any
) -> HttpResponseBase:
    """Wagtail's question whether to unpublish, not asked where the answer would be refused."""
    if request.method == "GET" and view.object.permissions_for_user(request.user).can_unpublish():
        refused = refuse_ending(request, view.object)
        if refused is not None:
            return refused
    return _ask_to_unpublish(view, request, *args, **kwargs)


def refuse_hiding_move(
    request: HttpRequest, page: Page, destination: Page
) -> HttpResponseBase | None:
    """Before moving a page below one that is behind a log-in."""
    if not would_hide([page], destination):
        return None
    messages.error(request, reason_to_stay_open())
    return redirect("wagtailadmin_pages:move", page.pk)


def privacy_form(view: SetPrivacyView, form_class: Any = None) -> ModelForm:
    """The form of Wagtail's dialog of a page's privacy: no choice that would be refused."""
    form = _privacy_form(view, form_class)
    if signed_below([view.page]):
        field = form.fields["restriction_type"]
        kept = [choice for choice in field.choices if choice[0] == PageViewRestriction.NONE]
        # Of the field itself they stay: what is sent all the same is refused with the reason.
        field.widget.choices = kept
        if not form.is_bound:
            field.help_text = reason_to_stay_open()
    return form


def can_be_scheduled(form: WagtailAdminDraftStateFormMixin) -> bool:
    """Whether Wagtail offers days of publishing: only where the form still has fields for them."""
    return "go_live_at" in form.fields


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
