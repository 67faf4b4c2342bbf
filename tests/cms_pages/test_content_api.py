"""Every parameter of the content API with input as nobody should send it: 400, never a fault."""

import pytest
from django.db import OperationalError, connection
from django.test import Client
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from cms_pages.content_api import content_api
from cms_pages.models import ContentPage
from tests.cms_pages.factories import add_page, make_document, make_image

pytestmark = pytest.mark.screen

ENDPOINTS = ("pages", "images", "documents")
VALUES = (
    "",
    " ",
    "\x00",
    "a\x1b[2Jb",
    "\uffff",
    '"',
    "'",
    '""" OR "',
    "a:b",
    "a* ^b -c +d",
    "NEAR(a b, 2)",
    "AND",
    "(((",
    "%",
    "%s %(x)s %%d",
    "\\",
    "{title} : x",
    "; DROP TABLE x; --",
    "-1",
    "0",
    "1.5",
    "NaN",
    "²",
    "۱۲",
    "9" * 19,
    "9" * 25,
    "9" * 5000,
    "x",
    "x" * 300,
    "زمین",
    "می‌خواهم «مسئول»",
    "true",
    "root",
    "random",
    "-id,id,,title",
    "0000-00-00",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "a" + "(a" * 90,
    "*,-title,_",
    "home",
    "cms_pages.ContentPage",
    "auth.User",
    "🏴‍☠️",
)


def parameters(endpoint):
    """(place, parameter): whatever an endpoint takes to filter, and to find one object."""
    view = content_api._endpoints[endpoint]
    fields = view.get_available_fields(view.model, db_fields_only=True)
    yield from (("", name) for name in sorted({*view.known_query_parameters, *fields}))
    yield from (("find/", name) for name in sorted(view.find_query_parameters))


@pytest.fixture
def client(desk):
    add_page(desk.home, ContentPage, title='آنچه "مسئول" نوشت', slug="quoted")
    make_image()
    make_document()
    return Client()


@pytest.mark.django_db
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_no_parameter_is_a_fault(endpoint, client):
    for place, name in parameters(endpoint):
        for value in VALUES:
            answer = client.get(f"/api/v2/{endpoint}/{place}", {name: value})
            assert answer.status_code in (200, 302, 400, 404), (name, value)
            if "\x00" in value or "\x1b" in value:
                assert answer.status_code in (400, 404), (name, value)


@pytest.mark.django_db
@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize(
    "query",
    [
        {"search": "\x00"},
        {"search": "x" * 201},
        {"search": "x", "search_operator": "x"},
        {"offset": "9" * 25},
        {"offset": "10000001"},
        {"limit": "10000001"},
        {"\x00": "x"},
    ],
    ids=str,
)
def test_what_cannot_be_meant_is_refused_in_json(endpoint, query, client):
    answer = client.get(f"/api/v2/{endpoint}/", query)
    assert answer.status_code == 400
    assert answer.json()["message"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query", [{"first_published_at": "x"}, {"locale": "\x00"}, {"alias_of": "x"}], ids=str
)
def test_a_filter_of_pages_with_no_value_of_its_kind_is_refused(query, client):
    assert client.get("/api/v2/pages/", query).status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize("term", ['"', "(", "-", "?!"])
def test_signs_alone_find_nothing(term, client):
    answer = client.get("/api/v2/pages/", {"search": term})
    assert answer.status_code == 200
    assert answer.json()["items"] == []


@pytest.mark.indexed
@pytest.mark.django_db
@pytest.mark.parametrize("term", ["مسئول", "مسؤول", "«مسئول»", "آنچه مسئول", "آنچه (نوشت)"])
def test_pages_are_found_as_the_site_finds_them(term, client):
    answer = client.get("/api/v2/pages/", {"search": term})
    assert [item["title"] for item in answer.json()["items"]] == ['آنچه "مسئول" نوشت']


@pytest.mark.indexed
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("endpoint", "model"), [("images", get_image_model), ("documents", get_document_model)]
)
def test_images_and_documents_are_found_by_the_words_of_their_titles(endpoint, model, client):
    row = model().objects.get()
    row.title = 'نقشهٔ "راه"'
    row.save()
    answer = client.get(f"/api/v2/{endpoint}/", {"search": '"راه"'})
    assert [item["id"] for item in answer.json()["items"]] == [row.pk]


@pytest.mark.django_db
def test_a_broken_database_is_not_the_clients_fault(client):
    """A 400 would tell a front end to give up; 503 tells it to come back."""

    def broken(execute, sql, params, many, context):
        raise OperationalError("unable to open database file")

    client.raise_request_exception = False
    with connection.execute_wrapper(broken):
        answer = client.get("/api/v2/pages/", {"search": "زمین"})
    assert answer.status_code == 503
