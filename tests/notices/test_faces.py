"""Where people see notices, and where nobody may."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Locale, PageViewRestriction

from notices import asking, current, history, updates
from notices.enums import Impact, Kind
from notices.models import NoticePage
from notices.months import Month, month_of
from notices.overview import overview
from tests.cms_pages.factories import ServiceFactory
from tests.notices.factories import ago, ahead, clock, draft, publish, published

pytestmark = [pytest.mark.django_db, pytest.mark.face]

STATUS = "/status/"
FACES = ["/", STATUS, "/status/history/", "/notices/", "/sitemap.xml", "/search/?q=نشانه"]


def text_of(client, url):
    response = client.get(url)
    assert response.status_code == 200, url
    return response.content.decode()


def everything_public(client, page, left_out):
    """All faces of the site as one text, in both languages."""
    parts = [text_of(client, url) for url in FACES if url not in left_out]
    parts.append(text_of(client, "/en/status/"))
    parts.append(str(current.as_dicts(timezone.now(), "fa")))
    parts.append(str(current.as_dicts(timezone.now(), "en")))
    parts += [text_of(client, f"/status/services/{s.key}/") for s in page.affected_services.all()]
    return "".join(parts)


@pytest.fixture
def marked(index):
    """Fields of a notice whose title and slug can be found in any text."""
    return {"title": "نشانه", "slug": "nishane", "services": [ServiceFactory()]}


def test_a_public_notice_is_on_every_face(
    index, marked, client, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        page = published(index, **marked)
    for url in FACES:
        found = text_of(client, url)
        assert "nishane" in found, url
    assert "nishane" in text_of(client, f"/status/services/{marked['services'][0].key}/")
    assert "نشانه" in str(current.as_dicts(timezone.now(), "fa"))
    assert client.get(page.url).status_code == 200


def as_draft(index, marked):
    return draft(index, **marked)


def as_future(index, marked):
    return publish(draft(index, go_live_at=ahead(hours=1), **marked))


def as_withdrawn(index, marked):
    page = published(index, **marked)
    page.unpublish()
    return page


def as_private(index, marked):
    page = published(index, **marked)
    PageViewRestriction.objects.create(page=page, restriction_type="login")
    return page


def as_part_of_something_private(index, marked):
    PageViewRestriction.objects.create(page=index, restriction_type="password", password="x")
    return published(index, **marked)


def as_expired(index, marked):
    page = published(index, **marked)
    NoticePage.objects.filter(pk=page.pk).update(expire_at=ago(minutes=1))
    return page


def as_copied(index, marked):
    page = published(index, **marked)
    page.copy(keep_live=True, update_attrs={"slug": "nishane-copy"})
    page.unpublish()
    return NoticePage.objects.get(slug="nishane-copy")


@pytest.mark.parametrize(
    "hide",
    [
        as_draft,
        as_future,
        as_withdrawn,
        as_private,
        as_part_of_something_private,
        as_expired,
        as_copied,
    ],
)
def test_what_is_not_public_is_on_no_face(
    index, marked, hide, client, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        page = hide(index, marked)
    # The private index itself asks for a password; until Wagtail's scheduler has run, an expired
    # page is still known to the search and the sitemap, where its address already says 404.
    left_out = {
        as_part_of_something_private: {"/notices/"},
        as_expired: {"/sitemap.xml", "/search/?q=نشانه"},
    }.get(hide, set())
    found = everything_public(client, page, left_out)
    assert "nishane" not in found
    assert page.message not in client.get("/notices/nishane/", follow=True).content.decode()


def test_the_banner_goes_through_its_phases(index, client):
    start, end = ahead(hours=100), ahead(hours=102)
    page = published(index, kind=Kind.MAINTENANCE, starts_at=start, expected_end=end)

    def phase_at(moment):
        with clock(moment):
            (found,) = [
                part.split('"')[0] for part in text_of(Client(), "/").split('data-phase="')[1:]
            ] or [None]
        return found

    second = timedelta(seconds=1)
    assert phase_at(start - timedelta(hours=72) - second) is None
    assert phase_at(start - timedelta(hours=72)) == "announced"
    assert phase_at(start) == "running"
    assert phase_at(end) == "ended"
    assert phase_at(end + timedelta(hours=6)) is None
    assert str(page.notice_id) in str(current.find(end)[0].key)


def test_a_page_kept_before_shows_a_notice_at_once_and_loses_it_in_time(
    index, django_capture_on_commit_callbacks, settings
):
    settings.DESK_PAGE_CACHE = True
    reader = Client()
    assert "data-notice=" not in text_of(reader, "/")
    assert reader.get("/")["X-Desk-Cache"] == "hit"
    with django_capture_on_commit_callbacks(execute=True):
        page = published(index, starts_at=ago(hours=1))
    assert "data-notice=" in text_of(reader, "/")
    assert reader.get("/")["X-Desk-Cache"] == "hit"
    with django_capture_on_commit_callbacks(execute=True):
        updates.post(notice=page.notice, state="resolved", text="رفع شد.", author=None, key="r")
    assert 'data-phase="ended"' in text_of(reader, "/")
    with django_capture_on_commit_callbacks(execute=True):
        NoticePage.objects.get().unpublish()
    assert "data-notice=" not in text_of(reader, "/")


def test_the_next_change_is_the_next_instant_of_any_public_notice(index):
    now = timezone.now()
    assert current.next_change(now) is None
    window = published(
        index, kind=Kind.MAINTENANCE, starts_at=ahead(hours=80), expected_end=ahead(hours=90)
    ).notice
    seen = [now]
    while (change := current.next_change(seen[-1])) is not None:
        seen.append(change)
    assert seen[1:] == [
        window.starts_at - timedelta(hours=72),
        window.starts_at,
        window.expected_end,
        window.expected_end + timedelta(hours=6),
    ]


def test_the_banner_costs_one_query(index, rf, django_assert_num_queries):
    from cms_pages.frame import frame_for
    from notices import slots

    request = rf.get("/")
    # What monitors see is read along with the frame, which every page has.
    assert frame_for(request).sites
    with django_assert_num_queries(1):
        assert "data-notice=" not in slots.banner(request)
        slots.status_foot(request)
    for number in range(4):
        published(index, title=f"شمارهٔ {number}", services=[ServiceFactory()])
    index.refresh_from_db()
    request = rf.get("/")
    text_of(Client(), "/")
    assert frame_for(request).pages
    with django_assert_num_queries(1):
        shown = slots.banner(request)
        assert (shown.count("data-notice="), shown.count(" hidden>")) == (4, 1)
        assert ("یک اطلاعیهٔ دیگر" in shown, 'data-notices-more="0"' in shown) == (True, True)
        slots.status_foot(request)
        slots.status_line(request)
        slots.home_notices(request)


def test_the_status_page_asks_as_much_for_many_as_for_one(index, client):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            text_of(client, STATUS)
        return len(captured)

    published(index, title="نخست", services=[ServiceFactory(), ServiceFactory()])
    queries()
    few = queries()
    for number in range(8):
        published(index, title=f"شمارهٔ {number}", services=[ServiceFactory(), ServiceFactory()])
    assert queries() == few


def test_services_and_the_sentence_tell_the_worst(index):
    portal, post, road = ServiceFactory(), ServiceFactory(), ServiceFactory()
    assert overview(timezone.now()).tone == "ok"
    published(index, title="الف", services=[portal], impact=Impact.DEGRADED)
    published(index, title="ب", services=[portal, post], impact=Impact.PARTIAL)
    published(
        index,
        title="پ",
        kind=Kind.MAINTENANCE,
        services=[road, post],
        starts_at=ago(hours=1),
        expected_end=ahead(hours=1),
    )
    published(index, title="ت", kind=Kind.ANNOUNCEMENT, services=[road])
    found = overview(timezone.now())
    states = {line.service.pk: line.state for line in found.lines}
    assert states == {portal.pk: "partial", post.pk: "partial", road.pk: "maintenance"}
    assert found.worst == "partial"
    published(index, title="ث")
    assert overview(timezone.now()).sentence != found.sentence
    assert {line.state for line in overview(timezone.now()).lines} == {"major"}


def test_for_a_service_come_its_own_faults_and_those_of_the_whole_desk(index):
    mine, other = ServiceFactory(), ServiceFactory()
    whole = published(index, title="کل میز")
    own = published(index, title="خدمت من", services=[mine, other])
    published(index, title="خدمت دیگر", services=[other])
    published(index, title="خبر", kind=Kind.ANNOUNCEMENT)
    soon = published(index, title="آینده", services=[mine], starts_at=ahead(hours=1))
    published(index, title="بعدها", services=[mine], starts_at=ahead(days=30))
    found = [each.id for each in asking.about(asking.worth_knowing(timezone.now()), mine)]
    assert set(found[:2]) == {whole.notice_id, own.notice_id}
    assert found[2:] == [soon.notice_id]


def test_history_goes_by_jalali_months_in_tehran(index):
    # 1405/08/30 24:00 in Tehran is 1405/09/01 00:00: 20:30 UTC of 21 November 2026.
    last_of_aban = datetime(2026, 11, 21, 20, 29, tzinfo=UTC)
    first_of_azar = datetime(2026, 11, 21, 20, 30, tzinfo=UTC)
    at = datetime(2026, 11, 23, 12, tzinfo=UTC)
    for number, moment in enumerate([last_of_aban, first_of_azar]):
        with clock(moment):
            published(index, title=f"شمارهٔ {number}")
    newest = history.chapter(at)
    assert newest.month.key == "1405-09"
    assert [each.title for each in newest.notices] == ["شمارهٔ 1"]
    assert newest.earlier.key == "1405-08"
    older = history.chapter(at, newest.earlier)
    assert [each.title for each in older.notices] == ["شمارهٔ 0"]
    assert (older.earlier, older.later) == (None, newest.month)
    assert Month(1405, 12).ends == Month(1406, 1).starts


def test_the_lead_of_the_history_is_true_of_every_kind(index, client):
    published(index, title="خبر", kind=Kind.ANNOUNCEMENT)
    body = client.get("/en/status/history/").content.decode()
    assert "خبر" in body
    assert "Everything that was announced in this month" in body


def test_the_history_has_no_months_before_it_began_nor_after_now(index, client):
    at = datetime(2026, 11, 23, 12, tzinfo=UTC)
    with clock(at - timedelta(days=70)):
        published(index, title="نخستین")
    with clock(at):
        answers = {
            month: client.get(f"/status/history/{month}/").status_code
            for month in ("1300-01", "1405-05", "1405-06", "1405-08", "1405-09", "1405-10")
        }
    assert list(answers.values()) == [404, 404, 200, 200, 200, 404]


def test_a_month_ahead_is_there_for_what_was_called_off_in_it(index, client):
    window = {"starts_at": ahead(days=40), "expected_end": ahead(days=41)}
    page = published(index, kind=Kind.MAINTENANCE, title="پنجره", **window)
    month = month_of(page.notice.starts_at).key
    assert client.get(f"/status/history/{month}/").status_code == 404
    updates.cancel(notice=page.notice, text="لغو", author=None, key="c")
    assert "پنجره" in text_of(client, f"/status/history/{month}/")
    assert "پنجره" in text_of(client, "/status/history/")


@pytest.mark.parametrize(
    "month", ["1405-13", "1405-00", "2026-11", "abc", "1405", "١٤٠٥-٠٩", "1405-9", "9" * 5000]
)
def test_nonsense_months_are_not_found(index, client, month):
    assert client.get(f"/status/history/{month}/").status_code == 404


@pytest.mark.parametrize("query", ["page=0", "page=-1", "page=x", "page=" + "9" * 50, "page="])
def test_nonsense_pages_of_the_list_are_answered(index, client, query):
    assert client.get(f"/notices/?{query}").status_code == 200


def test_the_status_pages_take_no_posts(index, client):
    assert client.post(STATUS).status_code == 405


def test_what_editors_write_is_shown_as_text(index, client):
    page = published(index, title="<script>alert(1)</script>", slug="x")
    for url in ("/", STATUS, "/notices/", page.url):
        assert "<script>alert" not in text_of(client, url)


def test_english_readers_get_english_where_there_is_some(index, client):
    english = Locale.objects.get(language_code="en")
    index.copy_for_translation(english).save_revision().publish()
    page = published(index, title="اختلال")
    updates.post(
        notice=page.notice,
        state="identified",
        text="علت پیدا شد.",
        text_en="Cause found.",
        author=None,
        key="1",
    )
    translated = page.copy_for_translation(english)
    translated.title, translated.message = "Outage of the portal", "It does not answer."
    translated = publish(translated)
    shown = text_of(client, translated.url)
    assert "Cause found." in shown
    assert "It does not answer." in shown
    assert page.message not in shown
    assert "Outage of the portal" in text_of(client, "/en/status/")
    assert "Outage of the portal" not in text_of(client, STATUS)
