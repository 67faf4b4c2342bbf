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
from service_requests.permissions import user_can_see

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


def to_applicant(
    *,
    case: Case,
    contact: dict[str, str],
    what: str,
    occasion: str = "",
    more: dict[str, str] | None = None,
) -> list[Outgoing]:
    """The messages of `tell_applicant`, to be queued together with others.

    `occasion` stands in for the case's version where something else is the reason; `more` goes
    into the text beside the code, and is never about a person.
    """
    return [
        Outgoing(
            channel=channel,
            recipient=contact[field],
            template=f"{_FOLDER}/{what}",
            context={"code": case.code, **(more or {})},
            language=case.language,
            dedupe=f"case:{case.pk}:{occasion or case.version}:{what}:applicant:{channel}",
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

    An assignee who left, who has no address or who may not see the case any more counts as none.
    A complaint is told to the complaints office whoever has it, and without an assignee to the
    head of another department that handles it.
    """
    assignee = _assignee(case)
    if case.kind == Kind.COMPLAINT:
        here = Q(role=Role.COMPLAINTS, department=None)
        if not assignee and case.department_id != case.complained_department_id:
            here |= Q(department_id=case.department_id, role=Role.HEAD)
    elif assignee:
        return sorted(assignee.items())
    else:
        here = Q(department_id=case.department_id, role__in=(Role.OFFICER, Role.HEAD))
    rows = Membership.objects.filter(here, user__is_active=True).order_by()
    found = assignee | dict(rows.values_list("user_id", "user__email"))
    return sorted((pk, email) for pk, email in found.items() if email)


def _assignee(case: Case) -> dict[int, str]:
    """Key and address of who has the case, if a message to them reaches somebody it may."""
    if not case.assigned_to_id:
        return {}
    user = get_user_model()._default_manager.filter(pk=case.assigned_to_id).first()
    if user is None or not user.email or not user_can_see(user, case):
        return {}
    return {user.pk: user.email}
