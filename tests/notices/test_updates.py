"""The verbs: what may be said when, once, and what is refused with its reason at its field."""

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from notices import rules, updates
from notices.enums import Kind, Phase, UpdateState
from notices.models import Notice
from tests.notices.factories import ago, ahead, published

pytestmark = pytest.mark.django_db


@pytest.fixture
def outage(index):
    return published(index, starts_at=ago(hours=3), expected_end=ahead(hours=1)).notice


@pytest.fixture
def window(index):
    return published(
        index, kind=Kind.MAINTENANCE, starts_at=ahead(hours=5), expected_end=ahead(hours=8)
    ).notice


def post(notice, state=UpdateState.IDENTIFIED, text="علت پیدا شد.", key="k", **more):
    return updates.post(notice=notice, state=state, text=text, author=None, key=key, **more)


def refused(notice, **more):
    """The fields that were complained of; nothing may have been stored."""
    before = (Notice.objects.values().get(pk=notice.pk), notice.updates.count())
    with pytest.raises(ValidationError) as error:
        post(notice, **more)
    assert (Notice.objects.values().get(pk=notice.pk), notice.updates.count()) == before
    return set(error.value.message_dict)


def test_the_same_key_adds_one_update(outage):
    first = post(outage)
    again = post(outage, text="متنی دیگر", state=UpdateState.RESOLVED)
    assert again == first
    assert outage.updates.count() == 2
    assert Notice.objects.get().ended_at is None


def test_resolving_ends_it_now_or_when_it_really_ended(outage):
    real_end = ago(hours=1)
    post(outage, UpdateState.RESOLVED, ended_at=real_end)
    stored = Notice.objects.get()
    assert stored.ended_at == outage.ended_at == real_end
    assert stored.over_at == real_end
    assert stored.phase(timezone.now()) == Phase.ENDED


def test_each_update_remembers_the_times_it_announced(outage):
    first_promise, second_promise = outage.expected_end, ahead(hours=6)
    post(outage, expected_end=second_promise)
    promises = list(outage.updates.values_list("expected_end", flat=True))
    assert promises == [first_promise, second_promise]
    assert Notice.objects.get().expected_end == second_promise


def test_identity_and_first_publication_never_move(outage):
    before = Notice.objects.values("id", "origin", "first_published_at", "title").get()
    post(outage, key="1")
    post(outage, UpdateState.RESOLVED, key="2")
    assert Notice.objects.values("id", "origin", "first_published_at", "title").get() == before


def test_a_window_can_be_moved_before_it_opens_and_extended_after(window):
    start, end = ahead(hours=10), ahead(hours=12)
    post(window, UpdateState.SCHEDULED, starts_at=start, expected_end=end)
    stored = Notice.objects.get()
    assert (stored.starts_at, stored.expected_end) == (start, end)
    late = ahead(hours=14)
    said = {"expected_end": late, "alone_because": "دیر شد.", "at": ahead(hours=11)}
    post(window, UpdateState.IN_PROGRESS, key="2", **said)
    assert Notice.objects.get().over_at == late


def test_a_window_that_begins_early_says_so(window):
    post(window, UpdateState.IN_PROGRESS, starts_at=ago(minutes=1), alone_because="زود بود.")
    assert Notice.objects.get().phase(timezone.now()) == Phase.RUNNING


def test_completing_early_ends_early(window):
    moment = window.starts_at + timedelta(hours=1)
    post(window, UpdateState.COMPLETED, at=moment)
    assert Notice.objects.get().over_at == moment


@pytest.mark.parametrize(
    ("more", "fields"),
    [
        ({"state": UpdateState.SCHEDULED}, {"state"}),
        ({"state": "nonsense"}, {"state"}),
        ({"text": ""}, {"text"}),
        ({"text": "\u200b\u200c \n"}, {"text"}),
        ({"text": "x" * (rules.TEXT_LIMIT + 1)}, {"text"}),
        ({"text": "x" * 1_000_000}, {"text"}),
        ({"text": "<script>alert(1)</script>"}, {"text"}),
        ({"text": "سلام <b>دنیا</b>"}, {"text"}),
        ({"text": "null\x00byte"}, {"text"}),
        ({"text_en": "<img src=x onerror=y>"}, {"text_en"}),
        ({"starts_at": ago(hours=1)}, {"starts_at"}),
        ({"expected_end": ago(hours=1)}, {"expected_end"}),
        ({"expected_end": ago(hours=4)}, {"expected_end"}),
        ({"expected_end": datetime(2026, 1, 1)}, {"expected_end"}),
        ({"expected_end": ahead(days=4000)}, {"expected_end"}),
        ({"ended_at": ago(minutes=5)}, {"ended_at"}),
        ({"state": "resolved", "ended_at": ago(hours=9)}, {"ended_at"}),
        ({"state": "resolved", "ended_at": ago(days=4000)}, {"ended_at"}),
        ({"state": "resolved", "ended_at": ahead(hours=1)}, {"ended_at"}),
        ({"state": "resolved", "expected_end": ahead(hours=1)}, {"expected_end"}),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(outage, more, fields):
    assert refused(outage, **more) == fields


def test_less_than_signs_are_no_html(outage):
    assert post(outage, text="کمتر از ۵ < ۶ و a<b").text


def test_nothing_is_resolved_before_it_begins(window):
    assert refused(window, state=UpdateState.COMPLETED) == {"state"}
    assert refused(window, state=UpdateState.IN_PROGRESS) == {"state"}
    early = window.starts_at - timedelta(hours=1)
    assert refused(
        window,
        state=UpdateState.COMPLETED,
        ended_at=early,
        at=window.starts_at + timedelta(hours=1),
    ) == {"ended_at"}


def test_a_start_moved_past_the_end_is_refused(window):
    moved = window.expected_end + timedelta(hours=1)
    assert refused(window, state=UpdateState.SCHEDULED, starts_at=moved) == {"expected_end"}


def test_after_the_end_nothing_is_added(outage, window):
    post(outage, UpdateState.RESOLVED, key="end")
    assert refused(outage, key="more") == {"state"}
    after = window.expected_end + timedelta(minutes=1)
    assert refused(window, state=UpdateState.VERIFYING, at=after) == {"state"}
    with pytest.raises(ValidationError):
        updates.cancel(notice=outage, text="لغو", author=None, key="c")


def test_cancelling_is_said_and_done_once(window):
    for _again in range(2):
        updates.cancel(notice=window, text="لغو شد.", author=None, key="c")
    stored = Notice.objects.get()
    assert stored.phase(timezone.now()) == Phase.CANCELLED
    assert list(stored.updates.values_list("state", flat=True)) == ["scheduled", "cancelled"]
    assert updates.allowed_states(stored, timezone.now()) == []


def test_a_fault_that_happened_cannot_be_cancelled(outage):
    with pytest.raises(ValidationError) as error:
        updates.cancel(notice=outage, text="لغو", author=None, key="c")
    assert set(error.value.message_dict) == {"state"}
    assert UpdateState.CANCELLED not in updates.allowed_states(outage, timezone.now())


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"starts_at": ahead(hours=2), "expected_end": ahead(hours=1)}, "expected_end"),
        ({"expected_end": ago(hours=1)}, "expected_end"),
        ({"starts_at": ago(days=900)}, "starts_at"),
        ({"starts_at": ahead(days=900)}, "starts_at"),
        ({"kind": Kind.MAINTENANCE, "expected_end": ahead(hours=1)}, "starts_at"),
        ({"kind": Kind.MAINTENANCE, "starts_at": ahead(hours=1)}, "expected_end"),
        ({"message": "<b>سلام</b>"}, "message"),
        ({"message": ""}, "message"),
    ],
)
def test_an_impossible_page_is_not_published(index, fields, wrong):
    with pytest.raises(ValidationError) as error:
        published(index, **fields)
    assert wrong in error.value.message_dict
    assert not Notice.objects.exists()
