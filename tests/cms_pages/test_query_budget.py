"""At most eight queries for any public page, whatever the editors put on it."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.images import get_image_model

from cms_pages import slots
from cms_pages.models import ContentPage, DepartmentPage, FaqPage, ServicePage
from tests.cms_pages.factories import (
    DepartmentFactory,
    ServiceFactory,
    add_page,
    make_document,
    make_image,
    translate,
)

pytestmark = [pytest.mark.django_db, pytest.mark.screen]

# What this floor may use of the eight; the rest is for the slots of the floors above.
OURS = 6


@pytest.fixture(autouse=True)
def _no_page_cache_and_no_other_floors(settings, monkeypatch):
    settings.DESK_PAGE_CACHE = False
    monkeypatch.setattr(slots, "_fillers", {})


def count(client, page):
    url = page.get_url()
    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries), "\n".join(query["sql"][:160] for query in queries.captured_queries)


def body(blocks, page, document, image):
    link = (
        f'<p><a linktype="page" id="{page.pk}">الف</a> '
        f'<a linktype="document" id="{document.pk}">ب</a></p>'
    )
    return [
        block
        for _n in range(blocks)
        for block in (
            {"type": "paragraph", "value": link},
            {"type": "picture", "value": {"image": image.pk, "alt": "تصویر", "caption": ""}},
            {"type": "document", "value": {"document": document.pk, "title": ""}},
            {"type": "list", "value": {"ordered": False, "items": [link, link]}},
            {
                "type": "questions",
                "value": {"questions": [{"question": "چرا؟", "answer": link}]},
            },
        )
    ]


def test_the_number_of_blocks_does_not_matter(desk, client):
    document = make_document()
    few = ContentPage(title="کم", slug="few", locale=desk.home.locale)
    many = ContentPage(title="زیاد", slug="many", locale=desk.home.locale)
    few.body = body(1, desk.plot_page, document, make_image())
    many.body = [b for _n in range(12) for b in body(1, desk.plot_page, document, make_image())]
    for page in (few, many):
        desk.home.add_child(instance=page)
        client.get(page.get_url())  # makes the renditions
    (n_few, _), (n_many, sql) = count(client, few), count(client, many)
    assert n_few == n_many, sql
    assert n_many <= OURS, sql
    text = client.get(many.get_url()).content.decode()
    assert f'href="{desk.plot_page.get_url()}"' in text
    assert text.count("<img") >= 12
    assert document.url in text


def test_links_lead_to_the_readers_language(desk, client):
    translate(desk.plot_page, "en", title="Land enquiry")
    about = translate(desk.about, "en", title="About")
    about.body = body(1, desk.plot_page, make_document(), make_image())
    about.save_revision().publish()
    text = client.get("/en/about/").content.decode()
    assert "/en/%D8%AE" in text or "/en/خدمات/plot/" in text
    assert f'<a href="{desk.plot_page.get_url()}">الف' not in text


@pytest.mark.parametrize("n", [2, 30])
def test_menus_services_and_departments_do_not_matter(desk, client, n):
    for k in range(n):
        add_page(desk.home, ContentPage, title=f"فهرست {k}", slug=f"m{k}", show_in_menus=True)
        department, service = DepartmentFactory(), ServiceFactory()
        service.needs.add(desk.need)
        add_page(desk.departments, DepartmentPage, title=department.name, department=department)
        add_page(desk.services, ServicePage, title=service.name, service=service)
        part = ServiceFactory(parent=desk.plot, department=department)
        add_page(desk.services, ServicePage, title=part.name, service=part)
    for page in (
        desk.home,
        desk.services,
        desk.departments,
        desk.plot_page,
        desk.land_page,
        desk.privacy,
        desk.about,
    ):
        number, sql = count(client, page)
        assert number <= OURS, f"{page.specific_class.__name__}\n{sql}"


def test_frequent_questions(desk, client):
    link = f'<a linktype="page" id="{desk.plot_page.pk}">الف</a>'
    page = FaqPage(title="پرسش‌ها", slug="faq", locale=desk.home.locale)
    page.groups = [
        {
            "type": "group",
            "value": {
                "heading": f"موضوع {n}",
                "questions": [{"question": f"{k}؟", "answer": link} for k in range(5)],
            },
        }
        for n in range(10)
    ]
    desk.home.add_child(instance=page)
    number, sql = count(client, page)
    assert number <= OURS, sql


def test_english_costs_no_more(desk, client):
    page = translate(desk.plot_page, "en", title="Land enquiry")
    number, sql = count(client, page)
    assert number <= OURS, sql


def test_slots_cost_what_they_ask_and_nothing_else(desk, client):
    before, _ = count(client, desk.about)
    for name in slots.PLACES:
        slots.register(name, lambda request: "<i>")
    after, _ = count(client, desk.about)
    assert after == before
    assert get_image_model().objects.count() == 0


def test_pictures_already_made_are_not_written_into_the_cache_again(desk, client):
    page = ContentPage(title="تصویر", slug="pictures", locale=desk.home.locale)
    page.body = body(3, desk.plot_page, make_document(), make_image())
    desk.home.add_child(instance=page)
    url = page.get_url()
    client.get(url)
    cache.clear()
    client.get(url)
    assert not [key for key in cache._cache if "wagtail-rendition" in key]
