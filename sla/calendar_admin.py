"""What the working calendar's admin has beside its lists: one-click deeds, and what they moved."""

from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages

from cms_pages.enums import Role
from cms_pages.permissions import departments_of, has_body_role
from desk_core.modeladmin import DeskIndexView, DeskModelAdmin
from desk_core.modeladmin.filters import RelatedFilter
from persian.digits import grouped
from persian.jalali import format_date, format_datetime
from sla import closing_words
from sla.forms import ClosureForm
from sla.models import CalendarChange, Holiday
from sla.permissions import offices_to_close, user_can_change_holidays, user_can_view_calendar


class HolidayList(DeskIndexView):
    """The list of holidays; who may settle a lunar date has a button in its row."""

    @property
    def may_confirm(self) -> bool:
        """Whether the reader settles dates."""
        return user_can_change_holidays(self.request.user)


class ClosureList(DeskIndexView):
    """The list of closures, with the form that closes an office today or tomorrow."""

    closing_words = staticmethod(closing_words.words)

    @cached_property
    def closure_form(self) -> ClosureForm | None:
        """The form, for whoever may close at least one office."""
        offices = offices_to_close(self.request.user)
        sent = self.request.POST if self.request.method == "POST" else None
        return ClosureForm(sent, offices=offices) if offices else None

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Close an office; what was refused stands at its field, with what was typed."""
        form = self.closure_form
        if form is None:
            raise PermissionDenied
        row = form.save(request.user) if form.is_valid() else None
        if row is None:
            return self.get(request, *args, **kwargs)
        day = format_date(row.first_day, "long")
        messages.success(
            request,
            gettext("Closed on %(day)s. The times promised to open cases follow now.")
            % {"day": day},
        )
        return redirect(self.index_url)


def confirm_button(holiday: Holiday) -> str:
    """The button that settles a provisional date; it belongs to the form above the list."""
    if not holiday.provisional or holiday.cancelled:
        return ""
    return format_html(
        '<button class="button button-small button-secondary" form="confirm-holiday" '
        'name="holiday" value="{}" aria-label="{}">{}</button>',
        holiday.pk,
        gettext("Confirm the date of %(name)s") % {"name": holiday.name},
        gettext("Confirm the date"),
    )


class CalendarChangeAdmin(DeskModelAdmin):
    """What was changed in the calendar, by whom, and how many cases it moved; read only."""

    model = CalendarChange
    menu_icon = "history"
    list_display = ("when", "reason", "department", "who", "moved_cases")
    list_filter = (("department", RelatedFilter),)
    list_select_related: ClassVar = ("department", "actor")
    empty_help = _("Changes of hours, closures and holidays stand here, with what they moved.")

    def visible_to(self, user: Any) -> QuerySet:
        """As the calendar: all for roles in the whole body, else the body's and their own."""
        rows = CalendarChange.objects.all()
        if has_body_role(user, Role.ADMINISTRATOR, Role.EDITOR, Role.AUDITOR):
            return rows
        return rows.filter(Q(department=None) | Q(department__in=departments_of(user)))

    def user_can_list(self, user: Any) -> bool:
        """Whoever works by the calendar."""
        return user_can_view_calendar(user)

    def user_can_create(self, user: Any) -> bool:
        """Nobody: it is written with the change itself."""
        return False

    def user_can_edit(self, user: Any, obj: Model) -> bool:
        """Nobody."""
        return False

    def user_can_delete(self, user: Any, obj: Model) -> bool:
        """Nobody."""
        return False

    def when(self, obj: CalendarChange) -> str:
        """The moment of the change."""
        return format_datetime(obj.at)

    def who(self, obj: CalendarChange) -> str:
        """Who made it."""
        if obj.actor is None:
            return gettext("the system")
        return obj.actor.get_full_name() or obj.actor.get_username()

    def moved_cases(self, obj: CalendarChange) -> str:
        """How many cases are due at another time since."""
        return grouped(obj.moved) if obj.finished_at is not None else gettext("being calculated")

    when.short_description = _("when")  # type: ignore[attr-defined]
    when.admin_order_field = "at"  # type: ignore[attr-defined]
    who.short_description = _("by")  # type: ignore[attr-defined]
    moved_cases.short_description = _("cases moved")  # type: ignore[attr-defined]
    moved_cases.admin_order_field = "moved"  # type: ignore[attr-defined]
