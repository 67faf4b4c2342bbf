"""What search engines are told."""

import pytest
from wagtail.models import PageViewRestriction

from tests.cms_pages.factories import translate

pytestmark = pytest.mark.django_db


def locations(client):
    response = client.get("/sitemap.xml")
    assert response.status_code == 200
    return response.content.decode()


def test_the_sitemap_has_public_pages_of_all_languages(desk, client):
    english = translate(desk.about, "en")
    text = locations(client)
    for page in (desk.home, desk.about, desk.home_en, english):
        assert f"<loc>http://testserver{page.get_url()}</loc>" in text, page


def test_the_sitemap_has_no_drafts_and_nothing_private(desk, client):
    desk.about.unpublish()
    PageViewRestriction.objects.create(page=desk.services, restriction_type="login")
    text = locations(client)
    assert "about" not in text
    assert "plot" not in text


def test_the_sitemap_takes_few_queries(desk, client, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        locations(client)


def test_robots_stay_out_of_what_is_personal(desk, client):
    response = client.get("/robots.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    lines = response.content.decode().splitlines()
    assert "Disallow: /requests/" in lines
    assert "Disallow: /en/requests/" in lines
    assert "Sitemap: http://testserver/sitemap.xml" in lines
