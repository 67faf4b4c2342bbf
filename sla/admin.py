"""The working calendar and the agreements' versions in the Wagtail admin."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import Model, Prefetch, Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList, Panel
from wagtail_modeladmin.options import ModelAdminGroup

from cms_pages.enums import Role
from cms_pages.permissions import departments_of, has_body_role
from cms_pages.templatetags.desk_face import pill
from desk_core.modeladmin import DeskEditView, DeskModelAdmin
from desk_core.modeladmin.filters import RelatedFilter
from persian.digits import localised
from persian.jalali import format_date
from sla import version_facts
from sla.calendar_admin import (
    CalendarChangeAdmin,
    ClosureList,
    HolidayList,
    confirm_button,
)
from sla.closing_words import ClosingWordsPanel
from sla.models import (
    Agreement,
    AgreementVersion,
    CalendarException,
    Holiday,
    WeeklySchedule,
)
from sla.permissions import (
    user_can_change_calendar,
    user_can_change_holidays,
    user_can_view_agreements,
    user_can_view_calendar,
)
from sla.querysets import agreement_is_fixed
from sla.report_admin import MonthReportAdmin
from sla.sequence import said_of
from sla.state import state_on, today
from sla.version_buttons import VersionButtons, facts_in_list
from sla.week_words import hours_words, week_words


class CalendarAdmin(DeskModelAdmin):
    """What the rows of the calendar have in common: the body's for all, a unit's for its head."""

    list_select_related = ("department",)
    list_filter = (("department", RelatedFilter),)

    def get_empty_value_display(self, field_name: str | None = None) -> str:
        """A row without a department is the body's; a day without hours is closed."""
        return gettext("closed") if field_name == "hours_in_words" else gettext("the whole body")

    def visible_to(self, user: Any) -> QuerySet:
        """Administrators, editors and auditors see all rows; heads the body's and their own."""
        rows = self.model._default_manager.all()
        if has_body_role(user, Role.ADMINISTRATOR, Role.EDITOR, Role.AUDITOR):
            return rows
        return rows.filter(Q(department=None) | Q(department__in=departments_of(user)))

    def user_can_list(self, user: Any) -> bool:
        """Whoever works by it."""
        return user_can_view_calendar(user)

    def user_can_create(self, user: Any) -> bool:
        """Administrators only: a new row has no department yet that a head could be head of."""
        return user_can_change_holidays(user)

    def user_can_edit(self, user: Any, obj: Model) -> bool:
        """Administrators, and heads the rows of their departments."""
        return user_can_change_calendar(user, obj)

    def user_can_delete(self, user: Any, obj: Model) -> bool:
        """Whoever may edit it."""
        return user_can_change_calendar(user, obj)

    def days(self, obj: Any) -> str:
        """From when until when, in Jalali."""
        begins = format_date(obj.first_day)
        return f"{begins} – {format_date(obj.last_day)}" if obj.last_day else begins

    days.short_description = _("days")  # type: ignore[attr-defined]
    days.admin_order_field = "first_day"  # type: ignore[attr-defined]


class WeeklyScheduleAdmin(CalendarAdmin):
    """The hours of ordinary weeks."""

    model = WeeklySchedule
    menu_icon = "date"
    list_display = ("name", "now", "week", "days", "department")
    empty_help = _("The weekly hours of the body and, where they differ, of its departments.")
    panels: ClassVar = [
        FieldPanel("name"),
        FieldPanel("department"),
        FieldRowPanel([FieldPanel("first_day"), FieldPanel("last_day")]),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("saturday"), FieldPanel("sunday")]),
                FieldRowPanel([FieldPanel("monday"), FieldPanel("tuesday")]),
                FieldRowPanel([FieldPanel("wednesday"), FieldPanel("thursday")]),
                FieldPanel("friday"),
            ],
            heading=_("Hours"),
        ),
    ]

    def visible_to(self, user: Any) -> QuerySet:
        """As every row of the calendar, with whether another goes before it today."""
        rows: Any = super().visible_to(user)
        return rows.with_later(today())

    def week(self, obj: WeeklySchedule) -> str:
        """The hours, like days together."""
        return format_html_join("", "<div>{}</div>", ((line,) for line in week_words(obj)))

    def days(self, obj: WeeklySchedule) -> str:
        """From when until when; without a last day it goes on."""
        if obj.last_day:
            return super().days(obj)
        return gettext("from %(day)s on") % {"day": format_date(obj.first_day)}

    def now(self, obj: Any) -> str:
        """Whether it is the one that holds today."""
        if obj.first_day > today():
            return pill("info", gettext("to come"))
        if obj.last_day and obj.last_day < today():
            return pill("closed", gettext("is over"))
        if obj.outdone:
            return pill("closed", gettext("another row goes before it"))
        return pill("ok", gettext("holds today"))

    week.short_description = _("hours")  # type: ignore[attr-defined]
    days.short_description = _("days")  # type: ignore[attr-defined]
    days.admin_order_field = "first_day"  # type: ignore[attr-defined]
    now.short_description = _("today")  # type: ignore[attr-defined]


class CalendarExceptionAdmin(CalendarAdmin):
    """Closures and special days."""

    model = CalendarException
    menu_icon = "cross"
    index_view_class = ClosureList
    index_template_name = "sla/admin/closures.html"
    index_view_extra_css: ClassVar = ["sla/admin.css"]
    list_display = ("reason", "department", "days", "hours_in_words")
    empty_help = _("Sudden closures, late starts and days on duty.")
    panels: ClassVar = [
        ClosingWordsPanel(),
        FieldPanel("reason"),
        FieldPanel("department"),
        FieldRowPanel([FieldPanel("first_day"), FieldPanel("last_day")]),
        FieldPanel("hours"),
    ]

    def hours_in_words(self, obj: CalendarException) -> str:
        """The hours of those days; none when they are closed."""
        return hours_words(obj.hours)

    hours_in_words.short_description = _("hours")  # type: ignore[attr-defined]


class HolidayAdmin(DeskModelAdmin):
    """Public holidays; lunar ones wait here to be confirmed."""

    model = Holiday
    menu_icon = "calendar-alt"
    index_view_class = HolidayList
    index_template_name = "sla/admin/holidays.html"
    list_display = ("jalali_day", "name", "provisional", "cancelled", "origin")
    list_filter = ("provisional", "cancelled")
    list_select_related = ()
    search_folded_fields = ("name",)
    empty_help = _("Fill the calendar with the command fill_holidays, then confirm lunar days.")
    panels: ClassVar = [
        ClosingWordsPanel(),
        FieldPanel("day"),
        FieldPanel("name"),
        FieldPanel("provisional"),
        FieldPanel("cancelled"),
        FieldPanel("source"),
    ]

    def visible_to(self, user: Any) -> QuerySet:
        """Everybody's."""
        return Holiday.objects.all()

    def user_can_list(self, user: Any) -> bool:
        """Whoever works by the calendar."""
        return user_can_view_calendar(user)

    def user_can_create(self, user: Any) -> bool:
        """Administrators."""
        return user_can_change_holidays(user)

    def user_can_edit(self, user: Any, obj: Model) -> bool:
        """Administrators."""
        return user_can_change_holidays(user)

    def user_can_delete(self, user: Any, obj: Model) -> bool:
        """Administrators."""
        return user_can_change_holidays(user)

    def get_list_display(self, request: HttpRequest) -> Sequence[str]:
        """With the button that settles a date, for whoever may."""
        if not user_can_change_holidays(request.user):
            return self.list_display
        return (*self.list_display, "confirm")

    def confirm(self, obj: Holiday) -> str:
        """The button that settles a provisional date."""
        return confirm_button(obj)

    confirm.short_description = _("date")  # type: ignore[attr-defined]

    def origin(self, obj: Holiday) -> str:
        """Where the day comes from; days of the library `holidays` say so in words."""
        library, _space, number = obj.source.partition(" ")
        if library != "holidays":
            return obj.source
        return localised(gettext("official calendar, edition %(number)s") % {"number": number})

    origin.short_description = _("source")  # type: ignore[attr-defined]

    def jalali_day(self, obj: Holiday) -> str:
        """The day in Jalali, with its weekday."""
        return format_date(obj.day, "long")

    jalali_day.short_description = _("day")  # type: ignore[attr-defined]
    jalali_day.admin_order_field = "day"  # type: ignore[attr-defined]


class _DepartmentPanel(FieldPanel):
    """A department to be read only; an agreement without one is the whole body's."""

    def format_value_for_display(self, value: Any) -> Any:
        """The department's name, or whose agreement it is otherwise."""
        return (
            gettext("the whole body") if value is None else super().format_value_for_display(value)
        )


class AgreementEditView(DeskEditView):
    """The form of an agreement; what a signature has fixed is shown and cannot be written."""

    instance: Agreement

    def get_edit_handler(self) -> Panel:
        """With title and department to be read only, once a version is signed."""
        if not self.instance.fixed:
            return super().get_edit_handler()
        panels = [
            FieldPanel("title", read_only=True),
            FieldPanel("title_en"),
            _DepartmentPanel("department", read_only=True, help_text=agreement_is_fixed()),
        ]
        return ObjectList(panels).bind_to_model(Agreement)


class AgreementAdmin(DeskModelAdmin):
    """The agreements themselves: title and department; their texts are pages."""

    model = Agreement
    menu_icon = "doc-full"
    edit_view_class = AgreementEditView
    list_display = ("title", "key", "department")
    list_select_related = ("department",)
    empty_help = _("An agreement appears here with its first page.")
    panels: ClassVar = [
        FieldPanel("title"),
        FieldPanel("title_en"),
        FieldPanel("department"),
    ]

    def visible_to(self, user: Any) -> QuerySet:
        """Agreements are public; the list is for those who work on them."""
        return Agreement.objects.all()

    def user_can_list(self, user: Any) -> bool:
        """Those who have a part in agreements."""
        return user_can_view_agreements(user)

    def user_can_create(self, user: Any) -> bool:
        """Nobody: an agreement begins with its first page."""
        return False

    def user_can_edit(self, user: Any, obj: Model) -> bool:
        """Administrators."""
        return user_can_change_holidays(user)

    def user_can_delete(self, user: Any, obj: Model) -> bool:
        """Nobody."""
        return False


class AgreementVersionAdmin(version_facts.VersionFacts, DeskModelAdmin):
    """All versions with their states today; read only: they are edited on their pages."""

    model = AgreementVersion
    menu_icon = "form"
    button_helper_class = VersionButtons
    list_display = ("agreement", "label", "state", "valid_from_jalali", "valid_to_jalali")
    list_filter = (("agreement", RelatedFilter), "g2g")
    list_select_related = ("agreement",)
    inspect_view_enabled = True
    inspect_view_class = version_facts.VersionPage
    inspect_view_fields = version_facts.FIELDS
    empty_help = _("Import an agreement, or add a page to the list of agreements.")

    def visible_to(self, user: Any) -> QuerySet:
        """Every version, with what its state depends on: two queries for the whole list."""
        siblings = Prefetch("agreement__versions", AgreementVersion.objects.with_facts())
        return AgreementVersion.objects.with_facts().prefetch_related(siblings)

    def user_can_list(self, user: Any) -> bool:
        """Those who have a part in agreements."""
        return user_can_view_agreements(user)

    def user_can_create(self, user: Any) -> bool:
        """Nobody: a version begins with its page."""
        return False

    def user_can_edit(self, user: Any, obj: Model) -> bool:
        """Nobody: it is edited on its page."""
        return False

    def user_can_delete(self, user: Any, obj: Model) -> bool:
        """Nobody."""
        return False

    def label(self, obj: AgreementVersion) -> str:
        """The version's own name."""
        return str(obj)

    def state(self, obj: AgreementVersion) -> str:
        """The state today, and how it follows the other versions."""
        facts = facts_in_list(obj)
        label = state_on(facts, today()).label
        said = " ".join(said_of(obj, obj.agreement.versions.all(), facts))
        return format_html("{}<br><small>{}</small>", label, said) if said else str(label)

    def valid_from_jalali(self, obj: AgreementVersion) -> str:
        """Its first day."""
        return format_date(obj.valid_from) if obj.valid_from else ""

    def valid_to_jalali(self, obj: AgreementVersion) -> str:
        """Its last day."""
        return format_date(obj.valid_to) if obj.valid_to else ""

    label.short_description = _("version")  # type: ignore[attr-defined]
    label.admin_order_field = "number"  # type: ignore[attr-defined]
    state.short_description = _("state")  # type: ignore[attr-defined]
    valid_from_jalali.short_description = _("valid from")  # type: ignore[attr-defined]
    valid_to_jalali.short_description = _("valid until")  # type: ignore[attr-defined]


class SlaGroup(ModelAdminGroup):
    """The menu of agreements and working hours."""

    menu_label = _("Agreements, hours")
    menu_icon = "doc-full"
    menu_order = 260
    items = (
        AgreementVersionAdmin,
        AgreementAdmin,
        MonthReportAdmin,
        WeeklyScheduleAdmin,
        CalendarExceptionAdmin,
        HolidayAdmin,
        CalendarChangeAdmin,
    )
