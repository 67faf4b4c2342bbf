"""What a desk in use keeps when its tables change: told reminders, tokens, reports."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from cms_pages.enums import Role
from service_requests import case_reports, tokens
from service_requests.days import today
from service_requests.enums import ReminderUnit, ReminderWhen, ReminderWhom, ReportState
from service_requests.ladder import USUAL
from service_requests.models import ApiToken, CaseReport, ReminderStep, ReminderTold
from tests.cms_pages.factories import staff_user
from tests.service_requests.factories import head_of, make_case, secret_of
from tests.sla.measured import FIRST, make_clock, make_measured

pytestmark = pytest.mark.django_db
staffs_side = import_module("service_requests.migrations.0002_staffs_side")


def clock(version):
    row = make_clock(version, FIRST, timezone.now())
    row.save()
    return row


def step(measure=""):
    return ReminderStep.objects.create(
        measure=measure,
        when=ReminderWhen.AFTER,
        amount=2,
        unit=ReminderUnit.WORKING_HOURS,
        whom=ReminderWhom.HEAD,
    )


def told(row, key):
    return ReminderTold.objects.create(
        clock=row, step=str(key), whom=ReminderWhom.HEAD, told_at=timezone.now(), people=1
    )


def test_steps_that_were_told_stay_told_under_what_they_say():
    version = make_measured().version
    first, other = clock(version), clock(version)
    for number in range(1, 4):
        told(first, f"usual-{number}")
    each, one = step(), step("resolution")
    for number in (each.pk, one.pk, one.pk + 1):
        told(other, number)
    for _round in range(2):
        staffs_side.keep_on(apps, None)
    keys = ReminderTold.objects.order_by("pk").values_list("step", flat=True)
    assert list(keys.filter(clock=first)) == [usual.key for usual in USUAL]
    said = "after:2:working_hours:head"
    assert list(keys.filter(clock=other)) == [said, str(one.pk), str(one.pk + 1)]


def test_tokens_that_live_go_on_until_the_next_password():
    officer = staff_user(Role.OFFICER)
    secret = secret_of(officer)
    tokens.allow(user=officer, name="دیگر", scope="read", last_day=today(), actor=officer)
    ApiToken.objects.update(password_mark="")
    assert tokens.open_token(secret) is None
    staffs_side.keep_on(apps, None)
    assert tokens.open_token(secret) is not None
    assert ApiToken.objects.filter(digest="", password_mark="").count() == 1
    officer.set_password("گذرواژهٔ تازه")
    officer.save()
    staffs_side.keep_on(apps, None)
    assert tokens.open_token(secret) is None


def test_reports_that_were_made_before_end_and_say_so(client):
    head = head_of(make_case())
    day = timezone.localdate()
    report = CaseReport.objects.create(
        requested_by=head,
        first_day=day,
        last_day=day,
        file_format="csv",
        language="fa",
        state=ReportState.READY,
        expires_at=timezone.now() + timedelta(days=5),
    )
    staffs_side.keep_on(apps, None)
    client.force_login(head)
    shown = client.get(reverse("service_requests_admin:case_reports"))
    row = shown.content.decode().split("<tbody>")[1].split("</tbody>")[0]
    assert str(ReportState.OVER.label) in row
    assert "help" not in row, "nothing is said of what they answer for"
    assert case_reports.forget_old(at=timezone.now()) == 1
    report.refresh_from_db()
    assert report.state == ReportState.OVER
