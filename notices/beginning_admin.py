"""Templates of notices, and maintenance that returns."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.forms import CheckboxSelectMultiple, TimeInput
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, Panel

from desk_core.modeladmin import DeskModelAdmin
from notices.models import MaintenanceRule, NoticeTemplate
from notices.permissions import user_can_change_templates, user_can_see_notices
from notices.variables import VARIABLES
from persian.jalali import format_date


class VariablesPanel(Panel):
    """Which words in braces are filled in."""

    class BoundPanel(Panel.BoundPanel):
        """The panel in one form."""

        template_name = "notices/admin/variables.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            """The names with what they stand for."""
            return super().get_context_data(parent_context) | {"variables": VARIABLES.items()}


_WORDS = MultiFieldPanel(
    [
        VariablesPanel(),
        FieldPanel("title"),
        FieldPanel("message"),
        FieldPanel("title_en"),
        FieldPanel("message_en"),
    ],
    heading=gettext_lazy("Wording of the notice"),
)


class _WordsAdmin(DeskModelAdmin):
    """Editors and administrators change these; whoever writes notices sees them."""

    list_select_related: ClassVar[Sequence[str]] = ()
    reads_are_audited = False

    def visible_to(self, user: Any) -> QuerySet:
        """All of them: they belong to no department."""
        return self.model._default_manager.all()

    def user_can_list(self, user: Any) -> bool:
        """Whoever sees notices."""
        return user_can_see_notices(user)

    def user_can_create(self, user: Any) -> bool:
        """Editors and administrators."""
        return user_can_change_templates(user)

    def user_can_edit(self, user: Any, obj: Any) -> bool:
        """Editors and administrators."""
        return user_can_change_templates(user)

    def user_can_delete(self, user: Any, obj: Any) -> bool:
        """Editors and administrators; what was made of it stays."""
        return user_can_change_templates(user)

    def user_can_export(self, user: Any) -> bool:
        """Nothing is exported here."""
        return False


class TemplateAdmin(_WordsAdmin):
    """The templates, each with the way to a new notice."""

    model = NoticeTemplate
    menu_label = gettext_lazy("Templates")
    menu_icon = "copy"
    list_display = ("name", "kind", "impact", "begin")
    list_filter = ("kind",)
    search_folded_fields: ClassVar = ("name", "title", "title_en")
    empty_help = gettext_lazy("Words for notices that come again: write them once, in calm.")
    panels: ClassVar = [
        FieldPanel("name"),
        FieldRowPanel([FieldPanel("kind"), FieldPanel("impact")]),
        _WORDS,
    ]

    def begin(self, obj: NoticeTemplate) -> SafeString:
        """The way to a new notice; the screen itself asks who may."""
        url = reverse("notices_admin:begin", args=[obj.pk])
        return format_html('<a href="{}">{}</a>', url, _("Begin a notice"))

    begin.short_description = gettext_lazy("new notice")  # type: ignore[attr-defined]


# The browser's own: Wagtail starts its picker by inline code.
_CLOCK = TimeInput(format="%H:%M", attrs={"type": "time"})


class RuleAdmin(_WordsAdmin):
    """The rules of recurring maintenance."""

    model = MaintenanceRule
    menu_label = gettext_lazy("Recurring maintenance")
    menu_icon = "rotate"
    list_display = ("title", "repeats", "next_window", "active", "approval")
    list_filter = ("active", "repeats")
    list_select_related: ClassVar[Sequence[str]] = ("approved_by",)
    search_folded_fields: ClassVar = ("title", "title_en")
    empty_help = gettext_lazy(
        "Windows that return: the drafts are made ahead of time, each can be changed or cancelled."
    )
    panels: ClassVar = [
        _WORDS,
        MultiFieldPanel(
            [
                FieldPanel("impact"),
                FieldPanel("services", widget=CheckboxSelectMultiple),
            ],
            heading=gettext_lazy("What it touches"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("repeats"),
                FieldRowPanel([FieldPanel("which"), FieldPanel("weekday")]),
                FieldPanel("month_day"),
                FieldPanel("rrule"),
                FieldRowPanel([FieldPanel("clock", widget=_CLOCK), FieldPanel("minutes")]),
                FieldRowPanel([FieldPanel("first_day"), FieldPanel("last_day")]),
            ],
            heading=gettext_lazy("When"),
            help_text=gettext_lazy(
                "Fill in what belongs to the chosen form; the rest may stay empty. Months are "
                "those of the Jalali calendar."
            ),
        ),
        MultiFieldPanel(
            [FieldPanel("days_ahead"), FieldPanel("publishes"), FieldPanel("active")],
            heading=gettext_lazy("What is made of it"),
        ),
    ]

    def get_queryset(self, request: Any) -> QuerySet:
        """The rows with the pages made of them: no query a row."""
        return super().get_queryset(request).prefetch_related("occurrences")

    def next_window(self, obj: MaintenanceRule) -> str:
        """The last day for which a page was made."""
        days = [row.day for row in obj.occurrences.all()]
        return format_date(max(days), "long") if days else "–"

    next_window.short_description = gettext_lazy("made until")  # type: ignore[attr-defined]

    def approval(self, obj: MaintenanceRule) -> SafeString | str:
        """Who approved it, or the way to do so."""
        if not obj.publishes:
            return _("makes drafts")
        if obj.approved_by is not None:
            return obj.approved_by.get_full_name() or obj.approved_by.get_username()
        url = reverse("notices_admin:approve_rule", args=[obj.pk])
        return format_html('<a href="{}">{}</a>', url, _("Approve"))

    approval.short_description = gettext_lazy("approval")  # type: ignore[attr-defined]
