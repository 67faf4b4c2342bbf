"""The two deeds of the calendar that take one click: confirming a holiday, closing an office."""

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from cms_pages.models import Department
from desk_core import audit
from persian.text import control_characters, normalise
from sla.models.calendar import CalendarException, Holiday
from sla.state import today

REASON_MAX = 160


@transaction.atomic
def confirm_holiday(*, holiday: Holiday, actor: Any = None) -> bool:
    """The date of a lunar holiday is settled; False when it was already."""
    row = Holiday.objects.select_for_update().get(pk=holiday.pk)
    if not row.provisional:
        return False
    row.provisional = False
    row.save(update_fields=["provisional"])
    audit.record(action="calendar.holiday_confirmed", actor=actor, target=f"sla.holiday:{row.pk}")
    return True


@transaction.atomic
def close_day(
    *, day: date, reason: str, department: Department | None = None, actor: Any = None
) -> CalendarException:
    """Close the body, or one department, for a whole day at short notice: smog, cold, mourning.

    Today or later; closing the same day for the same reason again gives the row there is. Raises
    ValidationError, by field.
    """
    reason = _clean_reason(reason)
    if day < today():
        raise ValidationError({"day": [_("This day is over.")]})
    rows = CalendarException.objects.filter(department=department, reason=reason, hours="")
    known = rows.filter(first_day=day, last_day=day).first()
    if known is not None:
        return known
    row = CalendarException.objects.create(
        reason=reason, department=department, first_day=day, last_day=day, hours=""
    )
    audit.record(
        action="calendar.closed",
        actor=actor,
        target=f"sla.calendarexception:{row.pk}",
        department_id=department.pk if department is not None else None,
        detail={"day": day.isoformat()},
    )
    return row


def tomorrow() -> date:
    """The day after today in Tehran."""
    return today() + timedelta(days=1)


def _clean_reason(text: str) -> str:
    reason = " ".join(normalise(text).split())
    if control_characters(text) or not 2 <= len(reason) <= REASON_MAX:
        raise ValidationError({"reason": [_("Write the reason, 2 to 160 characters.")]})
    return reason
