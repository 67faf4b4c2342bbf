"""The overview of all notices, withdrawn ones too; changed only through updates."""

from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk_core.modeladmin import DeskModelAdmin
from notices.enums import OVER_PHASES
from notices.models import Notice, NoticeUpdate
from notices.permissions import user_can_see_notices
from persian.jalali import format_datetime


class NoticeAdmin(DeskModelAdmin):
    """Listed newest start first, found by title; a look at each, but no form."""

    model = Notice
    menu_label = gettext_lazy("Notices")
    menu_icon = "warning"
    menu_order = 210
    add_to_settings_menu = False
    list_display = ("title", "kind", "phase_now", "start", "end", "said", "shown", "update_link")
    list_filter = ("kind", "severity")
    list_select_related = ()
    search_fields = ("title",)
    ordering = ("-starts_at", "pk")
    inspect_view_enabled = True
    inspect_view_fields = (
        "title",
        "kind",
        "impact",
        "severity",
        "starts_at",
        "expected_end",
        "ended_at",
        "cancelled_at",
        "first_published_at",
        "affected_names",
        "everything_said",
    )
    empty_help = gettext_lazy("Notices appear here once their pages are published.")
    reads_are_audited = False

    def get_queryset(self, request: Any) -> QuerySet:
        """The list's rows with what its columns count: no query a row."""
        said = (
            NoticeUpdate.objects.filter(notice=OuterRef("pk"))
            .order_by()
            .values("notice")
            .annotate(n=Count("pk"))
        )
        return (
            super()
            .get_queryset(request)
            .annotate(updates_count=Subquery(said.values("n"), output_field=IntegerField()))
            .prefetch_related("pages")
        )

    def user_can_list(self, user: Any) -> bool:
        """Editors, heads, administrators and auditors."""
        return user_can_see_notices(user)

    def user_can_inspect(self, user: Any, obj: Any) -> bool:
        """Whoever sees it in the list: it was found among what they may see."""
        return True

    def user_can_create(self, user: Any) -> bool:
        """Nobody: a fact comes from publishing a page."""
        return False

    def user_can_edit(self, user: Any, obj: Any) -> bool:
        """Nobody: facts change through updates."""
        return False

    def user_can_delete(self, user: Any, obj: Any) -> bool:
        """Nobody: what was told stays told."""
        return False

    def user_can_export(self, user: Any) -> bool:
        """Nothing is exported here."""
        return False

    @staticmethod
    def phase_now(obj: Notice) -> str:
        """Where it stands."""
        return str(obj.phase(timezone.now()).label)

    phase_now.short_description = gettext_lazy("state now")  # type: ignore[attr-defined]

    @staticmethod
    def start(obj: Notice) -> str:
        """The start, in Jalali."""
        return format_datetime(obj.starts_at)

    start.short_description = gettext_lazy("start")  # type: ignore[attr-defined]
    start.admin_order_field = "starts_at"  # type: ignore[attr-defined]

    @staticmethod
    def end(obj: Notice) -> str:
        """The real end, else the expected one."""
        if obj.ended_at or obj.cancelled_at:
            return format_datetime(obj.ended_at or obj.cancelled_at)
        if obj.expected_end:
            return _("expected: %(end)s") % {"end": format_datetime(obj.expected_end)}
        return "–"

    end.short_description = gettext_lazy("end")  # type: ignore[attr-defined]

    @staticmethod
    def said(obj: Any) -> int:
        """How many updates."""
        return obj.updates_count

    said.short_description = gettext_lazy("updates")  # type: ignore[attr-defined]

    @staticmethod
    def shown(obj: Notice) -> str:
        """Whether any page shows it."""
        return _("published") if any(page.live for page in obj.pages.all()) else _("withdrawn")

    shown.short_description = gettext_lazy("page")  # type: ignore[attr-defined]

    @staticmethod
    def update_link(obj: Notice) -> SafeString | str:
        """The way to the short form."""
        if obj.phase(timezone.now()) in OVER_PHASES:
            return ""
        url = reverse("notices_admin:update", args=[obj.pk])
        return format_html('<a href="{}">{}</a>', url, _("Add an update"))

    update_link.short_description = ""  # type: ignore[attr-defined]

    @staticmethod
    def affected_names(obj: Notice) -> str:
        """Affected services with their impact."""
        rows = obj.affected.select_related("service")
        return "\n".join(str(row) for row in rows) or _("The whole desk")

    affected_names.short_description = gettext_lazy("affected services")  # type: ignore[attr-defined]

    @staticmethod
    def everything_said(obj: Notice) -> str:
        """All updates, newest first."""
        return "\n".join(
            f"{format_datetime(row.at)} – {row.get_state_display()}: {row.text_for('fa')}"
            for row in obj.updates.order_by("-at", "-pk")
        )

    everything_said.short_description = gettext_lazy("updates")  # type: ignore[attr-defined]
