"""The list of visits: who comes when, what is to be noted, whose time is still open."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from cms_pages.templatetags.desk_face import pill
from desk_core.modeladmin import DeskModelAdmin
from desk_core.modeladmin.filters import ExactFilter
from persian.jalali import TEHRAN
from persian.templatetags.persian import code_groups
from service_requests import permissions, visit_words
from service_requests.admin.filters import DepartmentFilter
from service_requests.enums import VisitState
from service_requests.models import Visit
from sla.calendar import next_midnight


def day_around(at: datetime) -> tuple[datetime, datetime]:
    """The day of Tehran in which a moment lies, from midnight to midnight."""
    first = datetime.combine(at.astimezone(TEHRAN).date(), datetime.min.time(), TEHRAN)
    return first, next_midnight(at)


class TimeFilter(ExactFilter):
    """Today, tomorrow, or over and not noted."""

    title = _("Day")
    parameter_name = "day"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Three choices."""
        return [
            ("today", _("Today")),
            ("tomorrow", _("Tomorrow")),
            ("to_note", _("Over, to be noted")),
        ]

    def narrow(self, request: HttpRequest, queryset: QuerySet, value: str) -> QuerySet:
        """By the days of Tehran."""
        now = timezone.now()
        if value == "to_note":
            return queryset.filter(state=VisitState.BOOKED, starts_at__lte=now)
        first, last = day_around(now + timedelta(days=value == "tomorrow"))
        return queryset.filter(starts_at__gte=first, starts_at__lt=last)


class CaseDepartmentFilter(DepartmentFilter):
    """The department that has the case."""

    def narrow(self, request: HttpRequest, queryset: QuerySet, value: str) -> QuerySet:
        """By the case's."""
        return queryset.filter(case__department_id=int(value))


class VisitAdmin(DeskModelAdmin):
    """Visits by their cases, where everything is done; nobody is named here."""

    model = Visit
    menu_icon = "date"
    menu_label = _("Visits")
    list_display = ("tracking_code", "when", "where", "state_now", "department")
    list_display_add_buttons = "tracking_code"
    list_filter = (TimeFilter, "state", CaseDepartmentFilter)
    list_select_related: ClassVar = ("case__department", "slot__visiting_hours")
    ordering = ("-starts_at", "-called_at", "id")
    empty_help = _("Visits stand here once applicants are asked to come.")
    reads_are_audited = False
    writes_wagtail_log = False

    def user_can_list(self, user: Any) -> bool:
        """Whoever works with cases, and auditors."""
        return permissions.user_can_list_visits(user)

    def user_can_create(self, user: Any) -> bool:
        """People are asked to come on the screen of their case."""
        return False

    def user_can_inspect(self, user: Any, obj: Model) -> bool:
        """The screen of the case shows it."""
        return False

    def user_can_edit(self, user: Any, obj: Model) -> bool:
        """A visit changes through its verbs alone."""
        return False

    def user_can_delete(self, user: Any, obj: Model) -> bool:
        """Nobody."""
        return False

    def user_can_export(self, user: Any) -> bool:
        """Nobody."""
        return False

    def user_can_see_history(self, user: Any, obj: Model) -> bool:
        """That of the case has it."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Without the sealed content of their cases."""
        return super().get_queryset(request).defer("case__sealed_content")

    def tracking_code(self, obj: Visit) -> SafeString:
        """The code, leading to the case."""
        url = reverse("service_requests_case_modeladmin_inspect", args=[obj.case_id])
        return format_html('<a href="{}">{}</a>', url, code_groups(obj.case.code))

    tracking_code.short_description = _("Tracking code")  # type: ignore[attr-defined]

    def when(self, obj: Visit) -> str:
        """Day and time, or until when it is to be chosen."""
        return visit_words.when(obj)

    when.short_description = _("When")  # type: ignore[attr-defined]
    when.admin_order_field = "starts_at"  # type: ignore[attr-defined]

    def where(self, obj: Visit) -> str:
        """The published place; that of a fixed time is sealed and stands on the case."""
        return obj.slot.visiting_hours.where if obj.slot is not None else ""

    where.short_description = _("Where")  # type: ignore[attr-defined]

    def state_now(self, obj: Visit) -> SafeString:
        """Its state as sign and word."""
        return pill(visit_words.TONES[obj.state], obj.get_state_display())

    state_now.short_description = _("State")  # type: ignore[attr-defined]
    state_now.admin_order_field = "state"  # type: ignore[attr-defined]

    def department(self, obj: Visit) -> str:
        """The department that has the case."""
        return str(obj.case.department)

    department.short_description = _("Department")  # type: ignore[attr-defined]
