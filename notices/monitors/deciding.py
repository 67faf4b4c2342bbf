"""What people make of a proposal: a notice, or nothing, with the reason."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from desk_core import audit, page_cache
from notices import current, rules
from notices.current import PublicNotice
from notices.enums import KINDS_WITH_IMPACT, Impact, Kind, ProposalState
from notices.models import Notice, NoticeIndexPage, NoticePage, Proposal
from notices.querysets import open_q
from persian.jalali import format_datetime
from persian.text import normalise

if TYPE_CHECKING:
    from django.contrib.auth.models import User

REASON_LIMIT = 1000


def take_up(*, proposal: Proposal, author: "User", at: datetime | None = None) -> NoticePage:
    """Write the draft of a notice from a proposal; once it was, the same draft again.

    The page is a draft like any other: who publishes it, publishes it the usual way. Raises
    ValidationError when there is no place for notices, PermissionDenied for those who may not add
    a page there.
    """
    moment = at or timezone.now()
    with transaction.atomic():
        locked = _lock(proposal)
        if locked.page is not None:
            return locked.page
        index = place_for_notices()
        if index is None:
            raise ValidationError(_("There is no page of notices below the home page yet."))
        if not index.permissions_for_user(author).can_add_subpage():
            raise PermissionDenied
        page = _draft(locked, index, author)
        locked.page, locked.state = page, ProposalState.TAKEN_UP
        _decide(locked, author, moment, reason="")
        audit.record(
            action="monitor.taken_up", actor=author, target=f"monitor-proposal:{locked.pk}"
        )
    return page


def attachable(*, proposal: Proposal, author: "User", at: datetime) -> list[PublicNotice]:
    """Public notices that may be about the same, earliest start first: faults and maintenance.

    They are not over, name its service or concern the whole desk, and `author` may say more of
    them. A proposal without a service goes with the whole desk alone.
    """
    mine = Notice.objects.updatable_by(author).filter(open_q(at), kind__in=KINDS_WITH_IMPACT)
    about = current.touches_q(proposal.service) if proposal.service else Q(notice__affected=None)
    return current.find(at, about & Q(notice__in=mine))


def attach(
    *, proposal: Proposal, notice: UUID, author: "User", at: datetime | None = None
) -> NoticePage:
    """Say that a notice which is there already is about this, too; done twice, it is done once.

    Its recovery is then shown at that notice. Raises ValidationError for a notice that is not
    `attachable`, and where another one was written from the proposal or has it already.
    """
    moment = at or timezone.now()
    with transaction.atomic():
        locked = _lock(proposal)
        if locked.page is not None:
            if locked.page.notice_id == notice:
                return locked.page
            raise ValidationError(_("A notice was written from this; see to that one."))
        found = attachable(proposal=locked, author=author, at=moment)
        page = next((each.page for each in found if each.id == notice), None)
        if page is None:
            raise ValidationError(_("This notice is over, or it is about something else."))
        locked.page, locked.state = page, ProposalState.TAKEN_UP
        _decide(locked, author, moment, reason="")
        audit.record(
            action="monitor.attached", actor=author, target=f"monitor-proposal:{locked.pk}"
        )
    return page


def dismiss(
    *, proposal: Proposal, reason: str, author: "User", at: datetime | None = None
) -> Proposal:
    """Say that no notice will come of it, and why; dismissed twice, the first reason stays.

    Raises ValidationError without a reason, and where a notice was written already.
    """
    moment = at or timezone.now()
    said = normalise(reason[: 2 * REASON_LIMIT])
    if not said:
        raise ValidationError({"reason": _("Please say why no notice is needed.")})
    if len(said) > REASON_LIMIT or rules.text_wrong(said):
        raise ValidationError(
            {"reason": rules.text_wrong(said) or _("Please say it in fewer words.")}
        )
    with transaction.atomic():
        locked = _lock(proposal)
        if locked.state == ProposalState.DISMISSED:
            return locked
        if locked.page is not None:
            raise ValidationError(_("A notice was written from this; see to that one."))
        locked.state = ProposalState.DISMISSED
        _decide(locked, author, moment, reason=said)
        audit.record(
            action="monitor.dismissed", actor=author, target=f"monitor-proposal:{locked.pk}"
        )
    return locked


def place_for_notices() -> NoticeIndexPage | None:
    """The page below which notices are written, in the reader's language where there is one."""
    rows = NoticeIndexPage.objects.order_by("path")
    return rows.filter(locale__language_code=get_language()).first() or rows.first()


def _lock(proposal: Proposal) -> Proposal:
    rows = Proposal.objects.select_for_update(of=("self",)).select_related("page", "service")
    return rows.get(pk=proposal.pk)


def _decide(row: Proposal, author: "User", moment: datetime, *, reason: str) -> None:
    row.decided_by, row.decided_at, row.reason = author, moment, reason
    row.save(update_fields=["page", "state", "decided_by", "decided_at", "reason"])
    page_cache.purge()


def _draft(row: Proposal, index: NoticeIndexPage, author: "User") -> NoticePage:
    with override(index.locale.language_code):
        page = NoticePage(
            title=_title(row),
            kind=Kind.OUTAGE,
            impact=row.impact,
            starts_at=row.started_at,
            message=_message(row),
            live=False,
            locale=index.locale,
            owner=author,
        )
    if row.service is not None:
        page.affected_services = [row.service]
    page = index.add_child(instance=page)
    page.save_revision(user=author)
    return page


def _title(row: Proposal) -> str:
    """What is wrong with which service; the monitor's own words only where no service is named."""
    if row.service is None:
        return row.title
    words = {
        Impact.NONE: _("A fault in “%(service)s”"),
        Impact.DEGRADED: _("“%(service)s” is slow or faulty"),
        Impact.PARTIAL: _("“%(service)s” is partly unavailable"),
        Impact.MAJOR: _("“%(service)s” is unavailable"),
    }
    return words[Impact(row.impact)] % {"service": row.service}


def _message(row: Proposal) -> str:
    since = format_datetime(row.started_at, "long")
    return _("We have known of a fault since %(since)s and are looking into it.") % {"since": since}
