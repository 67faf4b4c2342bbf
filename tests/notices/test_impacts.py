"""What each service suffers changes from update to update, and every word of it is kept."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from desk_core.querysets import AppendOnly
from notices import current, impacts, updates
from notices.enums import Impact, Kind, Severity
from notices.models import AffectedService, ImpactChange, Notice
from notices.overview import overview, page_context
from tests.cms_pages.factories import ServiceFactory, UserFactory
from tests.notices.factories import ago, ahead, published

T0 = datetime(2026, 11, 22, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def say(notice, key, state="identified", **more):
    return updates.post(notice=notice, state=state, text="متن", author=None, key=key, **more)


def refused(notice, **more):
    """The fields complained of; nothing is stored."""
    before = ImpactChange.objects.count(), AffectedService.objects.count()
    with pytest.raises(ValidationError) as error:
        say(notice, "refused", **more)
    assert (ImpactChange.objects.count(), AffectedService.objects.count()) == before
    return set(error.value.message_dict)


@pytest.fixture
def services(db):
    return [ServiceFactory(), ServiceFactory(), ServiceFactory()]


@pytest.fixture
def outage(index, services):
    page = published(index, services=services[:2], impact=Impact.PARTIAL, starts_at=ago(hours=5))
    return page.notice


def test_the_impact_of_each_service_changes_with_an_update_and_is_kept_with_its_time(
    outage, services, django_assert_num_queries
):
    one, two, three = services
    start = outage.starts_at
    say(outage, "a", impacts={one: Impact.DEGRADED, three: Impact.PARTIAL})
    say(outage, "b", impacts={one: Impact.NONE, two: Impact.PARTIAL})
    a, b = (outage.updates.get(key=key).at for key in "ab")
    with django_assert_num_queries(2):
        found = impacts.impact_over_time([outage.pk])
    assert found == {
        one.pk: [
            (start, a, Impact.PARTIAL, outage.pk),
            (a, b, Impact.DEGRADED, outage.pk),
            (b, None, Impact.NONE, outage.pk),
        ],
        two.pk: [(start, None, Impact.PARTIAL, outage.pk)],
        three.pk: [(a, None, Impact.PARTIAL, outage.pk)],
    }
    assert dict(outage.affected.values_list("service", "impact")) == {
        one.pk: "none",
        two.pk: "partial",
        three.pk: "partial",
    }
    states = {line.service.pk: line.state for line in overview(timezone.now()).lines}
    assert states == {one.pk: "operational", two.pk: "partial", three.pk: "partial"}
    say(outage, "end", "resolved")
    for spans in impacts.impact_over_time([outage.pk]).values():
        assert spans[-1].until == outage.ended_at


def test_the_whole_desk_is_one_service_without_a_name(index):
    notice = published(index, impact=Impact.PARTIAL, starts_at=ago(hours=1)).notice
    say(notice, "a", impacts={None: Impact.DEGRADED})
    (spans,) = impacts.impact_over_time([notice.pk]).values()
    assert [span.impact for span in spans] == ["partial", "degraded"]
    assert Notice.objects.get().impact == "degraded"
    assert overview(timezone.now()).worst == "degraded"
    assert refused(notice, impacts={ServiceFactory(): Impact.DEGRADED}) == {"impacts"}


def test_it_costs_as_many_queries_for_many_as_for_one(index, services, django_assert_num_queries):
    keys = [
        published(index, title=f"{n}", services=services, impact=Impact.PARTIAL).notice.pk
        for n in range(4)
    ]
    with django_assert_num_queries(2):
        found = impacts.impact_over_time(keys)
    assert {key: len(spans) for key, spans in found.items()} == {s.pk: 4 for s in services}


@pytest.mark.parametrize(
    "more",
    [
        {"impacts": {None: "partial"}},
        {"impacts": {"two": "flood"}},
        {"state": "resolved", "impacts": {"two": "degraded"}},
    ],
)
def test_what_cannot_be_said_of_impact_is_refused(outage, services, more):
    named = {services[1] if key == "two" else key: value for key, value in more["impacts"].items()}
    assert refused(outage, **more | {"impacts": named}) == {"impacts"}


def test_news_has_no_impact(index, services):
    news = published(index, kind=Kind.ANNOUNCEMENT, services=services).notice
    assert impacts.impact_over_time([news.pk]) == {}
    assert refused(news, state="announced", impacts={services[0]: "major"}) == {"impacts"}


def test_to_make_it_weigh_heaviest_alone_takes_a_reason(outage, services):
    raised = {services[0]: Impact.MAJOR}
    assert outage.severity == Severity.MAJOR
    assert refused(outage, impacts=raised) == {"alone_because"}
    assert refused(outage, impacts=raised, alone_because=" \u200c") == {"alone_because"}
    author = UserFactory()
    update = updates.post(
        notice=outage,
        state="identified",
        text="قطع شد.",
        author=author,
        key="k",
        impacts=raised,
        alone_because="نیمه‌شب است.",
    )
    assert (update.break_glass.by, update.break_glass.reason) == (author, "نیمه‌شب است.")
    assert outage.severity == Notice.objects.get().severity == Severity.CRITICAL
    say(outage, "better", impacts={services[0]: Impact.DEGRADED})
    assert outage.severity == Severity.CRITICAL, "the heaviest it has ever been"
    say(outage, "again", impacts=raised)


def test_what_was_said_of_impact_cannot_be_changed(outage):
    row = ImpactChange.objects.first()
    for change in (
        row.save,
        row.delete,
        lambda: ImpactChange.objects.update(impact="none"),
        ImpactChange.objects.all().delete,
    ):
        with pytest.raises(AppendOnly):
            change()


def test_the_page_says_what_changed_and_what_was_announced_before(index, client, services):
    page = published(
        index,
        kind=Kind.MAINTENANCE,
        services=services[:1],
        starts_at=ahead(hours=5),
        expected_end=ahead(hours=6),
    )
    before = client.get(page.url).content.decode()
    assert "Announced until then" not in before
    later = ahead(hours=9)
    say(page.notice, "a", "scheduled", expected_end=later, impacts={services[0]: Impact.DEGRADED})
    (shown,) = current.coming(timezone.now(), updates=True)
    with override("en"):
        entries = page_context(page)["entries"]
    assert entries[0].impacts == [f"{services[0].name_en}: Slow or faulty"]
    assert entries[0].times.startswith("Announced until then")
    assert (entries[1].impacts, entries[1].times) == ([], "")
    assert shown.impact == Impact.DEGRADED
    said = page.notice.updates.order_by("at", "pk").values_list("expected_end", flat=True)
    assert list(said) == [page.expected_end, later]


def test_a_window_that_is_called_off_before_it_begins_leaves_no_minute(index, services):
    notice = published(
        index,
        kind=Kind.MAINTENANCE,
        services=services,
        starts_at=ahead(hours=5),
        expected_end=ahead(hours=6),
    ).notice
    updates.cancel(notice=notice, text="لغو", author=None, key="c")
    assert not any(impacts.impact_over_time([notice.pk]).values())


points = st.integers(-50, 200).map(lambda n: T0 + n * MINUTE)
said = st.lists(st.tuples(points, st.sampled_from(Impact)), min_size=1, max_size=6).map(
    lambda rows: sorted(rows, key=lambda row: row[0])
)


@settings(max_examples=60, deadline=None)
@given(said, points, st.none() | points)
def test_intervals_are_whole_in_order_and_within_the_notice(changes, start, end):
    first = changes[0][0]
    found = impacts.spans(start, end, changes, first)
    following = [*found[1:], None] if found else []
    for (since, until, impact), after in zip(found, following, strict=True):
        assert since >= start
        assert until is None or since < until
        if after is not None:
            assert until == after[0]
            assert impact != after[2]
        else:
            assert until == end
    if found:
        assert found[0][0] == start
    else:
        assert end is not None
        assert end <= start
