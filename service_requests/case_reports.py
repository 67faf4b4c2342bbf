"""The report about complaints, requests and suggestions that a ministry asks for (R22).

One row a case, of those that its reader answers for; facts alone, nothing of the person and no
tracking code. A short one is handed out at once, a long one is made by the worker: a sealed file
of the one who asked, which is forgotten after a week. Asking and fetching are in the audit trail.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from desk_core import audit, spreadsheets, vault
from desk_core.sealing import erase, new_subject, open_subject
from persian.jalali import format_date
from service_requests import permissions
from service_requests.days import end_of
from service_requests.enums import Kind, PersonType, ReportState, Source, State
from service_requests.errors import NotAllowed, NotPossible
from service_requests.models import Case, CaseReport
from service_requests.standing import standing_of

#: More rows than these are made in the background.
AT_ONCE = 2_000
KEPT = timedelta(days=7)
#: What is not made by then is not made any more.
MAKING = timedelta(hours=6)
MOST_WAITING = 3
_CHUNK, _BLOCK, _BATCH = 2_000, 64 * 1024, 50
_FIELDS = (
    *("kind", "state", "department__name", "department__name_en"),
    *("service__name", "service__name_en"),
    *("complained_department__name", "complained_department__name_en"),
    *("person_type", "source", "registered_at", "first_action_at", "answered_at", "closed_at"),
)
_HEADINGS = (
    *(_("Row"), _("Kind"), _("State"), _("Department"), _("Service")),
    *(_("Department complained of"), _("Applicant"), _("How it came")),
    *(_("Registered on"), _("First action on"), _("Answered on"), _("Closed on")),
    _("Days until the answer"),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the report is about: cases registered from one day in Tehran to another, both included.

    `kind` "" is every kind.
    """

    first_day: date
    last_day: date
    kind: str = ""
    file_format: str = "xlsx"
    language: str = "fa"


def ask(*, user: Any, wanted: Wanted) -> HttpResponseBase | CaseReport:
    """The file of a short report, or the row of a long one that the worker makes.

    Raises NotAllowed, ValidationError by field, NotPossible with too many reports waiting.
    """
    if not permissions.user_can_export(user):
        raise NotAllowed
    if wanted.last_day < wanted.first_day:
        raise ValidationError({"last_day": [_("The last day comes before the first.")]})
    detail = {"from": wanted.first_day.isoformat(), "until": wanted.last_day.isoformat()}
    detail |= {"kind": wanted.kind, "format": wanted.file_format}
    rows = _cases(user, wanted)
    if len(rows.values_list("pk")[: AT_ONCE + 1]) <= AT_ONCE:
        audit.record(action="report.made", actor=user, target="report:cases", detail=detail)
        with override(wanted.language):
            return spreadsheets.respond(
                head=headings(),
                body=list(_lines(rows, wanted.language)),
                name=name_of(wanted.first_day, wanted.last_day),
                file_format=wanted.file_format,
            )
    with transaction.atomic():
        waiting = CaseReport.objects.visible_to(user).filter(state=ReportState.WAITING)
        if waiting.count() >= MOST_WAITING:
            raise NotPossible(_("Reports that you asked for are still being made. Please wait."))
        report = CaseReport.objects.create(
            requested_by=user,
            first_day=wanted.first_day,
            last_day=wanted.last_day,
            kind=wanted.kind,
            file_format=wanted.file_format,
            language=wanted.language,
        )
        target = f"report:{report.pk}"
        audit.record(action="report.asked", actor=user, target=target, detail=detail)
        transaction.on_commit(lambda: _enqueue(report))
    return report


def make(*, report: CaseReport) -> None:
    """Write and seal the file of a report that waits. Safe to repeat."""
    if report.state != ReportState.WAITING:
        return
    # Read again: what the person may see is decided by their roles of now.
    people = get_user_model()._default_manager.filter(is_active=True)
    user = people.in_bulk([report.requested_by_id]).get(report.requested_by_id)
    if user is None or not permissions.user_can_export(user):
        CaseReport.objects.filter(pk=report.pk).update(state=ReportState.FAILED)
        return
    wanted = Wanted(
        report.first_day, report.last_day, report.kind, report.file_format, report.language
    )
    counted = _Counted(_lines(_cases(user, wanted), wanted.language))
    subject = new_subject()
    with tempfile.TemporaryFile() as plain:
        with override(wanted.language):
            spreadsheets.write(plain, head=headings(), body=counted, file_format=wanted.file_format)
        plain.seek(0)
        blocks = iter(lambda: plain.read(_BLOCK), b"")
        stored = vault.store(blocks, subject=subject, file_id=report.pk)
    with transaction.atomic():
        fresh = CaseReport.objects.select_for_update().get(pk=report.pk)
        if fresh.state != ReportState.WAITING:
            # Another worker was faster; the storage gave this file a name of its own.
            transaction.on_commit(lambda: vault.delete(stored.path))
            return
        subject.save()
        fresh.subject_key, fresh.path, fresh.rows = subject.row, stored.path, counted.count
        fresh.reach = standing_of(user).reach
        fresh.state, fresh.expires_at = ReportState.READY, timezone.now() + KEPT
        fresh.save()


def fetch(*, report: CaseReport, user: Any) -> Iterator[bytes]:
    """The bytes of a report for the one who asked for it; written down before it is handed out.

    Raises NotAllowed also where they answer for something else by now, NotPossible when there is no
    file (any more), SealBroken.
    """
    if not permissions.user_may_fetch_report(user, report):
        raise NotAllowed
    if report.state_now != ReportState.READY or report.subject_key is None:
        raise NotPossible(_("This report is not kept any more. Ask for a new one."))
    audit.record(action="report.fetched", actor=user, target=f"report:{report.pk}")
    subject = open_subject(report.subject_key)
    return vault.read(report.path, subject=subject, file_id=report.pk)


def forget_old(*, at: datetime) -> int:
    """Destroy the files whose week is over or whose owner is gone; how many. Safe to repeat."""
    # Whoever was to make it is gone.
    CaseReport.objects.filter(state=ReportState.WAITING, requested_at__lte=at - MAKING).update(
        state=ReportState.FAILED
    )
    over = Q(expires_at__lte=at) | Q(requested_by=None)
    forgotten = list(
        CaseReport.objects.filter(over, state=ReportState.READY).select_related("subject_key")[
            :_BATCH
        ]
    )
    for report in forgotten:
        with transaction.atomic():
            path, key = report.path, report.subject_key
            CaseReport.objects.filter(pk=report.pk).update(
                state=ReportState.OVER, path="", subject_key=None
            )
            if key is not None:
                erase(key)
            transaction.on_commit(lambda path=path: vault.delete(path))  # type: ignore[misc]
    return len(forgotten)


def headings() -> list[str]:
    """The columns, in the language of the report."""
    return [str(heading) for heading in _HEADINGS]


def name_of(first_day: date, last_day: date) -> str:
    """The name of the file, without its ending: Jalali days."""
    days = (format_date(day, digits=False).replace("/", "-") for day in (first_day, last_day))
    return "-".join(("cases", *days))


def _enqueue(report: CaseReport) -> None:
    from service_requests.tasks import make_case_report

    make_case_report.enqueue(str(report.pk))


def _cases(user: Any, wanted: Wanted) -> Any:
    rows = Case.objects.visible_to(user).led_by(user)
    rows = rows.filter(
        registered_at__gte=end_of(wanted.first_day - timedelta(days=1)),
        registered_at__lt=end_of(wanted.last_day),
    )
    return rows.filter(kind=wanted.kind) if wanted.kind else rows


def _lines(rows: Any, language: str) -> Iterator[list[Any]]:
    """The rows of the table, one at a time, in the language that is active when they are made."""
    kinds, states = dict(Kind.choices), dict(State.choices)
    people, sources = dict(PersonType.choices), dict(Source.choices)
    facts = rows.order_by("registered_at", "pk").values(*_FIELDS)
    for number, one in enumerate(facts.iterator(chunk_size=_CHUNK), start=1):
        answered = one["answered_at"]
        yield [
            number,
            str(kinds[one["kind"]]),
            str(states[one["state"]]),
            *(_name(one, part, language) for part in ("department", "service")),
            _name(one, "complained_department", language),
            str(people[one["person_type"]]),
            str(sources[one["source"]]),
            *(_day(one[name]) for name in ("registered_at", "first_action_at")),
            *(_day(one[name]) for name in ("answered_at", "closed_at")),
            (answered - one["registered_at"]).days if answered else None,
        ]


def _name(one: dict[str, Any], part: str, language: str) -> str:
    english = one[f"{part}__name_en"] if language == "en" else ""
    return str(english or one[f"{part}__name"] or "")


def _day(moment: datetime | None) -> str:
    return format_date(moment, digits=False) if moment else ""


class _Counted:
    """Rows that are counted while they pass by."""

    def __init__(self, rows: Iterator[list[Any]]) -> None:
        self.rows, self.count = rows, 0

    def __iter__(self) -> Iterator[list[Any]]:
        for row in self.rows:
            self.count += 1
            yield row
