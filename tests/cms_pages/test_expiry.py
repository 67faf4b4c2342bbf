"""A page whose time is over is shown nowhere, also before a command takes it down."""

import time
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import RequestFactory
from django.utils import timezone
from wagtail.models import Page

from cms_pages import expiry
from cms_pages.frame import frame_for
from cms_pages.models import ContentPage
from desk_core.page_cache import next_change as changes
from desk_core.page_cache import purge_now

pytestmark = [pytest.mark.django_db, pytest.mark.screen]


def end(page, at):
    Page.objects.filter(pk=page.pk).update(expire_at=at)


def test_the_site_and_the_api_no_longer_find_it(desk, client):
    detail, listing = f"/api/v2/pages/{desk.about.pk}/", "/api/v2/pages/?limit=20"
    for ended in (False, True):
        end(desk.about, timezone.now() + timedelta(seconds=-1 if ended else 60))
        expected = 404 if ended else 200
        assert client.get(desk.about.get_url()).status_code == expected
        assert client.get(detail).status_code == expected
        shown = {item["id"] for item in client.get(listing).json()["items"]}
        assert (desk.about.pk in shown) is not ended
        assert desk.land_page.pk in shown
        assert bool(ContentPage.objects.get().get_sitemap_urls()) is not ended


def test_a_kept_copy_dies_when_the_time_of_the_page_is_over(desk, client, settings):
    settings.DESK_PAGE_CACHE = True
    url = desk.about.get_url()
    end(desk.about, timezone.now() + timedelta(seconds=2.5))
    purge_now()
    # Another page is shown first: all copies of a shelf die together.
    for address in (desk.land_page.get_url(), url, url):
        answer = client.get(address)
        assert answer.status_code == 200
    assert answer["X-Desk-Cache"] == "hit"
    time.sleep(3)
    assert client.get(url).status_code == 404


def test_the_frame_has_read_when_the_next_page_ends(desk, django_assert_num_queries):
    soon = timezone.now() + timedelta(hours=1)
    end(desk.land_page, soon + timedelta(hours=1))
    end(desk.about, soon)
    end(desk.privacy, timezone.now() - timedelta(hours=1))
    request = RequestFactory().get("/")
    now = timezone.now()
    assert expiry.next_change(now, request) == soon
    assert frame_for(request).site
    with django_assert_num_queries(0):
        assert expiry.next_change(now, request) == soon
    assert changes.next_change(now) <= soon


def test_the_command_publishes_and_takes_down_at_their_dates(desk, client):
    coming = desk.home.add_child(instance=ContentPage(title="آینده", slug="coming", live=False))
    coming.go_live_at = timezone.now() + timedelta(seconds=0.5)
    coming.save_revision().publish()
    coming.refresh_from_db()
    assert not coming.live
    time.sleep(0.6)
    end(desk.about, timezone.now() - timedelta(seconds=1))
    call_command("publish_due")
    assert Page.objects.get(pk=coming.pk).live
    assert not Page.objects.get(pk=desk.about.pk).live
