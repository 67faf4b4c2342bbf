"""Frozen months in the Wagtail admin: read by administrators and auditors, never changed."""

from typing import Any

from django.db.models import Model, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail_modeladmin.helpers import ButtonHelper

from desk_core.modeladmin import DeskModelAdmin
from desk_core.modeladmin.filters import RelatedFilter
from persian.jalali import format_datetime
from sla.document import read_canonical
from sla.measures import source_of
from sla.models import MonthReport, SignedText
from sla.months import label
from sla.performance.names import names_in_language, stored_names
from sla.performance.words import sentence
from sla.permissions import user_can_revise_reports, user_can_view_reports
from sla.report_figures import from_json


class ReportButtons(ButtonHelper):
    """To what the base offers, the way to a revision for those who may revise."""

    def get_buttons_for_obj(self, obj: Any, *args: Any, **kwargs: Any) -> list[dict[str, Any]]:
        """The buttons of one report."""
        buttons = super().get_buttons_for_obj(obj, *args, **kwargs)
        if user_can_revise_reports(self.request.user):
            classes = [*kwargs.get("classnames_add", ()), "button-secondary"]
            buttons.append(
                {
                    "url": reverse("sla_admin:revise_month", args=[obj.pk]),
                    "label": gettext("Revise"),
                    "title": gettext("Revise a closed month"),
                    "classname": self.finalise_classname(classes),
                }
            )
        return buttons


class MonthReportAdmin(DeskModelAdmin):
    """Every revision of every closed month; none can be changed or deleted."""

    model = MonthReport
    menu_icon = "history"
    button_helper_class = ReportButtons
    list_display = ("month_label", "agreement", "version", "revision", "made", "state", "reason")
    list_filter = (("version", RelatedFilter),)
    list_select_related = ("version__agreement", "drift", "actor")
    inspect_view_enabled = True
    inspect_view_fields = (
        *("month_label", "agreement", "version", "revision", "made", "reason", "actor"),
        *("state", "inputs_sha256", "counts"),
    )
    empty_help = _("Months close by themselves at their end, by the command close_months.")

    def visible_to(self, user: Any) -> QuerySet:
        """Every report."""
        return MonthReport.objects.all()

    def user_can_list(self, user: Any) -> bool:
        """Administrators and auditors."""
        return user_can_view_reports(user)

    def user_can_create(self, user: Any) -> bool:
        """Nobody: months close by themselves."""
        return False

    def user_can_edit(self, user: Any, obj: Model) -> bool:
        """Nobody: a correction is a revision."""
        return False

    def user_can_delete(self, user: Any, obj: Model) -> bool:
        """Nobody."""
        return False

    def month_label(self, obj: MonthReport) -> str:
        """The month."""
        return label(obj.month)

    def agreement(self, obj: MonthReport) -> str:
        """The agreement of the version."""
        return str(obj.version.agreement)

    def made(self, obj: MonthReport) -> str:
        """When it was made."""
        return format_datetime(obj.made_at)

    def state(self, obj: MonthReport) -> str:
        """Whether the facts are still what was counted."""
        changed = getattr(obj, "drift", None) is not None
        return gettext("The facts have changed since.") if changed else gettext("As counted")

    def counts(self, obj: MonthReport) -> str:
        """What was counted: the whole, without anything left out."""
        targets = read_canonical(SignedText.objects.get(version=obj.version_id).body)
        figures = from_json(
            month=obj.month,
            revision=obj.revision,
            at=obj.made_at,
            figures=obj.figures,
            times=obj.times,
        )
        names = names_in_language({**stored_names(), **obj.names})
        rows = [
            {
                "target": target,
                "sentence": sentence(target, names),
                "counted": figures.targets.get(target.key),
                "source": source_of(target.measure),
            }
            for target in targets.targets
        ]
        return render_to_string(
            "sla/admin/report_counts.html", {"rows": rows, "report": obj, "names": names}
        )

    month_label.short_description = _("month")  # type: ignore[attr-defined]
    month_label.admin_order_field = "month"  # type: ignore[attr-defined]
    agreement.short_description = _("agreement")  # type: ignore[attr-defined]
    made.short_description = _("made")  # type: ignore[attr-defined]
    made.admin_order_field = "made_at"  # type: ignore[attr-defined]
    state.short_description = _("state of the facts")  # type: ignore[attr-defined]
    counts.short_description = _("figures")  # type: ignore[attr-defined]
