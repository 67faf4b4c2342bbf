"""A copy of a page dies when anything it shows changes, and only then."""

import pytest
from wagtail.models import PageViewRestriction

from cms_pages.models import DeskSettings
from desk_core.page_cache import purge_now
from tests.cms_pages.factories import make_document

pytestmark = pytest.mark.django_db


CACHE = "desk_core.page_cache.PageCacheMiddleware"


@pytest.fixture(autouse=True)
def _with_the_page_cache(settings):
    settings.DESK_PAGE_CACHE = True
    settings.MIDDLEWARE = [CACHE, *[name for name in settings.MIDDLEWARE if name != CACHE]]
    purge_now()
    yield
    purge_now()


@pytest.fixture
def see(desk, client, django_capture_on_commit_callbacks):
    """Open a page, do something, open it again: what it said after."""

    def look(url, change, *, again=False):
        client.get(url)
        assert client.get(url)["X-Desk-Cache"] == "hit"
        with django_capture_on_commit_callbacks(execute=True):
            change()
        response = client.get(url)
        return response if again else response.content.decode()

    return look


def test_publishing_shows_at_once(desk, see):
    def change():
        desk.about.title = "عنوان تازه"
        desk.about.save_revision().publish()

    assert "عنوان تازه" in see("/about/", change)


def test_a_menu_entry_shows_on_every_other_page(desk, see):
    def change():
        desk.about.show_in_menus = True
        desk.about.save_revision().publish()

    assert "دربارهٔ ما" in see("/", change)


def test_settings_show_at_once(desk, see):
    def change():
        own = DeskSettings.objects.get()
        own.body_name = "نام تازه"
        own.save()

    assert "نام تازه" in see("/about/", change)


def test_facts_show_at_once(desk, see):
    def close():
        desk.plot.active = False
        desk.plot.save()

    assert "callout-waiting" in see(desk.plot_page.get_url(), close)


def test_moving_and_taking_down_show_at_once(desk, see):
    assert "واحدها" not in see("/about/", desk.departments.unpublish)


def test_a_page_made_private_leaves_the_cache(desk, see):
    def close():
        PageViewRestriction.objects.create(page=desk.about, restriction_type="login")

    assert see("/about/", close, again=True).status_code == 302


def test_a_new_document_shows_at_once(desk, see):
    response = see("/about/", lambda: make_document(), again=True)
    assert response["X-Desk-Cache"] == "miss"


def test_a_draft_drops_nothing(desk, see):
    def draft():
        desk.about.title = "پیش‌نویس"
        desk.about.save_revision()

    assert see("/about/", draft, again=True)["X-Desk-Cache"] == "hit"
