"""Who may do what with notices; every view, listing and button asks here."""

from typing import TYPE_CHECKING, Any

from django.utils.functional import cached_property
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
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

    from notices.models import BreakGlass, Notice, NoticePage, Proposal
    from notices.page_querysets import DraftNames

    Asker = AbstractBaseUser | AnonymousUser

_KEPT = "_desk_own_notices"
# So many drafts are looked at together for a list; older ones one by one.
_DRAFTS = 500
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
    own = _own(user)
    if page.notice_id is not None:
        return page.notice_id in own.notices
    if page.pk in own.drafts:
        draft = own.drafts[page.pk]
        if draft.notice is not None:
            return draft.notice in own.notices
        return not draft.departments or not own.departments.isdisjoint(draft.departments)
    notice = page.known_notice()
    if notice is not None:
        return user_can_post_update(user, notice)
    named = set(page.named_services().values_list("department_id", flat=True))
    return not named or not own.departments.isdisjoint(named)


class _Own:
    """What is a head's; asked once however many pages are listed, and each part when needed."""

    def __init__(self, user: "Asker") -> None:
        self.user = user

    @cached_property
    def notices(self) -> "set[UUID]":
        """Of which `user_can_post_update` says yes."""
        from notices.models import Notice

        return set(Notice.objects.updatable_by(self.user).values_list("pk", flat=True))

    @cached_property
    def drafts(self) -> "dict[int, DraftNames]":
        """What the newest drafts name, whoever's they are."""
        from notices.models import NoticePage

        return NoticePage.objects.drafts_named(_DRAFTS)

    @cached_property
    def departments(self) -> set[int]:
        """Where the user is head."""
        return set(departments_of(self.user, Role.HEAD).values_list("pk", flat=True))

    def may_bring_out(self, draft: "DraftNames") -> bool:
        """Whether it names a service of theirs, or shows a notice that is theirs."""
        if draft.notice is not None:
            return draft.notice in self.notices
        return not self.departments.isdisjoint(draft.departments)


def _own(user: "Asker") -> _Own:
    """Kept on the user, whose object lives as long as the request."""
    kept: _Own | None = getattr(user, _KEPT, None)
    if kept is None:
        kept = _Own(user)
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
    """As a second person, who may change it afterwards; other pages have no department here."""
    from notices.models import NoticePage

    page = obj.specific if isinstance(obj, Page) else obj
    if not isinstance(page, NoticePage) or has_role(user, *ANY_NOTICE):
        return True
    own = _own(user)
    if page.pk in own.drafts:
        return own.may_bring_out(own.drafts[page.pk])
    return user_can_change_page(user, page) and (
        page.known_notice() is not None or user_can_speak_of(user, page.named_services())
    )


def approvable_by(user: "Asker", pages: "Sequence[int]") -> "set[int]":
    """The same for many at once, which are told by their keys; a fixed number of queries."""
    from notices.models import NoticePage

    if has_role(user, *ANY_NOTICE):
        return set(pages)
    own, mine = _own(user), NoticePage.objects.filter(pk__in=pages)
    published = dict(mine.exclude(notice=None).values_list("pk", "notice"))
    drafts = mine.drafts_named(len(pages))
    found = set(pages) - published.keys() - drafts.keys()
    found |= {key for key, notice in published.items() if notice in own.notices}
    found |= {key for key, draft in drafts.items() if own.may_bring_out(draft)}
    return found


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
