"""An unsigned text whose page is behind a log-in is read nowhere; what is signed stays readable."""

import html
import re
import threading
from contextlib import suppress
from datetime import date
from io import StringIO

import pytest
from django.core import checks
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, connections, transaction
from django.urls import reverse
from django.utils.translation import gettext, override
from wagtail.models import Locale, Page, PageViewRestriction

from desk_core import triggers
from desk_core.backup import manifest, restoring
from desk_core.backup.recipients import read_identities
from desk_core.backup.shelf import Shelf
from sla import readability, signing
from sla.checks import check_hidden
from sla.models import AgreementIndexPage, AgreementPage, AgreementVersion, SignedText
from sla.readability import HidingRefused
from tests.sla.factories import clause, make_page, make_signed, sign

pytestmark = pytest.mark.django_db
SECRET = "Zebra"
HIDDEN = [clause("purpose", "هدف", f"<p>{SECRET}</p>")]


def hide(page, kind="login"):
    return PageViewRestriction.objects.create(
        page=page.page_ptr, restriction_type=kind, password="x"
    )


@pytest.fixture
def pages(db):
    """A signed version, and the next one on offer."""
    first = make_signed(valid_to=date(2026, 12, 31))
    return first, make_page(
        clauses=HIDDEN, valid_from=date(2027, 1, 1), valid_to=date(2027, 12, 31), live=True
    )


def shut_as_before_it_was_refused(page):
    """The transaction of the test brings the triggers back."""
    triggers.lift(tables=triggers.refusing())
    PageViewRestriction.objects.bulk_create(
        [PageViewRestriction(page=page, restriction_type="login")]
    )


def addresses_of(second):
    """Where the text of the second version, or what changed to it, is read."""
    return (
        "/agreements/desk/2/text.json",
        "/api/desk/v1/agreements/desk/versions/2",
        "/api/desk/v1/agreements/desk/changes?from=1&to=2",
        f"/api/v2/pages/{second.pk}/",
    )


def places_of(first):
    """Where other versions are named or compared."""
    return (
        "/api/desk/v1/agreements",
        "/api/desk/v1/agreements/desk",
        f"/api/v2/pages/{first.pk}/",
        first.get_url(),
        f"{first.get_url()}changes/",
        first.get_parent().get_url(),
    )


@pytest.mark.parametrize("kind", ["login", "password", "groups"])
def test_what_is_behind_a_log_in_is_read_nowhere(client, pages, kind):
    first, second = pages
    comparison = f"{first.get_url()}changes/1-2/"
    for address in (*addresses_of(second), comparison, f"{second.get_url()}changes/1-2/"):
        assert SECRET in client.get(address).content.decode(), address
    hide(second, kind)
    for address in (*addresses_of(second), comparison):
        assert client.get(address).status_code == 404, address
    for address in (second.get_url(), f"{second.get_url()}changes/1-2/"):
        assert SECRET not in client.get(address).content.decode(), address
    for address in places_of(first):
        body = client.get(address).content.decode()
        assert SECRET not in body, address
        assert second.get_url() not in body, address
    assert client.get("/api/desk/v1/agreements").json()[0]["number"] == 1
    assert len(client.get("/api/desk/v1/agreements").json()) == 1
    assert client.get("/agreements/desk/1/text.json").status_code == 200


def test_a_log_in_of_a_page_above_hides_it_too(client, pages):
    second = make_page(key="alone", live=True, clauses=HIDDEN)
    assert AgreementVersion.objects.readable().filter(agreement__key="alone").exists()
    shut_as_before_it_was_refused(second.get_parent())
    assert client.get("/agreements/alone/1/text.json").status_code == 404
    assert client.get("/api/desk/v1/agreements/alone").status_code == 404
    readable = AgreementVersion.objects.readable().values_list("agreement__key", "number")
    assert list(readable) == [("desk", 1)]


def test_an_open_translation_does_not_open_the_text_behind_a_log_in(client, pages):
    _first, second = pages
    english, _new = Locale.objects.get_or_create(language_code="en")
    parent = second.get_parent().specific.copy_for_translation(english, copy_parents=True)
    parent.save_revision().publish()
    translated = second.copy_for_translation(english)
    translated.save_revision().publish()
    assert AgreementPage.objects.readable().filter(pk=translated.pk).exists()
    hide(second)
    for address in addresses_of(second):
        assert client.get(address).status_code == 404, address
    body = client.get("/en/api/desk/v1/agreements").content.decode()
    assert SECRET not in body


# What is signed stays open


@pytest.fixture
def boss(db, django_user_model):
    return django_user_model.objects.create_superuser("boss", "boss@example.org", "x")


def persian(text):
    """A text as the admin shows it."""
    with override("fa"):
        return gettext(text)


STAYS_OPEN = (
    "What is signed stays readable for everybody; the page of a signed agreement cannot be put "
    "behind a log-in or a password, and neither can a page above it."
)


def locked_page(beside):
    """Another list of agreements, behind a log-in."""
    made = AgreementIndexPage(title="بایگانی", slug="archive", locale=beside.locale)
    beside.get_parent().get_parent().add_child(instance=made)
    hide(made)
    return made


@pytest.mark.parametrize("above", [0, 1, 2])
def test_a_signed_page_is_put_behind_no_log_in(client, above):
    page = shut = make_signed()
    for _step in range(above):
        shut = shut.get_parent()
    with pytest.raises(HidingRefused), transaction.atomic():
        PageViewRestriction.objects.create(page=shut, restriction_type="login")
    other = hide(locked_page(page))
    other.page = shut
    with pytest.raises(HidingRefused), transaction.atomic():
        other.save()
    assert client.get(page.get_url()).status_code == 200


def test_the_dialog_of_privacy_says_why(client, boss):
    page = make_signed()
    client.force_login(boss)
    for target in (page, page.get_parent()):
        url = reverse("wagtailadmin_pages:set_privacy", args=[target.pk])
        asked = html.unescape(client.get(url).json()["html"])
        assert persian(STAYS_OPEN) in asked
        assert re.findall(r'name="restriction_type"[^>]* value="(\w+)"', asked) == ["none"]
        answer = client.post(url, {"restriction_type": "login"})
        assert answer.status_code == 200
        assert answer.json()["step"] == "set_privacy"
        assert persian(STAYS_OPEN) in html.unescape(answer.json()["html"])
    assert not PageViewRestriction.objects.exists()
    draft = make_page()
    url = reverse("wagtailadmin_pages:set_privacy", args=[draft.pk])
    for kind, rows in (("login", 1), ("none", 0)):
        answer = client.post(url, {"restriction_type": kind})
        assert answer.json()["step"] == "set_privacy_done"
        assert PageViewRestriction.objects.count() == rows


def test_a_signed_page_is_moved_below_nothing_that_is_shut(client, boss):
    page = make_signed()
    shut = locked_page(page)
    with pytest.raises(HidingRefused), transaction.atomic():
        page.move(shut, pos="last-child")
    client.force_login(boss)
    one = reverse("wagtailadmin_pages:move_confirm", args=[page.pk, shut.pk])
    many = f"/admin/bulk/wagtailcore/page/move/?id={page.pk}"
    for url, data in ((one, {}), (many, {"chooser": shut.pk})):
        answer = client.post(url, data, follow=True)
        assert persian(STAYS_OPEN) in html.unescape(answer.content.decode())
        assert AgreementPage.objects.child_of(shut).count() == 0
    draft = make_page(key="draft")
    draft.move(shut, pos="last-child")
    assert AgreementPage.objects.child_of(shut).get() == draft


def test_a_text_behind_a_log_in_is_signed_once_it_is_open():
    page = make_page(live=True)
    shut = hide(page)
    with pytest.raises(ValidationError):
        sign(page.version)
    assert not SignedText.objects.exists()
    shut.delete()
    assert sign(page.version).pk


# Past the guards it is the database that refuses


def refused(attempt):
    before = list(PageViewRestriction.objects.values_list()), list(Page.objects.values_list("path"))
    with (
        pytest.raises(IntegrityError, match="what is signed stays readable"),
        transaction.atomic(),
    ):
        attempt()
    after = list(PageViewRestriction.objects.values_list()), list(Page.objects.values_list("path"))
    assert after == before


@pytest.mark.parametrize("above", [0, 1, 2])
def test_no_bulk_statement_and_no_raw_sql_puts_a_signed_page_behind_a_log_in(client, above):
    page = shut = make_signed()
    for _step in range(above):
        shut = shut.get_parent()
    row = PageViewRestriction(page_id=shut.pk, restriction_type="login")
    other = hide(locked_page(page))
    columns = "page_id, restriction_type, password"

    def insert(verb="INSERT"):
        with connection.cursor() as cursor:
            sql = (
                f"{verb} INTO wagtailcore_pageviewrestriction ({columns}) VALUES (%s, 'login', '')"
            )
            cursor.execute(sql, [shut.pk])

    refused(lambda: PageViewRestriction.objects.bulk_create([row]))
    refused(lambda: PageViewRestriction.objects.update(page_id=shut.pk))
    refused(insert)
    if connection.vendor == "sqlite":
        refused(lambda: insert("INSERT OR REPLACE"))
    other.page_id = shut.pk
    refused(lambda: PageViewRestriction.objects.bulk_update([other], ["page"]))
    assert client.get(page.get_url()).status_code == 200


def test_no_raw_sql_moves_a_signed_page_below_one_that_is_shut():
    page = make_signed()
    shut = locked_page(page)
    draft = make_page(key="draft")
    refused(lambda: Page.objects.filter(pk=page.pk).update(path=f"{shut.path}0001"))
    Page.objects.filter(pk=draft.pk).update(path=f"{shut.path}0001")
    open_place = f"{page.get_parent().path}0077"
    assert Page.objects.filter(pk=page.pk).update(path=open_place) == 1


def test_what_is_not_signed_is_shut_and_opened_as_before():
    draft = make_page(live=True)
    row = PageViewRestriction(page=draft.page_ptr, restriction_type="login")
    PageViewRestriction.objects.bulk_create([row])
    assert PageViewRestriction.objects.update(restriction_type="groups") == 1
    PageViewRestriction.objects.all().delete()


def test_a_signed_page_that_was_shut_before_is_named_by_the_check_and_can_be_opened(client):
    page = make_signed()
    assert check_hidden(None, databases=["default"]) == []
    shut_as_before_it_was_refused(page.get_parent())
    [warning] = check_hidden(None, databases=["default"])
    assert (warning.id, page.url_path in warning.msg) == ("sla.W002", True)
    assert check_hidden(None, databases=None) == [], "it reads the database only when asked to"
    registered = checks.registry.registry.get_checks()
    assert any(getattr(check, "__name__", "") == "check_hidden" for check in registered)
    assert client.get("/agreements/desk/1/text.json").status_code == 200
    PageViewRestriction.objects.all().delete()
    assert check_hidden(None, databases=["default"]) == []


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_backup_of_a_site_where_one_was_shut_comes_back(place, identity):
    """What would be refused today is no reason to lose all the rest."""
    page = make_signed()
    shut_as_before_it_was_refused(page.get_parent())
    triggers.install()
    call_command("backup", to="nightly", stdout=StringIO())
    shelf, identities = Shelf("nightly"), read_identities(identity)
    kept = manifest.read(shelf, identities)
    triggers.lift()  # a restore begins with empty tables, of which none holds a sealed row
    triggers.install(tables=triggers.refusing())
    with transaction.atomic():
        restoring._rows(shelf, kept, identities)
    assert PageViewRestriction.objects.count() == 1
    assert triggers.missing() == []
    assert len(check_hidden(None, databases=["default"])) == 1


# Two at once


def race(*acts):
    """Do these at once, each in a thread with a connection of its own; what came of each."""
    outcomes = {}

    def run(act):
        try:
            outcomes[act.__name__] = act()
        except (ValidationError, HidingRefused, IntegrityError) as error:
            outcomes[act.__name__] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(outcomes) == len(acts)
    return outcomes


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("above", [0, 1])
@pytest.mark.parametrize("within", [True, False], ids=["in a transaction", "by itself"])
def test_of_a_signature_and_a_log_in_at_once_one_is_refused(monkeypatch, above, within):
    page = shut = make_page(live=True)
    for _step in range(above):
        shut = shut.get_parent()
    both_are_checked = threading.Barrier(2)

    def together(check):
        def checked(*args):
            found = check(*args)
            with suppress(threading.BrokenBarrierError):
                both_are_checked.wait(timeout=2)
            return found

        return checked

    monkeypatch.setattr(signing, "refuse_unreadable", together(signing.refuse_unreadable))
    monkeypatch.setattr(readability, "signed_below", together(readability.signed_below))

    def signs():
        return sign(page.version)

    def shuts():
        if not within:
            return PageViewRestriction.objects.create(page_id=shut.pk, restriction_type="login")
        with transaction.atomic():
            return PageViewRestriction.objects.create(page_id=shut.pk, restriction_type="login")

    outcomes = race(signs, shuts)
    assert sum(isinstance(found, Exception) for found in outcomes.values()) == 1, outcomes
    assert SignedText.objects.exists() != PageViewRestriction.objects.exists()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("way", ["a bulk statement", "a move"])
def test_whatever_hides_a_page_waits_for_whoever_is_signing(monkeypatch, way):
    page = make_page(live=True)
    section = locked_page(page) if way == "a move" else None
    readable, shut = threading.Event(), threading.Event()
    check = signing.refuse_unreadable

    def checked(version):
        check(version)
        readable.set()
        shut.wait(timeout=2)

    monkeypatch.setattr(signing, "refuse_unreadable", checked)

    def signs():
        return sign(page.version)

    def shuts():
        assert readable.wait(timeout=30)
        if section is not None:
            page.move(section, pos="last-child")
        else:
            row = PageViewRestriction(page_id=page.pk, restriction_type="login")
            PageViewRestriction.objects.bulk_create([row])
        shut.set()

    outcomes = race(signs, shuts)
    # On PostgreSQL the trigger waits and refuses; on SQLite the signal may already.
    assert isinstance(outcomes["shuts"], (IntegrityError, HidingRefused))
    assert SignedText.objects.exists()
    assert check_hidden(None, databases=["default"]) == []
