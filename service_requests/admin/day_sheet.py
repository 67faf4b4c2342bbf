"""The day sheet for the front desk: who comes today, in the order of the clock, to be printed.

It shows what a front desk needs and nothing more: time, place, code, and the first letters of the
name where the reader handles the case anyway; the secretariat asks for the code.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from cms_pages.models import DeskSettings
from desk_core import audit
from desk_core.responses import never_store
from desk_core.sealing import Erased, open_subject
from persian.jalali import TEHRAN
from persian.wagtail import JalaliAdminDateField, JalaliAdminDateInput
from service_requests import permissions, reading, visit_words
from service_requests.admin.filters import department_choices
from service_requests.admin.visits import day_around
from service_requests.enums import VisitState
from service_requests.models import Visit
from sla.state import today

MOST = 500
_COMING = (VisitState.BOOKED, VisitState.CAME, VisitState.MISSED)


@dataclass(frozen=True)
class Line:
    """One visitor; `name` is masked, and "" where the reader may not have it."""

    visit: Visit
    time: str
    place: str = field(repr=False)
    name: str = field(repr=False)
    url: str


class SheetForm(forms.Form):
    """Which day, of which department."""

    day = JalaliAdminDateField(label=_("Day"), required=False, widget=JalaliAdminDateInput())
    department = forms.ChoiceField(label=_("Department"), required=False)

    def __init__(self, *args: Any, departments: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields["department"]
        choices.choices = [("", _("All")), *departments]


class DaySheetView(WagtailAdminTemplateMixin, TemplateView):
    """The visits of a day that the reader may know of; recorded, kept by no cache."""

    template_name = "service_requests/admin/day_sheet.html"
    page_title = _("Day sheet of visits")
    header_icon = "date"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Refuse whoever receives nobody."""
        if not permissions.user_can_print_day_sheet(request.user):
            raise PermissionDenied
        return never_store(super().dispatch(request, *args, **kwargs))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The sheet of today, or of what was asked for; 422 with the reason where it is no day."""
        choices = department_choices(request.user)
        asked = {"day", "department"} & set(request.GET)
        data = request.GET if asked else None
        form = SheetForm(data, departments=choices, initial={"day": today()})
        if asked and not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        values = form.cleaned_data if asked else {}
        day, department = values.get("day") or today(), values.get("department") or ""
        lines = self._lines(day, department)
        audit.record(
            action="visit.day_sheet",
            actor=request.user,  # type: ignore[arg-type]
            target="visit:day_sheet",
            department_id=int(department) if department else None,
            detail={"day": day.isoformat(), "rows": len(lines)},
        )
        context = {
            "form": form,
            "day": day,
            "lines": lines,
            "most": MOST if len(lines) == MOST else 0,
            "department": dict(choices).get(department, ""),
            "desk": DeskSettings.for_request(request),
        }
        return self.render_to_response(self.get_context_data(**context))

    def _lines(self, day: date, department: str) -> list[Line]:
        """In the order of the clock. One query, and none for each of them."""
        user = self.request.user
        noon = datetime.combine(day, datetime.min.time().replace(hour=12), TEHRAN)
        rows = Visit.objects.visible_to(user).between(*day_around(noon)).filter(state__in=_COMING)
        if department:
            rows = rows.filter(case__department_id=int(department))
        rows = rows.select_related(
            "case__department", "case__subject_key", "message", "slot__visiting_hours"
        )
        return [
            self._line(user, visit) for visit in rows.order_by("starts_at", "seat", "pk")[:MOST]
        ]

    def _line(self, user: Any, visit: Visit) -> Line:
        case = visit.case
        handles = permissions.user_can_read_content(
            user, case
        ) and not permissions.user_must_give_reason(user, case)
        name = place = ""
        if visit.slot is not None:
            place = visit.slot.visiting_hours.where
        if handles:
            name, place = _opened(visit, place)
        return Line(
            visit=visit,
            time=visit_words.span_words(visit.starts_at, visit.ends_at),  # type: ignore[arg-type]
            place=place,
            name=name,
            url=reverse("service_requests_case_modeladmin_inspect", args=[case.pk]),
        )


def _opened(visit: Visit, place: str) -> tuple[str, str]:
    """The masked name, and the place where that is sealed; nothing of an erased person."""
    case = visit.case
    try:
        subject = open_subject(case.subject_key)
    except Erased:
        return "", place
    content = subject.open_json(bytes(case.sealed_content), record=case.content_record)
    masked = reading.masked(content["person"])
    return reading.name_of(masked, case.person_type), place or reading.place_of(visit)
