"""Visiting hours, exceptions and rules in the admin; each is said back in a sentence."""

from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList

from cms_pages.enums import Role
from cms_pages.models import Department
from cms_pages.permissions import departments_of, has_body_role
from desk_core.modeladmin import DeskCreateView, DeskEditView, DeskModelAdmin
from desk_core.modeladmin.filters import RelatedFilter
from persian.jalali import format_date
from service_requests import permissions, visit_words
from service_requests.models import VisitException, VisitingHours, VisitRules


class OwnDepartmentForm(WagtailAdminModelForm):
    """Offers the departments whose visiting hours the person may change, and no others."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields.get("department")
        if field is not None:
            field.queryset = _own_departments(self.for_user)
        field = self.fields.get("visiting_hours")
        if field is not None:
            own = _own_departments(self.for_user).order_by().values("pk")
            rows = VisitingHours.objects.filter(department__in=own)
            field.queryset = rows.select_related("department")


def _own_departments(user: Any) -> "QuerySet[Department]":
    if has_body_role(user, Role.ADMINISTRATOR):
        return Department.objects.all()
    return departments_of(user, Role.HEAD)


class _SaysBack:
    """Mixin of the forms: what was saved stands in the message as people will meet it."""

    def get_success_message(self, instance: Model) -> str:
        """The usual message, and the sentence."""
        usual = super().get_success_message(instance)  # type: ignore[misc]
        said = self.model_admin.said(instance)  # type: ignore[attr-defined]
        return format_html("{} {}", usual, said)


class SayingCreateView(_SaysBack, DeskCreateView):
    """The form of new hours."""


class SayingEditView(_SaysBack, DeskEditView):
    """The form of hours there are."""


class HoursAdmin(DeskModelAdmin):
    """What the three lists share: administrators change all, heads those of their departments."""

    create_view_class = SayingCreateView
    edit_view_class = SayingEditView
    # When an office receives people is public.
    reads_are_audited = False

    def get_edit_handler(self) -> ObjectList:
        """The listed panels, in a form that offers one's own departments."""
        return ObjectList(list(self.panels or ()), base_form_class=OwnDepartmentForm)

    def said(self, obj: Any) -> str:
        """What was saved, in a sentence."""
        raise NotImplementedError

    def of_departments(self, departments: "QuerySet[Any, Any]") -> QuerySet:
        """The rows of some departments, by their ids."""
        return self.model._default_manager.filter(department__in=departments)

    def visible_to(self, user: Any) -> QuerySet:
        """Administrators and auditors see all rows, others those of their departments."""
        if has_body_role(user, Role.ADMINISTRATOR, Role.AUDITOR, Role.SECRETARIAT):
            return self.model._default_manager.all()
        own = departments_of(user, Role.OFFICER, Role.HEAD, Role.SECRETARIAT)
        return self.of_departments(own.order_by().values("pk"))

    def user_can_list(self, user: Any) -> bool:
        """Whoever works by them."""
        return permissions.user_can_view_visiting_hours(user)

    def user_can_create(self, user: Any) -> bool:
        """Administrators and heads; the form offers their departments alone."""
        return permissions.user_can_change_visiting_hours(user)

    def user_can_edit(self, user: Any, obj: Model) -> bool:
        """Administrators, and the heads of the department."""
        return permissions.user_can_change_visiting_hours(user, obj)

    def user_can_delete(self, user: Any, obj: Model) -> bool:
        """Whoever may edit it; hours that somebody has a time of stay."""
        return permissions.user_can_change_visiting_hours(user, obj)


class VisitingHoursAdmin(HoursAdmin):
    """Where and when departments receive people."""

    model = VisitingHours
    menu_icon = "time"
    menu_label = _("Visiting hours")
    list_display = ("place", "department", "sentence", "days")
    list_filter = (("department", RelatedFilter),)
    list_select_related: ClassVar = ("department",)
    empty_help = _("A place with its hours: from then on applicants can choose a time there.")
    panels: ClassVar = [
        FieldPanel("department"),
        FieldPanel("place"),
        FieldPanel("place_en"),
        FieldRowPanel([FieldPanel("minutes"), FieldPanel("capacity")]),
        FieldRowPanel([FieldPanel("first_day"), FieldPanel("last_day")]),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("saturday"), FieldPanel("sunday")]),
                FieldRowPanel([FieldPanel("monday"), FieldPanel("tuesday")]),
                FieldRowPanel([FieldPanel("wednesday"), FieldPanel("thursday")]),
                FieldPanel("friday"),
            ],
            heading=_("Visiting hours"),
            help_text=_(
                "Only what lies within the working hours of the department is offered: holidays "
                "and closures of the working calendar need not be entered here again."
            ),
        ),
    ]

    def said(self, obj: VisitingHours) -> str:
        """The hours, and what can be chosen of them now."""
        return f"{visit_words.hours_sentence(obj)} {visit_words.free_sentence(obj)}"

    def sentence(self, obj: VisitingHours) -> str:
        """The hours."""
        return visit_words.hours_sentence(obj)

    sentence.short_description = _("visiting hours")  # type: ignore[attr-defined]

    def days(self, obj: VisitingHours) -> str:
        """From when until when, in Jalali."""
        begins = format_date(obj.first_day)
        return f"{begins} – {format_date(obj.last_day)}" if obj.last_day else begins

    days.short_description = _("days")  # type: ignore[attr-defined]
    days.admin_order_field = "first_day"  # type: ignore[attr-defined]


class VisitExceptionAdmin(HoursAdmin):
    """Days on which other hours hold at a place."""

    model = VisitException
    menu_icon = "cross"
    menu_label = _("Exceptions from visiting hours")
    list_display = ("reason", "visiting_hours", "sentence")
    list_select_related: ClassVar = ("visiting_hours__department",)
    empty_help = _("Days on which nobody, or not as many as usual, can be received at a place.")
    panels: ClassVar = [
        FieldPanel("visiting_hours"),
        FieldPanel("reason"),
        FieldRowPanel([FieldPanel("first_day"), FieldPanel("last_day")]),
        FieldRowPanel([FieldPanel("hours"), FieldPanel("capacity")]),
    ]

    def of_departments(self, departments: "QuerySet[Any, Any]") -> QuerySet:
        """By the department of the hours."""
        return VisitException.objects.filter(visiting_hours__department__in=departments)

    def visible_to(self, user: Any) -> QuerySet:
        """With the hours, which say whose they are."""
        return super().visible_to(user).select_related("visiting_hours__department")

    def said(self, obj: VisitException) -> str:
        """The exception, and the visits that are booked on its days."""
        sentence = visit_words.exception_sentence(obj)
        return f"{sentence} {visit_words.booked_sentence(obj)}".strip()

    def sentence(self, obj: VisitException) -> str:
        """The exception."""
        return visit_words.exception_sentence(obj)

    sentence.short_description = _("what holds then")  # type: ignore[attr-defined]


class VisitRulesAdmin(HoursAdmin):
    """How departments handle visits."""

    model = VisitRules
    menu_icon = "cog"
    menu_label = _("Rules of visits")
    list_display = ("department", "sentence")
    list_select_related: ClassVar = ("department",)
    empty_help = _("Without rules of its own a department follows the usual ones.")
    panels: ClassVar = [
        FieldPanel("department"),
        FieldRowPanel([FieldPanel("notice_hours"), FieldPanel("days_ahead")]),
        FieldRowPanel([FieldPanel("answer_days"), FieldPanel("second_try")]),
    ]

    def said(self, obj: VisitRules) -> str:
        """The rules."""
        return visit_words.rules_sentence(obj)

    def sentence(self, obj: VisitRules) -> str:
        """The rules."""
        return visit_words.rules_sentence(obj)

    sentence.short_description = _("rules")  # type: ignore[attr-defined]
