"""Background work of `service_requests`."""

from uuid import UUID

from django_tasks import task

from service_requests import case_reports, recovery
from service_requests.about_notices import answering, recounting
from service_requests.models import CaseReport


@task()
def send_recovery_code(row_id: str) -> None:
    """Look who is behind a contact that somebody named, and send them a code."""
    recovery.send(row_id=UUID(row_id))


@task()
def give_group_answer(answer_id: str) -> None:
    """Give one answer in the next of its cases, and ask for the rest in a task of its own."""
    if answering.work(answer_id=UUID(answer_id)):
        give_group_answer.enqueue(answer_id)


@task()
def recount_outage(notice_id: str) -> None:
    """Let the clocks of the cases about an outage follow what was said of it."""
    recounting.recount_notice(notice_id=UUID(notice_id))


@task()
def make_case_report(report_id: str) -> None:
    """Make the file of a report that was asked for."""
    report = CaseReport.objects.filter(pk=report_id).first()
    if report is not None:
        case_reports.make(report=report)
