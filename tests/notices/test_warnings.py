"""Road and urban warnings: whole or not at all, with area and instruction, touching no service."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from wagtail.models import Locale

from notices import current, updates
from notices.enums import Certainty, Event, Impact, Kind, Phase, Severity
from notices.models import ImpactChange, Notice, NoticePage
from notices.overview import overview
from tests.cms_pages.factories import ServiceFactory
from tests.notices.factories import ago, ahead, clock, draft, publish, published
from tests.notices.test_faces import STATUS, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.screen]

WARNING = {
    "kind": Kind.WARNING,
    "title": "بهمن در گردنه",
    "event": Event.AVALANCHE,
    "severity": Severity.MAJOR,
    "certainty": Certainty.LIKELY,
    "area": "گردنهٔ کوهین، از پاسگاه تا تونل",
    "area_en": "Kuhin pass, from the post to the tunnel",
    "instruction": "از جادهٔ قدیم نروید.",
    "instruction_en": "Do not take the old road.",
    "message": "احتمال ریزش بهمن هست.",
}


def warn(index, **fields):
    return published(index, **WARNING | {"expected_end": ahead(hours=6)} | fields)


def test_a_warning_says_where_and_what_to_do_on_every_face(index, client):
    page = warn(index)
    fact = page.notice
    assert (fact.severity, fact.impact, fact.certainty) == ("major", "none", "likely")
    shown = text_of(client, page.url)
    for words in (WARNING["area"], WARNING["instruction"]):
        assert words in shown
    for url in ("/", STATUS):
        found = text_of(client, url)
        assert WARNING["title"] in found
        assert WARNING["area"] in found
    (plain,) = current.as_dicts(timezone.now(), "en")
    assert plain["warning"] == {
        "event": "avalanche",
        "certainty": "likely",
        "area": WARNING["area_en"],
        "shape": None,
        "geocodes": [],
        "instruction": WARNING["instruction_en"],
    }
    (answered,) = client.get("/api/desk/v1/notices").json()
    assert answered["warning"]["area"] == WARNING["area"]


def test_in_english_it_is_the_same_warning_in_english(index, client):
    english = Locale.objects.get(language_code="en")
    index.copy_for_translation(english).save_revision().publish()
    page = warn(index)
    translated = page.copy_for_translation(english)
    translated.title, translated.message = "Avalanche", "It may come down."
    shown = text_of(client, publish(translated).url)
    assert WARNING["area_en"] in shown
    assert WARNING["instruction_en"] in shown
    assert WARNING["area"] not in shown
    assert Notice.objects.count() == 1


def test_a_warning_leaves_services_as_they_are(index):
    service = ServiceFactory()
    page = warn(index, severity=Severity.MINOR, services=[service])
    found = overview(timezone.now())
    assert found.worst == "operational"
    assert [each.id for each in found.warnings] == [page.notice_id]
    assert found.issues == found.planned == found.announcements == []
    assert not ImpactChange.objects.exists()


def test_it_ends_at_its_expiry_by_itself_or_is_lifted_before(index):
    first, second = warn(index), warn(index, title="سیل")
    updates.post(notice=second.notice, state="lifted", text="رفع شد.", author=None, key="k")
    assert second.notice.phase(timezone.now()) == Phase.ENDED
    assert updates.allowed_states(first.notice, timezone.now()) == [
        *("announced", "lifted", "cancelled"),
    ]
    with clock(ahead(hours=7)):
        assert first.notice.phase(timezone.now()) == Phase.ENDED
        assert Notice.objects.get(pk=first.notice_id).over_at == first.expected_end


def test_the_gravest_warning_leads_the_banner(index):
    published(index, title="قطع", impact=Impact.MAJOR, starts_at=ago(hours=1))
    published(index, title="کند", impact=Impact.DEGRADED, starts_at=ago(hours=2))
    warn(index, title="مه", severity=Severity.MINOR)
    warn(index, title="سیل", severity=Severity.MAJOR)
    warn(index, title="پل", severity=Severity.CRITICAL)
    titles = [each.title for each in current.on_banner(timezone.now())]
    assert titles == ["پل", "قطع", "سیل", "کند", "مه"]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"event": ""}, "event"),
        ({"severity": ""}, "severity"),
        ({"certainty": ""}, "certainty"),
        ({"area": " ", "area_en": ""}, "area"),
        ({"expected_end": None}, "expected_end"),
        ({"expected_end": ago(hours=1)}, "expected_end"),
        ({"area": "<b>x</b>"}, "area"),
        ({"instruction": "a\x07b"}, "instruction"),
        ({"event": "dragon"}, "event"),
    ],
)
def test_a_warning_that_is_not_whole_is_not_published(index, fields, wrong):
    with pytest.raises(ValidationError) as error:
        warn(index, **fields)
    assert wrong in error.value.message_dict
    assert not Notice.objects.exists()


def test_the_database_too_refuses_half_a_warning(index):
    notice = warn(index).notice
    for fields in ({"event": ""}, {"expected_end": None}, {"area": "", "area_en": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Notice.objects.filter(pk=notice.pk).update(**fields)


def test_no_old_draft_moves_a_warning(index):
    page = draft(index, **WARNING | {"expected_end": ahead(hours=6), "area": "جای دیگر"})
    old = page.get_latest_revision()
    page.area = WARNING["area"]
    page = publish(page)
    old.publish()
    assert NoticePage.objects.get().notice.area == WARNING["area"]


def test_other_kinds_carry_nothing_of_a_warning(index):
    page = published(index, **WARNING | {"kind": Kind.ANNOUNCEMENT})
    assert (page.notice.event, page.notice.area, page.notice.severity) == ("", "", "none")
