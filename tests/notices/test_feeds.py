"""RSS, Atom and JSON Feed, against what their standards require."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from lxml import etree

from notices import rules, updates
from notices.enums import Impact, Kind
from notices.machine_faces import feeds
from notices.models import NoticePage
from notices.static_copy import making
from tests.cms_pages.factories import ServiceFactory, translate
from tests.notices.faces_site import get, message
from tests.notices.factories import ago, ahead, clock, published
from tests.notices.test_warnings import WARNING, warn

pytestmark = [pytest.mark.django_db, pytest.mark.face]


@pytest.fixture
def index(shared_index):
    return shared_index


ATOM = "{http://www.w3.org/2005/Atom}"
FORMS = ["rss", "atom", "json"]
TYPES = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}


def atom(raw):
    """An Atom feed after RFC 4287: what is required, once, in its form."""
    feed = etree.fromstring(raw)
    assert feed.tag == f"{ATOM}feed"
    for element in (feed, *feed.iter(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            (one,) = element.findall(f"{ATOM}{name}")
            assert one.text
        assert element.find(f"{ATOM}id").text.startswith("urn:uuid:")
        datetime.fromisoformat(element.find(f"{ATOM}updated").text)
    assert feed.find(f"{ATOM}author/{ATOM}name").text
    assert {link.get("rel") for link in feed.findall(f"{ATOM}link")} == {"alternate", "self"}
    return [
        {
            "id": entry.find(f"{ATOM}id").text,
            "title": entry.find(f"{ATOM}title").text,
            "url": entry.find(f"{ATOM}link[@rel='alternate']").get("href"),
            "html": entry.find(f"{ATOM}content[@type='html']").text,
            "published": datetime.fromisoformat(entry.find(f"{ATOM}published").text),
            "updated": datetime.fromisoformat(entry.find(f"{ATOM}updated").text),
            "tags": [each.get("term") for each in entry.findall(f"{ATOM}category")],
        }
        for entry in feed.findall(f"{ATOM}entry")
    ]


def rss(raw):
    """An RSS 2.0 feed."""
    document = etree.fromstring(raw)
    assert (document.tag, document.get("version")) == ("rss", "2.0")
    (channel,) = document
    for name in ("title", "link", "description", "language", "lastBuildDate"):
        (one,) = channel.findall(name)
        assert one.text
    parsedate_to_datetime(channel.findtext("lastBuildDate"))
    assert channel.find(f"{ATOM}link").get("rel") == "self"
    for item in channel.findall("item"):
        assert item.find("guid").get("isPermaLink") == "false"
    return [
        {
            "id": item.findtext("guid"),
            "title": item.findtext("title"),
            "url": item.findtext("link"),
            "html": item.findtext("description"),
            "published": parsedate_to_datetime(item.findtext("pubDate")),
            "updated": datetime.fromisoformat(item.findtext(f"{ATOM}updated")),
            "tags": [each.text for each in item.findall("category")],
        }
        for item in channel.findall("item")
    ]


def json_feed(raw):
    """A JSON feed 1.1."""
    feed = json.loads(raw)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"]
    assert all(feed[name].startswith("http") for name in ("home_page_url", "feed_url"))
    assert all(each["name"] for each in feed["authors"])
    return [
        {
            "id": item["id"],
            "title": item["title"],
            "url": item["url"],
            "html": item["content_html"],
            "published": datetime.fromisoformat(item["date_published"]),
            "updated": datetime.fromisoformat(item["date_modified"]),
            "tags": item["tags"],
        }
        for item in feed["items"]
    ]


READERS = {"rss": rss, "atom": atom, "json": json_feed}


def read(client, form, prefix="/status/"):
    response = get(client, f"{prefix}history.{form}")
    assert response["Content-Type"] == TYPES[form]
    found = READERS[form](response.content)
    assert len({each["id"] for each in found}) == len(found)
    return found


def say(page, text, state="identified"):
    updates.post(notice=page.notice, state=state, text=text, author=None, key=text)


def test_all_three_say_the_same(index, client):
    service = ServiceFactory(name='پروانهٔ <ساخت> & "راه"')
    page = published(index, title="قطعی <b> & درگاه", services=[service], starts_at=ago(hours=1))
    say(page, "علت: a < b & c\nخط دوم")
    published(index, title="خبر", kind=Kind.ANNOUNCEMENT)
    first, second, third = (read(client, form) for form in FORMS)
    assert first == second == third
    shown = next(each for each in first if each["id"] == page.notice_id.urn)
    assert shown["title"] == "قطعی <b> & درگاه"
    assert shown["url"] == f"http://testserver{page.url}"
    assert shown["published"] == page.notice.first_published_at.replace(microsecond=0)
    assert "a &lt; b &amp; c<br>خط دوم" in shown["html"]
    assert "&lt;ساخت&gt;" in shown["html"]
    assert shown["tags"] == ["اختلال", service.name]


def test_an_update_moves_the_entry_and_makes_no_second_one(index, client):
    with clock(ago(hours=5)):
        page = published(index, title="الف")
    with clock(ago(hours=4)):
        other = published(index, title="ب")
    before = read(client, "atom")
    assert [each["title"] for each in before] == ["ب", "الف"]
    with clock(ago(hours=1)):
        say(page, "پیدا شد.")
    after = read(client, "atom")
    assert [each["title"] for each in after] == ["الف", "ب"]
    assert {each["id"] for each in after} == {each["id"] for each in before}
    assert after[0]["updated"] > before[1]["updated"]
    assert after[0]["published"] == before[1]["published"]
    assert after[1] == before[0], other


def test_a_quiet_correction_of_a_page_is_no_news(index, client):
    with clock(ago(hours=5)):
        page = published(index, title="الف")
    (before,) = read(client, "json")
    page.title = "ب"
    page.save_revision().publish()
    (after,) = read(client, "json")
    assert (after["title"], after["updated"], after["id"]) == (
        "ب",
        before["updated"],
        before["id"],
    )


def test_a_window_is_news_when_it_opens_and_when_it_closes(index, client):
    start, end = ahead(hours=10), ahead(hours=12)
    published(index, kind=Kind.MAINTENANCE, starts_at=start, expected_end=end)
    for moment in (start, end):
        with clock(moment + timedelta(seconds=1)):
            (found,) = read(client, "rss")
        assert found["updated"] == moment.astimezone(UTC).replace(microsecond=0)


@pytest.mark.parametrize("form", FORMS)
def test_a_service_has_a_feed_of_its_own(index, client, form):
    mine, other = ServiceFactory(), ServiceFactory()
    published(index, title="من", services=[mine])
    published(index, title="همه")
    published(index, title="دیگری", services=[other])
    published(index, title="خبر همه", kind=Kind.ANNOUNCEMENT)
    published(index, title="خبر من", kind=Kind.ANNOUNCEMENT, services=[mine])
    found = read(client, form, f"/status/services/{mine.key}/")
    assert {each["title"] for each in found} == {"من", "همه", "خبر من"}


def test_each_language_has_its_own_words_and_the_same_ids(index, client):
    page = published(index, title="قطعی")
    translate(NoticePage.objects.get(pk=page.pk), "en", title="Outage of the gateway", slug="g")
    (persian,) = read(client, "json")
    (english,) = read(client, "json", "/en/status/")
    assert english["title"] == "Outage of the gateway"
    assert english["tags"] == ["Outage"]
    assert english["id"] == persian["id"]


@pytest.mark.parametrize("form", FORMS)
def test_an_empty_feed_is_valid_and_stays_as_it_is(index, client, form):
    assert read(client, form) == []
    first = get(client, f"/status/history.{form}").content
    with clock(ahead(hours=3)):
        assert get(client, f"/status/history.{form}").content == first


def test_feeds_end_somewhere_but_never_lose_what_was_said_last(index, client, monkeypatch):
    monkeypatch.setattr(feeds, "MOST", 2)
    pages = []
    for hours in (9, 8, 7):
        with clock(ago(hours=hours)):
            pages.append(published(index, title=f"{hours}"))
    say(pages[0], "سخن تازه")
    assert [each["title"] for each in read(client, "atom")] == ["9", "7"]


def test_a_warning_says_where_it_holds_and_what_to_do(index, client):
    page = warn(index)
    for form in FORMS:
        (shown,) = read(client, form)
        assert (shown["id"], shown["title"]) == (page.notice_id.urn, WARNING["title"])
        assert f"<p>{WARNING['area']}</p><p>{WARNING['instruction']}</p>" in shown["html"]
    say(page, "راه باز شد.", "lifted")
    assert "راه باز شد." in read(client, "atom")[0]["html"]
    calendar = get(client, "/status/maintenance.ics").content.decode()
    assert "BEGIN:VEVENT" not in calendar


def test_many_updates_with_impacts_ask_as_much_as_few(index, client):
    service = ServiceFactory()
    page = published(index, services=[service], impact=Impact.PARTIAL, starts_at=ago(hours=1))

    def count():
        with CaptureQueriesContext(connection) as caught:
            read(client, "atom")
        return len(caught)

    count()
    few = count()
    for number, impact in enumerate((Impact.DEGRADED, Impact.NONE, Impact.PARTIAL)):
        updates.post(
            notice=page.notice,
            state="identified",
            text=f"{number}",
            author=None,
            key=f"{number}",
            impacts={service: impact},
        )
    assert count() == few


def test_control_characters_never_break_a_feed(index, client):
    page = published(index, title="الف")
    NoticePage.objects.filter(pk=page.pk).update(title="a\x0bb")
    for form in FORMS:
        assert [each["title"] for each in read(client, form)] == ["ab"]
        assert timezone.now() >= read(client, form)[0]["updated"]


@pytest.mark.parametrize("letter", ["\uffff", "\ufffe", "\x0b"])
def test_no_letter_breaks_the_xml(index, client, letter):
    """Also one that was stored before it was refused; the static copy is made all the same."""
    page = published(index, title=f"قطع{letter}درگاه", slug="xml")
    for address in ("history.rss", "history.atom", "cap.rss", "cap.atom"):
        etree.fromstring(get(client, f"/status/{address}").content)
    etree.fromstring(get(client, message(page.notice_id)).content)
    assert making.make().files


@pytest.mark.parametrize("letter", ["\uffff", "\ud800", "\x0b"])
def test_such_a_letter_is_refused_in_an_update(letter):
    assert rules.text_wrong(f"قطع{letter}درگاه")
