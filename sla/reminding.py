"""Telling the people responsible that an agreement ends: 60, 30 and 7 days before (R36).

A day that is no working day moves to the working day before it: a reminder comes early rather than
later than was promised. A worker that slept sends the latest step that is due and leaves out those
that it missed; each person hears each step once.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.urls import reverse

from cms_pages.enums import Role
from cms_pages.models import Membership
from desk_core import outbox
from desk_core.outbox import Outgoing
from desk_core.sealing import new_subject
from persian.jalali import TEHRAN
from sla.calendar import WorkingCalendar
from sla.models.agreements import AgreementVersion
from sla.models.renewal import RenewalReminder
from sla.state import Facts, days_left, today
from sla.working_time import calendar_of, rows_around

#: Days before the last day, the earliest first.
STEPS = (60, 30, 7)
#: How far back a working day is looked for; beyond that the day itself has to do.
LOOK_BACK = 21
TEMPLATE = "sla/messages/renewal"

Works = Callable[[date], bool]
#: Key and address of a user.
People = dict[int, str]


def reminder_day(last: date, step: int, works: Works) -> date:
    """The day of a step for a version that ends on `last`: a working day, never a later one."""
    day = last - timedelta(days=step)
    backwards = (day - timedelta(days=n) for n in range(LOOK_BACK + 1))
    return next((earlier for earlier in backwards if works(earlier)), day)


def due_step(last: date, on: date, works: Works) -> int | None:
    """The latest step whose day has come; None before the first one and after the end."""
    if on > last:
        return None
    due = [step for step in STEPS if reminder_day(last, step, works) <= on]
    return min(due, default=None)


def needs_successor(facts: Facts) -> bool:
    """Whether a signed version has an end of its own and nothing signed that takes its place."""
    if facts.starts is None or facts.valid_to is None or facts.replaced_from is not None:
        return False
    return facts.terminated_on is None or facts.terminated_on > facts.valid_to


def remind(*, on: date | None = None) -> int:
    """Put every reminder that is due into the outbox; how many there were. Safe to repeat."""
    day = on or today()
    rows = list(AgreementVersion.objects.with_facts().select_related("agreement__department"))
    known = [(row, row.facts(siblings=rows)) for row in rows]
    ending = [(row, facts) for row, facts in known if needs_successor(facts)]
    if not ending:
        return 0
    calendars = rows_around(datetime.combine(day, time(), TEHRAN), days=max(STEPS))
    people = PeopleWhoCanAct()
    count = 0
    for row, facts in ending:
        works = _works(calendar_of(row.agreement.department, calendars))
        step = due_step(facts.valid_to, day, works) if facts.valid_to else None
        if step is not None:
            count += _tell(row, facts, step, people.of(row), day)
    return count


class PeopleWhoCanAct:
    """Whom to tell of which agreement: whoever can renew it and has an address. One query each."""

    def __init__(self) -> None:
        roles = (Role.ADMINISTRATOR, Role.SECRETARIAT, Role.HEAD)
        rows = Membership.objects.filter(role__in=roles, user__is_active=True).order_by()
        self._rows = list(rows.values_list("role", "department_id", "user_id", "user__email"))
        users = get_user_model()._default_manager.filter(is_active=True, is_superuser=True)
        self._superusers: People = dict(users.values_list("pk", "email"))

    def of(self, version: AgreementVersion) -> People:
        """A department's own agreement is told to its heads; any other one, or one of a department
        whose heads have no address, to administrators and secretariat of the body."""
        department_id = version.agreement.department_id
        heads = {
            pk: email
            for role, place, pk, email in self._rows
            if role == Role.HEAD and department_id is not None and place == department_id and email
        }
        if heads:
            return heads
        body = {pk: email for role, place, pk, email in self._rows if place is None}
        return {pk: email for pk, email in (self._superusers | body).items() if email}


def _works(calendar: WorkingCalendar) -> Works:
    """Whether staff work on a day; every day counts where no hours are known at all."""
    if not calendar.weeks and not calendar.special:
        return lambda _day: True
    return lambda day: bool(calendar.hours_on(day))


@transaction.atomic
def _tell(version: AgreementVersion, facts: Facts, step: int, people: People, day: date) -> int:
    """Queue the messages of one step to those who have not had it; each with its row."""
    AgreementVersion.objects.select_for_update().get(pk=version.pk)
    told = RenewalReminder.objects.filter(version=version, step=step)
    had = set(told.values_list("recipient_id", flat=True))
    fresh = {pk: email for pk, email in people.items() if pk not in had}
    if not fresh:
        return 0
    RenewalReminder.objects.bulk_create(
        RenewalReminder(version=version, step=step, recipient_id=pk) for pk in fresh
    )
    subject = new_subject()
    subject.save()
    outbox.queue_many(_messages(version, facts, step, fresh.items(), day), subject=subject)
    return len(fresh)


def _messages(
    version: AgreementVersion,
    facts: Facts,
    step: int,
    people: Iterable[tuple[int, str]],
    day: date,
) -> list[Outgoing]:
    base = str(getattr(settings, "WAGTAILADMIN_BASE_URL", "")).rstrip("/")
    context = {
        "title": version.agreement.title,
        "title_en": version.agreement.title_en or version.agreement.title,
        "number": str(version.number),
        "end": facts.valid_to.isoformat() if facts.valid_to else "",
        "days": str(days_left(facts, day) or 0),
        "url": base + reverse("sla_admin:successor", args=[version.pk]),
    }
    return [
        Outgoing(
            channel="email",
            recipient=email,
            template=TEMPLATE,
            context=context,
            language=settings.LANGUAGE_CODE,
            dedupe=f"agreement:{version.pk}:renewal:{step}:{pk}",
        )
        for pk, email in people
    ]
