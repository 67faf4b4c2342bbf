"""The list of cases."""

from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from cms_pages.templatetags.desk_face import pill
from desk_core import audit
from desk_core.modeladmin import DeskIndexView, DeskModelAdmin
from persian.templatetags.persian import code_groups, jdatetime_short
from service_requests import look_up, permissions
from service_requests.admin.case_screen import CaseScreen
from service_requests.admin.filters import (
    AssigneeFilter,
    DepartmentFilter,
    NewsFilter,
    StateFilter,
)
from service_requests.models import Case
from service_requests.wording import tone


class CaseList(DeskIndexView):
    """The list; an export holds only the cases that the reader answers for."""

    def as_spreadsheet(self, queryset: QuerySet, spreadsheet_format: str) -> HttpResponseBase:
        """Send the file without what the reader sees in another role."""
        led: QuerySet = queryset.led_by(self.request.user)  # type: ignore[attr-defined]
        return super().as_spreadsheet(led, spreadsheet_format)


class CaseAdmin(DeskModelAdmin):
    """Cases: listed newest first, found by code, identifier or words, read on one screen."""

    model = Case
    menu_icon = "mail"
    menu_label = _("Cases")
    list_display = ("tracking_code", "what", "state_now", "place", "registered")
    list_display_add_buttons = "tracking_code"
    index_view_class = CaseList
    list_filter = (StateFilter, "kind", DepartmentFilter, AssigneeFilter, NewsFilter)
    list_select_related: ClassVar = ("department", "service", "assigned_to")
    list_export = (
        *("code", "kind", "state", "department", "service", "source", "person_type"),
        *("registered_at", "first_action_at", "answered_at", "closed_at"),
    )
    ordering = ("-registered_at", "-id")
    search_is_personal = True
    search_help = _("Tracking code, national ID, mobile number, or words of the text")
    empty_help = _("Cases of your departments appear here as soon as people register them.")
    inspect_view_enabled = True
    inspect_view_class = CaseScreen
    inspect_template_name = "service_requests/admin/case.html"
    inspect_view_fields = ("code",)
    inspect_view_extra_js = ["cms_pages/enhance.js", "persian/jalali.js"]
    inspect_view_extra_css = ["persian/jalali.css"]
    # Reading is recorded by `reading`, with the reason; Wagtail's own log knows nothing of cases.
    reads_are_audited = False
    writes_wagtail_log = False

    def user_can_list(self, user: Any) -> bool:
        """Whoever works with cases, and auditors."""
        return permissions.user_can_list_cases(user)

    def user_can_create(self, user: Any) -> bool:
        """Registration has a form of its own."""
        return False

    def user_can_inspect(self, user: Any, obj: Any) -> bool:
        """Whoever may know of the case."""
        return permissions.user_can_see(user, obj)

    def user_can_edit(self, user: Any, obj: Model) -> bool:
        """A case changes through its verbs alone."""
        return False

    def user_can_delete(self, user: Any, obj: Model) -> bool:
        """Nobody."""
        return False

    def user_can_see_history(self, user: Any, obj: Any) -> bool:
        """Who read and did what: for those who answer for it."""
        return permissions.user_can_see_history(user, obj)

    def user_can_export(self, user: Any) -> bool:
        """Heads and the complaints office; facts only."""
        return permissions.user_can_export(user)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Visible cases without their sealed content."""
        return super().get_queryset(request).defer("sealed_content")

    def search(self, request: HttpRequest, queryset: QuerySet, term: str) -> QuerySet:
        """By code, identifier or words; recorded by what kind of search it was, never the term."""
        found = look_up.narrow(queryset, term)
        audit.record(
            action="case.search",
            actor=request.user,  # type: ignore[arg-type]
            target="case:list",
            detail=look_up.describe(term),
        )
        return found

    def audit_target(self, obj: Model) -> str:
        """A case is named by its code."""
        return f"case:{obj}"

    def tracking_code(self, obj: Case) -> SafeString:
        """The code, copied as one number, and a mark for what nobody has read yet."""
        if not obj.unread_by_staff:
            return code_groups(obj.code)
        mark = format_html('<span class="desk-unread">{}</span>', pgettext("a case", "New"))
        return format_html("{} {}", code_groups(obj.code), mark)

    tracking_code.short_description = _("Tracking code")  # type: ignore[attr-defined]

    def what(self, obj: Case) -> str:
        """Its kind."""
        return obj.get_kind_display()

    what.short_description = _("Kind")  # type: ignore[attr-defined]

    def state_now(self, obj: Case) -> SafeString:
        """Its state as sign and word."""
        return pill(tone(obj), obj.get_state_display())

    state_now.short_description = _("State")  # type: ignore[attr-defined]

    def place(self, obj: Case) -> SafeString:
        """The department that has it, and the colleague."""
        where = str(obj.department)
        if obj.department_id == obj.complained_department_id:
            where = gettext("Complaints office (about %(department)s)") % {"department": where}
        if obj.assigned_to is None:
            return format_html("{}", where)
        who = obj.assigned_to.get_full_name() or obj.assigned_to.get_username()
        return format_html('{}<br><span class="desk-who">{}</span>', where, who)

    place.short_description = _("Who has it")  # type: ignore[attr-defined]

    def registered(self, obj: Case) -> str:
        """When it was registered."""
        return jdatetime_short(obj.registered_at)

    registered.short_description = _("Registered at")  # type: ignore[attr-defined]
    registered.admin_order_field = "registered_at"  # type: ignore[attr-defined]
