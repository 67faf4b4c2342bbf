"""The panel of the admin's home: what runs, what comes, and one button each to say more."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from wagtail.admin.ui.components import Component

from notices.enums import Phase
from notices.models import BreakGlass, Notice
from notices.permissions import user_can_review, user_can_see_notices
from notices.querysets import open_q
from notices.static_copy import standing

LIMIT = 20


@dataclass(frozen=True)
class Row:
    """One notice in the panel."""

    notice: Notice
    phase: Phase
    last_said: datetime | None
    update_url: str  # empty for those who may not


@dataclass(frozen=True)
class Alone:
    """One publication by one person in the panel."""

    row: BreakGlass
    review_url: str  # empty for the person themselves, and for auditors


class ReviewsPanel(Component):
    """What one person published alone and nobody has looked at yet; nothing when there is none."""

    name = "notices_alone"
    template_name = "notices/admin/reviews_panel.html"
    order = 125

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Oldest first; one query."""
        user = parent_context["request"].user if parent_context else None
        if user is None or not user_can_see_notices(user):
            return {"rows": []}
        found = BreakGlass.objects.unreviewed().select_related("update__notice", "by")[:LIMIT]
        return {"rows": [_alone(row, user) for row in found]}


def _alone(row: BreakGlass, user: Any) -> Alone:
    url = reverse("notices_admin:review", args=[row.pk])
    return Alone(row=row, review_url=url if user_can_review(user, row) else "")


class NoticesPanel(Component):
    """Running and coming notices, withdrawn ones too: they go on counting until resolved."""

    name = "notices_running"
    template_name = "notices/admin/home_panel.html"
    order = 130

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Rows, oldest start first, and how the static copy stands; three queries."""
        user = parent_context["request"].user if parent_context else None
        if user is None or not user_can_see_notices(user):
            return {"allowed": False}
        now = timezone.now()
        found = Notice.objects.filter(open_q(now)).order_by("starts_at", "pk")
        mine = set(found.updatable_by(user).values_list("pk", flat=True))
        shown = found.prefetch_related("updates")[:LIMIT]
        rows = [_row(notice, now, can_post=notice.pk in mine) for notice in shown]
        copy = standing.read() if standing.is_wanted() else None
        return {
            "allowed": True,
            "rows": rows,
            "copy": copy,
            "copy_is_late": copy is not None and copy.is_late(now),
        }


def _row(notice: Notice, now: datetime, *, can_post: bool) -> Row:
    said = [update.at for update in notice.updates.all()]
    url = reverse("notices_admin:update", args=[notice.pk])
    back = urlencode({"next": reverse("wagtailadmin_home")})
    return Row(
        notice=notice,
        phase=notice.phase(now),
        last_said=max(said, default=None),
        update_url=f"{url}?{back}" if can_post else "",
    )
