"""Noting when a notice is withdrawn from the public, and when it comes back.

Publishing, unpublishing and deleting a page note it at once. What else hides a page or shows it (it
expires, its section becomes private) is noticed by the worker that tells subscribers.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from desk_core import page_cache
from notices.models import Appearance, Notice, NoticePage
from notices.querysets import NoticeQuerySet, open_q

# What has been over for longer has no message that anybody still holds.
RECENT = timedelta(days=2)


def note(notice_id: UUID, *, at: datetime | None = None) -> bool:
    """Write down whether the public sees a notice, if that has changed; whether it has.

    Repeated, it changes nothing; the row of the notice is the lock. No row is older than what was
    noted or said before it, whatever the clock says.
    """
    moment = at or timezone.now()
    with transaction.atomic():
        notice = Notice.objects.select_for_update(of=("self",)).filter(pk=notice_id).first()
        if notice is None or not _changed(moment).filter(pk=notice_id).exists():
            return False
        last = notice.appearances.last()
        shown = NoticePage.objects.public_at(moment).filter(notice=notice).exists()
        said = notice.updates.order_by("at", "pk").last()
        earlier = [row.at + timedelta.resolution for row in (last, said) if row is not None]
        Appearance.objects.create(notice=notice, shown=shown, at=max(moment, *earlier))
        page_cache.purge()  # machine faces tell of the row itself: CAP's Cancel, or a new Alert
    return True


def note_all(*, at: datetime | None = None) -> int:
    """The same for every notice that is not over for long; how many have changed."""
    moment = at or timezone.now()
    changed = _changed(moment).filter(open_q(moment - RECENT)).values_list("pk", flat=True)
    return sum(note(pk, at=moment) for pk in list(changed))


def note_first(notice: Notice, *, at: datetime) -> None:
    """What is first published where not everybody may read it was never shown."""
    if not NoticePage.objects.public_at(at).filter(notice=notice).exists():
        Appearance.objects.create(notice=notice, shown=False, at=at)


def _changed(at: datetime) -> NoticeQuerySet:
    pages = NoticePage.objects.public_at(at).filter(notice=OuterRef("pk"))
    last = Appearance.objects.filter(notice=OuterRef("pk")).order_by("-pk").values("shown")[:1]
    rows = Notice.objects.annotate(
        seen=Exists(pages.order_by()), noted=Coalesce(Subquery(last), True)
    )
    return rows.filter(Q(seen=True, noted=False) | Q(seen=False, noted=True)).order_by("pk")
