"""The list of cases."""

from typing import Any, ClassVar
from urllib.parse import urlencode

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from cms_pages.templatetags.desk_face import pill
from desk_core import audit
from desk_core.modeladmin import DeskIndexView, DeskModelAdmin
from persian.templatetags.persian import code_groups, jago, jdatetime_short
from service_requests import look_up, permissions
from service_requests.admin import paging, saved_filters
from service_requests.admin.bulk import ACTIONS as BULK_ACTIONS
from service_requests.admin.case_screen import CaseScreen
from service_requests.admin.filters import (
    AsideFilter,
    AssigneeFilter,
    DepartmentFilter,
    NewsFilter,
    NoticeFilter,
    PriorityFilter,
    QueueFilter,
    StateFilter,
)
from service_requests.enums import OPEN_STATES, Priority
from service_requests.models import Case
from service_requests.paging import place_of
from service_requests.wording import tone


class CaseList(DeskIndexView):
    """The list; an export holds only the cases that the reader answers for."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Take the place of a page beyond the counted ones out of the address."""
        query = request.GET.copy()
        self.place = {
            name: str((query.pop(name, None) or [""])[-1]) for name in (paging.AFTER, paging.BEFORE)
        }
        # The filters know nothing of places, and refuse what they do not know.
        request.GET = query  # type: ignore[assignment]
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self, request: HttpRequest | None = None) -> QuerySet:
        """With the nearest due time of each row that is shown; a file does without."""
        rows: Any = super().get_queryset(request)
        return rows if self.export else rows.with_next_due()

    def get_filters_params_plain(self) -> dict[str, str]:
        """What the list is narrowed by, one value each."""
        return {name: values[-1] for name, values in self.get_filters_params().items()}

    def paginator_class(  # type: ignore[override]
        self, rows: Any, per_page: int
    ) -> paging.PlacePaginator:
        """By number, or by place where the list is in its own order."""
        place = {} if self.ORDER_VAR in self.params else self.place
        number = paging.clean_number(self.page_num)
        return paging.PlacePaginator(rows, per_page, number=number, **place)

    def _pages(self, paginator: Any, page: Any) -> dict[str, Any]:
        """From the last numbered page on, the way goes from place to place."""
        if self.ORDER_VAR in self.params:
            return super()._pages(paginator, page)
        links = {} if paginator.by_place else super()._pages(paginator, page)
        on_the_last = page.number >= paginator.num_pages and paginator.has_more
        rows = page.object_list
        if not rows or not (paginator.by_place or on_the_last):
            return links
        if paginator.by_place:
            first = {"number": 1, "current": False, "url": self.get_query_string({"p": 1})}
            this = {"number": page.number, "current": True, "url": ""}
            links = {"pages": [first, this], "previous_url": "", "next_url": "", "by_place": True}
            if page.has_previous():
                place = {paging.BEFORE: str(place_of(rows[0])), "p": max(page.number - 1, 1)}
                links["previous_url"] = self.get_query_string(place)
        if on_the_last or page.has_next():
            place = {paging.AFTER: str(place_of(rows[-1])), "p": page.number + 1}
            links["next_url"] = self.get_query_string(place)
        return links

    def as_spreadsheet(self, queryset: QuerySet, spreadsheet_format: str) -> HttpResponseBase:
        """Send the file without what the reader sees in another role."""
        led: QuerySet = queryset.led_by(self.request.user)  # type: ignore[attr-defined]
        return super().as_spreadsheet(led, spreadsheet_format)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With what can be done to several cases at once."""
        return super().get_context_data(
            may_act_in_bulk=permissions.user_can_act_in_bulk(self.request.user),
            bulk_actions=list(BULK_ACTIONS.items()),
            saved_filters=saved_filters.shown(self.request),
            narrowing=urlencode(sorted(self.get_filters_params_plain().items())),
            **kwargs,
        )


class CaseAdmin(DeskModelAdmin):
    """Cases: listed newest first, found by code, identifier or words, read on one screen."""

    model = Case
    menu_icon = "mail"
    menu_label = _("Cases")
    list_display = ("tracking_code", "what", "state_now", "place", "registered")
    list_display_add_buttons = "tracking_code"
    index_view_class = CaseList
    index_template_name = "service_requests/admin/cases.html"
    list_filter = (
        *(StateFilter, QueueFilter, "kind", DepartmentFilter, AssigneeFilter, NewsFilter),
        *(PriorityFilter, AsideFilter, NoticeFilter),
    )
    list_select_related: ClassVar = ("department", "service", "assigned_to", "team")
    list_export = (
        *("code", "kind", "state", "department", "service", "source", "person_type"),
        *("priority", "set_aside"),
        *("registered_at", "first_action_at", "answered_at", "closed_at"),
    )
    ordering = ("-registered_at", "-id")
    # Streamed row by row: the whole desk takes no more memory than a page of it.
    export_max_rows: ClassVar = {"csv": 10_000_000, "xlsx": 20_000}
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

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        """A box before each row, for those who can do something with it."""
        columns = tuple(self.list_display)
        return ("chosen", *columns) if permissions.user_can_act_in_bulk(request.user) else columns

    def chosen(self, obj: Case) -> SafeString:
        """A box of the form below the list, and the version of the case that is seen."""
        return format_html(
            '<input type="checkbox" form="bulk" name="case" value="{}" aria-label="{}">'
            '<input type="hidden" form="bulk" name="seen" value="{}:{}">',
            obj.pk,
            gettext("Choose the case %(code)s") % {"code": obj.code},
            obj.pk,
            obj.version,
        )

    chosen.short_description = _("Choose")  # type: ignore[attr-defined]

    def tracking_code(self, obj: Case) -> SafeString:
        """The code, copied as one number, and a mark for what nobody has read yet."""
        marks = [pgettext("a case", "New")] if obj.unread_by_staff else []
        if obj.priority != Priority.NORMAL:
            marks.append(
                pgettext("a case", "Urgent")
                if obj.priority == Priority.HIGH
                else pgettext("a case", "Can wait")
            )
        if not marks:
            return code_groups(obj.code)
        spans = format_html_join(" ", '<span class="desk-unread">{}</span>', ((m,) for m in marks))
        return format_html("{} {}", code_groups(obj.code), spans)

    tracking_code.short_description = _("Tracking code")  # type: ignore[attr-defined]

    def what(self, obj: Case) -> str:
        """Its kind."""
        return obj.get_kind_display()

    what.short_description = _("Kind")  # type: ignore[attr-defined]

    def state_now(self, obj: Case) -> SafeString:
        """Its state as sign and word, and why it was set aside."""
        state = pill(tone(obj), obj.get_state_display())
        if not obj.set_aside:
            return state
        why = obj.get_set_aside_display()
        return format_html('{}<br><span class="desk-who">{}</span>', state, why)

    state_now.short_description = _("State")  # type: ignore[attr-defined]

    def place(self, obj: Case) -> SafeString:
        """The department that has it, and the colleague."""
        where = str(obj.department)
        if obj.department_id == obj.complained_department_id:
            where = gettext("Complaints office (about %(department)s)") % {"department": where}
        if obj.assigned_to is None and obj.team is None:
            return format_html("{}", where)
        if obj.assigned_to is None:
            who = gettext("Team %(name)s") % {"name": obj.team}
            return format_html('{}<br><span class="desk-who">{}</span>', where, who)
        who = obj.assigned_to.get_full_name() or obj.assigned_to.get_username()
        return format_html('{}<br><span class="desk-who">{}</span>', where, who)

    place.short_description = _("Who has it")  # type: ignore[attr-defined]

    def registered(self, obj: Case) -> SafeString:
        """When it was registered, and below that when the nearest of its promises is due."""
        moment = jdatetime_short(obj.registered_at)
        due = self._due(obj)
        if not due:
            return format_html("{}", moment)
        return format_html('{}<br><span class="desk-who">{}</span>', moment, due)

    registered.short_description = _("Registered at")  # type: ignore[attr-defined]
    registered.admin_order_field = "registered_at"  # type: ignore[attr-defined]

    def _due(self, obj: Any) -> SafeString | str:
        """Nothing where nothing was promised."""
        if obj.next_due is None or obj.state not in OPEN_STATES:
            return ""
        if obj.next_due < (obj.next_due_waits or timezone.now()):
            return format_html("{} {}", pill("major", gettext("Overdue")), jago(obj.next_due))
        return gettext("due %(moment)s") % {"moment": jdatetime_short(obj.next_due)}
