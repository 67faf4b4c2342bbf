"""The panel of the admin's home: agreements to renew, and passports against the free clause."""

from collections.abc import Mapping
from typing import Any

from django.middleware.csrf import get_token
from wagtail.admin.ui.components import Component

from sla.contradictions import contradictions
from sla.permissions import user_can_record_signature, user_can_renew
from sla.renewal import Renewal, waiting
from sla.renewal_views import successor_url
from sla.showing import state_sentence
from sla.state import today

LIMIT = 10


class AgreementsPanel(Component):
    """What those who can renew agreements have to do; nobody else sees it, empty or not."""

    name = "agreements"
    template_name = "sla/admin/home_panel.html"
    order = 140

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The rows this user can act on; five queries at most."""
        request = parent_context["request"] if parent_context else None
        if request is None or not user_can_renew(request.user):
            return {"allowed": False}
        rows = [row for row in waiting() if user_can_renew(request.user, row.version)]
        return {
            "allowed": True,
            "rows": [_row(row) for row in rows[:LIMIT]],
            "contradictions": contradictions() if user_can_record_signature(request.user) else [],
            "csrf_token": get_token(request),
        }


def _row(row: Renewal) -> dict[str, Any]:
    return {
        "version": row.version,
        "state": row.state,
        "sentence": state_sentence(row.state, row.facts, today()),
        "draft": row.draft,
        "url": successor_url(row.version),
    }
