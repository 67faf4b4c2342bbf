"""Handing over all open cases of somebody who leaves, in batches of one short transaction each."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from desk_core import outbox
from desk_core.outbox import Outgoing
from desk_core.sealing import new_subject
from service_requests import history
from service_requests.errors import NotAllowed
from service_requests.models import Case
from service_requests.notify import LANGUAGE, addressee
from service_requests.permissions import user_can_be_assigned, user_can_hand_over
from service_requests.querysets import CaseQuerySet

BATCH = 200


@dataclass(frozen=True)
class HandedOver:
    """How many cases the new colleague got, and how many went back to their departments."""

    given: int
    returned: int


def cases_of(leaver: Any, actor: Any) -> CaseQuerySet:
    """The open cases of somebody that the actor answers for, and may hand over."""
    found: CaseQuerySet = Case.objects.led_by(actor).open().assigned_to(leaver)
    return found


def hand_over(*, leaver: Any, to: Any, actor: Any) -> HandedOver:
    """Give every open case of one person to another, or (None) back to their departments.

    A case that the other person may not work on, a complaint about their unit for instance, goes
    back as well: none stays with who leaves. Each case has its event. The new colleague is told
    how many in the transaction that gives them: what was given before a crash is told of once, and
    the rest when this is repeated. Raises NotAllowed, ValidationError.
    """
    if not user_can_hand_over(actor):
        raise NotAllowed
    if to is not None and (to.pk == leaver.pk or not to.is_active):
        raise ValidationError({"to": [_("Choose somebody else.")]})
    given = returned = 0
    while True:
        with transaction.atomic():
            rows = cases_of(leaver, actor).select_for_update(of=("self",)).order_by("pk")
            batch = list(rows.defer("sealed_content")[:BATCH])
            if not batch:
                break
            fit = [case for case in batch if to is not None and user_can_be_assigned(to, case)]
            kept = {case.pk for case in fit}
            rest = [case for case in batch if case.pk not in kept]
            history.record_hand_over(fit, to=to, actor=actor)
            history.record_hand_over(rest, to=None, actor=actor)
            if to is not None and fit:
                _tell(to, len(fit))
        given, returned = given + len(fit), returned + len(rest)
    return HandedOver(given, returned)


def _tell(to: Any, count: int) -> None:
    """One message that says how many, in the caller's transaction."""
    users = type(to)._default_manager.annotate(language=F(LANGUAGE))
    user: Any = users.get(pk=to.pk)
    if not user.email:
        return
    person = addressee(user.pk, user.email, user.language)
    subject = new_subject()
    message = Outgoing(
        channel="email",
        recipient=person.email,
        template="service_requests/messages/staff_handed_over",
        context={"count": str(count)},
        language=person.language,
        dedupe=f"handed-over:{subject.row.pk}",
    )
    subject.save()
    outbox.queue_many([message], subject=subject)
