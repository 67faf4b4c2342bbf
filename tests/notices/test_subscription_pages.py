"""The pages of subscribers: without JavaScript, in both languages, and no oracle for anybody."""

import json
import re
import time
from unittest import mock

import pytest
from django.test import Client

from desk_core import throttles
from notices import limits
from notices.models import Subscription
from notices.subscriptions import subscribing, tokens
from tests.cms_pages.factories import ServiceFactory
from tests.notices.factories import published
from tests.notices.subscribers import last_code, subscribe

pytestmark = pytest.mark.django_db

BASE = "/status/subscribe/"
ALL = {
    "kinds": ["outage", "maintenance", "announcement"],
    "steps": ["opened", "updated", "resolved"],
    "timing": "at_once",
}


@pytest.fixture(autouse=True)
def generous(monkeypatch, index):
    monkeypatch.setattr(limits, "hit", lambda limit, key: throttles.Count(1, False))


@pytest.fixture
def holder(client):
    """A browser that has proved its subscription."""
    row = subscribe()
    client.cookies["desk_subscription"] = tokens.session(row.pk)
    client.row = row
    return client


def text(answer):
    return answer.content.decode()


def test_the_way_from_the_form_to_the_choices(client):
    answer = client.post(BASE, {"contact": "sara@example.ir", **ALL})
    assert (answer.status_code, answer["Location"]) == (302, f"{BASE}code/?sent")
    answer = client.post(f"{BASE}code/", {"code": last_code()})
    assert "تأیید" in text(answer) or "Confirmed" in text(answer)
    assert "s•••@example.ir" in text(answer)
    assert "sara@" not in text(answer)
    answer = client.post(f"{BASE}mine/", {**ALL, "kinds": ["outage"], "timing": "digest"})
    assert answer.status_code == 302
    row = Subscription.objects.get()
    assert (row.wants_outage, row.wants_announcement, row.digest) == (True, False, True)
    assert not row.wants_warning


def test_english_has_its_own_pages_and_letters(client):
    client.post(f"/en{BASE}", {"contact": "sara@example.ir", **ALL})
    assert Subscription.objects.get().language == "en"
    assert "Be told of notices" in text(client.get(f"/en{BASE}"))


def test_a_known_and_an_unknown_contact_get_the_same_answer(client):
    subscribe("sara@example.ir")
    for path, more in ((BASE, ALL), (f"{BASE}manage/", {})):
        answers = [
            client.post(path, {"contact": contact, **more})
            for contact in ("sara@example.ir", "nobody@example.ir")
        ]
        assert answers[0].status_code == answers[1].status_code == 302
        assert answers[0]["Location"] == answers[1]["Location"]


def test_asking_too_often_is_said_in_words(client, monkeypatch):
    monkeypatch.setattr(limits, "hit", lambda limit, key: throttles.Count(99, True))
    for path, more in ((BASE, ALL), (f"{BASE}manage/", {})):
        answer = client.post(path, {"contact": "sara@example.ir", **more})
        assert answer.status_code == 429
    assert client.post(f"{BASE}code/", {"code": "K7QF-2M9D-XW3P"}).status_code == 429


@pytest.mark.parametrize(
    ("over", "words"), [("ASKS_OF_NETWORK", "in 4 hours"), ("ASKS_OF_CONTACT", "in an hour")]
)
def test_the_words_of_a_limit_name_its_own_time(client, monkeypatch, over, words):
    reached = getattr(limits, over)
    monkeypatch.setattr(limits, "hit", lambda limit, _key: throttles.Count(1, limit is reached))
    answer = client.post(f"/en{BASE}", {"contact": "sara@example.ir", **ALL})
    assert f"Please try again {words}." in text(answer)


@pytest.mark.parametrize(
    "wrong",
    [
        {"contact": "nobody"},
        {"contact": ""},
        {"contact": "https://10.0.0.1/"},
        {"kinds": []},
        {"kinds": ["nonsense"]},
        {"services": ["999999"]},
        {"quiet_from": "3"},
        {"quiet_from": "3", "quiet_until": "3"},
        {"quiet_from": "x"},
        {"timing": "never"},
        {"contact": "a@example.ir\r\nBcc: b@example.ir"},
        {"contact": "x" * 5000},
    ],
)
def test_what_cannot_be_is_refused_with_its_reason_and_nothing_stored(client, wrong):
    answer = client.post(BASE, {"contact": "sara@example.ir", **ALL} | wrong)
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert "error-summary" in text(answer)
    assert not Subscription.objects.exists()


def test_the_human_check_stands_before_every_letter(client, settings):
    settings.DESK_HUMAN_CHECK_OFF = False
    for path, more in ((BASE, ALL), (f"{BASE}manage/", {})):
        answer = client.post(path, {"contact": "sara@example.ir", **more})
        assert answer.status_code == 200
    assert not Subscription.objects.exists()


def test_no_page_is_kept_or_found(holder):
    pages = ["", "code/", "manage/?other", "mine/", "mine/data/"]
    for page in pages:
        answer = holder.get(f"{BASE}{page}")
        assert answer.status_code == 200
        assert "no-store" in answer["Cache-Control"]
        assert "noindex" in answer["X-Robots-Tag"]


def test_nothing_is_shown_without_a_session(client):
    subscribe()
    forged = tokens.session(Subscription.objects.get().pk)[:-2] + "xx"
    for value in ("", forged, tokens.unsubscribe_token(Subscription.objects.get().pk)):
        client.cookies["desk_subscription"] = value
        for page in ("mine/", "mine/data/"):
            assert client.get(f"{BASE}{page}")["Location"] == f"{BASE}manage/"
        for page in ("mine/end/", "mine/secret/"):
            assert client.post(f"{BASE}{page}")["Location"] == f"{BASE}manage/"
    assert Subscription.objects.get().state == "active"


def test_the_data_can_be_taken_along(holder):
    answer = holder.get(f"{BASE}mine/data/")
    assert json.loads(answer.content)["contact"] == "sara@example.ir"
    assert "attachment" in answer["Content-Disposition"]


@pytest.mark.parametrize("erase", [False, True])
def test_ending_in_the_browser(holder, erase):
    answer = holder.post(f"{BASE}mine/end/", {"erase": "1"} if erase else {})
    assert answer.status_code == 200
    row = Subscription.objects.get()
    assert row.state == "ended"
    assert bool(row.erased_at) is erase
    assert holder.get(f"{BASE}mine/").status_code == 302


def test_changing_needs_the_token_of_the_form(holder):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = holder.cookies
    for page in ("mine/", "mine/end/", "mine/secret/"):
        assert strict.post(f"{BASE}{page}").status_code == 403
    assert Subscription.objects.get().state == "active"


def test_whoever_has_shown_the_code_is_not_asked_for_it_again(holder):
    answer = holder.get(f"{BASE}manage/?back=/requests/new/")
    assert answer.status_code == 302
    assert answer["Location"] == f"{BASE}mine/?back=%2Frequests%2Fnew%2F"
    assert f'href="{BASE}manage/?other"' in text(holder.get(f"{BASE}mine/"))
    assert holder.get(f"{BASE}manage/?other").status_code == 200
    assert holder.post(f"{BASE}manage/", {"contact": "b@example.ir"}).status_code == 302
    assert last_code()


def test_a_number_is_written_in_the_digits_of_the_reader(client):
    row = subscribe("09121234589")
    client.cookies["desk_subscription"] = tokens.session(row.pk)
    assert "۰۹۱۲•••••۸۹" in text(client.get(f"{BASE}mine/"))
    assert "0912•••••89" in text(client.get(f"/en{BASE}mine/"))


def test_a_webhooks_secret_is_shown_once(client):
    client.post(BASE, {"contact": "https://hooks.example.ir/in", **ALL})
    shown = text(client.post(f"{BASE}code/", {"code": last_code()}))
    secret = re.search(r"whsec_[A-Za-z0-9+/=]+", shown).group()
    again = text(client.get(f"{BASE}mine/"))
    assert "whsec_" not in again
    assert 'name="timing"' not in again
    renewed = text(client.post(f"{BASE}mine/secret/", follow=True))
    assert "whsec_" in renewed
    assert secret not in renewed
    assert "whsec_" not in text(client.get(f"{BASE}mine/"))


def test_to_load_the_page_with_a_new_secret_again_renews_nothing(client):
    row = subscribe("https://hooks.example.ir/in")
    client.cookies["desk_subscription"] = tokens.session(row.pk)
    answer = client.post(f"{BASE}mine/secret/")
    assert (answer.status_code, answer["Location"]) == (302, f"{BASE}mine/")
    assert "whsec_" not in str(answer.cookies)
    assert client.head(f"{BASE}mine/").status_code == 200
    secret = re.search(r"whsec_[A-Za-z0-9+/=]+", text(client.get(answer["Location"]))).group()
    client.get(answer["Location"])
    row.refresh_from_db()
    assert subscribing.secret_of(row) == secret


def test_a_renewal_shows_the_secret_of_no_other_webhook_and_for_minutes_only(client):
    row, other = (subscribe(f"https://{name}.example.ir/in") for name in ("a", "b"))
    client.cookies["desk_subscription"] = tokens.session(row.pk)
    client.cookies["desk_subscription_renewed"] = tokens.renewal(other.pk)
    assert "whsec_" not in text(client.get(f"{BASE}mine/"))
    with mock.patch("django.core.signing.time.time", return_value=time.time() - 301):
        client.cookies["desk_subscription_renewed"] = tokens.renewal(row.pk)
    assert "whsec_" not in text(client.get(f"{BASE}mine/"))


def test_a_code_of_nobodys_subscription_says_so(client):
    client.post(f"{BASE}manage/", {"contact": "nobody@example.ir"})
    answer = client.post(f"{BASE}code/", {"code": last_code()})
    assert answer.status_code == 200
    assert "desk_subscription" not in answer.cookies


def test_a_get_of_a_link_changes_nothing(client):
    row = subscribe()
    path = f"/status/unsubscribe/{tokens.unsubscribe_token(row.pk)}/"
    for _ in range(2):
        assert client.get(path).status_code == 200
    assert Subscription.objects.get().state == "active"
    client.post(path)
    assert Subscription.objects.get().state == "ended"
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("token", ["x", "a:b:c", "%00", "é" * 50, "1" * 900])
def test_a_forged_way_out_is_no_page(client, token):
    path = f"/status/unsubscribe/{token}/"
    assert client.post(path).status_code == 404
    answer = client.get(path)
    assert answer.status_code == 404
    assert token.startswith("%") or f"{BASE}manage/" in text(answer), "what to do instead"


def test_a_service_can_be_chosen_beforehand_and_nonsense_is_ignored(client):
    service = ServiceFactory()
    shown = text(client.get(f"{BASE}?service={service.key}"))
    box = shown[shown.index(f'value="{service.pk}"') :].partition(">")[0]
    assert "checked" in box
    assert client.get(f"{BASE}?service=%00&service=x").status_code == 200


def test_the_pages_of_notices_lead_here(client, index):
    page = published(index)
    for url in (page.url, index.url, "/status/"):
        assert BASE in text(client.get(url))
