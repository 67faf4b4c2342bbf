"""Who may do what to a case: one table, and a plain function for each question.

Views, API, admin and templates ask these functions; verbs ask them again.
"""

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, QuerySet

from cms_pages.enums import Role
from cms_pages.models import Membership
from cms_pages.permissions import has_body_role
from service_requests.enums import OPEN_STATES, Kind
from service_requests.models import Case, CaseReport
from service_requests.standing import standing_of

_HANDLE = frozenset(
    {
        *("see", "read", "read_person", "take", "review", "ask", "visit", "answer"),
        *("refer", "reject", "close", "message", "note", "reissue", "receive"),
        *("set_aside", "prioritise", "enquire", "link"),
    }
)
_LEAD = _HANDLE | {"assign", "reopen", "export", "end_credential", "history", "letter", "hold"}
GRANTS: dict[str, frozenset[str]] = {
    Role.OFFICER: _HANDLE,
    Role.HEAD: _LEAD,
    Role.COMPLAINTS: _LEAD,
    Role.SECRETARIAT: frozenset(
        {"see", "read", "read_person", "refer", "reissue", "letter", "receive"}
    ),
    Role.AUDITOR: frozenset({"see", "history"}),
    "superuser": _LEAD,
}
# What is left to do with a case whose personal data were destroyed.
_OF_A_TOMBSTONE = frozenset({"see", "history", "export"})
# Roles whose work is the case itself; the others say why before they read it.
_NEED_NO_REASON = frozenset({Role.OFFICER, Role.HEAD, Role.COMPLAINTS})


def user_may(user: Any, case: Case, deed: str) -> bool:
    """Whether any of the user's roles towards this case allows a deed of GRANTS."""
    if case.anonymised_at is not None and deed not in _OF_A_TOMBSTONE:
        return False
    return any(deed in GRANTS[relation] for relation in standing_of(user).relations(case))


def user_can_see(user: Any, case: Case) -> bool:
    """Know that the case exists, and its operational facts."""
    return user_may(user, case, "see")


def user_can_read_content(user: Any, case: Case) -> bool:
    """Read subject, text, messages, files and notes (each reading is recorded)."""
    return user_may(user, case, "read")


def user_must_give_reason(user: Any, case: Case) -> bool:
    """Whether reading the conversation takes a stated reason; the person's details always do."""
    return not (standing_of(user).relations(case) & _NEED_NO_REASON)


def user_can_read_person(user: Any, case: Case) -> bool:
    """Read who the applicant is and how to reach them, giving a reason."""
    return user_may(user, case, "read_person")


def user_can_read_notes(user: Any, case: Case) -> bool:
    """Read internal notes."""
    return user_may(user, case, "note")


def user_can_take(user: Any, case: Case) -> bool:
    """Take a case that nobody has, to work on it; not what one sees as a deputy only."""
    own = standing_of(user).own_relations(case)
    return case.state in OPEN_STATES and any("take" in GRANTS[relation] for relation in own)


def user_can_assign(user: Any, case: Case) -> bool:
    """Give the case to a colleague, or take it away."""
    return case.state in OPEN_STATES and user_may(user, case, "assign")


def user_can_be_assigned(user: Any, case: Case) -> bool:
    """Whether the case may be given to this person: its officers and heads, the complaints office.

    A complaint is never given to people of the department complained of.
    """
    standing = standing_of(user)
    if case.kind == Kind.COMPLAINT:
        if standing.has(Role.COMPLAINTS):
            return True
        if case.complained_department_id in standing.own:
            return False
    return case.department_id in standing.ids(Role.OFFICER, Role.HEAD)


def assignable(case: Case) -> "QuerySet[Any]":
    """The people to whom the case may be given, by name."""
    people = get_user_model()._default_manager.filter(is_active=True)
    memberships = Membership.objects.filter(user=OuterRef("pk"))
    here = Exists(
        memberships.filter(department_id=case.department_id, role__in=(Role.OFFICER, Role.HEAD))
    )
    if case.kind == Kind.COMPLAINT:
        office = memberships.filter(role=Role.COMPLAINTS)
        of_the_unit = memberships.filter(department=case.complained_department).exclude(
            role=Role.COMPLAINTS
        )
        people = people.filter(Exists(office) | (here & ~Exists(of_the_unit)))
    else:
        people = people.filter(here)
    return people.order_by("last_name", "first_name", "username")


def user_can_prioritise(user: Any, case: Case) -> bool:
    """Say how soon the case is taken up among others."""
    return case.state in OPEN_STATES and user_may(user, case, "prioritise")


def user_can_set_aside(user: Any, case: Case) -> bool:
    """Mark the case as not meant for this desk, join it with another one, and undo either."""
    return user_may(user, case, "set_aside")


def user_can_enquire(user: Any, case: Case) -> bool:
    """Ask a third party one question about the case, or withdraw it."""
    return user_may(user, case, "enquire")


def user_can_link_notice(user: Any, case: Case) -> bool:
    """Say that the case is about a notice, or that it is not."""
    return user_may(user, case, "link")


def user_can_review(user: Any, case: Case) -> bool:
    """Start or resume the review."""
    return user_may(user, case, "review")


def user_can_ask(user: Any, case: Case) -> bool:
    """Ask the applicant for more information."""
    return user_may(user, case, "ask")


def user_can_request_visit(user: Any, case: Case) -> bool:
    """Ask the applicant to come in person (R9)."""
    return user_may(user, case, "visit")


def user_can_receive(user: Any, case: Case) -> bool:
    """Note whether the applicant came to the visit: whoever handles it, and the front desk."""
    return user_may(user, case, "receive")


def user_can_answer(user: Any, case: Case) -> bool:
    """Answer."""
    return user_may(user, case, "answer")


def user_can_reject(user: Any, case: Case) -> bool:
    """Say, with the reason, that the case cannot be dealt with."""
    return user_may(user, case, "reject")


def user_can_refer(user: Any, case: Case) -> bool:
    """Send the case to another department, with the reason."""
    return user_may(user, case, "refer")


def user_can_close(user: Any, case: Case) -> bool:
    """Close."""
    return user_may(user, case, "close")


def user_can_reopen(user: Any, case: Case) -> bool:
    """Open a closed case again."""
    return user_may(user, case, "reopen")


def user_can_message(user: Any, case: Case) -> bool:
    """Write to the applicant."""
    return user_may(user, case, "message")


def user_can_note(user: Any, case: Case) -> bool:
    """Write an internal note."""
    return user_may(user, case, "note")


def user_can_reissue(user: Any, case: Case) -> bool:
    """Issue a new tracking password to an applicant whose identity was checked in person."""
    return user_may(user, case, "reissue")


def user_can_end_credential(user: Any, case: Case) -> bool:
    """End the tracking password without a new one."""
    return user_may(user, case, "end_credential")


def user_can_register_letter(user: Any, case: Case) -> bool:
    """Enter the case and its answer into an indicator book, and void such an entry (R26).

    The secretariat does; so do those who answer for the case, for a complaint is never shown to
    the secretariat.
    """
    return user_may(user, case, "letter")


def user_can_hold(user: Any, case: Case) -> bool:
    """Set and lift a legal hold: those who answer for the case."""
    return user_may(user, case, "hold")


def user_can_set_retention(user: Any) -> bool:
    """Say for how long cases of a kind are kept: administrators."""
    return has_body_role(user, Role.ADMINISTRATOR)


def user_can_list_retention(user: Any) -> bool:
    """Read that: auditors as well."""
    return user_can_set_retention(user) or standing_of(user).has(Role.AUDITOR)


def user_can_print_letter(user: Any, case: Case) -> bool:
    """Print a letter with the applicant's name on it (each print is recorded)."""
    return user_may(user, case, "read_person")


def user_can_manage_books(user: Any) -> bool:
    """Set up secretariats and their indicator books: administrators."""
    return has_body_role(user, Role.ADMINISTRATOR)


def user_can_list_books(user: Any) -> bool:
    """Read how the books are set up: auditors and secretariats as well."""
    standing = standing_of(user)
    return user_can_manage_books(user) or standing.has(Role.AUDITOR, Role.SECRETARIAT)


def user_can_edit_texts(user: Any) -> bool:
    """Word the messages of the whole body: administrators."""
    return has_body_role(user, Role.ADMINISTRATOR)


def user_can_export(user: Any, case: Case | None = None) -> bool:
    """Export a list of cases (facts only; see `CaseQuerySet.led_by`), or one case."""
    if case is not None:
        return user_may(user, case, "export")
    standing = standing_of(user)
    return standing.superuser or standing.has(Role.HEAD, Role.COMPLAINTS)


def user_may_fetch_report(user: Any, report: CaseReport) -> bool:
    """Fetch the file of a report: who asked for it, while they answer for what it was made of."""
    mine = report.requested_by_id == user.pk and user_can_export(user)
    return mine and report.reach == standing_of(user).reach


def user_can_see_history(user: Any, case: Case) -> bool:
    """Read who read and did what: for those who answer for the case, and auditors."""
    return user_may(user, case, "history")


def user_can_register(user: Any) -> bool:
    """Register a case for a walk-in, a caller or a paper letter."""
    standing = standing_of(user)
    return standing.superuser or standing.has(
        Role.OFFICER, Role.HEAD, Role.SECRETARIAT, Role.COMPLAINTS
    )


def user_can_list_cases(user: Any) -> bool:
    """Open the list of cases at all."""
    standing = standing_of(user)
    return user_can_register(user) or standing.has(Role.AUDITOR)


def user_can_act_in_bulk(user: Any) -> bool:
    """Choose several cases in the list: whoever works on cases. Each is asked about again."""
    standing = standing_of(user)
    return standing.superuser or standing.has(Role.OFFICER, Role.HEAD, Role.COMPLAINTS)


def led_departments(user: Any) -> frozenset[int] | None:
    """The departments whose teams, rules and replies the user decides; None when that is all."""
    standing = standing_of(user)
    if standing.superuser or standing.has(Role.ADMINISTRATOR):
        return None
    return standing.ids(Role.HEAD)


def user_can_lead(user: Any, department_id: int | None = None) -> bool:
    """Decide about teams, rules and replies: of one department, or of any at all."""
    led = led_departments(user)
    if led is None:
        return True
    return bool(led) if department_id is None else department_id in led


def user_can_list_replies(user: Any) -> bool:
    """Open the stored replies: who leads a department, administrators, the complaints office."""
    return user_can_lead(user) or standing_of(user).has(Role.COMPLAINTS)


def user_may_edit_reply(user: Any, reply: Any) -> bool:
    """Change a stored reply: heads those of their department, the complaints office its own.

    What is offered in every department is an administrator's, but for replies to complaints.
    """
    if led_departments(user) is None:
        return True
    if reply.department_id is None:
        return reply.kind == Kind.COMPLAINT and standing_of(user).has(Role.COMPLAINTS)
    return user_can_lead(user, reply.department_id)


def user_can_see_workload(user: Any) -> bool:
    """See how much work lies with whom: those who lead the work."""
    return user_can_export(user)


def user_can_list_visits(user: Any) -> bool:
    """Open the list of visits: whoever may open that of cases."""
    return user_can_list_cases(user)


def user_can_print_day_sheet(user: Any) -> bool:
    """Print who comes on a day: those who work with the visitors, never auditors."""
    return user_can_register(user)


def user_can_view_visiting_hours(user: Any) -> bool:
    """Visiting hours are no secret to those who work by them."""
    standing = standing_of(user)
    return user_can_change_visiting_hours(user) or standing.has(
        Role.OFFICER, Role.SECRETARIAT, Role.AUDITOR
    )


def user_can_change_visiting_hours(user: Any, obj: Any = None) -> bool:
    """Administrators those of every department, heads those of their own.

    Without an object: whether the user may change any at all.
    """
    if has_body_role(user, Role.ADMINISTRATOR):
        return True
    heads = standing_of(user).ids(Role.HEAD)
    return bool(heads) if obj is None else obj.department_id in heads


def user_can_list_surveys(user: Any) -> bool:
    """Open survey figures."""
    standing = standing_of(user)
    return standing.superuser or standing.has(Role.HEAD, Role.COMPLAINTS, Role.AUDITOR)


def user_sees_all_surveys(user: Any) -> bool:
    """See the figures of every department, and of the survey about the whole desk."""
    standing = standing_of(user)
    return standing.superuser or standing.has(Role.COMPLAINTS, Role.AUDITOR)


def survey_departments(user: Any) -> frozenset[int]:
    """The departments whose figures a head sees."""
    return standing_of(user).ids(Role.HEAD)


def user_can_read_survey_words(user: Any) -> bool:
    """Read what people wrote: heads of their departments, the complaints office; no auditor."""
    standing = standing_of(user)
    return standing.superuser or standing.has(Role.HEAD, Role.COMPLAINTS)


def user_can_compose_surveys(user: Any) -> bool:
    """Compose what is asked: editors and administrators of the whole body."""
    return has_body_role(user, Role.EDITOR, Role.ADMINISTRATOR)


def user_can_record_improvements(user: Any, improvement: Any = None) -> bool:
    """Record what is done about it: administrators and the complaints office, heads in their own.

    Without an object: whether the user may record any at all.
    """
    if led_departments(user) is None or standing_of(user).has(Role.COMPLAINTS):
        return True
    led = led_departments(user) or frozenset()
    return bool(led) if improvement is None else improvement.department_id in led


def user_can_enter_deputy(user: Any, absent: Any = None) -> bool:
    """Say who stands in for somebody: one's own deputy, or for people whom one leads, or any.

    A head leads somebody whose every department is theirs. Without a person: whether for anybody.
    """
    led = led_departments(user)
    if led is None or absent is None or absent.pk == user.pk:
        return led is None or user_can_act_in_bulk(user)
    places = Membership.objects.filter(user=absent).values_list("department_id", flat=True)
    theirs = set(places)
    return bool(theirs) and theirs <= led


def user_can_end_deputy(user: Any, deputyship: Any = None) -> bool:
    """End it early: whoever could enter it, and the deputy. Without one: whether any at all."""
    if deputyship is None:
        return user_can_list_deputies(user)
    return deputyship.deputy_id == user.pk or user_can_enter_deputy(user, deputyship.absent)


def user_can_list_deputies(user: Any) -> bool:
    """Open the list of deputies: whoever works on cases, and administrators."""
    return user_can_lead(user) or user_can_act_in_bulk(user)


def user_can_hand_over(user: Any) -> bool:
    """Give the open cases of somebody who leaves to another: those who lead the work."""
    return user_can_export(user)


def user_can_list_tokens(user: Any) -> bool:
    """Have tokens for the API, and see one's own: whoever may open the list of cases."""
    return user_can_list_cases(user)


def user_manages_tokens(user: Any) -> bool:
    """Allow tokens to others, and revoke those of others: administrators."""
    return has_body_role(user, Role.ADMINISTRATOR)
