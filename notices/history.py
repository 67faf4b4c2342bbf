"""The past by Jalali months: which notices began when; the months are those of Tehran's clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import DateTimeField, ExpressionWrapper, Max, Min, Q, Subquery

from notices import current
from notices.current import PublicNotice
from notices.months import Month, month_of

_LONGEST = timedelta(days=31)


@dataclass(frozen=True)
class Chapter:
    """One month of the history, with its neighbours that have something to tell."""

    month: Month
    notices: list[PublicNotice]
    earlier: Month | None
    later: Month | None

    def lies_within(self, at: datetime) -> bool:
        """Whether it is this month, one between the first notice and now, or has something to tell:
        what was called off stands in the month in which it would have begun.
        """
        begun = self.month.starts <= at
        return bool(self.notices) or (begun and (bool(self.earlier) or at < self.month.ends))


def newest(at: datetime) -> list[PublicNotice]:
    """What is over of the newest month in which anything began that is over, newest first.

    One query: no month is longer than 31 days, and what is too old is left out afterwards.
    """
    over = current.public_facts(at).filter(over_at__lte=at)
    last = Subquery(over.order_by("-starts_at").values("starts_at")[:1])
    since = ExpressionWrapper(last - _LONGEST, output_field=DateTimeField())
    found = current.find(at, Q(notice__over_at__lte=at, notice__starts_at__gte=since), updates=True)
    months = [month_of(each.notice.starts_at) for each in found]
    return _newest_first(
        each for each, month in zip(found, months, strict=True) if month == months[-1]
    )


def chapter(at: datetime, month: Month | None = None) -> Chapter:
    """What began in a month (None: the newest with any), newest first; called-off ones too.

    One query for the notices and the neighbouring months, and one to find the newest month.
    """

    def begun(prefix: str = "") -> Q:
        return Q(**{f"{prefix}starts_at__lte": at}) | Q(**{f"{prefix}cancelled_at__lte": at})

    public = current.public_facts(at).filter(begun())
    starts = public.values("starts_at")
    if month is None:
        newest = starts.order_by("-starts_at").first()
        if newest is None:
            return Chapter(month=month_of(at), notices=[], earlier=None, later=None)
        month = month_of(newest["starts_at"])
    around = {
        "earlier": Subquery(starts.filter(starts_at__lt=month.starts).order_by("-starts_at")[:1]),
        "later": Subquery(starts.filter(starts_at__gte=month.ends).order_by("starts_at")[:1]),
    }
    here = Q(notice__starts_at__gte=month.starts, notice__starts_at__lt=month.ends)
    notices = _newest_first(current.find(at, here & begun("notice__"), updates=True, also=around))
    if notices:
        neighbours: Any = vars(notices[0].page)
    else:
        neighbours = public.aggregate(
            earlier=Max("starts_at", filter=Q(starts_at__lt=month.starts)),
            later=Min("starts_at", filter=Q(starts_at__gte=month.ends)),
        )
    return Chapter(
        month=month,
        notices=notices,
        earlier=month_of(neighbours["earlier"]) if neighbours["earlier"] else None,
        later=month_of(neighbours["later"]) if neighbours["later"] else None,
    )


def _newest_first(notices: Iterable[PublicNotice]) -> list[PublicNotice]:
    by_key = sorted(notices, key=lambda each: str(each.id))
    return sorted(by_key, key=lambda each: each.notice.starts_at, reverse=True)
