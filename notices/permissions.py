"""Who may do what with notices; every view, listing and button asks here."""

from typing import TYPE_CHECKING, Any

from wagtail.models import Page

from cms_pages.enums import Role
from cms_pages.models import Service
from cms_pages.permissions import (
    departments_of,
    has_role,
    user_can_manage_facts,
    user_can_view_facts,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

    from notices.models import BreakGlass, Notice, NoticePage, Proposal

    Asker = AbstractBaseUser | AnonymousUser

_KEPT = "_desk_own_notices"
ANY_NOTICE = (Role.EDITOR, Role.ADMINISTRATOR)
PUBLISHERS = (*ANY_NOTICE, Role.HEAD)


def user_can_post_update(user: "Asker", notice: "Notice") -> bool:
    """Editors may add updates and call any notice off; heads, those of their own services.

    A notice about the whole desk names no service and is no head's. The same for many at once:
    `NoticeQuerySet.updatable_by`.
    """
    if has_role(user, *ANY_NOTICE):
        return True
    mine = departments_of(user, Role.HEAD)
    return has_role(user, Role.HEAD) and notice.services.filter(department__in=mine).exists()


def user_can_change_page(user: "Asker", page: "NoticePage") -> bool:
    """By Wagtail's own ways too, a notice is changed by whoever may post its updates.

    A draft that nobody has published is its departments' by the services that it names; one that
    names none is open to everybody whom Wagtail lets write notices.
    """
    if has_role(user, *ANY_NOTICE):
        return True
    if page.notice_id is not None:
        return page.notice_id in _to_be_updated(user)
    notice = page.known_notice()
    if notice is not None:
        return user_can_post_update(user, notice)
    named = page.named_services()
    mine = departments_of(user, Role.HEAD)
    return not named.exists() or named.filter(department__in=mine).exists()


def _to_be_updated(user: "Asker") -> "set[UUID]":
    """For which of all notices `user_can_post_update` says yes; asked once however many are listed.

    Kept on the user, whose object lives as long as the request.
    """
    from notices.models import Notice

    kept: set[UUID] | None = getattr(user, _KEPT, None)
    if kept is None:
        kept = set(Notice.objects.updatable_by(user).values_list("pk", flat=True))
        setattr(user, _KEPT, kept)
    return kept


def user_can_speak_for_the_desk(user: "Asker") -> bool:
    """What names no service is said of all of them, and is no head's to change afterwards."""
    return has_role(user, *ANY_NOTICE)


def user_can_speak_of(user: "Asker", services: "Iterable[Service]") -> bool:
    """Whether a notice that names these services is the user's to publish first.

    It is theirs who may post its updates afterwards: without one of their own it is no head's.
    """
    if user_can_speak_for_the_desk(user):
        return True
    named = {service.department_id for service in services}
    return bool(named) and departments_of(user, Role.HEAD).filter(pk__in=named).exists()


def user_can_bring_out(user: "Asker", draft: "NoticePage") -> bool:
    """Whether the user may publish a draft, as far as its services go; later ones always."""
    services = draft.affected_services.all()
    return draft.known_notice() is not None or user_can_speak_of(user, services)


def user_can_change_places(user: "Asker") -> bool:
    """The places of notices hold those of all departments; heads only add to them."""
    return has_role(user, *ANY_NOTICE)


def user_can_approve(user: "Asker", obj: Any) -> bool:
    """As a second person; what is no notice has no department here."""
    from notices.models import NoticePage

    page = obj.specific if isinstance(obj, Page) else obj
    if not isinstance(page, NoticePage):
        return True
    draft = page.get_latest_revision_as_object()
    return user_can_change_page(user, page) and user_can_bring_out(user, draft)


def user_can_see_notices(user: "Asker") -> bool:
    """Whoever may write them, and the auditors, may see the overview with withdrawn ones."""
    return has_role(user, *PUBLISHERS, Role.AUDITOR)


def services_to_add(user: "Asker") -> "QuerySet[Service]":
    """Services that the user may say are affected: heads, those of their own departments."""
    services = Service.objects.active()
    if has_role(user, *ANY_NOTICE):
        return services
    return services.filter(department__in=departments_of(user, Role.HEAD))


def user_can_change_templates(user: "Asker") -> bool:
    """Templates and recurring windows are for all departments: the editors' work."""
    return has_role(user, *ANY_NOTICE)


def user_can_review(user: "Asker", row: "BreakGlass") -> bool:
    """Another person than the one who published alone; whoever may write notices."""
    return row.by_id != user.pk and has_role(user, *PUBLISHERS)


def user_can_decide(user: "Asker", proposal: "Proposal") -> bool:
    """Whoever may write the notice may take the proposal up or dismiss it.

    Editors and administrators any, heads those about services of their own departments. The same
    for many at once: `ProposalQuerySet.decidable_by`.
    """
    if has_role(user, *ANY_NOTICE):
        return True
    if proposal.service is None:
        return False
    return has_role(user, Role.HEAD, department=proposal.service.department)


def user_can_manage_monitors(user: "Asker") -> bool:
    """Monitors, their rules and their tokens are the administrators'."""
    return user_can_manage_facts(user)


def user_can_see_monitors(user: "Asker") -> bool:
    """Auditors see which there are, never a token."""
    return user_can_view_facts(user)


def user_can_see_subscriptions(user: "Asker") -> bool:
    """Editors, administrators and auditors see who is told: channel, choices, masked contact."""
    return has_role(user, *ANY_NOTICE, Role.AUDITOR)


def user_can_end_subscription(user: "Asker") -> bool:
    """Administrators end a subscription, or erase it, for somebody who asks for it at the desk."""
    return has_role(user, Role.ADMINISTRATOR)
