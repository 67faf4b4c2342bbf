"""What is signed stays readable, by whatever way one tries to hide it (R35).

Its page is neither deleted nor unpublished, and stands behind no log-in and no password.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.utils.translation import gettext as _
from wagtail.models import Page, PageViewRestriction

from sla.models.agreements import Agreement, AgreementVersion
from sla.publishing import Objection, PublishRefused

if TYPE_CHECKING:
    from sla.models.pages import AgreementPage


class DeleteRefused(PermissionDenied):
    """A signed page must not be deleted; Wagtail's doors answer it as a refused permission."""


class HidingRefused(PermissionDenied):
    """A signed page must not be put behind a log-in; the message says why."""


def reason() -> str:
    """Why it stays."""
    return _(
        "What is signed stays readable; the page of a signed agreement cannot be deleted "
        "or unpublished."
    )


def reason_to_stay_open() -> str:
    """Why nobody has to log in for it."""
    return _(
        "What is signed stays readable for everybody; the page of a signed agreement cannot be put "
        "behind a log-in or a password, and neither can a page above it."
    )


def signed_below(pages: Iterable[Page]) -> bool:
    """Whether any of these pages, or one below them, shows a signed version as itself."""
    specific = apps.get_model("sla", "AgreementPage")
    found = specific.objects.none()
    for page in pages:
        found |= specific.objects.descendant_of(page, inclusive=True)
    signed = AgreementVersion.objects.signed().values("pk")
    return found.filter(version__in=signed, alias_of=None).exists()


def signed_paths() -> list[str]:
    """Where in the tree the pages of signed versions are."""
    specific = apps.get_model("sla", "AgreementPage")
    signed = AgreementVersion.objects.signed().values("pk")
    shown = specific.objects.filter(version__in=signed, alias_of=None)
    return list(shown.values_list("path", flat=True))


def would_hide(pages: Iterable[Page], parent: Page) -> bool:
    """Whether moving these pages below that one puts something signed behind a log-in."""
    return parent.get_view_restrictions().exists() and signed_below(pages)


def hidden_paths() -> Iterable[str]:
    """The addresses of live signed pages that are behind a log-in in spite of everything."""
    pages = apps.get_model("sla", "AgreementPage").objects
    signed = AgreementVersion.objects.signed().values("pk")
    shown = pages.filter(version__in=signed, alias_of=None, live=True)
    return shown.exclude(pk__in=pages.readable().values("pk")).values_list("url_path", flat=True)


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


def refuse_restriction(instance: PageViewRestriction, **kwargs: Any) -> None:
    """Before a page, and with it all that is below it, is put behind a log-in."""
    if kwargs.get("raw"):
        return
    if connection.in_atomic_block:
        # Whoever is signing one of them now ends first, and is seen.
        pages = apps.get_model("sla", "AgreementPage").objects
        below = pages.descendant_of(instance.page, inclusive=True).values("version__agreement")
        list(Agreement.objects.select_for_update().filter(pk__in=below).order_by("pk"))
    if signed_below([instance.page]):
        raise HidingRefused(reason_to_stay_open())


def refuse_move(instance: Page, parent_page_after: Page, **kwargs: Any) -> None:
    """Before a page is moved below one that is behind a log-in."""
    if would_hide([instance], parent_page_after):
        raise HidingRefused(reason_to_stay_open())


def refuse_unreadable(version: AgreementVersion) -> None:
    """Before a signature: raises ValidationError where not everybody can read what is signed."""
    if not AgreementVersion.objects.readable().filter(pk=version.pk).exists():
        raise ValidationError(
            _(
                "The page of this version is behind a log-in or a password. Open it to everybody, "
                "then record the signature: what is signed can be read by everybody."
            )
        )
