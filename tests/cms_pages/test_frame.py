"""Menu, breadcrumbs, languages, settings and slots around a page."""

from urllib.parse import unquote

import pytest
from django.test import RequestFactory
from django.utils.translation import override
from wagtail.models import PageViewRestriction, Site

from cms_pages import slots
from cms_pages.frame import frame_for
from cms_pages.models import ContentPage, DeskSettings, HomePage
from tests.cms_pages.factories import add_page, translate

pytestmark = pytest.mark.django_db


def frame(path="/", language="fa", host="localhost"):
    with override(language):
        made = frame_for(RequestFactory().get(path, HTTP_HOST=host))
        made.find(path.removeprefix("/en/").strip("/"))
        # Everything is read inside, as in a request.
        assert made.menu is not None
        assert made.languages is not None
        assert made.breadcrumbs is not None
    return made


def test_the_menu_follows_the_order_of_the_editors(desk):
    assert [link.title for link in frame().menu] == ["خدمات", "واحدها"]
    desk.departments.move(desk.home, pos="first-child")
    assert [link.title for link in frame().menu] == ["واحدها", "خدمات"]


def test_drafts_and_private_pages_are_not_in_the_menu(desk):
    desk.services.unpublish()
    PageViewRestriction.objects.create(page=desk.departments, restriction_type="login")
    assert frame().menu == []


def test_the_menu_knows_where_the_reader_is(desk):
    here = frame("/خدمات/plot/")
    assert [(link.current, link.within) for link in here.menu] == [(False, True), (False, False)]
    assert [link.title for link in here.breadcrumbs] == [desk.home.title, "خدمات"]


def test_the_english_menu_has_english_pages_only(desk):
    translate(desk.services, "en", title="Services")
    assert [(link.title, unquote(link.url)) for link in frame("/en/", "en").menu] == [
        ("Services", f"/en/{desk.services.slug}/")
    ]


def test_the_language_switch_leads_to_the_translation_else_home(desk):
    links = {link.code: link for link in frame("/خدمات/plot/").languages}
    assert links["fa"].current
    assert not links["en"].translated
    assert links["en"].url == "/en/"
    english = translate(desk.plot_page, "en")
    links = {link.code: link for link in frame("/خدمات/plot/").languages}
    assert links["en"].translated
    assert links["en"].url == english.get_url()


def test_a_translation_taken_down_is_not_offered(desk):
    translate(desk.plot_page, "en").unpublish()
    links = {link.code: link for link in frame("/خدمات/plot/").languages}
    assert not links["en"].translated


def test_pages_name_their_languages_to_search_engines(desk, client):
    english = translate(desk.plot_page, "en")
    text = client.get(desk.plot_page.get_url()).content.decode()
    assert f'hreflang="en" href="http://testserver{english.get_url()}"' in text
    assert (
        'hreflang="en"' not in client.get(desk.about.get_url()).content.decode().split("<body")[0]
    )


def test_search_keeps_its_words_when_the_language_changes(desk, client):
    response = client.get("/search/?q=abc")
    links = {link.code: link for link in response.context["frame"].languages}
    assert links["en"].url == "/en/search/?q=abc"


def test_several_sites_keep_apart(desk):
    other_home = desk.home.get_parent().add_child(
        instance=HomePage(title="دیگر", slug="other", locale=desk.home.locale)
    )
    add_page(other_home, ContentPage, title="از دیگری", show_in_menus=True, slug="theirs")
    other = Site.objects.create(hostname="other.example", root_page=other_home)
    DeskSettings.objects.create(site=other, body_name="دیگری")
    assert [link.title for link in frame(host="other.example").menu] == ["از دیگری"]
    assert frame(host="other.example").settings.body_name == "دیگری"
    assert [link.title for link in frame().menu] == ["خدمات", "واحدها"]
    assert frame(host="unknown.example").site == desk.site


def test_settings_are_defaults_before_they_are_saved(desk, client):
    DeskSettings.objects.all().delete()
    assert client.get("/").status_code == 200
    assert not DeskSettings.objects.exists()


def test_settings_speak_the_readers_language(desk):
    own = DeskSettings.objects.get()
    own.province = "مرکزی"
    with override("en"):
        assert own.body == "Sample Directorate"
        assert own.province_name == "مرکزی"
    with override("fa"):
        assert own.body == "ادارهٔ نمونه"


def test_settings_for_a_request_cost_one_query(desk, django_assert_num_queries):
    request = RequestFactory().get("/", HTTP_HOST="localhost")
    with django_assert_num_queries(1):
        assert DeskSettings.for_request(request).body_name == "ادارهٔ نمونه"
        assert DeskSettings.for_request(request).body_name == "ادارهٔ نمونه"


@pytest.fixture
def empty_slots(monkeypatch):
    monkeypatch.setattr(slots, "_fillers", {})


def test_slots_escape_what_is_not_marked_safe(empty_slots, rf):
    slots.register("banner", lambda request: "<b>")
    assert slots.render("banner", rf.get("/")) == "&lt;b&gt;"


def test_a_broken_slot_prints_nothing_and_is_logged(empty_slots, desk, client, caplog):
    def broken(request):
        raise RuntimeError("the floor above fell")

    slots.register("banner", broken)
    slots.register("banner", lambda request: "still here")
    response = client.get(desk.about.get_url())
    assert "still here" in response.content.decode()
    assert "banner" in caplog.text


def test_a_slot_that_does_not_exist_is_a_mistake_of_the_programmer(empty_slots):
    with pytest.raises(ValueError, match="no slot"):
        slots.register("baner", lambda request: "")


def test_slots_know_the_page(empty_slots, desk, client):
    seen = []
    slots.register("service_notices", lambda request: seen.append(request.desk_page.service) or "")
    client.get(desk.plot_page.get_url())
    assert seen == [desk.plot]


def test_an_address_that_is_not_ours_is_refused_in_the_same_face(desk, client):
    response = client.get("/", headers={"host": "evil.example"})
    assert response.status_code == 400
