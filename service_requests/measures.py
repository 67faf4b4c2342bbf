"""What `service_requests` counts for agreements: times of its cases, and satisfaction (R8, R20)."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from desk_core.suppression_tables import Pattern
from service_requests.enums import Kind, SurveyPurpose
from service_requests.models import Case
from service_requests.surveys import composing, figures, showing
from service_requests.surveys.questions import CSAT
from sla import measures
from sla.enums import Measure
from sla.months import Period, earlier, iso, month_of, twelve_before
from sla.targets import Target


def register() -> None:
    """Called once from `AppConfig.ready()`. Visits are not counted yet and so not registered."""
    for measure in (Measure.FIRST_RESPONSE, Measure.RESOLUTION):
        measures.register(
            measures.TimedMeasure(
                measure=measure,
                visible_subjects=visible_codes,
                addresses=addresses,
                kinds=dict(Kind.choices),
            )
        )
    measures.register(
        measures.ShareMeasure(
            measure=Measure.SATISFACTION, count=satisfied, kinds=dict(Kind.choices)
        )
    )


def satisfied(period: Period, target: Target) -> measures.ShareCount | None:
    """Of those who rated in a month that is over, how many are satisfied with the whole.

    Only a figure that may be shown among those of the twelve months that end with this one: an
    agreement's page must not tell what the results leave out. Nobody rates one service.
    """
    if target.service or period.month >= month_of(timezone.now()):
        return None
    month = iso(period.month)
    windows = [[iso(each) for each in twelve_before(earlier(period.month, -1))]]
    today = figures.window()
    if month in today and today not in windows:
        # Beside the results of today as well, which could be subtracted from.
        windows.append(today)
    counts = figures.counted(sorted({each for window in windows for each in window}))
    book = composing.books()[SurveyPurpose.CLOSING]
    pattern = (target.department or None, target.kind or None, month)
    found = [_main_figure(book, counts, window, pattern) for window in windows]
    figure = found[0] if None not in found else None
    return measures.ShareCount(figure.satisfied, figure.count) if figure else None


def _main_figure(
    book: composing.Book, counts: figures.Counts, window: list[str], pattern: Pattern
) -> figures.Figure | None:
    """Of the grade of the whole, what may be shown among the figures of some months."""
    known = figures.of_book(book, counts.tallies(SurveyPurpose.CLOSING, window))
    main = showing.main_of(book.latest, known)
    return main.at(pattern) if main is not None and main.question.type == CSAT else None


def visible_codes(user: Any) -> "QuerySet[Any, Any]":
    """The tracking codes that a member of staff may know of."""
    return Case.objects.visible_to(user).order_by().values("code")


def addresses(codes: Sequence[str]) -> dict[str, str]:
    """The screens of some cases, by code; no address holds a code. One query."""
    found = Case.objects.filter(code__in=codes).order_by().values_list("code", "pk")
    return {
        code: reverse("service_requests_case_modeladmin_inspect", args=[pk]) for code, pk in found
    }
