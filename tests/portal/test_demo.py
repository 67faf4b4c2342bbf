"""The demo: built once, whole or not at all, and true in whatever year it is."""

import os
import socket
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from portal.demo import notices, pages, records
from portal.management.commands import demo, serve
from wagtail.models import Site

from cms_pages.models import Department, HomePage
from notices.enums import Kind, Phase, ProposalState
from notices.models import MaintenanceRule, MonitorSource, Notice, NoticeTemplate, Proposal
from notices.monitors import heartbeats
from persian import jalali
from service_requests.models import Case
from sla.reader import decode, read_agreement

pytestmark = [pytest.mark.django_db, pytest.mark.face]


@pytest.fixture(autouse=True)
def _development(settings, tmp_path):
    settings.DEMO_PASSWORD = "never-used-here"
    settings.MEDIA_ROOT = tmp_path


def test_a_first_run_cut_short_is_made_good_by_the_next(monkeypatch):
    def cut_short():
        raise KeyboardInterrupt

    for place, name in ((notices, "build_notices"), (records, "build_cases")):
        with monkeypatch.context() as broken:
            broken.setattr(place, name, cut_short)
            with pytest.raises(KeyboardInterrupt):
                call_command("demo", if_empty=True)
        built = name == "build_cases"
        assert (Department.objects.exists(), HomePage.objects.exists()) == (built, built)
    call_command("demo", if_empty=True)
    cases = Case.objects.count()
    assert cases
    call_command("demo", if_empty=True)
    assert Case.objects.count() == cases


def test_no_case_is_made_where_the_site_has_people_of_its_own():
    demo.people_and_pages()
    demo.people.get_user_model().objects.filter(username="officer").update(username="somebody")
    call_command("demo", if_empty=True)
    assert not Case.objects.exists()


def test_its_notices_are_past_running_and_coming_and_come_from_everywhere():
    demo.people_and_pages()
    now = timezone.now()
    shown = {(each.kind, each.phase(now)) for each in Notice.objects.all()}
    assert shown >= {
        (Kind.OUTAGE, Phase.ENDED),
        (Kind.OUTAGE, Phase.RUNNING),
        (Kind.MAINTENANCE, Phase.ENDED),
        (Kind.MAINTENANCE, Phase.ANNOUNCED),
        (Kind.WARNING, Phase.RUNNING),
    }
    rule = MaintenanceRule.objects.get()
    assert rule.approved_by != rule.changed_by
    assert all(each.page.live for each in rule.occurrences.all())
    assert rule.occurrences.exists()
    assert NoticeTemplate.objects.exists()
    assert MonitorSource.objects.get().token_digest == ""
    heartbeats.miss()
    assert Proposal.objects.get().state == ProposalState.OPEN


def test_its_availability_has_something_to_show(client):
    demo.people_and_pages()
    services = client.get("/api/desk/v1/availability").json()["services"]
    (line,) = [each for each in services if each["key"] == "housing-permit"]
    states = [each["state"] for each in line["last_90_days"]["days"]]
    assert len(states) == 90
    assert states.count("impaired") >= 2
    assert "unknown" not in states
    assert line["target_percent"] == 99.5
    assert "۹۹٫۵" in client.get("/status/availability/housing-permit/").content.decode()


@pytest.mark.parametrize("year", [1405, 1406, 1408])
def test_its_agreement_is_that_of_the_year_it_is_built_in(year):
    read = read_agreement(decode(records.agreement_text(year)))
    assert read.valid_from == jalali.from_jalali(year, 1, 1)
    assert read.valid_to == jalali.last_day_of_year(year)
    assert not read.blanks


def test_its_agreement_is_in_force_in_another_year(monkeypatch):
    day = date(2028, 5, 1)
    asked = []
    monkeypatch.setattr(records, "today", lambda: day)
    monkeypatch.setattr(records, "import_agreement", lambda **given: asked.append(given) or 1 / 0)
    with pytest.raises(ZeroDivisionError):
        records.build_agreement()
    read = read_agreement(decode(asked[0]["data"]))
    assert read.valid_from <= day <= read.valid_to


def test_full_addresses_have_the_port_that_is_served():
    pages.build_facts()
    pages.build_site()
    pages.serve_at(8080)
    assert HomePage.objects.first().full_url.startswith("http://localhost:8080/")
    assert Site.objects.get().port == 8080


@pytest.mark.parametrize("given", ["", "http://desk.test"])
def test_links_to_staff_have_the_port_that_is_served(settings, monkeypatch, given):
    settings.DEBUG = True
    monkeypatch.setenv("DESK_BASE_URL", given)
    if not given:
        monkeypatch.delenv("DESK_BASE_URL")
    monkeypatch.setattr(serve, "call_command", lambda *_args, **_more: 1 / 0)
    with socket.socket() as other:
        other.bind(("", 0))
        port = other.getsockname()[1]
    with pytest.raises(ZeroDivisionError):
        call_command("serve", str(port))
    expected = given or f"http://localhost:{port}"
    assert (settings.WAGTAILADMIN_BASE_URL, os.environ["DESK_BASE_URL"]) == (expected, expected)


def test_what_is_written_to_staff_comes_from_the_desk(settings):
    assert settings.DEFAULT_FROM_EMAIL == settings.SERVER_EMAIL == "desk@localhost"


def test_pages_come_and_go_at_their_dates_while_it_is_served():
    assert ["publish_due", "--every", "60"] in serve.WORKERS


def test_a_port_that_is_taken_is_said_before_any_worker_starts(monkeypatch, settings):
    settings.DEBUG = True
    monkeypatch.setattr(serve.subprocess, "Popen", lambda *args: pytest.fail("a worker started"))
    with socket.socket() as other:
        other.bind(("", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(CommandError, match=f"make run PORT={port + 1}"):
            call_command("serve", str(port))
