"""What was said in two languages of a notice whose page has one."""

import pytest
from django.urls import reverse
from django.utils.translation import override

from notices import updates
from tests.cms_pages.factories import ServiceFactory
from tests.notices.factories import ago, published

pytestmark = [pytest.mark.django_db, pytest.mark.screen]


@pytest.fixture
def index(shared_index):
    return shared_index


@pytest.mark.parametrize(
    "address",
    [
        "/status/",
        "/status/services/roads/",
        "/status/history/",
        "/status/history.rss",
        "/status/history.atom",
        "/status/history.json",
        "/status/api/v2/incidents.json",
        "/status/maintenance.ics",
    ],
)
def test_each_reader_gets_the_words_of_the_own_language(index, client, address):
    kind = "maintenance" if address.endswith(".ics") else "outage"
    state = "in_progress" if kind == "maintenance" else "identified"
    page = published(
        index,
        kind=kind,
        services=[ServiceFactory(key="roads")],
        starts_at=ago(minutes=5),
        expected_end=ago(minutes=-60),
    )
    updates.post(
        notice=page.notice,
        state=state,
        text="علت پیدا شد",
        text_en="The cause is known",
        author=None,
        key="k",
    )
    persian, english = (client.get(prefix + address).content.decode() for prefix in ("", "/en"))
    assert "علت پیدا شد" in persian
    assert "The cause is known" not in persian
    assert "The cause is known" in english
    assert "علت پیدا شد" not in english


def test_a_word_in_one_language_alone_is_read_in_that_by_all(index, client):
    page = published(index, services=[ServiceFactory(key="roads")])
    updates.post(notice=page.notice, state="identified", text="علت پیدا شد", author=None, key="k")
    with override("en"):
        address = reverse("notices:status")
    assert "علت پیدا شد" in client.get(address).content.decode()
