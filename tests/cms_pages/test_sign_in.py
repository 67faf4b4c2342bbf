"""Staff at the door: every attempt is written down, many attempts cost a human check."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext

from cms_pages.sign_in import PER_ADDRESS, PER_NAME
from desk_core import throttles
from desk_core.blind_index import digest
from desk_core.human_check import solve
from desk_core.models import AuditEntry
from tests.cms_pages.factories import PASSWORD, staff_user

pytestmark = pytest.mark.django_db
URL = "/admin/login/"


@pytest.fixture(autouse=True)
def _door(settings):
    settings.DESK_HUMAN_CHECK_OFF = False
    settings.DESK_HUMAN_DIFFICULTY = 100
    settings.DESK_FORM_MIN_SECONDS = 0


@pytest.fixture
def user():
    return staff_user("editor", username="Ehsan")


def attempt(client, name="Ehsan", password="wrong", **more):
    return client.post(URL, {"username": name, "password": password, **more})


def lines(action):
    return list(AuditEntry.objects.filter(action=action).order_by("pk"))


def work_of_browser(page):
    """What a browser with JavaScript sends along with the shown form."""
    html = page.content.decode()
    fields = dict(re.findall(r'name="(human-[a-z]+)"[^>]*value="([^"]*)"', html))
    puzzle = {
        "salt": re.search(r'data-salt="([^"]+)"', html)[1],
        "challenge": re.search(r'data-challenge="([^"]+)"', html)[1],
        "maxnumber": int(re.search(r'data-maxnumber="(\d+)"', html)[1]),
        "ticket": "",
    }
    return {**fields, "human-proof": str(solve(puzzle)["number"])}


def test_a_sign_in_leaves_a_line(client, user):
    assert attempt(client, password=PASSWORD).status_code == 302
    [line] = lines("staff.sign_in")
    assert (line.actor_id, line.actor_name, line.target) == (user.pk, "Ehsan", f"user:{user.pk}")
    assert lines("staff.sign_in_failed") == []


def test_a_failed_one_names_the_account_or_only_a_digest(client, user):
    attempt(client)
    attempt(client, name="s3cret-typed-into-the-wrong-field")
    known, unknown = lines("staff.sign_in_failed")
    assert (known.actor_id, known.target) == (None, f"user:{user.pk}")
    digested = digest("s3cret-typed-into-the-wrong-field", field="user.name")
    assert unknown.target == f"name:{digested}"
    everything = str(list(AuditEntry.objects.values()))
    assert "s3cret" not in everything
    assert "wrong" not in everything


@pytest.mark.parametrize("name", ["", " ", "x" * 10_000, "\x00", "ا" * 254, "'; --"])
def test_no_name_is_a_fault(client, name):
    assert attempt(client, name=name).status_code == 200


def test_past_the_limit_of_a_name_each_attempt_costs_a_check_and_the_right_one_enters(client, user):
    for number in range(PER_NAME.rate):
        page = attempt(Client(REMOTE_ADDR=f"198.51.100.{number}"))
    assert 'name="human-ticket"' in page.content.decode(), "the next form brings its check along"
    page = attempt(client, password=PASSWORD)
    assert page.status_code == 200
    assert lines("staff.sign_in") == []
    assert len(lines("staff.sign_in_failed")) == PER_NAME.rate, "no password was looked at"
    answer = work_of_browser(page)
    assert attempt(client, password=PASSWORD, **answer).status_code == 302
    again = attempt(Client(), password=PASSWORD)
    assert again.status_code == 302, "the right password forgets what strangers did"


def test_a_check_is_good_for_one_attempt(client, user):
    for _ in range(PER_NAME.rate):
        page = attempt(client)
    answer = work_of_browser(page)
    attempt(client, **answer)
    before = len(lines("staff.sign_in_failed"))
    page = attempt(client, password=PASSWORD, **answer)
    assert page.status_code == 200
    assert page.context["form"].errors.as_data()["human"][0].code == "human_used"
    assert len(lines("staff.sign_in_failed")) == before


def test_it_gets_harder_and_no_account_is_locked(client, user):
    for _ in range(10 * PER_NAME.rate):
        throttles.hit(PER_NAME, "user:ehsan")
    page = attempt(client, password=PASSWORD)
    assert 'data-maxnumber="3200"' in page.content.decode()
    assert attempt(client, password=PASSWORD, **work_of_browser(page)).status_code == 302
    assert get_user_model().objects.get(pk=user.pk).is_active


def test_an_address_that_tries_many_names_is_asked_from_the_start(client):
    for _ in range(PER_ADDRESS.rate):
        throttles.hit(PER_ADDRESS, "127.0.0.1")
    assert 'name="human-ticket"' in client.get(URL).content.decode()
    elsewhere = Client(REMOTE_ADDR="198.51.100.1").get(URL).content.decode()
    assert 'name="human-ticket"' not in elsewhere


def test_the_form_says_what_is_missing_at_its_field(client, user):
    for _ in range(PER_NAME.rate + 1):
        page = attempt(client)
    html = page.content.decode()
    assert gettext("Please answer the question that shows you are a person.") in html


def test_a_known_name_and_an_unknown_one_cost_the_same_queries(client, user):
    attempt(client, name="nobody")
    made = []
    for name in ("Ehsan", "nobody else"):
        with CaptureQueriesContext(connection) as queries:
            attempt(client, name=name)
        made.append([query["sql"].split(" WHERE ")[0][:60] for query in queries])
    assert made[0] == made[1]


def test_the_screens_of_a_session_made_by_the_system_are_no_sign_in(client, user):
    client.force_login(user)
    assert lines("staff.sign_in") == []


def test_a_right_password_without_the_check_is_told_that_nothing_was_tried(client, user):
    for number in range(PER_NAME.rate):
        attempt(Client(REMOTE_ADDR=f"198.51.100.{number}"))
    html = attempt(client, password=PASSWORD).content.decode()
    said = re.search(r'<div[^>]+id="check-needed" role="alert">.*?</div>', html, re.DOTALL)[0]
    assert 'href="#id_human"' in said
    assert 'id="id_human"' in html
    [password] = re.findall(r'<input[^>]+name="password"[^>]*>', html)
    assert 'aria-describedby="check-needed"' in password
    assert "autofocus" in password
    assert "autofocus" not in re.search(r'<input[^>]+name="username"[^>]*>', html)[0]
    assert 'aria-describedby="human-errors"' in html
    assert re.search(r'id="human-errors">.*?class="error-message"', html, re.DOTALL)
    assert "check-needed" not in attempt(Client(REMOTE_ADDR="198.51.100.9"), "x").content.decode()
