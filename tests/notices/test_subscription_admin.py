"""What staff see of subscribers, and who may end one for somebody."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms_pages.enums import Role
from desk_core.models import AuditEntry
from notices import limits
from notices.enums import StaffReason
from notices.models import Subscription
from notices.subscriptions import telling
from tests.cms_pages.factories import staff_user
from tests.notices.factories import published
from tests.notices.subscribers import subscribe

pytestmark = pytest.mark.django_db
LIST = "/admin/notices/subscription/"


@pytest.fixture
def row(index, monkeypatch):
    monkeypatch.setattr(limits, "count_ask", lambda *args: None)
    monkeypatch.setattr(limits, "count_code", lambda *args: None)
    return subscribe("sara@example.ir")


def as_(client, role):
    client.force_login(staff_user(role))
    return client


@pytest.mark.parametrize(
    ("role", "sees", "ends"),
    [
        (Role.EDITOR, True, False),
        (Role.AUDITOR, True, False),
        (Role.ADMINISTRATOR, True, True),
        (Role.OFFICER, False, False),
        (Role.HEAD, False, False),
    ],
)
def test_who_sees_and_who_ends(client, row, role, sees, ends):
    as_(client, role)
    found = client.get(LIST)
    assert (found.status_code == 200) is sees
    address = reverse("notices_admin:end_subscription", args=[row.pk])
    assert (client.get(address).status_code == 200) is ends
    client.post(address, {"why": StaffReason.ASKED})
    row.refresh_from_db()
    assert (row.state == "ended") is ends


def test_the_list_and_the_page_show_the_contact_masked(client, row, index):
    published(index, title="اختلال درگاه")
    telling.work()
    as_(client, Role.ADMINISTRATOR)
    for address in (LIST, f"{LIST}inspect/{row.pk}/"):
        html = client.get(address).content.decode()
        assert "s•••@example.ir" in html
        assert "sara@" not in html
    assert "اختلال درگاه" in html


def test_the_list_asks_as_much_for_many_as_for_few(client, row):
    as_(client, Role.ADMINISTRATOR)
    client.get(LIST)
    with CaptureQueriesContext(connection) as few:
        client.get(LIST)
    for number in range(4):
        subscribe(f"n{number}@example.ir")
    with CaptureQueriesContext(connection) as more:
        client.get(LIST)
    assert len(more) == len(few)


@pytest.mark.parametrize("erase", [False, True])
def test_ending_asks_for_a_reason_and_is_written_down(client, row, erase):
    as_(client, Role.ADMINISTRATOR)
    address = reverse("notices_admin:end_subscription", args=[row.pk])
    client.post(address, {})
    assert Subscription.objects.get().state == "active"
    client.post(address, {"why": StaffReason.STRANGER} | ({"erase": "on"} if erase else {}))
    found = Subscription.objects.get()
    assert (found.state, found.end_reason, bool(found.erased_at)) == ("ended", "staff", erase)
    entry = AuditEntry.objects.get(action="subscription.ended")
    assert entry.detail == {"by": "staff", "reason": "contact_of_a_stranger"}
    if erase:
        assert client.get(address).status_code == 404


def test_the_notice_shows_how_far_the_telling_is(client, row, index):
    page = published(index)
    telling.work()
    as_(client, Role.ADMINISTRATOR)
    for address in (
        f"/admin/notices/notice/inspect/{page.notice_id}/",
        f"/admin/pages/{page.pk}/edit/",
    ):
        html = client.get(address).content.decode()
        assert "1 of 1 handed over" in html or "۱ of ۱ handed over" in html or "۱ از ۱" in html
