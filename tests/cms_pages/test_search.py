"""Words are found whatever keyboard they were typed on, and only what everybody may read."""

import pytest
from django.core.management import call_command
from wagtail.models import PageViewRestriction

from cms_pages.models import ContentPage
from cms_pages.search import LONGEST_QUERY, query_words, search
from tests.cms_pages.factories import add_page, translate

pytestmark = pytest.mark.django_db

CARD = {"پیگیری کارت ملی", "پيگيري كارت ملي"}
REQUESTS = {"ثبت درخواست‌های مردمی", "ثبت درخواستهای مردمی", "ثبت درخواست های مردمی"}
CASES = {"پرونده ۱۲۳۴۵", "پرونده 12345"}
OFFICIALS = {"مسئول پاسخ", "مسؤول پاسخ"}
WATER = {"آب منطقه‌ای", "اب منطقه ای"}
SCIENCE = {"عِلمِ داده", "علم داده"}
GREETINGS = {"ســـلام شهروند", "سلام شهروند"}
TITLES = CARD | REQUESTS | CASES | OFFICIALS | WATER | SCIENCE | GREETINGS

EXPECTED = {
    "کارت": CARD,
    "كارت": CARD,
    "پیگیری": CARD,
    "درخواست‌های": REQUESTS,
    "درخواستهای": REQUESTS,
    "درخواست": REQUESTS,
    "درخواست های": REQUESTS,
    "12345": CASES,
    "۱۲۳۴۵": CASES,
    "مسئول": OFFICIALS,
    "مسوول": OFFICIALS,
    "آب": WATER,
    "اب": WATER,
    "علم": SCIENCE,
    "سلام": GREETINGS,
}


@pytest.fixture
def library(desk):
    for number, title in enumerate(sorted(TITLES)):
        add_page(desk.home, ContentPage, title=title, slug=f"text-{number}")
    call_command("update_index", verbosity=0)
    return desk


def titles(text, below):
    return {page.title for page in search(text, below=below)}


def test_every_spelling_finds_every_spelling(library):
    found = {query: titles(query, library.home) & TITLES for query in EXPECTED}
    assert found == EXPECTED


def test_all_words_must_occur(library):
    assert titles("پرونده ۱۲۳۴۵", library.home) == CASES
    assert titles("پرونده کارت", library.home) == set()


SIGNS = ["", "   ", "؟!،", "\x00", "'\"\\", "a & | ! ( ) : * <->", "‌", "%_", "NEAR(", "-", "*"]


def test_signs_alone_find_nothing_and_break_nothing(library, client):
    for text in SIGNS:
        assert client.get("/search/", {"q": text}).status_code == 200, text
        assert titles(text, library.home) & TITLES == set(), text


def test_signs_beside_words_do_not_break_the_query(library, client):
    for text in ("کارت'", '"کارت', "کارت*", "کارت AND NOT", "کارت & |"):
        assert client.get("/search/", {"q": text}).status_code == 200, text


def test_a_million_letters_are_cut(desk, client):
    assert len(query_words("الف ب پ " * 100_000)) <= 12
    response = client.get("/search/", {"q": "ب" * 10_000})
    assert response.status_code == 200
    assert len(response.context["query"]) <= LONGEST_QUERY


def test_a_strange_page_number_shows_a_page(library, client):
    for page in ("0", "-1", "x", "99999999999999999999", "", "1;DROP"):
        assert client.get("/search/", {"q": "کارت", "page": page}).status_code == 200, page


def test_drafts_and_private_pages_are_not_found(library):
    hidden = library.home.get_children().get(title="سلام شهروند")
    PageViewRestriction.objects.create(page=hidden, restriction_type="login")
    assert titles("سلام", library.home) == {"ســـلام شهروند"}
    library.home.get_children().get(title="ســـلام شهروند").specific.unpublish()
    assert titles("سلام", library.home) == set()


def test_only_the_language_of_the_reader(library, client):
    translate(library.about, "en", title="About water")
    call_command("update_index", verbosity=0)
    assert [r["page"].title for r in client.get("/en/search/?q=water").context["results"]] == [
        "About water"
    ]
    assert client.get("/search/?q=water").context["results"] == []


def test_what_stands_in_blocks_and_facts_is_found(library):
    page = library.about
    page.body = [
        {
            "type": "questions",
            "value": {"questions": [{"question": "پارکینگ کجاست؟", "answer": "<p>زیرزمین</p>"}]},
        },
        {"type": "steps", "value": {"steps": [{"title": "فرم ارغوانی", "text": ""}]}},
    ]
    page.save_revision().publish()
    call_command("update_index", verbosity=0)
    for word in ("پاركينگ", "زیرزمین", "ارغواني"):
        assert titles(word, library.home) == {page.title}, word
    assert titles("13062697000", library.home) == {library.plot_page.title}


def test_results_come_ten_a_page_and_in_few_queries(desk, client, django_assert_max_num_queries):
    for number in range(25):
        add_page(desk.home, ContentPage, title=f"بنفشه {number}", slug=f"violet-{number}")
    call_command("update_index", verbosity=0)
    with django_assert_max_num_queries(8):
        response = client.get("/search/", {"q": "بنفشه", "page": "3"})
    assert len(response.context["results"]) == 5
    assert response.context["page_obj"].paginator.count == 25


def test_the_query_is_escaped(desk, client):
    text = client.get("/search/", {"q": "<script>x</script>"}).content.decode()
    assert "<script>x" not in text
