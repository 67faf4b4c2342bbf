"""Background work of `sla`."""

from django_tasks import task

from sla import calendar_changes, telling
from sla.models.calendar_changes import CalendarChange


@task()
def follow_calendar_change(change_id: int) -> None:
    """Give running clocks the due times of the calendar as it is after a change."""
    change = CalendarChange.objects.select_related("actor").filter(pk=change_id).first()
    if change is not None:
        calendar_changes.follow(change=change)


@task()
def tell_of_announced_end(termination_id: int) -> None:
    """Tell those whom the announced end of an agreement concerns."""
    telling.of_announced(termination_id=termination_id)


@task()
def tell_of_called_off_end(called_off_id: int) -> None:
    """Tell them that the agreement does not end after all."""
    telling.of_called_off(called_off_id=called_off_id)
