"""What a list of cases can be narrowed by: exact values only."""

from typing import Any, cast

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms_pages.enums import Role
from cms_pages.models import Department
from desk_core.modeladmin.filters import ExactFilter
from persian.digits import localised
from service_requests.about_notices import suggesting
from service_requests.enums import OPEN_STATES, WAITING_FOR_APPLICANT, Priority, SetAside, State
from service_requests.models.letter_books import this_year
from service_requests.standing import standing_of


class CaseFilter(ExactFilter):
    """A filter of the list of cases, whose values can be asked for without a list."""

    @classmethod
    def values_for(cls, request: HttpRequest) -> list[tuple[str, Any]]:
        """What it offers to this person."""
        offered: Any = cls.lookups(cls.__new__(cls), request, cast(Any, None))
        return list(offered)


class StateFilter(CaseFilter):
    """One state, or a group of states."""

    title = _("State")
    parameter_name = "state"
    groups = {
        "open": (_("Open (all)"), OPEN_STATES),
        "waiting": (_("Waiting for the applicant"), WAITING_FOR_APPLICANT),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Groups first."""
        return [*((key, label) for key, (label, _s) in self.groups.items()), *State.choices]

    def narrow(self, request: HttpRequest, queryset: QuerySet, value: str) -> QuerySet:
        """By state."""
        if value in self.groups:
            return queryset.filter(state__in=self.groups[value][1])
        return queryset.filter(state=value)


def department_choices(user: Any) -> list[tuple[str, Any]]:
    """The departments whose cases a member of staff may see at all. One query."""
    standing = standing_of(user)
    rows = Department.objects.all()
    sees_all = (
        standing.superuser
        or standing.has(Role.AUDITOR, Role.COMPLAINTS)
        or Role.SECRETARIAT in standing.everywhere
    )
    if not sees_all:
        rows = rows.filter(pk__in=standing.places(Role.OFFICER, Role.HEAD, Role.SECRETARIAT))
    return [(str(row.pk), str(row)) for row in rows]


class DepartmentFilter(CaseFilter):
    """The departments whose cases the reader may see at all."""

    title = _("Department")
    parameter_name = "department"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """One query."""
        return department_choices(request.user)

    def narrow(self, request: HttpRequest, queryset: QuerySet, value: str) -> QuerySet:
        """By department."""
        return queryset.filter(department_id=int(value))


class AssigneeFilter(CaseFilter):
    """Mine, my teams', nobody's, somebody's."""

    title = _("Assigned to")
    parameter_name = "assigned"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Fixed: a list of all users would say who works where."""
        return [
            ("me", _("Me")),
            ("team", _("My team")),
            ("absent", _("Colleagues for whom I stand in")),
            ("nobody", _("Nobody")),
            ("somebody", _("Somebody")),
        ]

    def narrow(self, request: HttpRequest, queryset: QuerySet, value: str) -> QuerySet:
        """By assignee."""
        if value == "me":
            return queryset.filter(assigned_to_id=request.user.pk)
        if value == "team":
            return queryset.of_teams_of(request.user)  # type: ignore[attr-defined]
        if value == "absent":
            return queryset.deputised_to(request.user)  # type: ignore[attr-defined]
        return queryset.filter(assigned_to__isnull=value == "nobody")


class QueueFilter(CaseFilter):
    """Cases whose promised time is over, or nearly."""

    title = _("Promised time")
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The two queues."""
        return [("overdue", _("Overdue")), ("at_risk", _("At risk"))]

    def narrow(self, request: HttpRequest, queryset: QuerySet, value: str) -> QuerySet:
        """By the clocks of the cases."""
        return getattr(queryset, value)(timezone.now())


class NewsFilter(CaseFilter):
    """Cases with something that staff have not read."""

    title = _("News")
    parameter_name = "news"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """One choice."""
        return [("yes", _("Unread"))]

    def narrow(self, request: HttpRequest, queryset: QuerySet, value: str) -> QuerySet:
        """Unread."""
        return queryset.filter(unread_by_staff=True)


class PriorityFilter(CaseFilter):
    """What is to be taken up before other cases, or after them."""

    title = _("Priority")
    parameter_name = "priority"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Those that are not as usual."""
        return [(str(each.value), each.label) for each in (Priority.HIGH, Priority.LOW)]

    def narrow(self, request: HttpRequest, queryset: QuerySet, value: str) -> QuerySet:
        """By priority."""
        return queryset.filter(priority=int(value))


class NoticeFilter(CaseFilter):
    """Cases about a notice, as staff have confirmed or the desk suggests."""

    title = _("Notice")
    parameter_name = "notice"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The two of them."""
        return [("linked", _("Linked to a notice")), ("suggested", _("Link suggested"))]

    def narrow(self, request: HttpRequest, queryset: QuerySet, value: str) -> QuerySet:
        """By its links, or by what fits."""
        cases: Any = queryset
        return cases.linked() if value == "linked" else suggesting.narrowed(cases)


class AsideFilter(CaseFilter):
    """Cases that were set aside."""

    title = _("Set aside")
    parameter_name = "aside"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Why."""
        return list(SetAside.choices)

    def narrow(self, request: HttpRequest, queryset: QuerySet, value: str) -> QuerySet:
        """By why."""
        return queryset.filter(set_aside=value, set_aside_at__isnull=False)


class ActiveFilter(ExactFilter):
    """Credentials that still open their case, or not."""

    title = _("Active")
    parameter_name = "active"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Yes or no."""
        return [("yes", _("Yes")), ("no", _("No"))]

    def narrow(self, request: HttpRequest, queryset: QuerySet, value: str) -> QuerySet:
        """By whether it ended."""
        return queryset.filter(ended_at__isnull=value == "yes")


class YearFilter(ExactFilter):
    """The Jalali year of the registration: this one and the nine before it."""

    title = _("Jalali year")
    parameter_name = "year"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """No query."""
        year = this_year()
        return [(str(each), localised(each)) for each in range(year, year - 10, -1)]

    def narrow(self, request: HttpRequest, queryset: QuerySet, value: str) -> QuerySet:
        """By year."""
        return queryset.filter(year=int(value))


class VoidedFilter(ExactFilter):
    """Letters whose number holds, or was voided."""

    title = _("State")
    parameter_name = "voided"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Valid or not."""
        return [("no", _("Valid")), ("yes", _("No longer valid"))]

    def narrow(self, request: HttpRequest, queryset: QuerySet, value: str) -> QuerySet:
        """By whether it was voided."""
        return queryset.filter(voided_at__isnull=value == "no")


#: By what the list of cases is narrowed, beside its kind.
CASE_FILTERS: tuple[type[CaseFilter], ...] = (
    *(StateFilter, QueueFilter, DepartmentFilter, AssigneeFilter, NewsFilter),
    *(PriorityFilter, AsideFilter),
)
