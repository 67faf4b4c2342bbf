"""The buttons "record a signature" and "draft the successor" on an agreement's pages."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import Button

from sla.models.pages import AgreementPage
from sla.permissions import user_can_record_signature, user_can_renew

if TYPE_CHECKING:
    from wagtail.models import Page


def signature_button(
    page: "Page", user: Any, next_url: str | None, *, priority: int
) -> Iterator[Button]:
    """The button, for a published page of the signed language and a user who may record."""
    if not issubclass(page.specific_class, AgreementPage) or not page.live:
        return
    if not _may_record(user):
        return
    specific = page.specific
    if specific.is_translation or specific.alias_of_id is not None:
        return
    url = reverse("sla_admin:record_signature", args=[specific.version_id])
    if next_url:
        url = f"{url}?{urlencode({'next': next_url})}"
    yield Button(_("Record a signature"), url, icon_name="edit", priority=priority)


def successor_button(
    page: "Page", user: Any, next_url: str | None, *, priority: int
) -> Iterator[Button]:
    """The way to the successor, for the page of a signed version and a user who may renew it."""
    if not issubclass(page.specific_class, AgreementPage) or not page.live:
        return
    if not user_can_renew(user):
        return
    specific = page.specific
    version = specific.version
    if specific.alias_of_id is not None or not version.sealed:
        return
    if not user_can_renew(user, version):
        return
    url = reverse("sla_admin:successor", args=[version.pk])
    if next_url:
        url = f"{url}?{urlencode({'next': next_url})}"
    yield Button(_("Draft the successor"), url, icon_name="copy", priority=priority)


def _may_record(user: Any) -> bool:
    """The permission, asked once a request however many pages the explorer lists."""
    if not hasattr(user, "_desk_may_record_signatures"):
        user._desk_may_record_signatures = user_can_record_signature(user)
    return user._desk_may_record_signatures
