"""What `service_requests` counts for agreements: times of its cases, and satisfaction (R8, R20)."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

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
    wanted = [iso(month) for month in twelve_before(earlier(period.month, -1))]
    book = composing.books()[SurveyPurpose.CLOSING]
    known = figures.of_book(book, figures.counted(wanted).by_purpose[SurveyPurpose.CLOSING])
    main = showing.main_of(book.latest, known)
    if main is None or main.question.type != CSAT:
        return None
    pattern = (target.department or None, target.kind or None, iso(period.month))
    figure = main.at(pattern)
    if figure is not None and iso(period.month) in figures.window():
        # Beside the results of today as well, which could be subtracted from.
        today = figures.of_book(
            book, figures.counted(figures.window()).by_purpose[SurveyPurpose.CLOSING]
        )
        now = showing.main_of(book.latest, today)
        figure = figure if now is not None and now.at(pattern) is not None else None
    return measures.ShareCount(figure.satisfied, figure.count) if figure else None


def visible_codes(user: Any) -> "QuerySet[Any, Any]":
    """The tracking codes that a member of staff may know of."""
    return Case.objects.visible_to(user).order_by().values("code")


def addresses(codes: Sequence[str]) -> dict[str, str]:
    """The screens of some cases, by code; no address holds a code. One query."""
    found = Case.objects.filter(code__in=codes).order_by().values_list("code", "pk")
    return {
        code: reverse("service_requests_case_modeladmin_inspect", args=[pk]) for code, pk in found
    }
