"""What the clock brings is told when it is so, once: whatever clock was ahead, or window moved."""

import threading
from datetime import timedelta

import pytest
from django.db import connections, transaction

from desk_core.models import OutgoingMessage
from notices import limits, updates
from notices.enums import Impact, Kind, UpdateState
from notices.models import Delivery, Notice, NoticeEvent
from notices.subscriptions import events, fan_out, following, telling
from tests.notices.factories import ago, ahead, clock, published
from tests.notices.subscribers import opened, subscribe

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def generous(monkeypatch):
    """Limits are tried elsewhere."""
    monkeypatch.setattr(limits, "count_ask", lambda *args: None)
    monkeypatch.setattr(limits, "count_code", lambda *args: None)


@pytest.fixture
def notice(index):
    """A window from now in two hours, to now in four."""
    return published(
        index,
        kind=Kind.MAINTENANCE,
        impact=Impact.DEGRADED,
        starts_at=ahead(hours=2),
        expected_end=ahead(hours=4),
    ).notice


def say(notice, key, state=UpdateState.SCHEDULED, **more):
    return updates.post(
        notice=notice,
        state=state,
        text=key,
        author=None,
        key=key,
        alone_because="کسی نبود.",
        **more,
    )


def by_the_clock(notice, occasion):
    """When what was told of it, and still holds, began or ended."""
    found = NoticeEvent.objects.filter(notice=notice, occasion=occasion).order_by("pk")
    return [event.at for event in found if not event.is_taken_back]


def test_a_machine_whose_clock_is_ahead_tells_nothing_too_early(notice):
    for later in (notice.starts_at + HOUR / 2, notice.expected_end + HOUR / 2):
        with clock(later):
            assert events.record_due() == 0
    assert notice.events.count() == 1
    assert events.record_due(at=notice.starts_at) == 1
    assert by_the_clock(notice, "begun") == [notice.starts_at]


def test_what_has_come_by_every_clock_is_told(index):
    with clock(ago(hours=3)):
        notice = published(
            index, kind=Kind.MAINTENANCE, starts_at=ago(hours=2), expected_end=ago(hours=1)
        ).notice
    assert events.record_due() == 1
    assert by_the_clock(notice, "ended") == [notice.expected_end]


def test_a_window_that_moves_after_it_was_told_to_begin_begins_again(notice):
    early = notice.starts_at
    assert events.record_due(at=early) == 1
    say(notice, "later", starts_at=early + 3 * HOUR, expected_end=early + 5 * HOUR)
    assert by_the_clock(notice, "begun") == []
    assert events.record_due(at=early + HOUR) == 0
    for _again in range(2):
        events.record_due(at=notice.starts_at)
    assert by_the_clock(notice, "begun") == [early + 3 * HOUR]
    for _again in range(2):
        events.record_due(at=notice.expected_end)
    assert by_the_clock(notice, "ended") == [early + 5 * HOUR]


def test_a_window_that_moves_there_and_back_begins_once(notice):
    first = notice.starts_at
    events.record_due(at=first)
    say(notice, "later", starts_at=first + HOUR)
    say(notice, "back", starts_at=first)
    for _again in range(2):
        events.record_due(at=first)
    assert by_the_clock(notice, "begun") == [first]
    assert events.record_due(at=first + HOUR) == 0


def test_a_window_that_moves_to_earlier_begins_once(notice):
    say(notice, "earlier", starts_at=notice.starts_at - HOUR)
    for moment in (notice.starts_at, notice.starts_at + HOUR, notice.starts_at + 2 * HOUR):
        events.record_due(at=moment)
    assert by_the_clock(notice, "begun") == [notice.starts_at]


def test_a_window_that_is_extended_after_it_was_told_to_end_ends_again(notice):
    end = notice.expected_end
    events.record_due(at=notice.starts_at)
    assert events.record_due(at=end) == 1
    during = notice.starts_at + HOUR
    say(notice, "longer", UpdateState.IN_PROGRESS, expected_end=end + HOUR, at=during)
    assert by_the_clock(notice, "begun") == [notice.starts_at]
    assert events.record_due(at=end) == 0
    for _again in range(2):
        events.record_due(at=end + HOUR)
    assert by_the_clock(notice, "ended") == [end + HOUR]


def test_the_real_end_is_told_after_one_that_was_too_early(notice):
    events.record_due(at=notice.expected_end)
    done = say(notice, "done", UpdateState.COMPLETED, at=notice.starts_at + HOUR)
    assert notice.events.get(update=done).step == "resolved"
    assert events.record_due(at=notice.expected_end) == 0
    assert events.record(done) == notice.events.get(update=done)


def test_what_the_outbox_still_has_of_it_is_called_back(notice):
    subscribe()
    early = notice.starts_at
    telling.work(at=early)
    begun = OutgoingMessage.objects.get(bulk=True)
    say(notice, "later", starts_at=early + 3 * HOUR, expected_end=early + 5 * HOUR)
    begun.refresh_from_db()
    assert (begun.state, bytes(begun.sealed)) == ("cancelled", b"")
    telling.work(at=early + 4 * HOUR)
    assert Delivery.objects.filter(message__state="waiting").count() == 2, "moved, and begun"


def test_who_follows_it_is_let_go_by_its_real_end_alone(notice):
    row = subscribe(follow=notice.pk)
    end = notice.expected_end
    events.record_due(at=end)
    fan_out.hand_over_due(at=end)
    OutgoingMessage.objects.filter(state="waiting").update(state="sent")
    say(notice, "longer", UpdateState.IN_PROGRESS, expected_end=end + HOUR, at=end - HOUR / 2)
    with clock(end + 2 * HOUR):
        # The clock of this machine is ahead; that of the database has not come so far.
        following.release()
        telling.work()
    following.release(at=end + 2 * HOUR)  # it is over, and not recorded yet
    row.refresh_from_db()
    assert row.state == "active"
    assert row.followed.exists()
    telling.work(at=end + 2 * HOUR)
    OutgoingMessage.objects.filter(state="waiting").update(state="sent")
    telling.work(at=end + 2 * HOUR)
    row.refresh_from_db()
    assert (row.state, row.end_reason) == ("ended", "over")


def test_what_was_told_too_early_is_told_to_nobody_else(notice):
    subscribe("now@example.ir", steps=["updated"])
    subscribe("digest@example.ir", steps=["updated"], digest=True)
    early = notice.starts_at
    telling.work(at=early)
    assert OutgoingMessage.objects.filter(bulk=True).count() == 1
    assert Delivery.objects.filter(handed_at=None).count() == 1
    say(notice, "later", starts_at=early + 90 * HOUR, expected_end=early + 92 * HOUR)
    for later in (HOUR, 48 * HOUR):
        telling.work(at=early + later)
    waiting = OutgoingMessage.objects.filter(bulk=True, state="waiting")
    letters = [opened(each) for each in waiting]
    [digest] = [each for each in letters if each["recipient"] == "digest@example.ir"]
    assert "later" in digest["context"]["text"]
    assert digest["context"]["titles"].count("/") == 0


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_window_that_is_moved_while_it_is_looked_at_does_not_begin(notice):
    moved, asked = threading.Event(), threading.Event()

    def move():
        try:
            with transaction.atomic():
                say(Notice.objects.get(pk=notice.pk), "later", starts_at=notice.starts_at + HOUR)
                moved.set()
                asked.wait(timeout=2)
        finally:
            connections.close_all()

    mover = threading.Thread(target=move)
    mover.start()
    assert moved.wait(timeout=30)
    # The worker finds the old window, waits for the row, and then finds the new one.
    threading.Timer(0.5, asked.set).start()
    assert events.record_due(at=notice.starts_at) == 0
    mover.join(timeout=30)
    assert by_the_clock(notice, "begun") == []
