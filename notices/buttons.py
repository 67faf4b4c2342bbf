"""The button "add an update" wherever a notice page is listed or edited."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import Button

from notices.models import NoticePage
from notices.permissions import user_can_post_update

if TYPE_CHECKING:
    from wagtail.models import Page


def update_button(
    page: "Page", user: Any, next_url: str | None, *, priority: int
) -> Iterator[Button]:
    """The button, for a published notice and a user who may post."""
    if not issubclass(page.specific_class, NoticePage):
        return
    notice_id = page.specific.notice_id
    if notice_id is None or not _may_post(user):
        return
    url = reverse("notices_admin:update", args=[notice_id])
    if next_url:
        url = f"{url}?{urlencode({'next': next_url})}"
    yield Button(_("Add an update"), url, icon_name="comment-add", priority=priority)


def _may_post(user: Any) -> bool:
    """The permission, asked once a request however many notices the explorer lists."""
    if not hasattr(user, "_desk_may_post_updates"):
        user._desk_may_post_updates = user_can_post_update(user)
    return user._desk_may_post_updates
