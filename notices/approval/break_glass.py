"""Publishing alone what takes two, when nobody else can be reached: with a reason, and reviewed.

The reason goes into the audit trail at once. Until another person has looked at it, it stands on
the first screen of everybody who may.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk_core import audit
from notices import rules
from notices.approval import four_eyes
from notices.models import BreakGlass, Notice, NoticePage, NoticeUpdate
from persian.text import normalise

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.utils.functional import Promise

REASON_LIMIT = 1000
#: What takes two people in an update, for its author.
HEAVIEST = gettext_lazy(
    "This makes the notice one of the highest severity, which takes two people. Say "
    "why nobody else could be asked; a colleague will look at it afterwards."
)
BEYOND = gettext_lazy(
    "This makes the maintenance earlier, longer or heavier than two people approved it. Say "
    "why nobody else could be asked; a colleague will look at it afterwards."
)


def publish(*, page: NoticePage, by: "User", reason: str) -> Notice:
    """Publish the newest draft of a page alone; repeated, it finds the notice again.

    Raises PermissionDenied for who may not publish at all, ValidationError for a missing reason,
    an impossible notice, a date that lies ahead, and for what takes no second person.
    """
    if not page.permissions_for_user(by).can_publish():
        raise PermissionDenied
    if wrong := errors(HEAVIEST, reason):
        raise ValidationError({"reason": wrong["alone_because"]})
    with transaction.atomic():
        # The row of the page is the lock: two presses of the button make one publication.
        stored = NoticePage.objects.select_for_update(of=("self",)).get(pk=page.pk)
        known = stored.known_notice()
        if known is not None:
            return known
        revision = stored.get_latest_revision()
        if revision is None:
            raise ValidationError(_("There is no draft to publish."))
        draft = revision.as_object()
        if not four_eyes.takes_two(draft):
            raise ValidationError(_("This needs no second person: publish it in the usual way."))
        if draft.go_live_at and draft.go_live_at > timezone.now():
            raise ValidationError(_("What is to appear later can wait for a second person."))
        if why := four_eyes.refusal(draft, revision, by, alone=True):
            raise ValidationError(why)
        draft.full_clean()
        if missing := draft.missing():
            raise ValidationError(list(missing.values()))
        revision.published_alone = True
        revision.publish(user=by)
        notice = Notice.objects.get(origin=draft.translation_key)
        note(update=notice.updates.earliest("at", "pk"), by=by, reason=reason)
    return notice


def note(*, update: NoticeUpdate, by: Any, reason: str) -> BreakGlass:
    """Write down that somebody said this alone, in the caller's transaction."""
    row = BreakGlass.objects.create(
        update=update, by=by, reason=normalise(reason), at=timezone.now()
    )
    audit.record(
        action="notice.broke_glass",
        actor=by,
        target=f"notice:{update.notice_id}",
        detail={"update": update.pk, "note": row.reason},
    )
    return row


def review(*, row: BreakGlass, by: "User", finding: str = "", at: datetime | None = None) -> None:
    """Another person has looked at it; done once, and the second time changes nothing.

    Raises ValidationError for the person who published it, and for a text that is too long.
    """
    finding = normalise(finding)
    if len(finding) > REASON_LIMIT or rules.text_wrong(finding):
        raise ValidationError({"finding": _("Please write at most 1000 characters of plain text.")})
    with transaction.atomic():
        locked = BreakGlass.objects.select_for_update(of=("self",)).get(pk=row.pk)
        if locked.by_id == by.pk:
            raise ValidationError(_("Another person has to look at what you published alone."))
        if locked.reviewed_at is not None:
            return
        locked.reviewed_by, locked.reviewed_at = by, at or timezone.now()
        locked.finding = finding
        locked.save(update_fields=["reviewed_by", "reviewed_at", "finding"])
        audit.record(
            action="notice.reviewed",
            actor=by,
            target=f"notice:{locked.update.notice_id}",
            detail={"update": locked.update_id, "note": finding},
        )


def errors(takes_two: "str | Promise", reason: str) -> rules.Errors:
    """Why a reason will not do; empty when it does, or when nothing takes two people."""
    if not takes_two:
        return {}
    text = normalise(reason) if len(reason) <= 2 * REASON_LIMIT else reason
    if not text.strip():
        return {"alone_because": str(takes_two)}
    if len(text) > REASON_LIMIT or rules.text_wrong(text):
        return {"alone_because": _("Please write at most 1000 characters of plain text.")}
    return {}
