"""What each service suffers changes from update to update, and every word of it is kept."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import override

from desk_core.querysets import AppendOnly
from notices import current, updates
from notices.enums import Impact, Kind, Severity
from notices.models import AffectedService, ImpactChange, Notice
from notices.overview import overview, page_context
from tests.cms_pages.factories import ServiceFactory, UserFactory
from tests.notices.factories import ago, ahead, published


def say(notice, key, state="identified", **more):
    return updates.post(notice=notice, state=state, text="متن", author=None, key=key, **more)


def said_of(notice):
    """By service (None: the whole desk) which update said which impact, oldest first."""
    rows = ImpactChange.objects.filter(update__notice=notice).order_by("update__at", "update_id")
    found = {}
    for service, key, impact in rows.values_list("service", "update__key", "impact"):
        found.setdefault(service, []).append((key, impact))
    return found


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


def test_the_impact_of_each_service_changes_with_an_update_and_is_kept_with_it(outage, services):
    one, two, three = services
    say(outage, "a", impacts={one: Impact.DEGRADED, three: Impact.PARTIAL})
    say(outage, "b", impacts={one: Impact.NONE, two: Impact.PARTIAL})
    assert said_of(outage) == {
        one.pk: [("first", "partial"), ("a", "degraded"), ("b", "none")],
        two.pk: [("first", "partial")],
        three.pk: [("a", "partial")],
    }
    assert dict(outage.affected.values_list("service", "impact")) == {
        one.pk: "none",
        two.pk: "partial",
        three.pk: "partial",
    }
    states = {line.service.pk: line.state for line in overview(timezone.now()).lines}
    assert states == {one.pk: "operational", two.pk: "partial", three.pk: "partial"}


def test_the_whole_desk_is_one_service_without_a_name(index):
    notice = published(index, impact=Impact.PARTIAL, starts_at=ago(hours=1)).notice
    say(notice, "a", impacts={None: Impact.DEGRADED})
    assert said_of(notice) == {None: [("first", "partial"), ("a", "degraded")]}
    assert Notice.objects.get().impact == "degraded"
    assert overview(timezone.now()).worst == "degraded"
    assert refused(notice, impacts={ServiceFactory(): Impact.DEGRADED}) == {"impacts"}


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
    assert said_of(news) == {}
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
    changed = {"expected_end": later, "impacts": {services[0]: Impact.DEGRADED}}
    say(page.notice, "a", "scheduled", alone_because="دیر شد.", **changed)
    (shown,) = current.coming(timezone.now(), updates=True)
    with override("en"):
        entries = page_context(page)["entries"]
    assert entries[0].impacts == [f"{services[0].name_en}: Slow or faulty"]
    assert entries[0].times.startswith("Announced until then")
    assert (entries[1].impacts, entries[1].times) == ([], "")
    assert shown.impact == Impact.DEGRADED
    said = page.notice.updates.order_by("at", "pk").values_list("expected_end", flat=True)
    assert list(said) == [page.expected_end, later]
