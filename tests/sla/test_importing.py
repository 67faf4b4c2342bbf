from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils.translation import override
from wagtail.models import Page

from cms_pages.models import ContentPage, Department
from persian.jalali import from_jalali
from sla.agreements import in_force, label_for_case, latest_expired
from sla.enums import State
from sla.models import Agreement, AgreementIndexPage, AgreementPage, AgreementVersion
from sla.publishing import PublishRefused
from sla.state import state_on
from tests.sla.conftest import FIXTURES
from tests.sla.factories import make_index, sign

pytestmark = pytest.mark.django_db
SEED = Path(settings.ROOT).parent / "shared/seed/agreement-markazi-fa.md"
FIXTURE = FIXTURES / "agreement-fa.md"


def run(path, **options):
    out = StringIO()
    with override("en"):
        call_command("import_agreement", str(path), stdout=out, **options)
    return out.getvalue()


@pytest.mark.usefixtures("index")
def test_a_file_becomes_a_draft_and_its_blank_is_reported_with_its_place():
    said = run(FIXTURE)
    page = AgreementPage.objects.get()
    assert not page.live
    assert page.version.number == 1
    assert page.valid_to == page.version.valid_to == from_jalali(1406, 6, 31)
    assert [clause.number for clause in page.document.clauses] == [
        *("1", "2", "3", "4", "5", "6", "6.1", "6.2")
    ]
    assert "[مدت توافق دو دستگاه]" in said
    assert "دوره عملکرد" in said
    lines = FIXTURE.read_text().splitlines()
    number = next(n for n, line in enumerate(lines, 1) if "[" in line)
    assert f"line {number}" in said
    assert "G2G" in said
    assert "1406/06/31" in said
    assert page.version.facts().offered is False


@pytest.mark.usefixtures("index")
def test_the_same_file_twice_is_one_page():
    run(FIXTURE)
    said = run(FIXTURE)
    assert "already imported" in said
    assert AgreementPage.objects.count() == AgreementVersion.objects.count() == 1


@pytest.mark.usefixtures("index")
def test_a_changed_file_is_the_next_version(tmp_path):
    run(FIXTURE)
    other = tmp_path / "next.md"
    other.write_text(FIXTURE.read_text().replace("۰۶/۰۶/۳۱", "۰۷/۰۶/۳۱"))
    run(other)
    assert list(AgreementVersion.objects.values_list("number", flat=True)) == [2, 1]


@pytest.mark.usefixtures("index")
def test_the_agreement_can_be_a_departments():
    department = Department.objects.create(key="land", name="زمین")
    run(FIXTURE, agreement="land", department="land")
    assert Agreement.objects.get().department == department


def test_without_a_list_of_agreements_one_is_made(index):
    index.delete()
    run(FIXTURE)
    assert AgreementIndexPage.objects.get().get_children().count() == 1


BAD = {
    "empty": b"",
    "picture": b"\x89PNG\r\n\x1a\n\x00\x00",
    "windows": "## توافق\n### هدف".encode("cp1256"),
    "prose": "نامه‌ای بی عنوان".encode(),
    "undated": "## توافق\n\n### هدف\n\nمتن\n".encode(),
    "wrong-day": "## توافق\n\n### هدف\n\nتا ۱۴۰۰/۱۲/۳۰\n".encode(),
    "huge": b"## a\n" * 200_000,
}


@pytest.mark.usefixtures("index")
@pytest.mark.parametrize("kind", [*BAD, "folder", "missing"])
def test_anything_else_gets_one_clear_error_and_changes_nothing(kind, tmp_path):
    path = tmp_path / "file.md"
    if kind == "folder":
        path.mkdir()
    elif kind != "missing":
        path.write_bytes(BAD[kind])
    with pytest.raises(CommandError) as caught:
        run(path)
    assert len(str(caught.value).splitlines()) == 1
    assert Agreement.objects.count() == AgreementPage.objects.count() == 0


@pytest.mark.usefixtures("index")
@pytest.mark.parametrize("key", ["x" * 300, "two words", "کلید", "a\0b", ""])
def test_a_key_that_is_none_gets_one_clear_error_and_changes_nothing(key):
    with pytest.raises(CommandError) as caught:
        run(FIXTURE, agreement=key)
    assert len(str(caught.value).splitlines()) == 1
    assert Agreement.objects.count() == AgreementPage.objects.count() == 0


def test_the_list_of_agreements_finds_an_address_of_its_own():
    home = make_index().get_parent()
    AgreementIndexPage.objects.all().delete()
    home = Page.objects.get(pk=home.pk)
    for slug in ("agreements", "agreements-1", "agreements-sla"):
        home.add_child(instance=ContentPage(title=slug, slug=slug))
    run(FIXTURE)
    assert AgreementIndexPage.objects.get().slug == "agreements-2"


@pytest.mark.usefixtures("index")
def test_an_unknown_department_changes_nothing():
    with pytest.raises(CommandError):
        run(FIXTURE, department="nowhere")
    assert Agreement.objects.count() == 0


def fill_blank(page, blank, words):
    """Replace a blank in the draft, as an editor does."""
    draft = page.get_latest_revision_as_object()
    raw = [
        {**block, "value": {**block["value"], "text": block["value"]["text"].replace(blank, words)}}
        for block in draft.clauses.raw_data
    ]
    draft.clauses = raw
    return draft.save_revision()


@pytest.mark.usefixtures("index")
@pytest.mark.parametrize(
    ("path", "blank", "end"),
    [
        pytest.param(FIXTURE, "[مدت توافق دو دستگاه]", (1406, 6, 31), id="fixture"),
        pytest.param(
            SEED,
            "[مدت زمان]",
            (1399, 12, 29),
            id="seed",
            marks=pytest.mark.skipif(not SEED.exists(), reason="the seed is not here"),
        ),
    ],
)
def test_from_the_file_to_an_honest_state(path, blank, end):
    said = run(path)
    assert blank in said
    page = AgreementPage.objects.get()
    with pytest.raises(PublishRefused, match=blank.strip("[]")):
        page.get_latest_revision().publish()
    assert not AgreementPage.objects.get().live

    fill_blank(page, blank, "یک سال").publish()
    page = AgreementPage.objects.get()
    last_day = from_jalali(*end)
    assert state_on(page.version.facts(), last_day) == State.AWAITING
    assert in_force(last_day) is None

    sign(page.version, signed_on=from_jalali(end[0] - 7, 1, 20))
    version = AgreementVersion.objects.get()
    day_after = last_day + (last_day - last_day.replace(day=last_day.day - 1))
    assert in_force(last_day) == version
    assert in_force(day_after) is None
    assert latest_expired(day_after) == version
    assert state_on(version.facts(), day_after) == State.EXPIRED
    with override("en"):
        assert label_for_case(None, on=day_after) == "none; the last was version 1"


@pytest.mark.usefixtures("index")
@pytest.mark.skipif(not SEED.exists(), reason="the seed is not here")
def test_the_seed_shows_as_expired_while_services_go_on(client):
    run(SEED)
    page = AgreementPage.objects.get()
    fill_blank(page, "[مدت زمان]", "یک سال").publish()
    sign(page.version, signed_on=from_jalali(1399, 1, 20))
    page = AgreementPage.objects.get()
    body = client.get(page.get_url()).content.decode()
    assert page.shown.state == State.EXPIRED
    assert "۱۳۹۹" in body
    assert "[مدت زمان]" not in body
