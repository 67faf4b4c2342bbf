"""The button "add an update" wherever a notice page is listed or edited."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import Button

from notices.models import Notice, NoticePage
from notices.querysets import open_q

if TYPE_CHECKING:
    from wagtail.models import Page

_KEPT = "_desk_notices_open_to"


def update_button(
    page: "Page", user: Any, next_url: str | None, *, priority: int, classname: str = ""
) -> Iterator[Button]:
    """The button, for a published notice and a user who may post."""
    if not issubclass(page.specific_class, NoticePage):
        return
    notice_id = page.specific.notice_id
    if notice_id is None or notice_id not in _open_to(user):
        return
    url = reverse("notices_admin:update", args=[notice_id])
    if next_url:
        url = f"{url}?{urlencode({'next': next_url})}"
    yield Button(_("Add an update"), url, classname=classname, priority=priority)


def _open_to(user: Any) -> set[UUID]:
    """Notices that are not over and that the user may update; asked once however many are listed.

    Kept on the user, whose object lives as long as the request.
    """
    found: set[UUID] | None = getattr(user, _KEPT, None)
    if found is None:
        open_ones = Notice.objects.updatable_by(user).filter(open_q(timezone.now()))
        found = set(open_ones.values_list("pk", flat=True))
        setattr(user, _KEPT, found)
    return found
