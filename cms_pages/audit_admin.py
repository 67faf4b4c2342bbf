"""The audit trail in the Wagtail admin: read by auditors, changed by nobody."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib.auth import get_user_model
from django.core.exceptions import BadRequest
from django.db.models import Model, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cms_pages.models import Department
from cms_pages.permissions import user_can_read_trail
from desk_core import audit_words
from desk_core.modeladmin import DeskModelAdmin
from desk_core.modeladmin.filters import ExactFilter
from desk_core.models import AuditEntry
from persian.jalali import format_date

# The list of days goes back this far; an older day may be written into the address.
DAYS_OFFERED = 31
NOBODY = "nobody"


class ActionFilter(ExactFilter):
    """What was done."""

    title = _("action")
    parameter_name = "done"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Every action that has a name."""
        return audit_words.choices()

    def narrow(self, request: HttpRequest, queryset: QuerySet, value: str) -> QuerySet:
        """By action."""
        return queryset.filter(action=value)


class ActorFilter(ExactFilter):
    """Who did it."""

    title = _("user")
    parameter_name = "by"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Citizens and the system itself, then the accounts."""
        users = get_user_model().objects.order_by("username").values_list("pk", "username")
        return [(NOBODY, _("No member of staff")), *((str(pk), name) for pk, name in users)]

    def narrow(self, request: HttpRequest, queryset: QuerySet, value: str) -> QuerySet:
        """By account."""
        return queryset.filter(actor_id=None if value == NOBODY else int(value))


class DayFilter(ExactFilter):
    """On which day, as Tehran counts days."""

    title = _("day")
    parameter_name = "day"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Today and the month before."""
        today = timezone.localdate()
        days = [today - dt.timedelta(days=back) for back in range(DAYS_OFFERED)]
        return [(day.isoformat(), format_date(day, "long")) for day in days]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """Narrow to any day, offered or not."""
        value = self.value()
        return queryset if value is None else self.narrow(request, queryset, value)

    def narrow(self, request: HttpRequest, queryset: QuerySet, value: str) -> QuerySet:
        """By day."""
        try:
            day = dt.date.fromisoformat(value)
            begin = timezone.make_aware(dt.datetime.combine(day, dt.time.min))
            end = begin + dt.timedelta(days=1)
            return queryset.filter(at__gte=begin.astimezone(dt.UTC), at__lt=end.astimezone(dt.UTC))
        except (ValueError, OverflowError) as error:
            raise BadRequest from error


class AuditAdmin(DeskModelAdmin):
    """Who did what to which record, latest first. It holds no personal data (R40)."""

    model = AuditEntry
    menu_label = _("Audit trail")
    menu_icon = "history"
    menu_order = 900
    list_display = ("at", "what", "who", "record", "where", "why")
    list_filter = (ActionFilter, ActorFilter, DayFilter)
    list_select_related: ClassVar[Sequence[str]] = ()
    list_export = ("at", "what", "who", "target", "where", "why", "facts")
    ordering = ("-at", "-pk")
    inspect_view_enabled = True
    inspect_view_fields = ("at", "what", "who", "record", "where", "why", "facts")
    history_view_enabled = False
    # What it shows is no record of a person; a line about each look would bury the lines.
    reads_are_audited = False
    empty_help = _("Here will be who read, changed and exported what.")

    def visible_to(self, user: Any) -> QuerySet:
        """All of it, or nothing; each entry with the name of its department."""
        if not user_can_read_trail(user):
            return AuditEntry.objects.none()
        names = Department.objects.filter(pk=OuterRef("department_id")).values("name")
        return AuditEntry.objects.annotate(department_name=Subquery(names))

    def user_can_list(self, user: Any) -> bool:
        """Auditors and superusers."""
        return user_can_read_trail(user)

    def user_can_create(self, user: Any) -> bool:
        """Nobody."""
        return False

    def user_can_edit(self, user: Any, obj: Model) -> bool:
        """Nobody."""
        return False

    def user_can_delete(self, user: Any, obj: Model) -> bool:
        """Nobody."""
        return False

    def user_can_export(self, user: Any) -> bool:
        """Whoever may read it; the export is a line of the trail."""
        return user_can_read_trail(user)

    def search(self, request: HttpRequest, queryset: QuerySet, term: str) -> QuerySet:
        """A record as the list names it, or a user name; whole."""
        return queryset.filter(Q(target=term) | Q(actor_name=term))

    def what(self, obj: AuditEntry) -> str:
        """The name of the action."""
        return audit_words.action_label(obj.action)

    def who(self, obj: AuditEntry) -> str:
        """The user name as it was then."""
        return obj.actor_name or gettext("No member of staff")

    def record(self, obj: AuditEntry) -> SafeString:
        """The record, in one direction of writing."""
        return format_html('<bdi dir="ltr">{}</bdi>', obj.target)

    def where(self, obj: Any) -> str:
        """The department, where one is concerned."""
        return obj.department_name or ""

    def why(self, obj: AuditEntry) -> str:
        """The reason that was stated."""
        return audit_words.reason_label(obj.detail)

    def facts(self, obj: AuditEntry) -> str:
        """What else was noted, as it is stored: names of fields, counts, digests."""
        return "; ".join(
            f"{key}: {value}" for key, value in sorted(obj.detail.items()) if key != "reason"
        )

    what.short_description = _("action")  # type: ignore[attr-defined]
    who.short_description = _("user")  # type: ignore[attr-defined]
    record.short_description = _("record")  # type: ignore[attr-defined]
    where.short_description = _("department")  # type: ignore[attr-defined]
    why.short_description = _("reason")  # type: ignore[attr-defined]
    facts.short_description = _("detail")  # type: ignore[attr-defined]
