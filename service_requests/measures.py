"""What `service_requests` counts for agreements: the times of its cases (R8)."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from service_requests.enums import Kind
from service_requests.models import Case
from sla import measures
from sla.enums import Measure


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


def visible_codes(user: Any) -> "QuerySet[Any, Any]":
    """The tracking codes that a member of staff may know of."""
    return Case.objects.visible_to(user).order_by().values("code")


def addresses(codes: Sequence[str]) -> dict[str, str]:
    """The screens of some cases, by code; no address holds a code. One query."""
    found = Case.objects.filter(code__in=codes).order_by().values_list("code", "pk")
    return {
        code: reverse("service_requests_case_modeladmin_inspect", args=[pk]) for code, pk in found
    }
