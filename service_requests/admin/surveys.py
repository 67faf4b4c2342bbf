"""What people thought of it, in figures that point at nobody."""

from typing import Any, ClassVar

from django.core.exceptions import BadRequest
from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from cms_pages.models import Department
from desk_core import audit
from desk_core.modeladmin import DeskIndexView, DeskModelAdmin
from service_requests import permissions, survey
from service_requests.models import SurveyAnswer

_MOST_MONTHS = 24


class SurveyScreen(DeskIndexView):
    """Figures of all visible answers, of one month or of one department."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Figures, and comments where enough people answered."""
        chosen = self.chosen
        shown = survey.figures(chosen, among=self.visible)
        context = super().get_context_data(**kwargs)
        if shown.questions is not None:
            audit.record(
                action="survey.read",
                actor=self.request.user,
                target="survey:comments",
                detail={"answers": shown.count},
            )
        return context | {
            "figures": shown,
            "rows": [
                (label, *shown.questions[key])
                for key, label in survey.QUESTIONS
                if shown.questions and key in shown.questions
            ],
            "scale": survey.SCALE,
            "fewest": survey.FEWEST_ANSWERS,
            "comments": survey.comments(chosen) if shown.questions is not None else [],
            "months": self.months,
            "departments": Department.objects.filter(
                pk__in=self.visible.order_by().values("department")
            ),
            "month": self.request.GET.get("month", ""),
            "department": self.request.GET.get("department", ""),
        }

    @cached_property
    def visible(self) -> "QuerySet[SurveyAnswer]":
        """What the reader may know of at all: a count that grows today would point at a case."""
        return SurveyAnswer.objects.visible_to(self.request.user).of_past_months(timezone.now())

    @cached_property
    def months(self) -> list[str]:
        """The latest months that have answers."""
        rows = self.visible.order_by("-month").values_list("month", flat=True).distinct()
        return list(rows[:_MOST_MONTHS])

    @property
    def chosen(self) -> "QuerySet[SurveyAnswer]":
        """The answers of the chosen month and department."""
        rows = self.visible
        if month := self.request.GET.get("month"):
            rows = rows.filter(month=month)
        if department := self.request.GET.get("department"):
            if not (department.isascii() and department.isdigit() and len(department) < 10):
                raise BadRequest
            rows = rows.filter(department_id=int(department))
        return rows


class SurveyAdmin(DeskModelAdmin):
    """Aggregates only: no single answer is listed, opened or exported."""

    model = SurveyAnswer
    menu_icon = "clipboard-list"
    menu_label = _("Surveys")
    index_view_class = SurveyScreen
    index_template_name = "service_requests/admin/surveys.html"
    list_display = ("month",)
    list_select_related: ClassVar = ()
    allowed_lookups: ClassVar = ("month", "department")
    writes_wagtail_log = False

    def user_can_list(self, user: Any) -> bool:
        """Heads, the complaints office, auditors."""
        return permissions.user_can_list_surveys(user)

    def user_can_create(self, user: Any) -> bool:
        """Applicants answer, nobody else."""
        return False

    def user_can_inspect(self, user: Any, obj: Model) -> bool:
        """No single answer is shown."""
        return False

    def user_can_edit(self, user: Any, obj: Model) -> bool:
        """Nobody."""
        return False

    def user_can_delete(self, user: Any, obj: Model) -> bool:
        """Nobody."""
        return False

    def user_can_export(self, user: Any) -> bool:
        """Nobody."""
        return False

    def user_can_see_history(self, user: Any, obj: Model) -> bool:
        """There is none."""
        return False
