"""Background work of `service_requests`."""

from django_tasks import task

from service_requests import case_reports
from service_requests.models import CaseReport


@task()
def make_case_report(report_id: str) -> None:
    """Make the file of a report that was asked for."""
    report = CaseReport.objects.filter(pk=report_id).first()
    if report is not None:
        case_reports.make(report=report)
