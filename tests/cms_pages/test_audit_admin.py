"""Auditors read who did what; nobody changes it, and nobody else sees it."""

import csv
import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as project
from django.contrib.auth import get_user_model
from django.utils import timezone, translation
from django.utils.translation import gettext

from cms_pages.enums import Role
from desk_core import audit, audit_words
from desk_core.models import AuditEntry
from tests.cms_pages.factories import DepartmentFactory, UserFactory, staff_user

pytestmark = [pytest.mark.django_db, pytest.mark.screen]
URL = "/admin/desk_core/auditentry/"
WRITTEN = re.compile(
    r'(?:action=|audit_action = |_audit\(|_record\(|write_down\()"([a-z_]+\.[a-z_]+)"'
)
FLOORS = ("desk_core", "cms_pages", "sla", "notices", "service_requests")


@pytest.fixture
def auditor(client):
    user = staff_user(Role.AUDITOR, username="auditor")
    client.force_login(user)
    return user


def entry(**fields):
    made = {"action": "case.read_person", "actor": None, "target": "case:140512345678"} | fields
    return audit.record(**made)


def listed(client, **query):
    answer = client.get(URL, query)
    assert answer.status_code == 200
    return [row.target for row in answer.context["object_list"]]


def test_each_line_says_who_did_what_where_and_why_in_words(client, auditor):
    department = DepartmentFactory(name="امور زمین")
    entry(
        actor=UserFactory(username="ehsan"),
        department_id=department.pk,
        detail={"reason": "contact", "state": "in_review"},
    )
    html = client.get(URL).content.decode()
    for words in ("Personal details read", "To reach the applicant"):
        with translation.override("fa"):
            assert gettext(words) in html
    for text in ("ehsan", "case:140512345678", "امور زمین"):
        assert text in html
    assert "case.read_person" not in re.sub(r"[?&;]done=[a-z_.]+", "", html)
    found = client.get(f"{URL}inspect/{AuditEntry.objects.get().pk}/").content.decode()
    assert "state: in_review" in found


@pytest.mark.parametrize("role", [role for role in Role if role != Role.AUDITOR])
def test_it_is_closed_to_everybody_else(client, role):
    made = entry()
    client.force_login(staff_user(role))
    for address in (URL, f"{URL}?export=csv", f"{URL}inspect/{made.pk}/"):
        answer = client.get(address)
        assert answer.status_code in (302, 403, 404), address
        assert made.target not in answer.content.decode()


def test_a_superuser_reads_it_too(client):
    entry()
    client.force_login(get_user_model().objects.create_superuser("root", "r@desk.example", "x"))
    assert listed(client) == ["case:140512345678"]


def test_nobody_changes_it(client, auditor):
    made = entry()
    for action in ("create/", f"edit/{made.pk}/", f"delete/{made.pk}/", f"history/{made.pk}/"):
        assert client.post(URL + action, {"target": "x"}).status_code in (302, 403, 404), action
    assert AuditEntry.objects.get(pk=made.pk).target == made.target


def test_it_is_narrowed_by_action_user_and_day(client, auditor):
    other = UserFactory()
    entry(target="case:1", action="case.search", actor=other)
    entry(target="case:2", action="list.export")
    old = entry(target="case:3")
    day = timezone.localtime(old.at - timedelta(days=100)).date()
    assert listed(client, done="case.search") == ["case:1"]
    assert listed(client, by=other.pk) == ["case:1"]
    assert listed(client, by="nobody") == ["case:3", "case:2"]
    assert len(listed(client, day=timezone.localdate().isoformat())) == 3
    assert listed(client, day=day.isoformat()) == []
    assert listed(client, q="case:2") == ["case:2"]
    assert listed(client, q=other.username) == ["case:1"]


@pytest.mark.parametrize(
    "query",
    [
        {"done": "case"},
        {"done": "\x00"},
        {"by": "0"},
        {"by": "x"},
        {"day": "x"},
        {"day": "9999-12-31"},
        {"day": "0001-01-01"},
        {"actor__password__startswith": "a"},
    ],
    ids=str,
)
def test_a_filter_takes_no_value_that_is_none(client, auditor, query):
    entry()
    assert client.get(URL, query).status_code in (200, 400)
    if "day" not in query:
        assert client.get(URL, query).status_code == 400


def test_the_export_is_a_line_of_the_trail(client, auditor):
    entry(detail={"reason": "lawful", "file": "x"})
    body = b"".join(client.get(f"{URL}?export=csv")).decode("utf-8-sig")
    _head, _this_export, row = list(csv.reader(io.StringIO(body)))
    assert row[3] == "case:140512345678"
    assert row[6] == "file: x"
    assert AuditEntry.objects.get(action="list.export").actor_id == auditor.pk


def test_the_list_costs_the_same_however_long_it_is(client, auditor, django_assert_max_num_queries):
    listed(client)
    for _ in range(30):
        entry(department_id=DepartmentFactory().pk, actor=auditor)
    with django_assert_max_num_queries(20):
        listed(client)


def test_every_action_that_is_written_down_has_a_name():
    named = dict(audit_words.choices())
    for floor in FLOORS:
        for path in (Path(project.ROOT) / floor).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            for action in WRITTEN.findall(text):
                assert action.startswith("wagtail.") or action in named, (path.name, action)
