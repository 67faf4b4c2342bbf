"""Standing in for a colleague who is away: who, for whom, from when until when.

For these days the deputy sees and may do what the absent colleague could in their departments
(`standing`), under the deputy's own name; what they do as a deputy only says for whom in the audit
trail. Rights in the whole body (complaints office, auditor, administrator) are lent to nobody.
"""

from datetime import date
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms_pages.enums import Role
from desk_core import audit
from service_requests.days import today
from service_requests.errors import NotAllowed
from service_requests.models import Deputyship
from service_requests.permissions import led_departments, user_can_end_deputy, user_can_enter_deputy
from service_requests.standing import LENT, standing_of

LONGEST_DAYS = 366


def enter(*, absent: Any, deputy: Any, first_day: date, last_day: date, actor: Any) -> Deputyship:
    """Let somebody stand in for a colleague on these days, both included.

    The same again changes nothing. Raises NotAllowed, or ValidationError by field.
    """
    if not user_can_enter_deputy(actor, absent):
        raise NotAllowed
    days = {"first_day": first_day, "last_day": last_day}
    with transaction.atomic():
        _one_at_a_time(absent, deputy)
        check(absent=absent, deputy=deputy, **days, actor=actor)
        known = Deputyship.objects.filter(ended_at=None, absent=absent, deputy=deputy, **days)
        if row := known.first():
            return row
        row = Deputyship.objects.create(absent=absent, deputy=deputy, created_by=actor, **days)
        _audit("deputy.entered", row, actor)
    return row


def end(*, deputyship: Deputyship, actor: Any) -> Deputyship:
    """End it now. Safe to repeat. Raises NotAllowed."""
    if not user_can_end_deputy(actor, deputyship):
        raise NotAllowed
    with transaction.atomic():
        row = Deputyship.objects.select_for_update().get(pk=deputyship.pk)
        if row.ended_at is None:
            row.ended_at, row.ended_by = timezone.now(), actor
            row.save(update_fields=["ended_at", "ended_by"])
            _audit("deputy.ended", row, actor)
    return row


def check(*, absent: Any, deputy: Any, first_day: date, last_day: date, actor: Any) -> None:
    """Raise ValidationError unless these two and these days are possible."""
    if not today() <= first_day <= last_day:
        raise ValidationError({"last_day": [_("Choose days from today on, the first one first.")]})
    if (last_day - first_day).days >= LONGEST_DAYS:
        raise ValidationError({"last_day": [_("A year at most.")]})
    if absent.pk == deputy.pk:
        raise ValidationError({"deputy": [_("Choose somebody else.")]})
    works = standing_of(deputy)
    if not works.has(Role.OFFICER, Role.HEAD):
        raise ValidationError({"deputy": [_("This person works on no cases.")]})
    away = Deputyship.objects.filter(ended_at=None, absent=deputy)
    if away.filter(first_day__lte=last_day, last_day__gte=first_day).exists():
        raise ValidationError({"deputy": [_("This person is away on some of these days.")]})
    others = Deputyship.objects.filter(ended_at=None, absent=absent)
    others = others.exclude(deputy=deputy, first_day=first_day, last_day=last_day)
    if others.filter(first_day__lte=last_day, last_day__gte=first_day).exists():
        message = _("Somebody stands in on some of these days already.")
        raise ValidationError({"first_day": [message]})
    # Who leads nobody hands the work to a colleague of the same departments alone.
    led = led_departments(actor)
    lent = standing_of(absent).ids(*LENT) - (led or frozenset())
    theirs = works.ids(Role.OFFICER, Role.HEAD)
    if led is not None and absent.pk == actor.pk and not lent <= theirs:
        message = _("Choose a colleague of your departments, or ask your head.")
        raise ValidationError({"deputy": [message]})


def _one_at_a_time(*people: Any) -> None:
    """Let nobody else enter a deputyship of these until the transaction ends.

    There is no row yet that could be locked: that of each person is, always in the same order.
    """
    users = get_user_model()._default_manager.select_for_update(no_key=True)
    list(users.filter(pk__in=[person.pk for person in people]).order_by("pk").values_list("pk"))


def _audit(action: str, row: Deputyship, actor: Any) -> None:
    audit.record(
        action=action,
        actor=actor,
        target=f"user:{row.absent_id}",
        detail={
            "deputy": row.deputy_id,
            "from": row.first_day.isoformat(),
            "until": row.last_day.isoformat(),
        },
    )
