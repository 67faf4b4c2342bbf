"""By whatever door a notice is published, its subscribers are told of it once."""

from datetime import timedelta

import pytest
from django.urls import reverse
from wagtail.models import Locale

from notices import recurring, updates
from notices.approval import break_glass
from notices.enums import Impact, Kind
from notices.models import Notice, NoticeEvent
from notices.subscriptions import events, telling
from tests.cms_pages.factories import ServiceFactory, staff_user
from tests.notices.factories import ago, ahead, draft, publish, published
from tests.notices.subscribers import subscribe, told
from tests.notices.test_recurring import NOON, make_ahead, make_rule
from tests.notices.test_staff import fields_of
from tests.notices.test_warnings import warn

pytestmark = [pytest.mark.django_db, pytest.mark.screen]


def occasions():
    return list(NoticeEvent.objects.order_by("pk").values_list("occasion", flat=True))


def test_what_a_second_person_approved_is_told_once(index):
    subscribe()
    writer, second = staff_user("editor"), staff_user("editor")
    times = {"starts_at": ahead(hours=30), "expected_end": ahead(hours=33)}
    page = draft(index, by=writer, kind=Kind.MAINTENANCE, **times)
    assert not occasions()
    for _again in range(2):
        page.get_latest_revision().publish(user=second)
    telling.work()
    assert occasions() == ["first"]
    assert told() == [("sara@example.ir", "event")]


def test_what_one_person_published_alone_is_told_once(index):
    writer = staff_user("editor")
    page = draft(index, by=writer, impact=Impact.MAJOR)
    for _again in range(2):
        break_glass.publish(page=page, by=writer, reason="کسی نبود.")
    row = Notice.objects.get().updates.get().break_glass
    break_glass.review(row=row, by=staff_user("editor"), finding="درست بود.")
    assert occasions() == ["first"]


def test_a_window_of_a_rule_is_told_once_in_two_languages(index):
    index.copy_for_translation(Locale.objects.get(language_code="en")).save_revision().publish()
    rule = make_rule(changed_by=staff_user("editor"), publishes=True, days_ahead=30)
    recurring.approve(rule=rule, by=staff_user("editor"), seen=recurring.digest(rule))
    for _again in range(2):
        make_ahead(NOON)
    assert Notice.objects.get().pages.filter(live=True).count() == 2
    assert occasions() == ["first"]


def test_an_update_that_changes_impact_is_one_event(index):
    service = ServiceFactory()
    notice = published(
        index, services=[service], impact=Impact.PARTIAL, starts_at=ago(hours=1)
    ).notice
    said = {"state": "identified", "text": "متن", "author": None, "key": "k"}
    for _again in range(2):
        updates.post(notice=notice, impacts={service: Impact.DEGRADED}, **said)
    assert occasions() == ["first", "update"]


def test_an_edit_in_the_editor_is_told_once_and_only_when_ticked(index, client):
    page = published(index, impact=Impact.PARTIAL, starts_at=ago(hours=1))
    client.force_login(staff_user("editor"))
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    sent = fields_of(title="درست‌شده", **{"action-publish": "1"})
    assert client.post(edit, sent).status_code == 302
    assert occasions() == ["first"]
    assert client.post(edit, sent | {"tell_subscribers": "on"}).status_code == 302
    assert occasions() == ["first", "edit"]
    saved = {key: value for key, value in sent.items() if key != "action-publish"}
    client.post(edit, saved | {"tell_subscribers": "on"})
    assert occasions() == ["first", "edit"], "a draft is told to nobody"


def test_a_first_publication_is_not_told_twice_by_a_tick(index, client):
    client.force_login(staff_user("editor"))
    add = reverse("wagtailadmin_pages:add", args=["notices", "noticepage", index.pk])
    sent = fields_of(impact="partial", tell_subscribers="on", **{"action-publish": "1"})
    assert client.post(add, sent).status_code == 302
    assert occasions() == ["first"]


def test_warnings_are_a_kind_that_is_chosen_and_are_told_to_their_end(index):
    subscribe("road@example.ir", kinds=["warning"])
    subscribe("fault@example.ir", kinds=["outage"])
    page = warn(index, starts_at=ahead(hours=1))
    publish(page)
    events.record_due(at=page.starts_at)
    events.record_due(at=page.expected_end)
    events.record_due(at=page.expected_end + timedelta(minutes=1))
    assert occasions() == ["first", "begun", "ended"]
    telling.work()
    assert {recipient for recipient, _template in told()} == {"road@example.ir"}
