"""At most eight queries for any public page of the demo from an empty cache, all floors together.

The cache is the database's, so that the page cache's look at the shared mark is a query as well.
"""

from datetime import date
from decimal import Decimal

import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone, translation
from wagtail.models import Page

from cms_pages.models import Service
from desk_core.page_cache import purge_now
from notices.enums import Impact
from notices.models import NoticeIndexPage, NoticePage
from notices.months import month_of
from sla.enums import Measure
from sla.models import AgreementPage
from sla.renewal import draft_successor
from sla.reports import close_due
from sla.targets import Target
from tests.cms_pages.factories import make_document, make_image
from tests.notices import worked_example as example
from tests.shared_content import made_once
from tests.sla.measured import make_measured

pytestmark = [pytest.mark.django_db, pytest.mark.screen]

MOST = 8
# What everybody reads and is no page.
VIEWS = (
    "/status/",
    "/en/status/",
    "/status/history/",
    f"/status/history/{month_of(timezone.now()).key}/",
    "/status/services/land-enquiry/",
    "/status/availability/",
    "/status/availability/?calendar=gregorian",
    "/status/availability/figures.json",
    "/status/availability/land-enquiry/",
    "/status/availability/land-enquiry/figures.json",
)


@pytest.fixture(scope="module")
def demo_files(django_db_setup, django_db_blocker, tmp_path_factory):
    """The demo's pages, and the folder of their files."""
    from portal.management.commands.demo import people_and_pages

    folder = tmp_path_factory.mktemp("media")
    with (
        made_once(django_db_blocker),
        override_settings(MEDIA_ROOT=folder, DEMO_PASSWORD="never-used-here"),
        translation.override("fa"),
    ):
        people_and_pages()
        yield folder


@pytest.fixture
def demo(demo_files, settings):
    """The demo's pages, behind the page cache over the database's cache."""
    settings.DESK_PAGE_CACHE = True
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "budget_cache",
        }
    }
    call_command("createcachetable", verbosity=0)
    return Client()


def queries_of(client, url):
    """The queries for one page from an empty cache, in a process that has shown it before."""
    purge_now()  # a copy that the process kept of an earlier test would make no pictures
    client.get(url)
    caches["default"].clear()
    purge_now()
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(url)
    assert answer.status_code == 200, url
    assert answer["X-Desk-Cache"] == "miss", url
    return [query["sql"][:200] for query in queries.captured_queries]


def live_pages():
    """One live page of each kind and language, and every agreement and notice."""
    found = {}
    for page in Page.objects.filter(live=True, depth__gt=1).order_by("path").specific():
        found.setdefault((type(page).__name__, page.locale_id), page)
    return list(found.values())


def fill(page, blocks):
    """Put that many blocks with links and pictures where the page has a body for them."""
    link = (
        f'<p><a linktype="page" id="{page.get_parent().pk}">الف</a> '
        f'<a linktype="document" id="{make_document().pk}">ب</a></p>'
    )
    field = "duties" if hasattr(page, "duties") else "body"
    if isinstance(page, NoticePage):
        page.body = link
    elif hasattr(page, field):
        picture = {"image": make_image().pk, "alt": "تصویر", "caption": ""}
        kinds = [
            {"type": "paragraph", "value": link},
            {"type": "picture", "value": picture},
        ]
        setattr(page, field, [kinds[n % 2] for n in range(blocks)])
    else:
        return False
    page.save()
    return True


def test_every_kind_of_page_and_view(demo):
    pages = live_pages()
    kinds = {type(page).__name__ for page in pages}
    assert {"HomePage", "ServicePage", "DepartmentPage", "AgreementPage", "NoticePage"} <= kinds
    counts = {url: queries_of(demo, url) for url in [*(p.get_url() for p in pages), *VIEWS]}
    assert not {url: sql for url, sql in counts.items() if len(sql) > MOST}


@pytest.mark.parametrize("blocks", [5, 200])
def test_whatever_the_editors_put_on_it(demo, blocks):
    filled = [page for page in live_pages() if fill(page, blocks)]
    assert len({type(page) for page in filled}) >= 7
    counts = {page.get_url(): queries_of(demo, page.get_url()) for page in filled}
    assert not {url: sql for url, sql in counts.items() if len(sql) > MOST}
    shown = demo.get(filled[0].get_url()).content.decode()
    assert shown.count("<img") >= blocks // 2


def test_what_changed_between_two_versions_of_an_agreement(demo):
    page = AgreementPage.objects.filter(live=True).order_by("pk").first()
    successor = draft_successor(version=page.version)
    successor.get_latest_revision().publish()
    url = f"{page.get_url()}changes/1-2/"
    assert len(queries_of(demo, url)) <= MOST
    assert demo.get(url)["X-Desk-Cache"] == "hit"


def test_an_empty_history_costs_no_more(demo):
    NoticePage.objects.all().delete()
    for url in VIEWS:
        assert len(queries_of(demo, url)) <= MOST, url


def test_a_past_and_promises_of_availability_cost_no_more(demo):
    index = NoticeIndexPage.objects.get(locale__language_code="fa")
    for service in Service.objects.active():
        for day in (3, 20, 27):
            moments = [example.at(day, hour) for hour in (9, 9, 12)]
            example.outage(index, service, Impact.PARTIAL, *moments)
            index.refresh_from_db()
    make_measured([Target("all", Measure.AVAILABILITY, Decimal("99.5"))], since=date(2026, 10, 23))
    close_due()
    counts = {url: queries_of(demo, url) for url in VIEWS}
    assert not {url: sql for url, sql in counts.items() if len(sql) > MOST}


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL has a JIT")
def test_no_query_of_a_page_waits_to_be_compiled():
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)
