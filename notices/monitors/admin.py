"""Proposals and monitors in the Wagtail admin."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail_modeladmin.options import ModelAdminGroup

from desk_core.modeladmin import DeskCreateView, DeskModelAdmin
from desk_core.modeladmin.filters import ExactFilter, RelatedFilter
from notices.enums import POSTING_KINDS, MonitorKind
from notices.models import MonitorSource, Proposal
from notices.monitors.standing import SHOWN_WITH, Standing
from notices.permissions import (
    user_can_manage_monitors,
    user_can_see_monitors,
    user_can_see_notices,
)
from persian.jalali import format_datetime


class FiringFilter(ExactFilter):
    """Whether the alert goes on, and is quiet."""

    title = gettext_lazy("alert")
    parameter_name = "alert"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The choices."""
        return [
            ("firing", gettext_lazy("still firing")),
            ("silenced", gettext_lazy("silenced by maintenance")),
            ("recovered", gettext_lazy("recovered")),
        ]

    def narrow(self, request: HttpRequest, queryset: Any, value: str) -> QuerySet:
        """What one choice means."""
        if value == "recovered":
            return queryset.filter(ended_at__isnull=False)
        firing = queryset.filter(ended_at=None)
        return firing.silent(timezone.now()) if value == "silenced" else firing


class ProposalAdmin(DeskModelAdmin):
    """What monitors proposed, newest first; decided on a screen of its own."""

    model = Proposal
    menu_label = gettext_lazy("Proposals")
    menu_icon = "warning"
    list_display = ("look", "alert", "stands", "since", "service", "source")
    list_filter = (FiringFilter, "state", ("source", RelatedFilter))
    list_select_related: ClassVar = SHOWN_WITH
    search_folded_fields = ("title",)
    ordering = ("-started_at", "-pk")
    empty_help = gettext_lazy(
        "What monitors report appears here. An administrator sets them up under “Monitors”."
    )
    reads_are_audited = False
    history_view_enabled = False

    def user_can_list(self, user: Any) -> bool:
        """Whoever works with notices."""
        return user_can_see_notices(user)

    def user_can_create(self, user: Any) -> bool:
        """Nobody: monitors do."""
        return False

    def user_can_edit(self, user: Any, obj: Any) -> bool:
        """Nobody: it is decided, not edited."""
        return False

    def user_can_delete(self, user: Any, obj: Any) -> bool:
        """Nobody: the sweep forgets old ones."""
        return False

    def user_can_export(self, user: Any) -> bool:
        """Nothing is exported here."""
        return False

    def get_empty_value_display(self, field_name: str | None = None) -> str:
        """An alert may be about no service in particular."""
        return "–"

    def look(self, obj: Proposal) -> SafeString:
        """The title, leading to its screen."""
        url = reverse("notices_admin:proposal", args=[obj.pk])
        return format_html('<a href="{}"><bdi>{}</bdi></a>', url, obj.title)

    look.short_description = gettext_lazy("title")  # type: ignore[attr-defined]

    def since(self, obj: Proposal) -> str:
        """Its start, in Jalali."""
        return format_datetime(obj.started_at)

    since.short_description = gettext_lazy("since")  # type: ignore[attr-defined]
    since.admin_order_field = "started_at"  # type: ignore[attr-defined]

    def alert(self, obj: Proposal) -> str:
        """Whether it still fires, or since when it does not."""
        if obj.ended_at is None:
            return _("still firing")
        return _("recovered: %(moment)s") % {"moment": format_datetime(obj.ended_at)}

    alert.short_description = gettext_lazy("alert")  # type: ignore[attr-defined]

    def stands(self, obj: Proposal) -> SafeString | str:
        """What became of it; a suggestion to resolve the notice when the alert is over."""
        standing = Standing(obj, timezone.now())
        if standing.resolve_url:
            words = _("Recovered. Resolve the notice?")
            return format_html('<a href="{}">{}</a>', standing.resolve_url, words)
        if standing.page_url:
            return format_html('<a href="{}">{}</a>', standing.page_url, standing.word)
        return standing.word

    stands.short_description = gettext_lazy("state")  # type: ignore[attr-defined]


class OfKind(MultiFieldPanel):
    """Fields that only some kinds of monitors have: hidden once another kind is stored."""

    def __init__(self, *args: Any, kinds: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = kinds

    def clone_kwargs(self) -> dict[str, Any]:
        """The kinds go along."""
        return {**super().clone_kwargs(), "kinds": self.kinds}

    class BoundPanel(MultiFieldPanel.BoundPanel):
        """The panel of one monitor."""

        def is_shown(self) -> bool:
            """For a new one, and for those of the kinds."""
            kind = self.instance.kind if self.instance.pk else ""
            return (not kind or kind in self.panel.kinds) and super().is_shown()


class NewMonitorView(DeskCreateView):
    """After a new monitor comes its token."""

    def get_success_url(self) -> str:
        """Where its token is made, for those that need one."""
        instance: Any = self.instance
        if instance.kind in POSTING_KINDS:
            return reverse("notices_admin:monitor_token", args=[instance.pk])
        return super().get_success_url()


class MonitorAdmin(DeskModelAdmin):
    """Monitors, their rules and whether they were heard of."""

    model = MonitorSource
    create_view_class = NewMonitorView
    menu_label = gettext_lazy("Monitors")
    menu_icon = "view"
    list_display = ("name", "kind", "heard", "token", "service", "active", "sets_state")
    list_filter = ("kind", "active")
    list_select_related: ClassVar = ("service",)
    empty_help = gettext_lazy(
        "A monitor proposes notices to the editors: Alertmanager, Grafana, Uptime Kuma, Google "
        "Cloud Monitoring, a heartbeat, or an address that the desk visits itself."
    )
    reads_are_audited = False
    panels: ClassVar = [
        FieldRowPanel([FieldPanel("name"), FieldPanel("kind")]),
        FieldRowPanel([FieldPanel("service"), FieldPanel("impact")]),
        FieldPanel("active"),
        FieldPanel("sets_state"),
        OfKind(
            [FieldPanel("interval_minutes")],
            heading=gettext_lazy("Heartbeat"),
            kinds=(MonitorKind.HEARTBEAT,),
        ),
        OfKind(
            [
                FieldPanel("address"),
                FieldRowPanel([FieldPanel("expected_status"), FieldPanel("expected_text")]),
                FieldRowPanel([FieldPanel("timeout_seconds"), FieldPanel("failures_needed")]),
                FieldPanel("certificate_days"),
            ],
            heading=gettext_lazy("Own probe"),
            kinds=(MonitorKind.PROBE,),
        ),
        OfKind(
            [
                InlinePanel(
                    "rules",
                    panels=[
                        FieldPanel("labels"),
                        FieldRowPanel([FieldPanel("service"), FieldPanel("impact")]),
                    ],
                    label=gettext_lazy("Rule"),
                )
            ],
            heading=gettext_lazy("What its labels mean"),
            help_text=gettext_lazy("The first rule that fits counts."),
            kinds=POSTING_KINDS[:4],
        ),
        OfKind(
            [FieldPanel("networks"), FieldPanel("token_in_address")],
            heading=gettext_lazy("From where it may post"),
            kinds=POSTING_KINDS,
        ),
    ]

    def user_can_list(self, user: Any) -> bool:
        """Administrators, and auditors to read."""
        return user_can_see_monitors(user)

    def user_can_create(self, user: Any) -> bool:
        """Administrators."""
        return user_can_manage_monitors(user)

    def user_can_edit(self, user: Any, obj: Any) -> bool:
        """Administrators."""
        return user_can_manage_monitors(user)

    def user_can_delete(self, user: Any, obj: Any) -> bool:
        """Administrators; one that has proposed something stays and is switched off."""
        return user_can_manage_monitors(user)

    def user_can_export(self, user: Any) -> bool:
        """Nothing is exported here."""
        return False

    def get_empty_value_display(self, field_name: str | None = None) -> str:
        """A monitor may be about no service in particular."""
        return "–"

    def heard(self, obj: MonitorSource) -> str:
        """When it last gave a sign of life."""
        return format_datetime(obj.last_seen_at) if obj.last_seen_at else _("never")

    heard.short_description = gettext_lazy("last heard of")  # type: ignore[attr-defined]

    def token(self, obj: MonitorSource) -> SafeString | str:
        """Where a token is made; own probes need none."""
        if obj.kind not in POSTING_KINDS:
            return ""
        words = _("Make a new token") if obj.token_digest else _("Make a token")
        url = reverse("notices_admin:monitor_token", args=[obj.pk])
        return format_html('<a href="{}">{}</a>', url, words)

    token.short_description = gettext_lazy("token")  # type: ignore[attr-defined]


class MonitoringGroup(ModelAdminGroup):
    """One entry of the menu for both."""

    menu_label = gettext_lazy("Monitoring")
    menu_icon = "view"
    menu_order = 211
    items = (ProposalAdmin, MonitorAdmin)
