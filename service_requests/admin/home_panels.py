"""The first screen of staff: what is mine, and what is new."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.components import Component

from persian.digits import grouped
from service_requests.admin.cases import CaseAdmin
from service_requests.admin.visits import day_around
from service_requests.enums import VisitState
from service_requests.models import Case, Visit
from service_requests.permissions import user_can_list_cases, user_can_register
from service_requests.querysets import CaseQuerySet
from service_requests.standing import standing_of

LIMIT = 10
MOST_COUNTED = 100
_INDEX = "service_requests_case_modeladmin_index"


class SearchPanel(Component):
    """A search of cases for those who work with them. Posted: a term may be personal."""

    name = "case_search"
    template_name = "service_requests/admin/search_panel.html"
    order = 50

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Where the term goes. No query."""
        request = parent_context["request"] if parent_context else None
        if request is None or not user_can_list_cases(request.user):
            return {"allowed": False}
        return {
            "allowed": True,
            "csrf_token": get_token(request),
            "url": reverse("service_requests_case_modeladmin_index"),
            "help": CaseAdmin.search_help,
        }


class TodayPanel(Component):
    """How much is waiting: mine, my departments', overdue, visits. A bounded count for each."""

    name = "case_today"
    template_name = "service_requests/admin/today_panel.html"
    order = 40

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Figures that stop at a hundred, each with the list that it counts. Five queries."""
        request = parent_context["request"] if parent_context else None
        if request is None or not user_can_register(request.user):
            return {"allowed": False}
        user, now = request.user, timezone.now()
        cases, index = Case.objects.visible_to(user), reverse(_INDEX)
        figures = [
            (_("My open cases"), cases.assigned_to(user).open(), "assigned=me&state=open", ""),
            (_("New, with nobody"), cases.new(), "assigned=nobody&state=open", ""),
            (_("Overdue"), cases.overdue(now), "queue=overdue", "late"),
            (_("At risk"), cases.at_risk(now), "queue=at_risk", ""),
        ]
        if standing_of(user).stands_in_for:
            rows = cases.deputised_to(user).open()
            label = _("Of colleagues for whom I stand in")
            figures.append((label, rows, "assigned=absent&state=open", ""))
        first, last = day_around(now)
        visits = Visit.objects.visible_to(user).between(first, last)
        shown = []
        for label, rows, query, tone in figures:
            count = _capped(rows)
            waits = {"tone": tone} if count != grouped(0) else {}
            shown.append({"label": label, "count": count, "url": f"{index}?{query}", **waits})
        sheet = reverse("service_requests_admin:day_sheet")
        coming = visits.filter(state=VisitState.BOOKED)
        shown.append({"label": _("Visits today"), "count": _capped(coming), "url": sheet})
        return {"allowed": user_can_list_cases(user), "figures": shown}


def _capped(rows: QuerySet) -> str:
    """How many, up to a hundred: «۱۰۰+»."""
    count = rows.order_by().values("pk")[: MOST_COUNTED + 1].count()
    number = grouped(min(count, MOST_COUNTED))
    return gettext("%(number)s+") % {"number": number} if count > MOST_COUNTED else number


class CasesPanel(Component):
    """The first few cases of a question, and the way to all of them. One query."""

    template_name = "service_requests/admin/home_panel.html"
    heading: str | Promise = ""
    empty: str | Promise = ""
    query = ""

    def cases(self, user: Any) -> CaseQuerySet:
        """The question."""
        raise NotImplementedError

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Rows, one more than are shown to know whether there are more."""
        user = parent_context["request"].user if parent_context else None
        if user is None or not user_can_register(user):
            return {"allowed": False}
        rows = list(self.cases(user).for_list()[: LIMIT + 1])
        index = reverse("service_requests_case_modeladmin_index")
        return {
            "allowed": user_can_list_cases(user),
            "panel_id": self.name,
            "heading": self.heading,
            "empty": self.empty,
            "rows": [
                (case, reverse("service_requests_case_modeladmin_inspect", args=[case.pk]))
                for case in rows[:LIMIT]
            ],
            "has_more": len(rows) > LIMIT,
            "all_url": f"{index}?{self.query}",
        }


class MyCasesPanel(CasesPanel):
    """Open cases assigned to the reader: the urgent first, then those with news, the oldest."""

    name = "my_cases"
    order = 100
    heading = _("My cases")
    empty = _("No open case is assigned to you.")
    query = "assigned=me&state=open"

    def cases(self, user: Any) -> CaseQuerySet:
        """Mine and open."""
        mine = Case.objects.visible_to(user).assigned_to(user).open()
        return mine.order_by("-priority", "-unread_by_staff", "registered_at", "id")


class NewCasesPanel(CasesPanel):
    """Cases that nobody in the reader's departments has taken up yet, the oldest first."""

    name = "new_cases"
    order = 110
    heading = _("New in my departments")
    empty = _("Nothing new is waiting. New cases appear here the moment they are registered.")
    query = "assigned=nobody&state=open"

    def cases(self, user: Any) -> CaseQuerySet:
        """Nobody's yet."""
        return Case.objects.visible_to(user).new().order_by("registered_at", "id")
