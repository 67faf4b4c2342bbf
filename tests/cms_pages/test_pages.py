"""Every kind of page as a citizen meets it."""

import re

import pytest
from django.urls import reverse
from wagtail.models import Page

from cms_pages.models import ContentPage
from tests.cms_pages.factories import staff_user

pytestmark = pytest.mark.django_db


def get(client, page, **query):
    return client.get(page.get_url(), query)


def test_every_kind_of_page_answers(desk, client):
    pages = Page.objects.descendant_of(desk.home, inclusive=True)
    assert pages.count() == 9
    for page in pages:
        response = get(client, page)
        assert response.status_code == 200, page
        text = response.content.decode()
        assert text.count("<h1") == 1, page
        assert page.title in text
        assert "ادارهٔ نمونه" in text


def test_english_pages_live_below_en_and_speak_english(desk, client):
    response = client.get("/en/")
    assert response.status_code == 200
    assert 'lang="en" dir="ltr"' in response.content.decode()
    assert "Sample Directorate" in response.content.decode()


def test_a_draft_is_not_found(desk, client):
    desk.about.unpublish()
    assert client.get("/about/").status_code == 404


def test_a_page_below_a_draft_is_served_but_the_draft_is_no_breadcrumb(desk, client):
    desk.services.unpublish()
    response = get(client, desk.plot_page)
    assert response.status_code == 200
    assert [link.title for link in response.context["frame"].breadcrumbs] == [desk.home.title]


def test_nothing_there_is_404_in_both_languages(desk, client):
    for url in ("/nope/", "/en/nope/", "/خدمات/nope/", "/plot/"):
        assert client.get(url).status_code == 404, url


def test_home_shows_services_by_need_and_departments(desk, client):
    context = get(client, desk.home).context
    assert [(c.need, [p.title for p in c.pages]) for c in context["need_cards"]] == [
        (desk.need, ["استعلام زمین"])
    ]
    assert [page.title for page in context["departments"]] == ["امور زمین", "راه‌ها"]


def test_home_does_not_offer_what_is_not_offered(desk, client):
    desk.plot.active = False
    desk.plot.save()
    desk.roads.active = False
    desk.roads.save()
    context = get(client, desk.home).context
    assert context["need_cards"] == []
    assert context["services"] == []
    assert [page.title for page in context["departments"]] == ["امور زمین"]


def test_a_department_that_takes_no_new_requests_says_so_and_offers_no_button(desk, client):
    desk.land.active = False
    desk.land.save()
    text = get(client, desk.land_page).content.decode()
    assert "callout-waiting" in text
    assert "?department=land" not in text


def test_the_privacy_statement_is_linked_from_every_page(desk, client):
    for page in (desk.home, desk.plot_page, desk.about):
        assert f'href="{desk.privacy.get_url()}"' in get(client, page).content.decode()


@pytest.mark.parametrize("title", ["قطع به\u200cعلت تعمیر", "به\u200cروزرسانی سامانه"])
def test_a_half_space_of_the_title_keeps_words_apart_in_the_address(desk, title):
    page = desk.home.add_child(instance=ContentPage(title=title, locale=desk.home.locale))
    assert page.slug == title.replace("\u200c", "-").replace(" ", "-")
    again = desk.home.add_child(instance=ContentPage(title=title, locale=desk.home.locale))
    assert again.slug == f"{page.slug}-2"
    assert page.title == title


def test_the_editor_makes_the_same_address_while_the_title_is_typed(desk, client):
    client.force_login(staff_user("editor"))
    form = client.get(reverse("wagtailadmin_pages:edit", args=[desk.about.pk])).content.decode()
    slug = re.search(r'<input[^>]*name="slug"[^>]*>', form)[0]
    assert "data-w-slug-formatters-value" in slug
    assert "\u200c" in slug or "u200c" in slug
