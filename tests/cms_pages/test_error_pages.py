"""Pages for what is missing, refused or broken: what to do next, whatever else is down."""

import pytest
from django.db import OperationalError
from django.test import Client

from cms_pages import error_views


def fails_with(rf, error: Exception):
    request = rf.get("/")
    try:
        raise error
    except type(error):
        return error_views.server_error(request)


def test_a_fault_of_ours_needs_neither_database_nor_request(rf, settings) -> None:
    """No `db` mark: a query would fail this test."""
    settings.DESK_EMERGENCY_PHONE = "086 3367 3001"
    response = fails_with(rf, ValueError("secret words"))
    html = response.content.decode()
    assert response.status_code == 500
    assert 'lang="fa"' in html
    assert 'lang="en"' in html
    assert "tel:08633673001" in html
    assert "secret words" not in html
    assert "no-store" in response["Cache-Control"]


def test_a_database_that_is_away_is_a_pause_not_a_fault(rf) -> None:
    response = fails_with(rf, OperationalError("server closed the connection"))
    assert response.status_code == 503
    assert response["Retry-After"] == "120"


def test_a_lost_stylesheet_does_not_break_the_page_for_faults(rf, settings) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    }
    settings.STATIC_ROOT = "/nowhere"
    response = fails_with(rf, ValueError())
    assert response.status_code == 500
    assert b"<h1>" in response.content


@pytest.mark.django_db
def test_a_form_without_the_cookie_gets_words_not_a_loop(desk) -> None:
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    response = client.post("/en/requests/track/", {"code": "1", "password": "2"})
    assert response.status_code == 403
    assert "cookie" in response.content.decode().lower()
    assert "Location" not in response
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_a_form_with_an_old_token_is_asked_for_again(desk) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies["csrftoken"] = "a" * 32
    response = client.post("/en/requests/track/", {"code": "1", "csrfmiddlewaretoken": "b" * 32})
    assert response.status_code == 403
    assert "once more" in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/en/nothing-here/", "/nothing-here/", "/en/" + "x" * 2000 + "/"])
def test_a_lost_reader_gets_ways_on(client, desk, path: str) -> None:
    response = client.get(path)
    html = response.content.decode()
    assert response.status_code == 404
    assert 'role="search"' in html
    assert "/requests/new/" in html
    assert "noindex" in html


@pytest.mark.django_db
def test_a_lost_reader_does_not_see_the_address_repeated(client, desk) -> None:
    assert "<script>alert" not in client.get("/%3Cscript%3Ealert(1)/").content.decode()
