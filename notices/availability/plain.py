"""The figures as plain values for programs; docs/availability.md says what each is."""

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.http import HttpRequest

from notices.availability.announced import MINUTE
from notices.availability.bars import Bars, DayEntry
from notices.availability.counting import Total
from notices.availability.engine import WHOLE, Amounts
from notices.availability.promised import Promised, budget, percent, verdict
from notices.availability.showing import MonthLine, Picture, ServiceLine
from notices.availability.words import amount
from notices.current import PublicNotice
from notices.enums import Impact
from sla.attainment import ErrorBudget


def picture_json(request: HttpRequest, shown: Picture, language: str) -> dict[str, Any]:
    """Everything that a page shows; moments in ISO with their zone."""
    rules = shown.rules
    return {
        "at": shown.at.astimezone(UTC).isoformat(),
        "calendar": shown.calendar,
        "rules": {
            "weights": {impact.value: rules.weights[impact] / WHOLE for impact in Impact},
            "lead_hours": _number(Fraction(rules.lead // MINUTE, 60)),
            "cap_minutes": rules.cap,
        },
        "services": [_service(request, shown, line, language) for line in shown.lines],
    }


def _service(
    request: HttpRequest, shown: Picture, line: ServiceLine, language: str
) -> dict[str, Any]:
    service, since = line.service, line.watched.since
    return {
        "key": service.key,
        "name": (service.name_en if language == "en" else "") or service.name,
        "hours": line.watched.hours.value,
        "known_since": since.astimezone(UTC).isoformat() if since else None,
        "target_percent": _target(line.promised),
        "this_month": _month(request, shown, line.this_month),
        "last_twelve_months": _total(line.year, line.year_promised),
        "last_90_days": _days(shown.bars(line)),
        "months": [_month(request, shown, month) for month in line.months],
    }


def _month(request: HttpRequest, shown: Picture, line: MonthLine) -> dict[str, Any]:
    figures, month, report = line.figures, line.month, line.report
    return {
        "month": month.key,
        "first_day": month.first.isoformat(),
        "last_day": month.last.isoformat(),
        **_total(line.total, line.promised),
        "excused_minutes": _plain(amount(figures.reckoning.excused)),
        "outages": {
            "count": figures.outages,
            "mean_repair_minutes": figures.mean_repair,
            "mean_between_minutes": figures.mean_between,
            "longest_minutes": figures.longest,
        },
        "notices": {
            "windows": figures.care.windows,
            "windows_in_time": figures.care.windows_in_time,
            "outages": figures.care.outages,
            "mean_first_notice_minutes": figures.care.mean_first_notice,
            "longest_silence_minutes": figures.care.longest_silence,
        },
        "frozen": {
            "revision": report.revision,
            "made_at": report.made_at.astimezone(UTC).isoformat(),
            "reason": report.reason,
            "inputs_sha256": report.inputs_sha256,
        }
        if report
        else None,
        "stretches": [
            {
                "from": _moment(entry.stretch.begins),
                "to": _moment(entry.stretch.ends),
                "weight": entry.stretch.weight / WHOLE,
                "minutes": entry.stretch.minutes,
                "excused_minutes": _plain(amount(entry.stretch.excused)),
                "downtime_minutes": _plain(amount(entry.stretch.counted)),
                "notices": [_notice(request, each) for each in entry.notices],
                "withdrawn": entry.withdrawn,
            }
            for entry in shown.entries(line)
        ],
    }


def _days(bars: Bars) -> dict[str, Any]:
    return {
        **_total(bars.amounts, bars.promised),
        "days": [_day(bars.entry(day)) for day in bars.days],
    }


def _day(entry: DayEntry) -> dict[str, Any]:
    day = entry.day
    return {
        "day": day.day.isoformat(),
        "state": day.state.value,
        "worst_impact": day.worst.value,
        "agreed_minutes": day.amounts.agreed,
        "known_minutes": day.amounts.known,
        "excused_minutes": _plain(amount(day.amounts.excused)),
        "downtime_minutes": day.lost,
        "notices": [str(each.id) for each in entry.notices],
        "withdrawn": entry.withdrawn,
    }


def _notice(request: HttpRequest, each: PublicNotice) -> dict[str, Any]:
    return {"id": str(each.id), "title": each.title, "url": each.page.get_full_url(request)}


def _total(total: Total | Amounts, promised: Promised | None) -> dict[str, Any]:
    return {
        "availability_percent": _plain(percent(total.share)),
        "target_percent": _target(promised),
        "result": verdict(total, promised).value,
        "agreed_minutes": total.agreed,
        "known_minutes": total.known,
        "coverage_percent": _plain(percent(total.coverage)),
        "due_minutes": total.due,
        "downtime_minutes": total.lost,
        "available_minutes": total.available,
        "budget": _budget(budget(total, promised)),
    }


def _budget(found: ErrorBudget | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "allowed_minutes": _number(found.allowed),
        "remaining_minutes": _number(found.remaining),
        "used_percent": _plain(percent(found.burn)),
    }


def _target(promised: Promised | None) -> float | int | None:
    return _plain(promised.target.share) if promised else None


def _moment(minute: int) -> str:
    return datetime.fromtimestamp(minute * 60, UTC).isoformat()


def _plain(value: Decimal | int | None) -> float | int | None:
    return float(value) if isinstance(value, Decimal) else value


def _number(value: Fraction) -> float | int:
    return int(value) if value.denominator == 1 else float(value)
