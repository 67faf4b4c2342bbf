"""What is signed stays readable: its page is neither deleted nor unpublished, by any way (R35)."""

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from wagtail.models import Page

from sla.models.agreements import AgreementVersion
from sla.publishing import Objection, PublishRefused

if TYPE_CHECKING:
    from sla.models.pages import AgreementPage


class DeleteRefused(PermissionDenied):
    """A signed page must not be deleted; Wagtail's doors answer it as a refused permission."""


def reason() -> str:
    """Why it stays."""
    return _(
        "What is signed stays readable; the page of a signed agreement cannot be deleted "
        "or unpublished."
    )


def is_signed_page(page: "AgreementPage") -> bool:
    """Whether this very page shows the signed text: no translation, no alias."""
    if page.alias_of_id is not None or page.is_translation:
        return False
    return AgreementVersion.objects.signed().filter(pk=page.version_id).exists()


def objections_to_ending(page: "AgreementPage") -> list[Objection]:
    """Why a page cannot be stored as unpublished; empty when it may, or when it is so already."""
    was_live = not page._state.adding and type(page).objects.filter(pk=page.pk, live=True).exists()
    return [Objection("", reason())] if was_live and is_signed_page(page) else []


def objections_to_expiry(page: "AgreementPage") -> list[Objection]:
    """Why the page of a signed version has no date of expiry: its text says until when it holds."""
    return [Objection("expire_at", reason())] if page.expire_at is not None else []


def refuse_hiding(instance: Page, **kwargs: Any) -> None:
    """Before a bare `Page` is stored, which knows nothing of agreements: not as unpublished."""
    if instance.live or instance.pk is None or kwargs.get("raw"):
        return
    specific = apps.get_model("sla", "AgreementPage")
    found = specific.objects.filter(pk=instance.pk, live=True).select_related("version", "locale")
    for page in found:
        if is_signed_page(page):
            raise PublishRefused([Objection("", reason())])


def refuse_deletion(instance: "AgreementPage", **kwargs: Any) -> None:
    """Before a row is deleted, by whatever way, also as part of what lies above it."""
    if is_signed_page(instance):
        raise DeleteRefused(reason())
