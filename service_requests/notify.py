"""Telling applicants and staff: the code and a neutral sentence, nothing else, ever (R41)."""

from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import F

from cms_pages.enums import Role
from cms_pages.models import Membership
from desk_core import outbox
from desk_core.letters import Wording, register_wording
from desk_core.models import OutgoingMessage
from desk_core.outbox import Outgoing
from desk_core.sealing import Subject
from desk_core.statements import Slot, Statement
from service_requests.days import today
from service_requests.enums import Kind
from service_requests.message_words import BY_STATE, EVENTS, FOLDER, wording
from service_requests.models import Case, Deputyship, MessageText, Team
from service_requests.permissions import user_can_see

if TYPE_CHECKING:
    from django.db.models import QuerySet

#: Channel → the field of an applicant's contact.
CONTACT_OF = {"sms": "mobile", "email": "email"}
# What somebody chose in Wagtail's account settings; NULL or "" is the language of the site.
LANGUAGE = "wagtail_userprofile__preferred_language"


def tell_applicant(*, case: Case, subject: Subject, contact: dict[str, str], what: str) -> None:
    """Queue a message on every channel that the applicant gave, in the caller's transaction.

    `what` is one of `message_words.EVENTS` ("registered", "news", "reissued"); the same version of
    the case never says the same thing twice.
    """
    outbox.queue_many(to_applicant(case=case, contact=contact, what=what), subject=subject)


def tell_staff(*, case: Case, subject: Subject, what: str) -> None:
    """Queue an e-mail to the staff whose work this case is, in the caller's transaction."""
    outbox.queue_many(to_staff(case=case, what=what), subject=subject)


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
    into the text beside the code, and is never about a person. A message carries what its event
    may say, nothing else.
    """
    values = {"code": case.code, **(more or {})}
    context = {name: values[name] for name in EVENTS[what].carries if name in values}
    return [
        Outgoing(
            channel=channel,
            recipient=contact[field],
            template=f"{FOLDER}/{what}",
            context=context,
            language=case.language,
            variant=case.state if what == BY_STATE else "",
            dedupe=f"case:{case.pk}:{occasion or case.version}:{what}:applicant:{channel}",
        )
        for channel, field in CONTACT_OF.items()
        if contact.get(field)
    ]


def to_staff(*, case: Case, what: str) -> list[Outgoing]:
    """The messages of `tell_staff`, to be queued together with others."""
    return [
        Outgoing(
            channel="email",
            recipient=person.email,
            template=f"{FOLDER}/{what}",
            context={"code": case.code},
            language=person.language,
            dedupe=f"case:{case.pk}:{case.version}:{what}:staff:{person.pk}",
        )
        for person in staff_to_tell(case)
    ]


def own_wording(message: OutgoingMessage, context: dict[str, str]) -> Wording | None:
    """What staff wrote for a message: for the state of its case, else for every state."""
    rows = MessageText.objects.filter(
        event=message.template.rpartition("/")[2],
        channel=message.channel,
        language=message.language,
        state__in={"", message.variant},
    )
    row = rows.order_by("-state").first()
    return wording(row, context) if row is not None else None


def register() -> None:
    """Let the outbox ask for the texts of staff."""
    register_wording(FOLDER, own_wording)


class Addressee(NamedTuple):
    """A member of staff with an address, and the language that they read the admin in."""

    pk: int
    email: str
    language: str


def staff_to_tell(case: Case) -> list[Addressee]:
    """The assignee alone; else the team that has it; else the department's officers and heads.

    An assignee who left, who has no address or who may not see the case any more counts as none.
    A complaint is told to the complaints office whoever has it, and without an assignee to the
    head of another department that handles it. Beside whoever is away today stands the deputy.
    """
    return _with_deputies(case, _staff_to_tell(case))


def _staff_to_tell(case: Case) -> list[Addressee]:
    assignee = _assignee(case)
    if case.kind == Kind.COMPLAINT:
        members = _COMPLAINTS_OFFICE.rows()
        if not assignee and case.department_id != case.complained_department_id:
            of_department = _OF_DEPARTMENT.rows(department=case.department_id)
            members += [row for row in of_department if row[-1] == Role.HEAD]
    elif assignee:
        return assignee
    else:
        members = _OF_DEPARTMENT.rows(department=case.department_id)
        team = _team_of(case)
        members = [row for row in members if row[0] in team] or members
    found = {*assignee, *(addressee(*member) for *member, _role in members)}
    return sorted(person for person in found if person.email)


def _active(**here: Any) -> "QuerySet[Membership, tuple[Any, ...]]":
    rows = Membership.objects.filter(user__is_active=True, **here).order_by()
    return rows.values_list("user_id", "user__email", f"user__{LANGUAGE}", "role")


def _with_deputies(case: Case, people: list[Addressee]) -> list[Addressee]:
    """These and the deputies of those who are away, if they may see the case."""
    away = dict(_AWAY.rows(day=today()))
    wanted = {away[person.pk] for person in people if person.pk in away}
    wanted -= {person.pk for person in people}
    if not wanted:
        return people
    users = get_user_model()._default_manager.annotate(language=F(LANGUAGE))
    deputies = users.filter(pk__in=wanted, is_active=True).exclude(email="")
    return sorted(
        {
            *people,
            *(
                addressee(user.pk, user.email, user.language)
                for user in deputies
                if user_can_see(user, case)
            ),
        }
    )


_AWAY = Statement(
    lambda: (
        Deputyship.objects.filter(
            ended_at=None,
            first_day__lte=Slot("day", Deputyship.first_day),
            last_day__gte=Slot("day", Deputyship.last_day),
        )
        .order_by()
        .values_list("absent_id", "deputy_id")
    )
)
_COMPLAINTS_OFFICE = Statement(lambda: _active(role=Role.COMPLAINTS, department=None))
_OF_DEPARTMENT = Statement(
    lambda: _active(
        role__in=(Role.OFFICER, Role.HEAD),
        department_id=Slot("department", Membership.department),
    )
)


def _team_of(case: Case) -> set[int]:
    """The members of the team that has the case; of them those count who still work there."""
    if not case.team_id:
        return set()
    return set(
        Team.members.through.objects.filter(team_id=case.team_id).values_list("user_id", flat=True)
    )


def _assignee(case: Case) -> list[Addressee]:
    """Who has the case, if a message to them reaches somebody it may."""
    if not case.assigned_to_id:
        return []
    users = get_user_model()._default_manager.annotate(language=F(LANGUAGE))
    user = users.filter(pk=case.assigned_to_id).first()
    if user is None or not user.email or not user_can_see(user, case):
        return []
    return [addressee(user.pk, user.email, user.language)]


def addressee(pk: int, email: str, language: str | None) -> Addressee:
    """Somebody to be told, in the language of their admin or that of the site."""
    known = language in dict(settings.LANGUAGES)
    return Addressee(pk, email, str(language) if known else settings.LANGUAGE_CODE)
