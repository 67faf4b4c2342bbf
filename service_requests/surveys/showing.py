"""Results as they are read: tables and the pictures of them, every figure one that may be shown."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from cms_pages.models import Department
from desk_core.suppression_tables import Pattern
from service_requests.enums import ImprovementStatus, Kind, SurveyPurpose
from service_requests.models import Improvement
from service_requests.surveys import composing, figures
from service_requests.surveys.figures import WHOLE, Counts, Figure, QuestionFigures
from service_requests.surveys.questions import CSAT, NPS, Definition, Question
from sla import months

_PLACES = ("department", "kind", "month")
_MOST_IMPROVEMENTS = 50


@dataclass(frozen=True, slots=True)
class Part:
    """One row of a table; `figure` is None where it may not be shown."""

    key: str
    label: str
    figure: Figure | None


@dataclass(frozen=True, slots=True)
class Table:
    """The parts of a whole by one property, with their picture."""

    name: str
    heading: str
    parts: tuple[Part, ...]

    @property
    def any_shown(self) -> bool:
        """Whether there is anything to draw."""
        return any(part.figure is not None for part in self.parts)


@dataclass(frozen=True, slots=True)
class Results:
    """One survey: the whole of each question, and the main one by department, kind and month."""

    purpose: str
    rows: tuple[tuple[Question, Figure | None], ...]
    main: Question | None
    tables: tuple[Table, ...]

    @property
    def count(self) -> int:
        """How many answered the question that most answered; 0 where no figure may be shown."""
        return max((figure.count for _question, figure in self.rows if figure), default=0)


def for_everybody() -> dict[str, Any]:
    """What the page of results shows; three queries."""
    wanted = figures.window()
    books = composing.books()
    counts = figures.counted(wanted)
    return {
        "results": [results_of(each, books[each], counts, wanted) for each in SurveyPurpose],
        "first_month": month_label(wanted[0]),
        "last_month": month_label(wanted[-1]),
        "improvements": improvements(),
        "asks_everybody": books[SurveyPurpose.GENERAL].asked is not None,
    }


def results_for_staff(purpose: SurveyPurpose) -> Results:
    """The same of one survey, from counts that are kept for some minutes."""
    wanted = figures.window()
    counts = figures.counted(wanted, kept=True)
    return results_of(purpose, composing.books()[purpose], counts, wanted)


def results_of(
    purpose: SurveyPurpose,
    book: composing.Book,
    counts: Counts,
    wanted: list[str],
) -> Results:
    """Everything that everybody may see of a survey in some months."""
    known = figures.of_book(book, counts.by_purpose[purpose])
    names = {key: str(name) for key, name in counts.names.items()}
    main = main_of(book.latest, known)
    return Results(
        purpose=purpose,
        rows=tuple((each.question, each.at(WHOLE)) for each in known),
        main=main.question if main else None,
        tables=tables_of(main, wanted, names, purpose=purpose) if main else (),
    )


def main_of(definition: Definition, known: list[QuestionFigures]) -> QuestionFigures | None:
    """The figures of the question that stands for the survey."""
    graded = [each for each in known if each.question.type in (CSAT, NPS)]
    key = definition.main.key if definition.main else ""
    return next((each for each in graded if each.question.key == key), next(iter(graded), None))


def tables_of(
    one: QuestionFigures,
    wanted: list[str],
    names: dict[str, str],
    *,
    purpose: str = SurveyPurpose.CLOSING,
    chosen: Pattern = WHOLE,
) -> tuple[Table, ...]:
    """The question by department, kind and month, within what is chosen (one property at most).

    Of the survey about the whole desk there are months alone.
    """
    labels: tuple[dict[str, str], ...] = (
        names,
        {key: str(label) for key, label in Kind.choices},
        {},
    )
    headings = (_("By department"), _("By kind"), _("By month"))
    found = []
    for place, name in enumerate(_PLACES):
        if chosen[place] is not None or (purpose == SurveyPurpose.GENERAL and name != "month"):
            continue
        keys = one.values(place)
        if name == "month" and keys:
            # From the first month in which anybody answered, so that none is missing between.
            keys = [month for month in wanted if month >= keys[0]]
        parts = []
        for key in keys:
            pattern = (*chosen[:place], key, *chosen[place + 1 :])
            label = month_label(key) if name == "month" else labels[place].get(key, key)
            parts.append(Part(key, label, one.at(pattern)))
        if parts:
            found.append(Table(name, headings[place], tuple(parts)))
    return tuple(found)


def department_names() -> dict[str, str]:
    """Departments by key, in their order, in the reader's language."""
    return {row.key: str(row) for row in Department.objects.all()}


def month_label(month: str) -> str:
    """«آذر ۱۴۰۵» of "1405-09"."""
    return months.label(int(month.replace("-", "")))


def improvements() -> list[Improvement]:
    """The public actions, those that are done after those that are not."""
    rows = Improvement.objects.filter(public=True).select_related("department")
    latest = list(rows[:_MOST_IMPROVEMENTS])
    return sorted(latest, key=lambda each: each.status == ImprovementStatus.DONE)
