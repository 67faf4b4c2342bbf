"""The overview of all notices, withdrawn ones too; changed only through updates."""

from typing import Any

from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from wagtail_modeladmin.options import ModelAdminGroup

from desk_core.modeladmin import DeskIndexView, DeskModelAdmin
from notices import requests_page
from notices.beginning_admin import RuleAdmin, TemplateAdmin
from notices.enums import KINDS_WITH_IMPACT, OVER_PHASES
from notices.models import Notice, NoticeIndexPage
from notices.permissions import user_can_see_notices
from notices.subscriptions import progress
from persian.jalali import format_datetime


class NoticeList(DeskIndexView):
    """The list, with the way to the page from which a new notice comes."""

    @property
    def add_page_url(self) -> str:
        """Where a notice page is added; "" for those who may not, or before there is a place."""
        index = NoticeIndexPage.objects.filter(locale__language_code=get_language()).first()
        index = index or NoticeIndexPage.objects.first()
        user: Any = self.request.user
        if index is None or not index.permissions_for_user(user).can_add_subpage():
            return ""
        return reverse("wagtailadmin_pages:add", args=["notices", "noticepage", index.pk])


class NoticeAdmin(DeskModelAdmin):
    """Listed newest start first, found by title; a look at each, but no form."""

    model = Notice
    index_view_class = NoticeList
    index_template_name = "notices/admin/notices.html"
    menu_label = gettext_lazy("Notices")
    menu_icon = "warning"
    menu_order = 100
    list_display = ("title", "phase_now", "start", "end", "shown", "update_link")
    list_filter = ("kind", "severity")
    list_select_related = ()
    search_folded_fields = ("title",)
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
        "event",
        "certainty",
        "area",
        "shape",
        "geocodes",
        "instruction",
        "affected_names",
        "everything_said",
        "told",
    )
    empty_help = gettext_lazy("Notices appear here once their pages are published.")
    reads_are_audited = False

    def get_queryset(self, request: Any) -> QuerySet:
        """The list's rows with their pages: no query a row."""
        return super().get_queryset(request).prefetch_related("pages")

    def get_list_display(self, request: Any) -> tuple[str, ...]:
        """With the way to the requests about it, for those who work with requests."""
        columns = tuple(self.list_display)
        return (*columns, "requests_link") if requests_page.offered_to(request.user) else columns

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

    def phase_now(self, obj: Notice) -> str:
        """Where it stands."""
        return str(obj.phase(timezone.now()).label)

    phase_now.short_description = gettext_lazy("state now")  # type: ignore[attr-defined]

    def start(self, obj: Notice) -> str:
        """The start, in Jalali."""
        return format_datetime(obj.starts_at)

    start.short_description = gettext_lazy("start")  # type: ignore[attr-defined]
    start.admin_order_field = "starts_at"  # type: ignore[attr-defined]

    def end(self, obj: Notice) -> str:
        """The real end, else the expected one."""
        if real_end := obj.ended_at or obj.cancelled_at:
            return format_datetime(real_end)
        if obj.expected_end:
            return _("expected: %(end)s") % {"end": format_datetime(obj.expected_end)}
        return "–"

    end.short_description = gettext_lazy("end")  # type: ignore[attr-defined]

    def shown(self, obj: Notice) -> str:
        """Whether any page shows it."""
        return _("published") if any(page.live for page in obj.pages.all()) else _("withdrawn")

    shown.short_description = gettext_lazy("page")  # type: ignore[attr-defined]

    def update_link(self, obj: Notice) -> SafeString | str:
        """The way to the short form."""
        if obj.phase(timezone.now()) in OVER_PHASES:
            return ""
        url = reverse("notices_admin:update", args=[obj.pk])
        return format_html('<a href="{}">{}</a>', url, _("Add an update"))

    update_link.short_description = gettext_lazy("update")  # type: ignore[attr-defined]

    def requests_link(self, obj: Notice) -> SafeString | str:
        """The way to the requests about it; of news and warnings there are none."""
        if obj.kind not in KINDS_WITH_IMPACT:
            return ""
        url = requests_page.address_of(obj)
        return format_html('<a href="{}">{}</a>', url, _("Requests about it"))

    requests_link.short_description = gettext_lazy("requests")  # type: ignore[attr-defined]

    def affected_names(self, obj: Notice) -> str:
        """Affected services with their impact."""
        rows = obj.affected.select_related("service")
        return "\n".join(str(row) for row in rows) or _("The whole desk")

    affected_names.short_description = gettext_lazy("affected services")  # type: ignore[attr-defined]

    def everything_said(self, obj: Notice) -> str:
        """All updates, newest first."""
        return "\n".join(
            f"{format_datetime(row.at)} – {row.get_state_display()}: {row.text_for('fa')}"
            for row in obj.updates.order_by("-at", "-pk")
        )

    everything_said.short_description = gettext_lazy("updates")  # type: ignore[attr-defined]

    def told(self, obj: Notice) -> SafeString | str:
        """How far the telling of subscribers is."""
        context = {"progress": progress.of_notice(obj)}
        return render_to_string("notices/admin/told.html", context)

    told.short_description = gettext_lazy("subscribers")  # type: ignore[attr-defined]


class NoticesGroup(ModelAdminGroup):
    """One entry in the menu: the notices, and what they are begun from."""

    menu_label = gettext_lazy("Notices")
    menu_icon = "warning"
    menu_order = 210
    items = (NoticeAdmin, TemplateAdmin, RuleAdmin)
