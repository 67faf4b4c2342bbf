"""An unsigned text whose page is behind a log-in is read nowhere; what is signed stays readable."""

from datetime import date

import pytest
from wagtail.models import Locale, PageViewRestriction

from sla.models import AgreementPage, AgreementVersion
from tests.sla.factories import clause, make_page, make_signed

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
    PageViewRestriction.objects.bulk_create(  # as one that was there before the first signature
        [PageViewRestriction(page=second.get_parent(), restriction_type="login")]
    )
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
