"""Exactly one message an event and subscriber: whoever publishes, crashes, retries or leaves."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk_core import outbox
from desk_core.delivery import deliver_due
from desk_core.models import OutgoingMessage
from notices import limits, updates
from notices.enums import Impact, Kind, Outcome, SubscriptionState, UpdateState
from notices.errors import AskedTooOften
from notices.models import Delivery, NoticeEvent, NoticePage, Subscription
from notices.subscriptions import events, fan_out, outcomes, progress, subscribing, telling
from tests.cms_pages.factories import ServiceFactory
from tests.notices import subscribers
from tests.notices.factories import ago, ahead, clock, draft, publish, published
from tests.notices.subscribers import many, opened, subscribe, told

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def generous(monkeypatch):
    """Limits are tried elsewhere."""
    monkeypatch.setattr(limits, "count_ask", lambda *args: None)
    monkeypatch.setattr(limits, "count_code", lambda *args: None)


def outage(index, **fields):
    return published(index, **fields).notice


def post(notice, state=UpdateState.IDENTIFIED, key="k", **more):
    return updates.post(
        notice=notice, state=state, text="علت پیدا شد.", author=None, key=key, **more
    )


def occasions(notice):
    return list(notice.events.order_by("pk").values_list("occasion", "step"))


class TestRecording:
    def test_publishing_and_updating_record_one_event_each(self, index):
        page = published(index, starts_at=ago(hours=1))
        publish(page)
        first = post(page.notice)
        post(page.notice)
        events.record(first)
        post(page.notice, UpdateState.RESOLVED, key="over")
        assert occasions(page.notice) == [
            ("first", "opened"),
            ("update", "updated"),
            ("update", "resolved"),
        ]

    def test_a_refused_update_records_nothing(self, index):
        notice = outage(index)
        with pytest.raises(ValidationError):
            post(notice, "nonsense")
        assert notice.events.count() == 1

    def test_an_edit_is_told_where_it_is_ticked_and_once(self, index):
        page = published(index)
        page.message = "متن اصلاح شد."
        page = publish(page)
        assert len(occasions(page.notice)) == 1
        page.tell_subscribers = True
        page = publish(page)
        assert occasions(page.notice)[1:] == [("edit", "updated")]
        assert not NoticePage.objects.get().tell_subscribers
        page.get_latest_revision().publish()
        assert len(occasions(page.notice)) == 2

    def test_the_tick_is_off_whenever_the_form_opens(self, index, admin_client):
        page = published(index)
        page.tell_subscribers = True
        page.save_revision()
        html = admin_client.get(f"/admin/pages/{page.pk}/edit/").content.decode()
        box = html[html.index('name="tell_subscribers"') :].partition(">")[0]
        assert "checked" not in box
        page = draft(index, title="پیش‌نویس")
        html = admin_client.get(f"/admin/pages/{page.pk}/edit/").content.decode()
        assert 'name="tell_subscribers"' not in html

    def test_a_window_begins_and_ends_by_the_clock_once(self, index):
        start, end = ahead(hours=2), ahead(hours=4)
        notice = outage(index, kind=Kind.MAINTENANCE, starts_at=start, expected_end=end)
        assert events.record_due(at=start - timedelta(minutes=1)) == 0
        assert events.record_due(at=start) == 1
        assert events.record_due(at=start + timedelta(minutes=1)) == 0
        assert events.record_due(at=end) == 1
        assert events.record_due(at=end + timedelta(hours=1)) == 0
        assert occasions(notice) == [
            ("first", "opened"),
            ("begun", "updated"),
            ("ended", "resolved"),
        ]

    def test_what_staff_say_of_begin_and_end_the_clock_does_not_repeat(self, index):
        start, end = ahead(hours=2), ahead(hours=4)
        notice = outage(index, kind=Kind.MAINTENANCE, starts_at=start, expected_end=end)
        with clock(start + timedelta(seconds=5)):
            post(notice, UpdateState.IN_PROGRESS)
        assert events.record_due(at=start + timedelta(minutes=1)) == 0
        with clock(start + timedelta(hours=1)):
            post(notice, UpdateState.COMPLETED, key="over")
        assert events.record_due(at=end) == 0
        assert [occasion for occasion, _step in occasions(notice)] == ["first", "update", "update"]

    def test_a_window_called_off_or_moved_neither_begins_nor_ends(self, index):
        start, end = ahead(hours=2), ahead(hours=4)
        fields = {"kind": Kind.MAINTENANCE, "starts_at": start, "expected_end": end}
        gone = outage(index, **fields)
        updates.cancel(notice=gone, text="لغو شد.", author=None, key="c")
        moved = outage(index, title="دیگر", **fields)
        post(moved, UpdateState.SCHEDULED, starts_at=ahead(hours=9), expected_end=ahead(hours=10))
        assert events.record_due(at=end) == 0

    def test_what_nobody_was_there_to_tell_in_time_is_not_told_a_day_later(self, index):
        start, end = ahead(hours=2), ahead(hours=4)
        outage(index, kind=Kind.MAINTENANCE, starts_at=start, expected_end=end)
        assert events.record_due(at=end + events.STALE) == 0

    def test_an_outage_published_while_it_runs_does_not_begin_again(self, index):
        notice = outage(index, starts_at=ago(minutes=5))
        assert events.record_due() == 0
        assert occasions(notice) == [("first", "opened")]


class TestWhoIsTold:
    def test_by_kind_step_and_service(self, index):
        water, road = ServiceFactory(), ServiceFactory()
        subscribe("all@example.ir")
        subscribe("road@example.ir", services=[road.pk])
        subscribe("water@example.ir", services=[water.pk])
        subscribe("news@example.ir", kinds=["announcement"])
        subscribe("end@example.ir", steps=["resolved"])
        notice = outage(index, services=[road])
        telling.work()
        assert told() == [("all@example.ir", "event"), ("road@example.ir", "event")]
        OutgoingMessage.objects.update(sealed=b"")
        post(notice, UpdateState.RESOLVED)
        telling.work()
        assert told() == [(f"{name}@example.ir", "event") for name in ("all", "end", "road")]

    def test_a_notice_of_the_whole_desk_is_everybodys(self, index):
        subscribe("water@example.ir", services=[ServiceFactory().pk])
        outage(index)
        telling.work()
        assert told() == [("water@example.ir", "event")]

    def test_pending_ended_and_stopped_ones_are_told_nothing(self, index):
        subscribers.ask("pending@example.ir")
        subscribing.end(subscription=subscribe("ended@example.ir"))
        stopped = subscribe("stopped@example.ir")
        Subscription.objects.filter(pk=stopped.pk).update(state=SubscriptionState.QUARANTINED)
        outage(index)
        telling.work()
        assert told() == []

    def test_whoever_comes_later_is_not_told_of_what_was(self, index):
        outage(index)
        with clock(ahead(minutes=1)):
            subscribe()
            telling.work()
        assert told() == []

    def test_a_private_and_a_withdrawn_notice_are_told_to_nobody(self, index):
        subscribe()
        page = published(index)
        page.unpublish()
        telling.work()
        assert told() == []
        event = NoticeEvent.objects.get()
        assert event.dropped
        assert event.finished_at is not None

    def test_what_was_handed_over_is_called_back_when_its_notice_is_withdrawn(self, index):
        subscribe()
        page = published(index)
        telling.work()
        page.unpublish()
        telling.work()
        assert Delivery.objects.get().outcome == Outcome.CANCELLED
        assert deliver_due() == 0

    def test_each_language_has_its_own_words(self, index):
        subscribe("fa@example.ir")
        subscribe("en@example.ir", language="en")
        outage(index, title="اختلال درگاه")
        telling.work()
        texts = {
            message.language: opened(message)["context"]
            for message in OutgoingMessage.objects.filter(bulk=True)
        }
        assert texts["en"]["heading"] == "Outage"
        assert "/en/status/unsubscribe/" in texts["en"]["unsubscribe"]
        assert texts["fa"]["title"] == "اختلال درگاه"


class TestBatches:
    @pytest.fixture(autouse=True)
    def small(self, settings):
        settings.DESK_SUBSCRIPTIONS_BATCH = 3

    def test_the_editor_waits_for_nobody(self, index):
        page = draft(index)
        with CaptureQueriesContext(connection) as alone:
            publish(page)
        many(20)
        other = draft(index, title="دیگر")
        with CaptureQueriesContext(connection) as beside:
            publish(other)
        assert len(beside) <= len(alone)
        assert not Delivery.objects.exists()

    def test_queries_of_a_batch_do_not_grow_with_the_subscribers(self, index, settings):
        outage(index)
        event = NoticeEvent.objects.get()
        NoticeEvent.objects.update(at=ahead(hours=1))

        def queries(size):
            settings.DESK_SUBSCRIPTIONS_BATCH = size
            with CaptureQueriesContext(connection) as found:
                assert fan_out.hand_over_batch(event.pk, timezone.now()) == size
            return len(found)

        many(45)
        queries(1)
        assert queries(2) == queries(40)

    def test_a_crash_between_two_batches_resumes_without_doubles(self, index, monkeypatch):
        many(8)
        outage(index)
        real, seen = fan_out._Batch.store, []

        def dies(batch):
            if len(seen) == 1:
                raise ConnectionError
            seen.append(batch)
            return real(batch)

        with monkeypatch.context() as context:
            context.setattr(fan_out._Batch, "store", dies)
            with pytest.raises(ConnectionError):
                telling.work()
        assert Delivery.objects.count() == 3
        telling.work()
        telling.work()
        assert Delivery.objects.count() == 8
        assert len({recipient for recipient, _template in told()}) == len(told()) == 8
        [row] = progress.of_notice(NoticeEvent.objects.get().notice)
        assert (row.total, row.handed_over, row.is_through) == (8, 8, True)

    def test_a_crash_within_a_batch_leaves_nothing_of_it(self, index, monkeypatch):
        many(4)
        outage(index)
        with monkeypatch.context() as context:
            context.setattr(fan_out, "insert", lambda rows: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                telling.work()
        assert not OutgoingMessage.objects.filter(bulk=True).exists()
        assert NoticeEvent.objects.get().cursor is None
        telling.work()
        assert len(told()) == 4

    def test_two_workers_with_the_same_batch_meet_at_the_cursor(self, index):
        many(3)
        outage(index)
        event = NoticeEvent.objects.get()
        first = fan_out.prepare(event.pk, timezone.now())
        second = fan_out.prepare(event.pk, timezone.now())
        assert first.store() == 3
        assert second.store() is None
        assert len(told()) == 3

    def test_whoever_ends_it_while_a_batch_is_prepared_is_left_out(self, index):
        rows = many(3)
        outage(index)
        batch = fan_out.prepare(NoticeEvent.objects.get().pk, timezone.now())
        subscribing.end(subscription=rows[1])
        assert batch.store() == 2
        assert len(told()) == 2
        assert NoticeEvent.objects.get().handed_over == 2

    @pytest.mark.parametrize("how", ["taken down", "taken back"])
    def test_what_is_gone_while_a_batch_is_prepared_is_told_to_nobody(self, index, how):
        subscribe()
        start = ahead(minutes=10)
        window = {"starts_at": start, "expected_end": start + timedelta(hours=1)}
        page = published(index, kind=Kind.MAINTENANCE, **window)
        NoticeEvent.objects.update(finished_at=start)
        events.record_due(at=start)
        event = NoticeEvent.objects.get(key="begun")
        batch = fan_out.prepare(event.pk, start)
        assert batch.messages
        if how == "taken down":
            NoticePage.objects.get(pk=page.pk).unpublish()
        else:
            updates.post(
                notice=page.notice,
                state=UpdateState.SCHEDULED,
                text="x",
                author=None,
                key="k",
                starts_at=start + timedelta(hours=1),
                expected_end=start + timedelta(hours=2),
                alone_because="کسی نبود آن شب.",
            )
        assert not batch.store()
        assert not OutgoingMessage.objects.filter(bulk=True).exists()
        assert not Delivery.objects.filter(event=event).exists()

    def test_ending_calls_back_what_waits_even_when_a_worker_has_claimed_it(self, index):
        [row] = many(1)
        outage(index)
        telling.work()
        message = OutgoingMessage.objects.get()
        OutgoingMessage.objects.update(lease=message.pk)
        subscribing.end(subscription=row)
        message.refresh_from_db()
        assert (message.state, message.lease, bytes(message.sealed)) == ("cancelled", None, b"")

    def test_people_written_to_alone_go_first(self, index):
        many(2)
        outage(index)
        telling.work()
        subscribers.ask("late@example.ir")
        first = OutgoingMessage.objects.due(timezone.now()).first()
        assert first.dedupe.startswith("subscription-code:")

    def test_the_command_does_a_round(self, index, capsys):
        many(2)
        outage(index)
        call_command("tell_subscribers")
        assert "told: 2" in capsys.readouterr().out
        call_command("tell_subscribers")
        assert capsys.readouterr().out == ""


def at(hour, day=1, minute=0):
    """A moment of 1405 in Tehran (UTC+3:30)."""
    return datetime(2026, 12, day, hour, minute, tzinfo=UTC) - timedelta(hours=3, minutes=30)


class TestWhen:
    def told_at(self, index, moment, until, **fields):
        """How many messages there are at each of these moments, in order."""
        with clock(moment):
            outage(index, **fields)
        found = []
        for step in until:
            with clock(step):
                telling.work()
            found.append(OutgoingMessage.objects.filter(bulk=True).count())
        return found

    def sleeper(self, **choices):
        with clock(at(12, day=1)):
            return subscribe(**choices)

    def test_quiet_hours_are_waited_for(self, index):
        self.sleeper(quiet_from=22, quiet_until=7)
        night = at(23, day=2)
        moments = [night, at(6, day=3, minute=59), at(7, day=3), at(8, day=3)]
        assert self.told_at(index, night, moments, impact=Impact.DEGRADED) == [0, 0, 1, 1]

    def test_the_highest_severity_waits_for_nobody(self, index):
        self.sleeper(quiet_from=22, quiet_until=7)
        night = at(23, day=2)
        assert self.told_at(index, night, [night, at(8, day=3)], impact=Impact.MAJOR) == [1, 1]

    def test_a_digest_is_one_message_for_all_of_a_day(self, index):
        row = self.sleeper(digest=True)
        with clock(at(10, day=2)):
            outage(index, title="یکی")
            outage(index, title="دیگری")
            telling.work()
        assert told() == []
        for hour in (8, 9):
            with clock(at(hour, day=3)):
                telling.work()
        assert told() == [("sara@example.ir", "digest")]
        assert Delivery.objects.filter(subscription=row, handed_at__isnull=False).count() == 2
        text = opened(OutgoingMessage.objects.get(bulk=True))["context"]["text"]
        assert "یکی" in text
        assert "دیگری" in text

    @pytest.mark.parametrize("choices", [{"quiet_from": 22, "quiet_until": 7}, {"digest": True}])
    def test_of_a_night_a_person_is_told_how_each_notice_stands_in_the_morning(
        self, index, choices
    ):
        self.sleeper(language="en", **choices)
        with clock(at(23, day=2)):
            first = outage(index, title="First", message="It fails.", impact=Impact.DEGRADED)
            outage(index, title="Second", impact=Impact.DEGRADED)
            telling.work()
        for hour, state in ((1, UpdateState.IDENTIFIED), (2, UpdateState.RESOLVED)):
            with clock(at(hour, day=3)):
                said = {"text": "خوب شد.", "text_en": f"Said at {hour}.", "author": None}
                updates.post(notice=first, state=state, key=state, **said)
                telling.work()
        with clock(at(8, day=4 if "digest" in choices else 3)):
            telling.work()
        waiting = [opened(each)["context"] for each in OutgoingMessage.objects.filter(bulk=True)]
        assert len(waiting) == (1 if "digest" in choices else 2)
        assert Delivery.objects.filter(handed_at__isnull=False).count() == 4
        everything = str(waiting)
        assert "It fails." not in everything
        assert "Said at 1." not in everything
        assert "Said at 2." in everything
        if "digest" in choices:
            assert waiting[0]["heading"] == "2 notices of the service desk"
        telling.work()
        assert not Delivery.objects.filter(handed_at=None).exists()

    @pytest.mark.parametrize("choices", [{"quiet_from": 22, "quiet_until": 7}, {"digest": True}])
    def test_nobody_is_told_older_words_beside_the_last_or_after_them(self, index, choices):
        """It is over a moment before the hour, and that is handed over a moment after it."""
        self.sleeper(language="en", **choices)
        hour = 8 if "digest" in choices else 7
        ends, round_of_it = at(hour, day=3) - timedelta(seconds=20), at(hour, day=3, minute=1)
        with clock(at(23, day=2)):
            notice = outage(index, title="First", impact=Impact.DEGRADED)
            telling.work()
        said = {"notice": notice, "text": "x", "author": None}
        with clock(at(1, day=3)):
            updates.post(state=UpdateState.IDENTIFIED, key="i", text_en="Work goes on.", **said)
            telling.work()
        with clock(ends):
            updates.post(state=UpdateState.RESOLVED, key="r", text_en="All is well.", **said)
        for moment in (round_of_it, at(hour, day=4, minute=1)):
            with clock(moment):
                telling.work()
        [message] = OutgoingMessage.objects.filter(bulk=True)
        told_of = str(opened(message)["context"])
        assert "All is well." in told_of
        assert "Work goes on." not in told_of
        assert "Cause found" not in told_of
        assert not Delivery.objects.filter(handed_at=None).exists()

    def test_later_news_that_reached_nobody_holds_nothing_back(self, index):
        self.sleeper(quiet_from=22, quiet_until=7)
        with clock(at(23, day=2)):
            notice = outage(index, impact=Impact.DEGRADED)
            telling.work()
        with clock(at(7, day=3)):
            updates.post(notice=notice, state="identified", text="x", author=None, key="i")
            later = NoticeEvent.objects.get(update__key="i")
            fan_out.hand_over_batch(later.pk, at(7, day=3))
            OutgoingMessage.objects.filter(bulk=True).recall("too early")
            telling.work()
        waiting = OutgoingMessage.objects.filter(bulk=True, state="waiting")
        assert waiting.count() == 1
        assert Delivery.objects.filter(event__key="begun", message__in=waiting).count() == 1

    def test_what_was_withdrawn_meanwhile_is_in_no_digest(self, index):
        self.sleeper(digest=True)
        with clock(at(10, day=2)):
            page = published(index)
            telling.work()
            page.unpublish()
        with clock(at(9, day=3)):
            telling.work()
        assert told() == []
        assert Delivery.objects.get().outcome == Outcome.CANCELLED

    def test_ending_forgets_what_was_held_back(self, index):
        row = self.sleeper(digest=True)
        with clock(at(10, day=2)):
            outage(index)
            telling.work()
        subscribing.end(subscription=row)
        with clock(at(9, day=3)):
            telling.work()
        assert told() == []


class TestOutcomes:
    def fail(self, count, *, error="the mail server answered 550", attempts=1):
        """Let that many messages of a row fail, one after the other."""
        for number in range(count):
            outage(self.index, title=f"n{number}")
            telling.work()
            OutgoingMessage.objects.filter(state="waiting", bulk=True).update(
                state="quarantined", error=error, attempts=attempts
            )
            telling.work()

    @pytest.fixture(autouse=True)
    def place(self, index):
        self.index = index

    def test_three_failures_in_a_row_stop_it_until_its_holder_confirms_again(self, caplog):
        row = subscribe()
        self.fail(2)
        row.refresh_from_db()
        assert (row.state, row.failures) == (SubscriptionState.ACTIVE, 2)
        self.fail(1)
        row.refresh_from_db()
        assert row.state == SubscriptionState.QUARANTINED
        assert str(row.pk) in caplog.text
        assert "sara" not in caplog.text
        outage(self.index, title="later")
        telling.work()
        assert not OutgoingMessage.objects.filter(state="waiting", bulk=True).exists()
        back = subscribing.redeem(code=subscribers.ask(), address="x").subscription
        assert (back.pk, back.state, back.failures) == (row.pk, SubscriptionState.ACTIVE, 0)

    def test_one_that_gets_through_begins_the_count_anew(self):
        row = subscribe()
        self.fail(2)
        outage(self.index, title="well")
        telling.work()
        OutgoingMessage.objects.filter(state="waiting", bulk=True).update(state="sent")
        self.fail(1)
        row.refresh_from_db()
        assert row.failures == 1

    def test_a_mail_server_that_was_away_is_nobodys_fault(self):
        row = subscribe()
        self.fail(3, error="no connection to the mail server", attempts=12)
        self.fail(3, error="it may have been sent: the mail server went away")
        row.refresh_from_db()
        assert (row.state, row.failures) == (SubscriptionState.ACTIVE, 0)

    def test_progress_tells_what_became_of_whom(self):
        many(4)
        notice = outage(self.index)
        telling.work()
        keys = list(OutgoingMessage.objects.filter(bulk=True).values_list("pk", flat=True))
        OutgoingMessage.objects.filter(pk__in=keys[:2]).update(state="sent")
        OutgoingMessage.objects.filter(pk=keys[2]).update(state="quarantined")
        outcomes.settle()
        [row] = progress.of_notice(notice)
        assert (row.total, row.handed_over, row.sent, row.failed, row.held) == (4, 4, 2, 1, 0)

    def test_the_log_goes_with_its_messages_after_its_time(self, settings):
        settings.DESK_SUBSCRIPTIONS_LOG_DAYS = 100
        subscribe()
        outage(self.index)
        telling.work()
        deliver_due()
        telling.work()
        outcomes.forget_old(at=ahead(days=99))
        assert Delivery.objects.count() == OutgoingMessage.objects.count() == 1
        outcomes.forget_old(at=ahead(days=101))
        assert not Delivery.objects.exists()
        assert not OutgoingMessage.objects.exists()


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["subscribe", "end", "erase", "publish", "work", "crash"]),
        st.integers(0, 2),
    ),
    min_size=3,
    max_size=9,
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_in_whatever_order_each_gets_at_most_one_message_an_event(index, steps, monkeypatch):
    OutgoingMessage.objects.all().delete()
    Delivery.objects.all().delete()
    NoticeEvent.objects.all().delete()
    Subscription.objects.all().delete()
    rows = {}
    for number, (step, who) in enumerate(steps):
        row = rows.get(who)
        if step == "subscribe":
            [rows[who]] = [row] if row else many(1, contact_digest=f"c{who}-{number}")
        elif step == "end" and row:
            subscribing.end(subscription=rows.pop(who))
        elif step == "erase" and row:
            subscribing.erase(subscription=rows.pop(who))
        elif step == "publish":
            outage(index, title=f"t{number}", message=f"پیام {number}")
        elif step == "work":
            telling.work()
        elif step == "crash":
            with monkeypatch.context() as context:
                context.setattr(fan_out, "insert", lambda rows: 1 / 0)
                with suppress(ZeroDivisionError):
                    telling.work()
    telling.work()
    telling.work()
    pairs = list(Delivery.objects.values_list("event", "subscription"))
    assert len(pairs) == len(set(pairs))
    handed = Delivery.objects.filter(message__isnull=False)
    assert handed.count() == handed.values("message").distinct().count()
    assert OutgoingMessage.objects.filter(bulk=True).count() == handed.count()
    waiting = OutgoingMessage.objects.filter(bulk=True, state="waiting")
    living = Subscription.objects.active().values("subject_key")
    assert not waiting.exclude(subject_key__in=living).exists()
    for event in NoticeEvent.objects.all():
        wanted = Subscription.objects.active().filter(confirmed_at__lte=event.at)
        assert event.deliveries.filter(subscription__in=wanted).count() == wanted.count()


def test_what_is_queued_again_is_on_its_way_and_then_sent(index):
    row = subscribe()
    published(index)
    telling.work()
    message = OutgoingMessage.objects.get(bulk=True)
    refused = {"state": "quarantined", "attempts": 1, "error": "refused"}
    OutgoingMessage.objects.filter(pk=message.pk).update(**refused)
    telling.work()
    assert row.deliveries.get().outcome == "failed"
    assert Subscription.objects.get().failures == 1
    assert outbox.requeue(message=message)
    telling.work()
    assert row.deliveries.get().outcome == ""
    deliver_due()
    telling.work()
    assert row.deliveries.get().outcome == "sent"
    assert Subscription.objects.get().failures == 0


@pytest.mark.parametrize("how", ["ended", "quarantined", "withdrawn"])
def test_what_was_given_up_is_not_queued_again_once_nobody_is_to_get_it(index, how):
    row = subscribe()
    page = published(index)
    telling.work()
    refused = {"state": "quarantined", "attempts": 1, "error": "refused"}
    OutgoingMessage.objects.filter(bulk=True).update(**refused)
    if how == "quarantined":
        Subscription.objects.update(failures=outcomes.MOST_FAILURES - 1)
    telling.work()
    if how == "ended":
        subscribing.end(subscription=row)
    elif how == "withdrawn":
        NoticePage.objects.get(pk=page.pk).unpublish()
    call_command("requeue_messages")
    assert deliver_due() == 0
    assert OutgoingMessage.objects.get(bulk=True).state == "cancelled"


def test_one_failure_is_one_however_many_events_its_message_carried(index, monkeypatch):
    monkeypatch.setattr(outcomes, "_BATCH", 1)
    rows = [subscribe(f"n{n}@example.ir", quiet_from=22, quiet_until=7) for n in range(2)]
    night = at(23, day=2)
    Subscription.objects.update(confirmed_at=night - timedelta(days=1))
    with clock(night):
        notice = outage(index, impact=Impact.DEGRADED)
        for key in ("a", "b"):
            updates.post(notice=notice, state="identified", text=key, author=None, key=key)
        telling.work()
    with clock(at(8, day=3)):
        telling.work()
        refused = {"state": "quarantined", "attempts": 1, "error": "550 no such mailbox"}
        assert OutgoingMessage.objects.filter(bulk=True).update(**refused) == len(rows)
        telling.work()
    assert set(Subscription.objects.values_list("failures", "state")) == {(1, "active")}
    assert set(Delivery.objects.values_list("outcome", flat=True)) == {"failed"}


def test_why_somebody_was_stopped_stays_written(index):
    subscribe()
    published(index)
    telling.work()
    refused = {"state": "quarantined", "attempts": 1, "error": "550 no such mailbox"}
    OutgoingMessage.objects.filter(bulk=True).update(**refused)
    Subscription.objects.update(failures=outcomes.MOST_FAILURES - 1)
    telling.work()
    assert Subscription.objects.get().state == "quarantined"
    message = OutgoingMessage.objects.get(bulk=True)
    assert (message.state, message.error) == ("cancelled", "550 no such mailbox")
    assert bytes(message.sealed) == b""


def test_two_workers_count_one_failure_once(index, monkeypatch):
    subscribe()
    published(index)
    telling.work()
    refused = {"state": "quarantined", "attempts": 1, "error": "refused"}
    OutgoingMessage.objects.filter(bulk=True).update(**refused)
    found = [outcomes._finished(), outcomes._finished()]
    for each in found:
        answers = [each, []]
        monkeypatch.setattr(outcomes, "_finished", lambda answers=answers: answers.pop(0))
        outcomes.settle()
    assert Subscription.objects.get().failures == 1


def test_what_one_network_is_refused_counts_against_nobody_else(db):
    for number in range(limits.ASKS_OF_ALL.rate + 1):
        with suppress(AskedTooOften):
            limits.count_ask("192.0.2.66", f"contact {number}")
    limits.count_ask("198.51.100.7", "somebody else")
