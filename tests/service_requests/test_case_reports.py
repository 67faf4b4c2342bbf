"""The report for the ministry: facts of one's own cases, never a person, never a formula."""

import io
import tracemalloc
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from cms_pages import staffing
from cms_pages.enums import Role
from desk_core import spreadsheets
from desk_core.models import AuditEntry
from persian.jalali import format_date
from service_requests import case_reports
from service_requests.enums import Kind, ReportState
from service_requests.errors import NotAllowed, NotPossible
from service_requests.models import CaseReport
from tests.cms_pages.factories import DepartmentFactory, UserFactory, staff_user
from tests.service_requests.factories import head_of, make_case

pytestmark = [pytest.mark.django_db, pytest.mark.screen]
DAY = timedelta(days=1)


def wanted(**more):
    today = timezone.localdate()
    return case_reports.Wanted(**{"first_day": today - DAY, "last_day": today + DAY, **more})


def lines_of(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return text.strip().split("\r\n")


def test_a_head_reports_their_own_department_in_persian():
    department = DepartmentFactory(name="=راه‌ها+1")
    case, other = make_case(department=department.key), make_case()
    found = lines_of(case_reports.ask(user=head_of(case), wanted=wanted(file_format="csv")))
    assert len(found) == 2
    head, line = (each.split(",") for each in found)
    assert len(head) == len(line) == 13
    assert line[3] == "'=راه‌ها+1", "nothing that a spreadsheet would run"
    assert line[8] == format_date(case.registered_at, digits=False)
    whole = "\n".join(found)
    assert case.code not in whole
    for secret in ("گلنار", "0499370899", "09123456789", "بنفشه", other.department.name):
        assert secret not in whole
    entry = AuditEntry.objects.get(action="report.made")
    assert entry.detail["format"] == "csv"


def test_a_complaint_is_in_no_report_of_the_department_complained_of():
    case = make_case(Kind.COMPLAINT)
    head = staff_user(Role.HEAD, case.complained_department)
    assert len(lines_of(case_reports.ask(user=head, wanted=wanted(file_format="csv")))) == 1
    office = staff_user(Role.COMPLAINTS)
    assert len(lines_of(case_reports.ask(user=office, wanted=wanted(file_format="csv")))) == 2


def test_who_may_not_export_gets_no_report():
    case = make_case()
    officer = staff_user(Role.OFFICER, case.department)
    for user in (officer, *map(staff_user, (Role.AUDITOR, Role.EDITOR, Role.SECRETARIAT))):
        with pytest.raises(NotAllowed):
            case_reports.ask(user=user, wanted=wanted())


@pytest.fixture
def large(monkeypatch):
    monkeypatch.setattr(case_reports, "AT_ONCE", 1)
    department = DepartmentFactory()
    for _ in range(2):
        case = make_case(department=department.key)
    return head_of(case)


def test_a_long_report_is_made_in_the_background_and_fetched_by_its_owner(
    large, client, django_capture_on_commit_callbacks
):
    client.force_login(large)
    url = reverse("service_requests_admin:case_reports")
    today = format_date(timezone.localdate(), digits=False)
    data = {"first_day": today, "last_day": today, "file_format": "xlsx", "language": "fa"}
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(url, {**data, "kind": ""}).status_code == 302
    report = CaseReport.objects.get()
    assert (report.state, report.rows) == (ReportState.READY, 2)
    door = reverse("service_requests_admin:case_report_file", args=[report.pk])
    assert door in client.get(url).content.decode()
    response = client.get(door)
    assert "no-store" in response["Cache-Control"]
    book = load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    assert book.active.sheet_view.rightToLeft
    assert len(list(book.active.rows)) == 3
    actions = list(AuditEntry.objects.values_list("action", flat=True))
    assert {"report.asked", "report.fetched"} <= set(actions)
    for stranger in (UserFactory(is_superuser=True), staff_user(Role.COMPLAINTS)):
        client.force_login(stranger)
        assert client.get(door).status_code == 404
    later = timezone.now() + case_reports.KEPT + DAY
    assert case_reports.forget_old(at=later) == 1
    assert case_reports.forget_old(at=later) == 0
    client.force_login(large)
    assert client.get(door).status_code == 404
    report.refresh_from_db()
    assert (report.state, report.path, report.subject_key) == (ReportState.OVER, "", None)


def test_whoever_lost_the_right_meanwhile_gets_nothing(large):
    report = CaseReport.objects.create(
        requested_by=large,
        **{"first_day": timezone.localdate(), "last_day": timezone.localdate()},
        **{"file_format": "csv", "language": "fa"},
    )
    large.memberships.all().delete()
    case_reports.make(report=report)
    report.refresh_from_db()
    assert report.state == ReportState.FAILED


@pytest.fixture
def ready(large, client, django_capture_on_commit_callbacks):
    """A report that was made for a head, who is logged in."""
    with django_capture_on_commit_callbacks(execute=True):
        report = case_reports.ask(user=large, wanted=wanted())
    client.force_login(large)
    door = reverse("service_requests_admin:case_report_file", args=[report.pk])
    assert client.get(door).status_code == 200
    return CaseReport.objects.get(), door


def moves_on(head):
    """Head of another department, and of the old one no more."""
    head.memberships.all().delete()
    staffing.assign(user=head, role=Role.HEAD, department=DepartmentFactory())


def lost_the_role(head):
    head.memberships.update(role=Role.OFFICER)


def of_the_unit_complained_of(head):
    staffing.assign(user=head, role=Role.OFFICER, department=DepartmentFactory())


def inactive(head):
    type(head).objects.filter(pk=head.pk).update(is_active=False)


@pytest.mark.parametrize("change", [moves_on, lost_the_role, of_the_unit_complained_of, inactive])
def test_who_answers_for_something_else_by_now_no_longer_fetches_a_report(
    ready, large, client, change
):
    report, door = ready
    change(large)
    fresh = type(large).objects.get(pk=large.pk)
    with pytest.raises(NotAllowed):
        case_reports.fetch(report=report, user=fresh)
    assert client.get(door).status_code != 200
    assert door not in client.get(reverse("service_requests_admin:case_reports")).content.decode()


def test_the_file_of_a_report_goes_with_its_owner(
    ready, large, private_files, django_capture_on_commit_callbacks
):
    report, _door = ready
    path = report.path
    assert path in private_files()
    large.delete()
    with django_capture_on_commit_callbacks(execute=True):
        assert case_reports.forget_old(at=timezone.now()) == 1
    report.refresh_from_db()
    assert (report.state, report.path, report.subject_key) == (ReportState.OVER, "", None)
    assert path not in private_files()
    assert case_reports.forget_old(at=timezone.now()) == 0


def test_a_report_that_nobody_waits_for_any_more_is_not_made(large):
    report = case_reports.ask(user=large, wanted=wanted())
    large.delete()
    report.refresh_from_db()
    case_reports.make(report=report)
    report.refresh_from_db()
    assert report.state == ReportState.FAILED


def test_three_may_wait_at_once(large):
    for _ in range(case_reports.MOST_WAITING):
        case_reports.ask(user=large, wanted=wanted())
    with pytest.raises(NotPossible):
        case_reports.ask(user=large, wanted=wanted())


def test_days_the_wrong_way_round_are_an_error_at_the_field(client):
    client.force_login(head_of(make_case()))
    url = reverse("service_requests_admin:case_reports")
    data = {"first_day": "1405/02/02", "last_day": "1405/02/01", "file_format": "csv"}
    page = client.post(url, {**data, "language": "fa"})
    assert page.status_code == 422
    assert page.context["form"].errors["last_day"]
    page = client.post(url, {"first_day": "x", "last_day": "\0", "file_format": "exe"})
    assert set(page.context["form"].errors) >= {"first_day", "last_day", "file_format"}


def test_memory_does_not_grow_with_the_rows(tmp_path):
    def peak(rows, file_format):
        with (tmp_path / "out").open("wb") as out:
            tracemalloc.start()
            body = (["الف", number] for number in range(rows))
            spreadsheets.write(out, head=["a", "b"], body=body, file_format=file_format)
            found = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        return found

    for file_format in spreadsheets.FORMATS:
        peak(10, file_format)
        assert peak(4_000, file_format) < 2 * peak(1_000, file_format) + 200_000, file_format


def test_a_full_sheet_goes_on_in_the_next_one(monkeypatch, tmp_path):
    monkeypatch.setattr(spreadsheets, "LONGEST_SHEET", 3)
    with (tmp_path / "out.xlsx").open("wb") as out:
        spreadsheets.write(out, head=["سر"], body=([n] for n in range(5)), file_format="xlsx")
    book = load_workbook(tmp_path / "out.xlsx")
    assert [[cell.value for cell in sheet["A"]] for sheet in book] == [
        ["سر", 0, 1],
        ["سر", 2, 3],
        ["سر", 4],
    ]
