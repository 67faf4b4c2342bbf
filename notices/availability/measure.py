"""Availability as a measure of agreements: the reports of `sla` count, freeze and revise it (R13).

What a month's report keeps of it beside the sum is the whole way to it: each service's figures with
each stretch and its notices (`counting.to_json`), under the key of the service.
"""

from collections.abc import Iterable

from django.utils import timezone

from notices.availability import counting
from notices.availability.facts import Book, Watched, read
from notices.availability.periods import JALALI, CalendarMonth
from sla import measures
from sla.enums import Measure
from sla.months import Period
from sla.targets import Target


def register() -> None:
    """Called once from `AppConfig.ready()`."""
    measures.register(
        measures.ShareMeasure(
            measure=Measure.AVAILABILITY, count=count, of_people=False, minutes=True
        )
    )


def count(period: Period, target: Target) -> measures.ShareCount:
    """The available of the due minutes of the services that a target is about, by department."""
    month = CalendarMonth(JALALI, period.month)
    now = timezone.now()
    book = read(month.starts, month.ends, at=now)
    chosen = covered(book, target)
    figures = {each.service.key: counting.figures_of(each, month, book) for each in chosen}
    whole = counting.total(figures.values())
    by: dict[str, counting.Total] = {}
    for department in sorted({each.service.department.key for each in chosen}):
        mine = (each for each in chosen if each.service.department.key == department)
        by[department] = counting.total(figures[each.service.key] for each in mine)
    return measures.ShareCount(
        numerator=whole.available,
        denominator=whole.due,
        by=tuple((department, "", sum_.available, sum_.due) for department, sum_ in by.items()),
        detail={key: counting.to_json(each) for key, each in figures.items()},
        facts=counting.fingerprint(chosen, month, book),
    )


def covered(book: Book, target: Target) -> list[Watched]:
    """The services of a target: the one that it names, those of its department, or all."""
    return [each for each in book.watched.values() if covers(target, each)]


def covers(target: Target, watched: Watched) -> bool:
    """Whether a target of availability is about a service."""
    return target.covers(
        department=watched.service.department.key, service=watched.service.key, kind=""
    )


def narrowest(targets: Iterable[Target], watched: Watched) -> Target | None:
    """The one target of availability that holds for a service."""
    found = [
        target
        for target in targets
        if target.measure == Measure.AVAILABILITY and covers(target, watched)
    ]
    return max(found, key=lambda target: target.specificity, default=None)
