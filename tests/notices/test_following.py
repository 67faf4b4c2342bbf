"""Following one notice: told of it alone, to its end, and of nothing afterwards."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from desk_core.enums import MessageState
from desk_core.models import OutgoingMessage
from notices import updates
from notices.enums import EndReason, Impact, Kind, SubscriptionState, UpdateState
from notices.models import Subscription
from notices.subscriptions import following, subscribing, telling
from notices.subscriptions.forms import choices_form
from tests.cms_pages.factories import ServiceFactory
from tests.notices import subscribers
from tests.notices.factories import ahead, clock, published
from tests.notices.subscribers import ADDRESS, opened, subscribe, told

pytestmark = [pytest.mark.django_db, pytest.mark.screen]
FOLLOWER = ("sara@example.ir", "event")


@pytest.fixture
def index(shared_index):
    return shared_index


@pytest.fixture
def fault(index):
    page = published(index, title="قطع درگاه", services=[ServiceFactory(key="roads")])
    telling.work()
    return page.notice


def post(notice, text, state=UpdateState.IDENTIFIED, **more):
    return updates.post(notice=notice, state=state, text=text, author=None, key=text, **more)


def sent_all():
    """The outbox has done its work."""
    OutgoingMessage.objects.filter(state=MessageState.WAITING).update(state=MessageState.SENT)


def again(row):
    return Subscription.objects.get(pk=row.pk)


def test_a_follower_is_told_of_this_notice_and_of_no_other(index, fault):
    subscribe(follow=fault.pk)
    published(index, title="دیگر", services=[ServiceFactory()])
    telling.work()
    assert told() == []
    post(fault, "علت پیدا شد.")
    telling.work()
    assert told() == [FOLLOWER]


def test_it_ends_by_itself_after_the_last_message_was_sent(fault):
    row = subscribe(follow=fault.pk)
    post(fault, "رفع شد.", UpdateState.RESOLVED)
    telling.work()
    assert told() == [FOLLOWER]
    assert again(row).state == SubscriptionState.ACTIVE  # the message still waits
    sent_all()
    telling.work()
    ended = again(row)
    assert (ended.state, ended.end_reason) == (SubscriptionState.ENDED, EndReason.OVER)
    assert telling.work()["released"] == 0


def test_the_last_message_says_that_it_is_the_last(fault):
    subscribe(follow=fault.pk)
    subscribe("all@example.ir")
    post(fault, "علت پیدا شد.")
    post(fault, "رفع شد.", UpdateState.RESOLVED)
    telling.work()
    messages = OutgoingMessage.objects.filter(bulk=True).order_by("created_at")
    contexts = [opened(each) for each in messages]
    last = {
        (each["recipient"], each["context"]["text"]): "farewell" in each["context"]
        for each in contexts
    }
    assert last == {
        ("sara@example.ir", "علت پیدا شد."): False,
        ("sara@example.ir", "رفع شد."): True,
        ("all@example.ir", "علت پیدا شد."): False,
        ("all@example.ir", "رفع شد."): False,
    }


def test_a_window_that_ends_by_the_clock_ends_it_too(index):
    window = published(
        index,
        title="تعمیر",
        kind=Kind.MAINTENANCE,
        services=[ServiceFactory()],
        starts_at=ahead(hours=1),
        expected_end=ahead(hours=2),
    ).notice
    telling.work()
    row = subscribe(follow=window.pk)
    for hours in (1.1, 2.1):
        later = timezone.now() + timedelta(hours=hours)
        with clock(later):
            telling.work(at=later)
            sent_all()
            telling.work(at=later)
    assert told() == [FOLLOWER] * 2
    assert again(row).end_reason == EndReason.OVER


def test_nobody_is_let_go_before_the_end_was_told(fault):
    row = subscribe(follow=fault.pk)
    post(fault, "رفع شد.", UpdateState.RESOLVED)
    assert following.release() == 0
    assert again(row).followed.exists()


def test_plain_news_end_without_a_word_and_let_go_later(index):
    news = published(index, kind=Kind.ANNOUNCEMENT, expected_end=ahead(hours=1)).notice
    telling.work()
    row = subscribe(follow=news.pk)
    for hours, state in ((2, SubscriptionState.ACTIVE), (14, SubscriptionState.ENDED)):
        later = timezone.now() + timedelta(hours=hours)
        with clock(later):
            telling.work(at=later)
        assert again(row).state == state


def test_whoever_is_told_of_more_follows_as_well_and_goes_on_afterwards(fault):
    row = subscribe(kinds=["maintenance"])
    subscribe(follow=fault.pk)
    assert Subscription.objects.living().count() == 1
    kept = again(row)
    assert (kept.only_followed, kept.wants_outage, kept.wants_maintenance) == (False, False, True)
    post(fault, "علت پیدا شد.")
    telling.work()
    assert told() == [FOLLOWER]
    post(fault, "رفع شد.", UpdateState.RESOLVED)
    telling.work()
    sent_all()
    telling.work()
    assert again(row).state == SubscriptionState.ACTIVE
    assert not again(row).followed.exists()


def test_a_follower_who_chooses_more_is_told_of_more(index, fault):
    row = subscribe(follow=fault.pk)
    subscribing.change(subscription=row, choices=subscribing.Choices(), language="fa")
    assert not again(row).only_followed
    published(index, services=[ServiceFactory()])
    telling.work()
    assert told() == [FOLLOWER]


def test_a_follower_who_saves_without_choosing_goes_on_following_alone(index, fault):
    row = subscribe(follow=fault.pk)
    form = choices_form(row)
    assert not any(form.initial[name] for name in ("services", "kinds", "steps"))
    quiet = {"timing": "at_once", "quiet_from": "22", "quiet_until": "7"}
    form = choices_form(row, quiet)
    assert form.is_valid(), form.errors
    subscribing.change(subscription=row, choices=form.choices, language="fa")
    assert (again(row).only_followed, again(row).quiet_from) == (True, 22)
    published(index, services=[ServiceFactory()])
    telling.work()
    assert told() == []
    half = choices_form(row, quiet | {"kinds": ["outage"]})
    assert set(half.errors) == {"steps"}
    more = choices_form(row, quiet | {"kinds": ["outage"], "steps": ["opened"]})
    assert more.is_valid()
    subscribing.change(subscription=row, choices=more.choices, language="fa")
    assert not again(row).only_followed


def test_what_is_taken_along_and_what_is_erased(fault):
    row = subscribe(follow=fault.pk)
    assert subscribing.export(row)["followed"] == [str(fault.pk)]
    subscribing.erase(subscription=row)
    assert not again(row).followed.exists()


# ---- the pages

SUBSCRIBE = "/en/status/subscribe/"


def test_the_form_is_set_to_the_notice_and_follows_it_alone(client, fault):
    page = client.get(f"{SUBSCRIBE}?notice={fault.pk}")
    text = page.content.decode()
    assert "قطع درگاه" in text
    assert 'name="scope" value="notice"' in text.replace("\n", " ")
    client.post(f"{SUBSCRIBE}?notice={fault.pk}", {"contact": "sara@example.ir", "scope": "notice"})
    opened_by = subscribing.redeem(code=subscribers.last_code(), address=ADDRESS)
    assert opened_by.subscription.only_followed
    assert list(opened_by.subscription.followed.all()) == [fault]


def test_or_everything_about_the_same_services(client, fault):
    data = {"contact": "sara@example.ir", "scope": "services"}
    client.post(f"{SUBSCRIBE}?notice={fault.pk}", data)
    row = subscribing.redeem(code=subscribers.last_code(), address=ADDRESS).subscription
    assert not row.only_followed
    assert [service.key for service in row.services.all()] == ["roads"]


@pytest.mark.parametrize("notice", ["", "x", "11111111-2222-4333-8444-555555555555"])
def test_without_a_notice_to_follow_it_is_the_usual_form(client, fault, notice):
    text = client.get(f"{SUBSCRIBE}?notice={notice}").content.decode()
    assert 'name="scope"' not in text
    assert 'name="kinds"' in text


def test_what_is_over_or_withdrawn_is_not_followed_any_more(client, index, fault):
    hidden = published(index)
    hidden.unpublish()
    post(fault, "رفع شد.", UpdateState.RESOLVED)
    for key in (hidden.notice_id, fault.pk):
        assert 'name="scope"' not in client.get(f"{SUBSCRIBE}?notice={key}").content.decode()


def test_the_page_of_a_notice_offers_it_until_it_is_over(client, index, fault):
    page = fault.pages.get()
    assert f"?notice={fault.pk}" in client.get(page.url).content.decode()
    post(fault, "رفع شد.", UpdateState.RESOLVED)
    assert f"?notice={fault.pk}" not in client.get(page.url).content.decode()


def test_the_way_back_is_shown_on_every_page_and_leads_nowhere_else(client, fault):
    back = "/en/requests/new/words/"
    start = f"{SUBSCRIBE}?notice={fault.pk}&back={back}"
    assert f'href="{back}"' in client.get(start).content.decode()
    answer = client.post(start, {"contact": "sara@example.ir", "scope": "notice"})
    page = client.get(answer["Location"])
    assert f'href="{back}"' in page.content.decode()
    code = client.post(answer["Location"], {"code": subscribers.last_code()})
    assert f'href="{back}"' in code.content.decode()
    for evil in ("https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil"):
        text = client.get(SUBSCRIBE, {"back": evil}).content.decode()
        assert "callout" not in text
        assert not re.search(r'href="(https?:)?//evil|href="javascript', text)


def test_the_impact_that_is_told_does_not_matter_to_a_follower(index):
    quiet = published(index, services=[ServiceFactory()], impact=Impact.NONE).notice
    telling.work()
    subscribe(follow=quiet.pk)
    post(quiet, "خبر")
    telling.work()
    assert told() == [FOLLOWER]
