"""The panel of the admin's home: what monitors propose, and which notices may be over."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.ui.components import Component

from notices.models import Proposal
from notices.monitors.deciding import place_for_notices
from notices.monitors.standing import SHOWN_WITH, Standing
from notices.permissions import user_can_see_notices
from notices.querysets import open_q

LIMIT = 10


class ProposalsPanel(Component):
    """Firing proposals that nobody has decided, and recovered ones whose notice is still open."""

    name = "monitor_proposals"
    template_name = "notices/admin/proposals_panel.html"
    order = 125

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Nothing at all when nothing waits; the number of queries does not grow with the rows."""
        request = parent_context["request"] if parent_context else None
        if request is None or not user_can_see_notices(request.user):
            return {"shown": False}
        now = timezone.now()
        waiting = Proposal.objects.waiting(now).order_by("started_at", "pk")
        rows = _standing(waiting, now)
        over = _standing(_maybe_over(now), now)
        silent = Proposal.objects.undecided().silent(now).filter(ended_at=None).count()
        if not (rows or over or silent):
            return {"shown": False}
        mine = set(waiting.decidable_by(request.user).values_list("pk", flat=True))
        index = place_for_notices()
        may_write = index is not None and index.permissions_for_user(request.user).can_add_subpage()
        return {
            "shown": True,
            "rows": [(row, row.proposal.pk in mine) for row in rows[:LIMIT]],
            "more": len(rows) > LIMIT,
            "over": over[:LIMIT],
            "silent": silent,
            "may_write": may_write,
            "list_url": reverse("notices_proposal_modeladmin_index"),
            "csrf_token": get_token(request),
        }


def _standing(rows: Any, at: datetime) -> list[Standing]:
    return [Standing(row, at) for row in rows.select_related(*SHOWN_WITH)[: LIMIT + 1]]


def _maybe_over(at: datetime) -> Any:
    """The last to recover of the alerts of a notice that goes on, while none of them fires."""
    later = Proposal.objects.filter(
        Q(ended_at__gt=OuterRef("ended_at"))
        | Q(ended_at=OuterRef("ended_at"), pk__gt=OuterRef("pk")),
        page=OuterRef("page"),
    )
    firing = Proposal.objects.filter(ended_at=None, page__isnull=False).values("page")
    return Proposal.objects.filter(
        Q(page__notice__isnull=False) & open_q(at, "page__notice__"),
        ~Exists(later),
        ended_at__isnull=False,
    ).exclude(page__in=firing)
