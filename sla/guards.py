"""The admin's own doors to an agreement's page: each refusal with its reason, no error page."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from wagtail.admin import messages
from wagtail.models import Page

from sla.models.agreements import AgreementVersion
from sla.models.pages import AgreementPage
from sla.readability import reason

GUARDED_BULK_ACTIONS = frozenset({"publish", "unpublish", "delete"})


def refuse_ending(request: HttpRequest, page: Page) -> HttpResponseBase | None:
    """Before deleting or unpublishing: what is signed stays readable (R35)."""
    if not _signed_below([page]):
        return None
    messages.error(request, reason())
    return redirect("wagtailadmin_explore", page.get_parent().pk)


def refuse_bulk(
    request: HttpRequest, action_type: str, objects: Iterable[Any], action: Any
) -> HttpResponseBase | None:
    """Before a bulk action: one text that may not be published, or a signed page, stops it all."""
    pages = [page for page in objects if isinstance(page, Page)]
    if action_type not in GUARDED_BULK_ACTIONS or not pages:
        return None
    reasons = _publish_reasons(pages) if action_type == "publish" else []
    if action_type != "publish" and _signed_below(pages):
        reasons = [reason()]
    for each in reasons:
        messages.error(request, each)
    return redirect("wagtailadmin_explore", pages[0].get_parent().pk) if reasons else None


def _signed_below(pages: list[Page]) -> bool:
    """Whether any of these pages, or one below them, shows a signed version as itself."""
    found = AgreementPage.objects.none()
    for page in pages:
        found |= AgreementPage.objects.descendant_of(page, inclusive=True)
    signed = AgreementVersion.objects.signed().values("pk")
    return found.filter(version__in=signed, alias_of=None).exists()


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
