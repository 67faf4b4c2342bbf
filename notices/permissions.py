"""Who may do what with notices; every view, listing and button asks here."""

from typing import TYPE_CHECKING

from cms_pages.enums import Role
from cms_pages.permissions import has_role

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

    Asker = AbstractBaseUser | AnonymousUser

PUBLISHERS = (Role.EDITOR, Role.HEAD, Role.ADMINISTRATOR)


def user_can_post_update(user: "Asker") -> bool:
    """Editors and heads of departments may add updates and call a notice off."""
    return has_role(user, *PUBLISHERS)


def user_can_see_notices(user: "Asker") -> bool:
    """Whoever may write them, and the auditors, may see the overview with withdrawn ones."""
    return has_role(user, *PUBLISHERS, Role.AUDITOR)
