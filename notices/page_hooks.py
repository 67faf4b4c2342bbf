"""What Wagtail's own screens do besides when they save, publish or gather notice pages."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from wagtail.admin import messages
from wagtail.models import Page

from notices import conflicts
from notices.approval import four_eyes
from notices.models import NoticePage


def warn_of_conflicts(request: HttpRequest, page: Page) -> None:
    """After a draft was saved: other windows over the same, and offices at work."""
    if isinstance(page, NoticePage):
        for sentence in conflicts.warnings_of_page(page):
            messages.warning(request, sentence)


def refuse_bulk(
    request: HttpRequest, action_type: str, objects: Iterable[Any], action: Any
) -> HttpResponseBase | None:
    """Before a bulk publication: one draft that takes another person stops it all, with why."""
    if action_type != "publish":
        return None
    chosen = [page for page in objects if isinstance(page, Page)]
    reasons = []
    for page in chosen:
        for found in NoticePage.objects.descendant_of(page, inclusive=True).filter(notice=None):
            revision = found.get_latest_revision()
            draft = found.get_latest_revision_as_object()
            if why := four_eyes.refusal(draft, revision, request.user):
                reasons.append(f"{draft.title}: {why}")
    for each in reasons:
        messages.error(request, each)
    return redirect("wagtailadmin_explore", chosen[0].get_parent().pk) if reasons else None
