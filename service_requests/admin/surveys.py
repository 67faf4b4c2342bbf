"""What people thought of it, in figures that point at nobody."""

from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from cms_pages.models import Department
from desk_core import audit
from desk_core.modeladmin import DeskIndexView, DeskModelAdmin
from service_requests import permissions
from service_requests.enums import Kind, SurveyPurpose
from service_requests.models import SurveyAnswer
from service_requests.surveys import commenting, composing, figures, showing
from service_requests.surveys.figures import QuestionFigures


class SurveyScreen(DeskIndexView):
    """Each question, and one of them by department, kind and month, whole or within one of these.

    What is shown to one reader is shown to each: figures that are left out are left out of the
    whole desk's tables, and of these a head sees the rows of their own departments.
    """

    def get_filters(self, request: HttpRequest) -> Any:
        """Refuse what is no property of a figure; the rest narrows figures, not a list of rows."""
        specs, has_filters, _chosen, distinct = super().get_filters(request)
        return specs, has_filters, {}, distinct

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Figures, and the words of the chosen department and month for who may read them."""
        context = super().get_context_data(**kwargs)
        return context | {
            "purposes": SurveyPurpose.choices,
            "purpose": self.purpose,
            "departments": [(key, name) for key, name in self.names.items() if key in self.own],
            "department": self.chosen[0] or "",
            "kinds": Kind.choices,
            "kind": self.chosen[1] or "",
            "months": [(key, showing.month_label(key)) for key in reversed(self.window)],
            "month": self.chosen[2] or "",
            "questions": [(each.question.key, each.question.text) for each in self.graded],
            "question": self.main.question if self.main else None,
            "rows": [(each.question, each.at(self.chosen)) for each in self.known],
            "tables": self._tables(),
            "may_read_words": self.may_read_words,
            "words": self._words(),
        }

    @cached_property
    def purpose(self) -> str:
        """Which survey; whatever else was asked for is the one after a case."""
        asked = self._asked("purpose")
        seen = {SurveyPurpose.OUTAGE, *([SurveyPurpose.GENERAL] if self.sees_all else [])}
        return asked if asked in seen else SurveyPurpose.CLOSING

    @cached_property
    def sees_all(self) -> bool:
        """Whether the reader sees every department."""
        return permissions.user_sees_all_surveys(self.request.user)

    @cached_property
    def names(self) -> dict[str, str]:
        """Departments by key."""
        return showing.department_names()

    @cached_property
    def own(self) -> frozenset[str]:
        """The departments whose figures the reader may see."""
        if self.sees_all:
            return frozenset(self.names)
        ids = permissions.survey_departments(self.request.user)
        return frozenset(Department.objects.filter(pk__in=ids).values_list("key", flat=True))

    @cached_property
    def window(self) -> list[str]:
        """The months that are over."""
        return figures.window()

    @cached_property
    def chosen(self) -> tuple[str | None, str | None, str | None]:
        """Department, kind and month; two at most can be shown together, the later ones go.

        A head who has chosen no department gets the first of theirs.
        """
        department = self._one_of("department", self.own)
        if department is None and not self.sees_all:
            department = next((key for key in self.names if key in self.own), "")
        kind = self._one_of("kind", Kind.values)
        month = self._one_of("month", self.window) if not (department and kind) else None
        if self.purpose == SurveyPurpose.GENERAL:
            department = kind = None
        return department, kind, month

    @cached_property
    def known(self) -> list[QuestionFigures]:
        """Every question."""
        counts = figures.counted(self.window, kept=True)
        return figures.of_book(self.book, counts.by_purpose[self.purpose])

    @cached_property
    def book(self) -> composing.Book:
        """What is and was asked."""
        return composing.books()[self.purpose]

    @cached_property
    def graded(self) -> list[QuestionFigures]:
        """Those that have a score, and so a chart."""
        return [each for each in self.known if each.question.type in ("csat", "nps")]

    @cached_property
    def main(self) -> QuestionFigures | None:
        """The one that is drawn."""
        asked = self._asked("question")
        found = next((each for each in self.graded if each.question.key == asked), None)
        return found or showing.main_of(self.book.latest, self.known)

    @cached_property
    def may_read_words(self) -> bool:
        """Whether the reader may read words."""
        return permissions.user_can_read_survey_words(self.request.user)

    def _tables(self) -> tuple[showing.Table, ...]:
        if self.main is None or sum(value is not None for value in self.chosen) > 1:
            return ()
        names = {key: name for key, name in self.names.items() if key in self.own}
        return showing.tables_of(
            self.main, self.window, names, purpose=self.purpose, chosen=self.chosen
        )

    def _words(self) -> list[str]:
        if not (self.may_read_words and self._asked("words")):
            return []
        rows = SurveyAnswer.objects.words_visible_to(self.request.user)
        found = commenting.words(
            rows.of_months(self.purpose, self.window),
            shown=any(each.at(self.chosen) is not None for each in self.known),
            department=self.chosen[0],
            kind=self.chosen[1],
            month=self.chosen[2],
        )
        audit.record(
            action="survey.read",
            actor=self.request.user,
            target="survey:comments",
            detail={"words": len(found)},
        )
        return found

    def _asked(self, name: str) -> str:
        return self.request.GET.get(name, "")[:60]

    def _one_of(self, name: str, allowed: Any) -> str | None:
        asked = self._asked(name)
        return asked if asked and asked in allowed else None


class SurveyAdmin(DeskModelAdmin):
    """Aggregates only: no single answer is listed, opened or exported."""

    model = SurveyAnswer
    menu_icon = "clipboard-list"
    menu_label = _("Survey results")
    index_view_class = SurveyScreen
    index_template_name = "service_requests/admin/surveys.html"
    list_display = ("month",)
    list_select_related: ClassVar = ()
    allowed_lookups: ClassVar = (
        *("purpose", "month", "department", "kind"),
        *("question", "words"),
    )
    writes_wagtail_log = False

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Nothing to list: the screen counts for itself."""
        return self.visible_to(request.user).none()

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
