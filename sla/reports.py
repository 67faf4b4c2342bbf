"""Months close into frozen reports, and are revised with a reason (R8, R13).

`close_due` and `count_running` are the sweep's (`manage.py close_months`): safe to repeat, safe
for two at once. Months are Jalali and end at midnight in Tehran.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from desk_core import audit
from desk_core.page_cache import purge
from persian.jalali import TEHRAN
from sla.counting import Counted, counted, inputs_digest
from sla.document import read_canonical
from sla.models import AgreementVersion, Clock, MonthReport, ReportDrift, RunningMonth, SignedText
from sla.months import Period, earlier, month_of, months_between
from sla.performance.at_a_glance import glance_at
from sla.performance.names import names_said, stored_names
from sla.report_figures import to_json
from sla.state import Facts
from sla.targets import Target
from sla.working_time import calendar_for

#: For so many months back the sweep looks whether the facts are still what they were.
DRIFT_MONTHS = 13
LONGEST_REASON = 300
_DRIFT_MARK, _DRIFT_SECONDS = "sla:drift-looked-at", 6 * 3600


class NothingChanged(Exception):
    """A revision would say the same as the report that holds."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A signed version with targets: since which month it is measured, until which it binds."""

    version: AgreementVersion
    targets: tuple[Target, ...]
    first: int
    last: int | None


def measured_versions() -> list[Measured]:
    """Every fully signed version that promises something; one query.

    It is measured from the month in which it binds and its text is sealed here: of an older time
    this software knows nothing.
    """
    return measured(list(AgreementVersion.objects.with_facts(texts=True)))


def measured(rows: Iterable[AgreementVersion]) -> list[Measured]:
    """The same of versions that were read with their facts and texts."""
    versions = list(rows)
    found = []
    for row in versions:
        facts = row.facts(siblings=versions)
        if facts.starts is None or not row.sealed:
            continue
        text = row.signed_text
        targets = read_canonical(text.body).targets
        if targets:
            known = text.sealed_at.astimezone(TEHRAN).date()
            last = _last_day(facts)
            first = month_of(max(facts.starts, known))
            found.append(Measured(row, targets, first, month_of(last) if last else None))
    return found


def sweep(*, at: datetime | None = None) -> dict[str, int]:
    """What the timer does: close, count, and every six hours compare; says how much of each."""
    done = {"closed": len(close_due(at=at)), "running": count_running(at=at), "changed": 0}
    if cache.add(_DRIFT_MARK, True, _DRIFT_SECONDS):
        done["changed"] = check_drift(at=at)
    return done


def close_due(*, at: datetime | None = None) -> list[MonthReport]:
    """Close every month that is over and has no report yet; returns the reports made."""
    current = month_of(at or timezone.now())
    versions = measured_versions()
    missing = _months_to_close(versions, current)
    made = []
    for one in versions:
        for month in sorted(missing[one.version.pk]):
            report = _close(one.version, one.targets, month)
            if report is not None:
                made.append(report)
    return made


def close_month(*, month: int, at: datetime | None = None) -> list[MonthReport]:
    """Close one month for every version that it concerns; those that have a report are left out.

    Raises ValidationError for a month that is not over.
    """
    current = month_of(at or timezone.now())
    if month >= current:
        raise ValidationError(_("This month is not over yet."))
    versions = measured_versions()
    missing = _months_to_close(versions, current)
    made = [
        _close(one.version, one.targets, month)
        for one in versions
        if month in missing[one.version.pk]
    ]
    return [report for report in made if report is not None]


def revise(*, version: AgreementVersion, month: int, reason: str, actor: Any = None) -> MonthReport:
    """Count a frozen month again and add the result as its next revision.

    Raises ValidationError without a reason, without a report to revise, or when somebody else
    has just revised it; NothingChanged when the facts and the figures are the same.
    """
    reason = " ".join(reason.split())
    if not reason:
        raise ValidationError({"reason": _("Say why the figures are counted again.")})
    if len(reason) > LONGEST_REASON:
        raise ValidationError({"reason": _("Please write a shorter reason.")})
    holds = MonthReport.objects.filter(version=version, month=month).first()
    if holds is None:
        raise ValidationError(_("There is no report of this month to revise."))
    targets = read_canonical(SignedText.objects.get(version=version).body).targets
    fresh = _made(version, targets, month)
    if all(
        getattr(fresh, name) == getattr(holds, name)
        for name in ("inputs_sha256", "figures", "times")
    ):
        raise NothingChanged
    fresh.revision, fresh.reason, fresh.actor = holds.revision + 1, reason, actor
    fresh.names |= holds.names  # a revision corrects figures; the names stay those of the month
    try:
        with transaction.atomic():
            fresh.save()
            ReportDrift.objects.filter(report__version=version, report__month=month).delete()
            audit.record(
                action="report.revise",
                actor=actor,
                target=f"sla.monthreport:{fresh.pk}",
                department_id=version.agreement.department_id,
                detail={"month": month, "revision": fresh.revision},
            )
            purge()
    except IntegrityError as error:
        raise ValidationError(
            _("Somebody else has revised this month at the same time. Please look at it again.")
        ) from error
    return fresh


def check_drift(*, at: datetime | None = None) -> int:
    """Compare the facts of the last months with their reports; returns how many differ.

    What differs is kept as `ReportDrift` for the staff; what agrees again is taken back.
    """
    current = month_of(at or timezone.now())
    differing = 0
    targets = {one.version.pk: one.targets for one in measured_versions()}
    reports = MonthReport.objects.filter(
        month__gte=earlier(current, DRIFT_MONTHS), version__in=targets
    )
    for report in latest(reports).defer("figures", "times"):
        period = Period(report.month)
        digest = inputs_digest(
            report.version_id, targets[report.version_id], report.month, period.ends
        )
        if digest == report.inputs_sha256:
            ReportDrift.objects.filter(report=report).delete()
        else:
            differing += 1
            ReportDrift.objects.update_or_create(report=report, defaults={"inputs_sha256": digest})
    return differing


def count_running(*, at: datetime | None = None) -> int:
    """Count the running month of every measured version; returns how many those are."""
    now = at or timezone.now()
    month = month_of(now)
    versions = measured_versions()
    day_minutes = ordinary_day_minutes(month)
    names = stored_names() if versions else {}
    for one in versions:
        counts = counted(one.version.pk, one.targets, month, now)
        figures, times = to_json(counts, day_minutes)
        glance = glance_at(one.targets, counts)
        values = {
            **{"month": month, "figures": figures, "times": times},
            **{"names": names, "counted_at": now},
            "kept": glance.kept if glance else None,
            "judged": glance.judged if glance else None,
        }
        RunningMonth.objects.update_or_create(version=one.version, defaults=values)
    return len(versions)


def latest(reports: "QuerySet[MonthReport]") -> "QuerySet[MonthReport]":
    """Of each month the revision that holds."""
    later = MonthReport.objects.filter(
        version=OuterRef("version"), month=OuterRef("month"), revision__gt=OuterRef("revision")
    )
    return reports.filter(~Exists(later.order_by()))


def ordinary_day_minutes(month: int) -> int:
    """How long the body's staff work on the average working day of a month; 0 without one."""
    period = Period(month)
    calendar = calendar_for(None, period.starts, days=(period.last - period.first).days)
    days = [calendar.hours_on(day) for day in _days(period.first, period.last)]
    lengths = [sum(span.closes - span.opens for span in hours) for hours in days if hours]
    return sum(lengths) // len(lengths) if lengths else 0


def _close(
    version: AgreementVersion, targets: tuple[Target, ...], month: int
) -> MonthReport | None:
    """The first report of a month; None where somebody else has just made it."""
    report = _made(version, targets, month)
    try:
        with transaction.atomic():
            report.save()
            purge()
    except IntegrityError:
        return None
    return report


def _made(version: AgreementVersion, targets: Iterable[Target], month: int) -> MonthReport:
    """A report, not stored yet.

    The fingerprint is taken before the figures: a change between the two shows as a drift, never
    as figures that silently belong to other facts.
    """
    ends = Period(month).ends
    digest = inputs_digest(version.pk, targets, month, ends)
    counts = counted(version.pk, targets, month, ends)
    figures, times = to_json(counts, ordinary_day_minutes(month))
    # As they will be read: a pair of minutes and cases is a list in JSON.
    times = {key: [list(pair) for pair in pairs] for key, pairs in times.items()}
    return MonthReport(
        version=version,
        month=month,
        inputs_sha256=digest,
        figures=figures,
        times=times,
        names=names_said(_said(targets, counts.values())),
    )


def _said(targets: Iterable[Target], counts: Iterable[Counted]) -> set[str]:
    """The departments and services that a month's figures speak of."""
    said = {f"department:{department}" for one in counts for department, _kind in one.by}
    for target in targets:
        said |= {f"department:{target.department}", f"service:{target.service}"}
    return said


def _months_to_close(versions: list[Measured], current: int) -> dict[int, set[int]]:
    """By version the months that are over, concern it and have no report; two queries."""
    missing: dict[int, set[int]] = defaultdict(set)
    for one in versions:
        last = earlier(current)
        missing[one.version.pk].update(
            months_between(one.first, last if one.last is None else min(last, one.last))
        )
    with_cases = Clock.objects.filter(month__lt=current).values_list("version", "month")
    for version_id, month in with_cases.distinct():
        missing[version_id].add(month)  # type: ignore[arg-type]  # a NULL is not before any
    for version_id, month in MonthReport.objects.values_list("version", "month").order_by():
        missing[version_id].discard(month)
    return missing


def _last_day(facts: Facts) -> date | None:
    """The last day on which a signed version binds; None while no end is known."""
    ends = [facts.valid_to] if facts.valid_to else []
    ends += [day - timedelta(days=1) for day in (facts.replaced_from, facts.terminated_on) if day]
    return min(ends, default=None)


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
