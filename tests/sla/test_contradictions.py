import pytest
from django.contrib.auth import get_user_model
from django.core import checks
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from django.utils.translation import override

from cms_pages.models import Department, Service
from sla import checks as sla_checks
from sla.checks import check_fees
from sla.contradictions import contradictions, fees_against, warning_of
from tests.sla.factories import clauses, make_page, make_signed

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid(db):
    roads = Department.objects.create(key="roads", name="راه‌ها")
    Service.objects.create(key="free", name="خدمت رایگان", department=roads)
    return Service.objects.create(key="paid", name="خدمت پولی", department=roads, fee=500_000)


def test_a_fee_stored_before_the_free_clause_came_in_force_is_found(
    paid, django_assert_num_queries
):
    assert contradictions() == []
    page = make_signed(clauses=clauses(free=True))
    with django_assert_num_queries(3):
        [found] = contradictions()
    assert (found.service, found.version) == (paid, page.version)
    with override("fa"):
        text = str(found)
    for part in ("خدمت پولی", "هزینه‌ها", "۳", "۵۰۰", str(page.version.agreement)):
        assert part in text
    Service.objects.update(fee=0)
    with django_assert_num_queries(1):
        assert contradictions() == []


def test_the_refusal_names_agreement_version_and_clause(paid):
    from cms_pages import service_rules

    page = make_signed(clauses=clauses(free=True))
    with override("en"):
        [text] = service_rules.objections(paid, {"fee": 1})
    for part in (str(page.version.agreement), "version 1", "clause 3", "هزینه‌ها"):
        assert part in text


def test_a_departments_own_agreement_decides_for_its_services(paid):
    make_signed(clauses=clauses(free=True))
    make_signed(key="roads", clauses=clauses(), department=paid.department)
    assert contradictions() == []


def test_the_check_warns_with_the_service_named(paid):
    assert check_fees(None, databases=["default"]) == []
    make_signed(clauses=clauses(free=True))
    [warning] = check_fees(None, databases=["default"])
    assert warning.id == "sla.W001"
    assert "خدمت پولی" in warning.msg
    assert check_fees(None, databases=None) == [], "it reads the database only when asked to"
    registered = checks.registry.registry.get_checks()
    assert any(getattr(check, "__name__", "") == "check_fees" for check in registered)


def test_the_command_says_so(paid, capsys):
    make_signed(clauses=clauses(free=True))
    call_command("check", databases=["default"], tags=["database"])
    assert "sla.W001" in capsys.readouterr().err


def test_a_database_that_is_not_there_yet_has_nothing_to_say(monkeypatch):
    monkeypatch.setattr(sla_checks, "TABLES", {"sla_of_tomorrow"})
    assert check_fees(None, databases=["default"]) == []
    monkeypatch.undo()

    def columns_missing(**kwargs):
        with connection.cursor() as cursor:
            cursor.execute("SELECT tomorrow FROM sla_agreement")

    monkeypatch.setattr("sla.contradictions.contradictions", columns_missing)
    assert check_fees(None, databases=["default"]) == []
    assert Service.objects.count() == 0, "the connection is still good"


# Before it is in force


def test_publishing_and_signing_warn_with_the_list(paid, client):
    page = make_page(clauses=clauses(free=True), live=True)
    boss = get_user_model().objects.create_superuser("boss", "boss@example.org", "x")
    client.force_login(boss)
    for url in (
        reverse("wagtailadmin_pages:edit", args=[page.pk]),
        reverse("sla_admin:record_signature", args=[page.version_id]),
    ):
        assert "خدمت پولی" in client.get(url).content.decode(), url
    Service.objects.update(fee=0)
    body = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert "خدمت پولی" not in body


def test_only_what_the_text_covers_is_warned_of(paid):
    page = make_page(clauses=clauses(free=True))
    assert fees_against(page.document, page.version) == [paid]
    page.version.agreement.department = Department.objects.create(key="land", name="زمین")
    assert fees_against(page.document, page.version) == []
    plain = make_page(key="plain")
    assert fees_against(plain.document, plain.version) == []
    assert warning_of(plain.document, [paid]) == ""


def test_the_home_panel_names_it_to_those_who_look_after_agreements(paid, client):
    make_signed(clauses=clauses(free=True))
    client.force_login(get_user_model().objects.create_superuser("boss", "b@example.org", "x"))
    assert "خدمت پولی" in client.get("/admin/").content.decode()
