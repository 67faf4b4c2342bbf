"""Who may do what with agreements and with the working calendar."""

from typing import TYPE_CHECKING, Any

from cms_pages.enums import Role
from cms_pages.permissions import departments_of, has_body_role, has_role

if TYPE_CHECKING:
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
