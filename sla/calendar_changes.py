"""What follows when the working calendar changes: running clocks get new due times.

Every row that is saved or deleted leaves a `CalendarChange` in the same transaction; the clocks
follow in the background. Who changed it is known from Wagtail's log context, which every view of
the admin opens.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from wagtail.log_actions import get_active_log_context

from desk_core.locks import UNDER_WAY
from persian.jalali import format_date
from sla import clocks
from sla.models.calendar import CalendarException, Holiday
from sla.models.calendar_changes import CalendarChange

#: When a change that no worker has taken up is taken up by the sweep.
LOST_AFTER = timedelta(minutes=10)


def note(*, reason: str, department_id: int | None = None, actor: Any = None) -> CalendarChange:
    """Write down that the calendar changed, and let the clocks follow once that is committed.

    `department_id`: whose calendar it was, None for the whole body's.
    """
    from sla.tasks import follow_calendar_change

    actor = actor or get_active_log_context().user
    change = CalendarChange.objects.create(
        reason=reason[:300],
        department_id=department_id,
        actor_id=actor.pk if actor is not None else None,
    )

    def enqueue() -> None:
        follow_calendar_change.enqueue(change.pk)

    # The sweep takes it up if the queue is away: a change that is made never fails for it.
    transaction.on_commit(enqueue, robust=True)
    return change


def follow(*, change: CalendarChange, started_since: datetime | None = None) -> int:
    """Recalculate the clocks that a change concerns; how many cases moved. Safe to repeat."""
    moved = clocks.recalculate(
        office_ids=None if change.department_id is None else [change.department_id],
        reason=change.reason,
        actor=change.actor,
        change=change,
        started_since=started_since,
    )
    change.moved += moved
    change.finished_at = timezone.now()
    change.save(update_fields=["moved", "finished_at"])
    return moved


def settle(*, at: datetime | None = None) -> int:
    """Look again at changes of late; how many were settled. Called by `sweep_requests`.

    A case that was being registered while the calendar changed may have counted by the old one;
    and a change whose task was lost is followed now.
    """
    now = at or timezone.now()
    late = CalendarChange.objects.filter(settled=False).filter(
        Q(finished_at__lte=now - UNDER_WAY) | Q(finished_at=None, at__lte=now - LOST_AFTER)
    )
    settled = 0
    for change in late.select_related("actor").order_by("at"):
        follow(change=change, started_since=change.at - UNDER_WAY if change.finished_at else None)
        CalendarChange.objects.filter(pk=change.pk).update(settled=True)
        settled += 1
    return settled


def remember_owner(instance: Any, **kwargs: Any) -> None:
    """Before a row is saved: whose it was, since taking it away from them concerns them too."""
    if kwargs.get("raw") or instance.pk is None:
        return
    owners = type(instance)._default_manager.filter(pk=instance.pk)
    instance._owner_before = list(owners.values_list("department_id", flat=True))


def row_saved(instance: Any, **kwargs: Any) -> None:
    """A row was added or changed."""
    if kwargs.get("raw"):
        return
    owner = getattr(instance, "department_id", None)
    before = vars(instance).pop("_owner_before", [])
    # Whatever concerns two departments is looked at for all.
    one = all(each == owner for each in before)
    note(reason=_reason(instance), department_id=owner if one else None)


def row_deleted(instance: Any, **kwargs: Any) -> None:
    """A row was taken away."""
    with override(settings.LANGUAGE_CODE):
        reason = _("taken away: %(what)s") % {"what": _reason(instance)}
    note(reason=reason, department_id=getattr(instance, "department_id", None))


def _reason(row: Any) -> str:
    """What a row says, in the site's own language, since it is kept."""
    with override(settings.LANGUAGE_CODE):
        if isinstance(row, Holiday):
            name = _("%(name)s (not a holiday after all)") if row.cancelled else "%(name)s"
            return _with_days(name % {"name": row}, row.day, row.day)
        if isinstance(row, CalendarException):
            name = _("%(reason)s (hours: %(hours)s)") if row.hours else _("%(reason)s (closed)")
            values = {"reason": row.reason, "hours": row.hours}
            return _with_days(name % values, row.first_day, row.last_day)
        name = _("weekly hours “%(name)s”") % {"name": row.name}
        return _with_days(name, row.first_day, row.last_day)


def _with_days(text: str, first: date, last: date | None) -> str:
    """A text with its day or days."""
    days = format_date(first)
    if last is None:
        days = _("from %(day)s on") % {"day": days}
    elif last != first:
        days = f"{days} – {format_date(last)}"
    return f"{text[:220]} · {days}"
