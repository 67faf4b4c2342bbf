"""Telling applicants and staff: the code and a neutral sentence, nothing else, ever (R41)."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet

from cms_pages.enums import Role
from desk_core import outbox
from desk_core.sealing import Subject
from service_requests.enums import Kind
from service_requests.models import Case

_FOLDER = "service_requests/messages"


def tell_applicant(*, case: Case, subject: Subject, contact: dict[str, str], what: str) -> None:
    """Queue a message on every channel that the applicant gave, in the caller's transaction.

    `what` names the template ("registered", "news", "reissued"); the same version of the case
    never says the same thing twice.
    """
    for channel, field in (("sms", "mobile"), ("email", "email")):
        if contact.get(field):
            outbox.queue(
                channel=channel,
                recipient=contact[field],
                subject=subject,
                template=f"{_FOLDER}/{what}",
                context={"code": case.code},
                language=case.language,
                dedupe=f"case:{case.pk}:{case.version}:{what}:applicant:{channel}",
            )


def tell_staff(*, case: Case, subject: Subject, what: str, language: str = "fa") -> None:
    """Queue an e-mail to the staff whose work this case is, in the caller's transaction."""
    for user in staff_to_tell(case):
        outbox.queue(
            channel="email",
            recipient=user.email,
            subject=subject,
            template=f"{_FOLDER}/{what}",
            context={"code": case.code},
            language=language,
            dedupe=f"case:{case.pk}:{case.version}:{what}:staff:{user.pk}",
        )


def staff_to_tell(case: Case) -> "QuerySet[Any]":
    """The assignee alone; else the department's officers and heads, or the complaints office."""
    users = get_user_model()._default_manager.filter(is_active=True).exclude(email="")
    if case.assigned_to_id:
        return users.filter(pk=case.assigned_to_id)
    if case.kind != Kind.COMPLAINT:
        here = Q(
            memberships__department_id=case.department_id,
            memberships__role__in=(Role.OFFICER, Role.HEAD),
        )
    else:
        here = Q(memberships__role=Role.COMPLAINTS)
        if case.department_id != case.complained_department_id:
            here |= Q(memberships__department_id=case.department_id, memberships__role=Role.HEAD)
    return users.filter(here).distinct().only("pk", "email").order_by("pk")
