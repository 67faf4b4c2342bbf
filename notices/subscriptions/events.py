"""Recording what subscribers are told: one row, in the transaction of what happened.

Handing it over is somebody else's work (`fan_out`): whoever publishes waits for nobody.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils import timezone

from notices.enums import CLOSING_STATE, Kind, Occasion, Phase, Step, UpdateState
from notices.models import Notice, NoticeEvent, NoticeUpdate
from notices.publishing import FIRST_KEY
from notices.subscriptions.recalling import recall

#: What began or ended longer ago, while nothing ran, is told no more.
STALE = timedelta(hours=12)
_BATCH = 200
# A window that somebody declares open, or over, is not announced by the clock again.
_BY_CLOCK = {Occasion.BEGUN: "begun", Occasion.ENDED: "ended"}


def record(update: NoticeUpdate) -> NoticeEvent:
    """The event of an update, in the caller's transaction; the same update again is the same."""
    notice = update.notice
    known = NoticeEvent.objects.filter(notice=notice, update=update).first()
    if known is not None:
        return known
    _take_back(notice, update)
    occasion, step, key = _nature(notice, update)
    event, _new = NoticeEvent.objects.get_or_create(
        notice=notice,
        key=key,
        defaults={"step": step, "occasion": occasion, "update": update, "at": update.at},
    )
    return event


def record_edit(*, notice: Notice, revision: int, at: datetime | None = None) -> NoticeEvent:
    """The event of an edited text, for an editor who wants it told; once for each revision."""
    event, _new = NoticeEvent.objects.get_or_create(
        notice=notice,
        key=f"edit:{revision}",
        defaults={
            "step": Step.UPDATED,
            "occasion": Occasion.EDIT,
            "at": at or timezone.now(),
        },
    )
    return event


def record_due(*, at: datetime | None = None) -> int:
    """Record what began or ended by the clock alone; how many events are new. Safe to repeat.

    Something begins when it was announced before; plain news begin and end without a word. What
    ends by the clock is a window whose announced end has come, and a warning's. Without `at` it
    has come by the clock of the database, too, which all machines share: one that is ahead alone
    tells nothing too early.
    """
    now = at or timezone.now()
    begun, ended = _begun(now), _ended(now)
    if at is None:
        begun &= Q(starts_at__lte=Now())
        ended &= Q(over_at__lte=Now())
    return _due(begun, Occasion.BEGUN, Step.UPDATED) + _due(ended, Occasion.ENDED, Step.RESOLVED)


def _take_back(notice: Notice, update: NoticeUpdate) -> None:
    """Free the keys of what this update shows not to have happened yet, so that it is told then.

    Before every update a notice was not over; with one that leaves it announced it has not begun.
    What the outbox still has of it is called back.
    """
    early = Q(key=_BY_CLOCK[Occasion.ENDED])
    if notice.phase(update.at) == Phase.ANNOUNCED:
        early |= Q(key=_BY_CLOCK[Occasion.BEGUN])
    for event in NoticeEvent.objects.filter(early, notice=notice, update=None):
        event.key = f"{event.occasion}:{event.pk}"
        event.save(update_fields=["key"])
        recall(event.deliveries.all(), "too early")


def _nature(notice: Notice, update: NoticeUpdate) -> tuple[Occasion, Step, str]:
    state = UpdateState(update.state)
    if update.key == FIRST_KEY:
        if notice.phase(update.at) != Phase.ANNOUNCED:
            return Occasion.FIRST, Step.OPENED, _BY_CLOCK[Occasion.BEGUN]
        return Occasion.FIRST, Step.OPENED, "first"
    if state == CLOSING_STATE[Kind(notice.kind)]:
        return Occasion.UPDATE, Step.RESOLVED, _BY_CLOCK[Occasion.ENDED]
    if state == UpdateState.CANCELLED:
        return Occasion.UPDATE, Step.RESOLVED, f"update:{update.pk}"
    begun = notice.phase(update.at) != Phase.ANNOUNCED
    told = NoticeEvent.objects.filter(notice=notice, key=_BY_CLOCK[Occasion.BEGUN]).exists()
    if begun and not told:
        # The clock has not been there yet: saying it twice within a minute helps nobody.
        return Occasion.UPDATE, Step.UPDATED, _BY_CLOCK[Occasion.BEGUN]
    return Occasion.UPDATE, Step.UPDATED, f"update:{update.pk}"


def _begun(now: datetime) -> Q:
    return Q(starts_at__lte=now, starts_at__gt=now - STALE) & (Q(over_at=None) | Q(over_at__gt=now))


def _ended(now: datetime) -> Q:
    return Q(over_at__lte=now, over_at__gt=now - STALE, ended_at=None, cancelled_at=None)


def _due(condition: Q, occasion: Occasion, step: Step) -> int:
    key = _BY_CLOCK[occasion]
    known = NoticeEvent.objects.filter(notice=OuterRef("pk"), key=key)
    # Published before there were subscriptions: nobody was told of its first publication either.
    followed = NoticeEvent.objects.filter(notice=OuterRef("pk"))
    found = Notice.objects.filter(condition, Exists(followed), ~Exists(known))
    found = found.exclude(kind=Kind.ANNOUNCEMENT).order_by("starts_at", "pk")[:_BATCH]
    new = 0
    for notice_id in list(found.values_list("pk", flat=True)):
        with transaction.atomic():
            # Its window may have been moved since: what is locked is asked again.
            locked = Notice.objects.select_for_update(of=("self",))
            notice = locked.filter(condition, pk=notice_id).first()
            if notice is None:
                continue
            at = notice.starts_at if occasion == Occasion.BEGUN else notice.over_at
            _event, made = NoticeEvent.objects.get_or_create(
                notice=notice,
                key=key,
                defaults={"step": step, "occasion": occasion, "at": at},
            )
        new += made
    return new
