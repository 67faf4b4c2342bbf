"""Telling applicants and staff: the code and a neutral sentence, nothing else, ever (R41)."""

from django.contrib.auth import get_user_model
from django.db.models import Q

from cms_pages.enums import Role
from cms_pages.models import Membership
from desk_core import outbox
from desk_core.outbox import Outgoing
from desk_core.sealing import Subject
from service_requests.enums import Kind
from service_requests.models import Case

_FOLDER = "service_requests/messages"


def tell_applicant(*, case: Case, subject: Subject, contact: dict[str, str], what: str) -> None:
    """Queue a message on every channel that the applicant gave, in the caller's transaction.

    `what` names the template ("registered", "news", "reissued"); the same version of the case
    never says the same thing twice.
    """
    outbox.queue_many(to_applicant(case=case, contact=contact, what=what), subject=subject)


def tell_staff(*, case: Case, subject: Subject, what: str, language: str = "fa") -> None:
    """Queue an e-mail to the staff whose work this case is, in the caller's transaction."""
    outbox.queue_many(to_staff(case=case, what=what, language=language), subject=subject)


def to_applicant(*, case: Case, contact: dict[str, str], what: str) -> list[Outgoing]:
    """The messages of `tell_applicant`, to be queued together with others."""
    return [
        Outgoing(
            channel=channel,
            recipient=contact[field],
            template=f"{_FOLDER}/{what}",
            context={"code": case.code},
            language=case.language,
            dedupe=f"case:{case.pk}:{case.version}:{what}:applicant:{channel}",
        )
        for channel, field in (("sms", "mobile"), ("email", "email"))
        if contact.get(field)
    ]


def to_staff(*, case: Case, what: str, language: str = "fa") -> list[Outgoing]:
    """The messages of `tell_staff`, to be queued together with others."""
    return [
        Outgoing(
            channel="email",
            recipient=email,
            template=f"{_FOLDER}/{what}",
            context={"code": case.code},
            language=language,
            dedupe=f"case:{case.pk}:{case.version}:{what}:staff:{pk}",
        )
        for pk, email in staff_to_tell(case)
    ]


def staff_to_tell(case: Case) -> list[tuple[int, str]]:
    """Key and address of the assignee alone; else of the department's officers and heads.

    A complaint is told to the complaints office, and to the head of another department that
    handles it.
    """
    if case.assigned_to_id:
        users = get_user_model()._default_manager.filter(pk=case.assigned_to_id, is_active=True)
        return [(pk, email) for pk, email in users.values_list("pk", "email") if email]
    if case.kind != Kind.COMPLAINT:
        here = Q(department_id=case.department_id, role__in=(Role.OFFICER, Role.HEAD))
    else:
        here = Q(role=Role.COMPLAINTS)
        if case.department_id != case.complained_department_id:
            here |= Q(department_id=case.department_id, role=Role.HEAD)
    rows = Membership.objects.filter(here, user__is_active=True).order_by()
    found = dict(rows.values_list("user_id", "user__email"))
    return sorted((pk, email) for pk, email in found.items() if email)
