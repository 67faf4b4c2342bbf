"""Who may do what with agreements and with the working calendar."""

from typing import TYPE_CHECKING, Any

from wagtail.permissions import page_permission_policy

from cms_pages.enums import Role
from cms_pages.permissions import departments_of, has_body_role, has_role, roles_of

if TYPE_CHECKING:
    from cms_pages.models import Department
    from cms_pages.permissions import User
    from sla.models import AgreementVersion


def user_can_record_signature(user: "User", version: "AgreementVersion | None" = None) -> bool:
    """Recording a signature makes an agreement binding: administrators and the secretariat."""
    return has_body_role(user, Role.ADMINISTRATOR, Role.SECRETARIAT)


def user_can_invite_signatory(user: "User", version: "AgreementVersion | None" = None) -> bool:
    """A link lets somebody outside sign: administrators only."""
    return has_body_role(user, Role.ADMINISTRATOR)


def user_can_view_agreements(user: "User", obj: Any = None) -> bool:
    """Staff with a part in agreements; auditors read."""
    return has_body_role(user, Role.ADMINISTRATOR, Role.SECRETARIAT, Role.EDITOR, Role.AUDITOR)


def user_can_view_reports(user: "User", obj: Any = None) -> bool:
    """The frozen months with everything behind them: administrators and auditors."""
    return has_body_role(user, Role.ADMINISTRATOR, Role.AUDITOR)


def user_can_revise_reports(user: "User", obj: Any = None) -> bool:
    """A frozen month is counted again by administrators only, with a reason."""
    return has_body_role(user, Role.ADMINISTRATOR)


def user_can_view_counted_cases(user: "User", obj: Any = None) -> bool:
    """The codes behind a figure: whoever works with cases; each sees those visible to them."""
    return has_role(
        *(user, Role.OFFICER, Role.HEAD, Role.SECRETARIAT, Role.COMPLAINTS, Role.AUDITOR)
    )


def user_can_end_by_consent(user: "User", version: "AgreementVersion | None" = None) -> bool:
    """The letters of both organisations are recorded by those who record their signatures."""
    return user_can_record_signature(user, version)


def user_can_terminate(user: "User", version: "AgreementVersion | None" = None) -> bool:
    """Ending an agreement, one of the two people: administrators and the secretariat (R38)."""
    return user_can_record_signature(user, version)


def user_can_renew(user: "User", version: "AgreementVersion | None" = None) -> bool:
    """Drafting a successor: who records signatures, and heads for their own department's.

    Without a version: whether the user may renew any at all.
    """
    if has_body_role(user, Role.ADMINISTRATOR, Role.SECRETARIAT):
        return True
    if version is None:
        return has_role(user, Role.HEAD)
    department_id = version.agreement.department_id
    return department_id is not None and (Role.HEAD.value, department_id) in roles_of(user)


def user_can_view_calendar(user: "User", obj: Any = None) -> bool:
    """The calendar is no secret to those who work by it."""
    return has_role(user, Role.ADMINISTRATOR, Role.HEAD, Role.EDITOR, Role.AUDITOR)


def user_can_change_calendar(user: "User", obj: Any = None) -> bool:
    """Administrators change every row, heads those of their own departments.

    Without an object: whether the user may change any row at all.
    """
    if has_body_role(user, Role.ADMINISTRATOR):
        return True
    if obj is None:
        return has_role(user, Role.HEAD)
    department_id = getattr(obj, "department_id", None)
    if department_id is None:
        return False
    return departments_of(user, Role.HEAD).filter(pk=department_id).exists()


def user_can_change_holidays(user: "User", obj: Any = None) -> bool:
    """Public holidays hold for the whole body: administrators only."""
    return has_body_role(user, Role.ADMINISTRATOR)


def offices_to_close(user: "User") -> "list[Department | None]":
    """Whose office the user may close at short notice; None stands for the whole body."""
    if has_body_role(user, Role.ADMINISTRATOR):
        return [None, *departments_of(user)]
    return list(departments_of(user, Role.HEAD))


def user_can_close(user: "User", department: "Department | None") -> bool:
    """Close this office for a day, None for the whole body."""
    return department in offices_to_close(user)


def user_can_write_targets(user: "User") -> bool:
    """Whoever edits pages may read back what targets say."""
    return page_permission_policy.user_has_any_permission(user, {"add", "change", "publish"})
