"""Following one notice: a subscription to it alone, which ends by itself when it is over."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils import timezone

from notices.enums import LIVING_STATES, EndReason, Step
from notices.models import Delivery, NoticeEvent, Subscription
from notices.subscriptions import subscribing
from notices.subscriptions.events import STALE

_BATCH = 500


def release(*, at: datetime | None = None) -> int:
    """Let go of notices that are over, and end who followed nothing else; how many ended.

    Only after everybody was told: an end that waits for quiet hours or for a mail server is waited
    for. Safe to repeat.
    """
    now = at or timezone.now()
    events = NoticeEvent.objects.filter(notice=OuterRef("notice"))
    told = events.holding().filter(step=Step.RESOLVED, finished_at__isnull=False)
    is_over = Q(notice__over_at__lte=now)
    if at is None:
        is_over &= Q(notice__over_at__lte=Now())  # as the event of it was recorded
    over = is_over & (
        Exists(told) | Q(notice__over_at__lte=now - STALE)  # plain news end without a word
    )
    rows = Subscription.followed.through.objects.filter(over)
    rows.filter(~Exists(events.filter(finished_at=None))).delete()
    ended = 0
    for row in _left_with_nothing():
        ended += subscribing.end(subscription=row, reason=EndReason.OVER)
    return ended


def _left_with_nothing() -> list[Subscription]:
    following = Subscription.followed.through.objects.filter(subscription=OuterRef("pk"))
    waiting = Delivery.objects.filter(subscription=OuterRef("pk"), outcome="")
    idle = Subscription.objects.filter(~Exists(following), ~Exists(waiting), only_followed=True)
    return list(idle.filter(state__in=LIVING_STATES).order_by("pk")[:_BATCH])
