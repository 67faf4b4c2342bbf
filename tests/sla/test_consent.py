from datetime import date, timedelta
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import override

from cms_pages.enums import Role
from cms_pages.models import Membership
from desk_core.models import AuditEntry
from desk_core.querysets import AppendOnly
from sla.consent import Letter, end_by_consent
from sla.enums import Ending, State
from sla.models import AgreementVersion, ConsentEnd, ConsentLetter
from sla.state import state_on, today
from tests.sla.factories import OTHER_BODY, PROVIDER, make_page, make_signed, scan, sign

pytestmark = pytest.mark.django_db
ENDS = date(2026, 8, 1)


@pytest.fixture(autouse=True)
def _letters_of_the_test(monkeypatch):
    from django.core.files.storage import storages

    monkeypatch.setattr(ConsentLetter._meta.get_field("scan"), "storage", storages["private"])


@pytest.fixture
def page(db):
    page = make_page(
        g2g=True,
        parties=[PROVIDER, OTHER_BODY],
        ending=Ending.CONSENT,
        valid_to=None,
        live=True,
        key="g2g",
    )
    sign(page.version, party="provider")
    sign(page.version, party="recipient", name="مهر همکار", letter_number="7")
    return type(page).objects.get(pk=page.pk)


def letter(**values):
    given = {
        "name": "بهار نمونه",
        "post": "مدیر اداره",
        "signed_on": date(2026, 7, 1),
        "letter_number": "۱۲/پ",
        "scan": scan(),
        **values,
    }
    return Letter(**given)


def letters(**values):
    return {"provider": letter(**values), "recipient": letter(name="مهر همکار", letter_number="9")}


def state(page, day):
    return state_on(AgreementVersion.objects.get(pk=page.version_id).facts(), day)


def test_both_letters_end_it_from_their_day_on(page, client):
    end_by_consent(version=page.version, on=ENDS, letters=letters())
    assert state(page, ENDS - timedelta(days=1)) == State.IN_FORCE
    assert state(page, ENDS) == State.TERMINATED
    assert ConsentLetter.objects.count() == 2
    body = client.get(page.get_url()).content.decode()
    assert "۱۲/پ" in body
    scans = [f"{page.get_url()}letter/{row.pk}/" for row in ConsentLetter.objects.all()]
    for url in scans:
        assert url in body
        response = client.get(url)
        assert response["Content-Type"] == "image/png"
        assert b"".join(response.streaming_content).startswith(b"\x89PNG")
    with override("en"):
        shown = page.shown
        shown.on = ENDS
        assert "mutual consent" in shown.sentence


def test_until_then_it_says_what_ends_it(page):
    with override("en"):
        assert page.shown.sentence == "In force until both organisations agree otherwise."


def test_one_letter_is_not_enough(page):
    only = {"provider": letter()}
    with pytest.raises(ValidationError):
        end_by_consent(version=page.version, on=ENDS, letters=only)
    assert not ConsentEnd.objects.exists()


def test_only_what_both_have_signed_can_be_ended_this_way():
    citizens = make_signed()
    half = make_page(g2g=True, parties=[PROVIDER, OTHER_BODY], live=True, key="half")
    sign(half.version, party="provider")
    for each in (citizens, half):
        with pytest.raises(ValidationError):
            end_by_consent(version=each.version, on=ENDS, letters=letters())


@pytest.mark.parametrize(
    ("values", "on", "field"),
    [
        ({"signed_on": date(2026, 8, 2)}, ENDS, "ends_on"),
        ({}, date(2026, 3, 21), "ends_on"),
        ({"signed_on": date(2036, 8, 2)}, date(2036, 8, 3), "provider-signed_on"),
        ({"name": "x9"}, ENDS, "provider-name"),
        ({"post": ""}, ENDS, "provider-post"),
        ({"letter_number": "؟؟"}, ENDS, "provider-letter_number"),
    ],
)
def test_bad_input_is_named_at_its_field_and_nothing_is_stored(page, settings, values, on, field):
    with pytest.raises(ValidationError) as refused:
        end_by_consent(version=page.version, on=on, letters=letters(**values))
    assert field in refused.value.message_dict
    assert not ConsentEnd.objects.exists()
    assert not consent_scans(settings)


def consent_scans(settings):
    folder = Path(settings.STORAGES["private"]["OPTIONS"]["location"])
    kept = set(map(str, ConsentLetter.objects.values_list("scan", flat=True)))
    signed = {path.name for path in folder.rglob("*.png") if path.is_file()}
    return kept | (signed - {Path(name).name for name in _signature_scans()})


def _signature_scans():
    from sla.models import Signature

    return Signature.objects.values_list("scan", flat=True)


def test_it_ends_before_its_own_end_and_before_its_successor():
    page = make_page(g2g=True, parties=[PROVIDER, OTHER_BODY], live=True, key="dated")
    sign(page.version, party="provider")
    sign(page.version, party="recipient", name="مهر همکار", letter_number="7")
    with pytest.raises(ValidationError, match="ends_on"):
        end_by_consent(version=page.version, on=date(2027, 3, 22), letters=letters())


def test_the_same_again_is_the_same_row_and_anything_else_is_refused(page, settings):
    data = scan().read()
    from django.core.files.uploadedfile import SimpleUploadedFile

    def same():
        return letters(scan=SimpleUploadedFile("a.png", data))

    first = end_by_consent(version=page.version, on=ENDS, letters=same())
    assert end_by_consent(version=page.version, on=ENDS, letters=same()) == first
    with pytest.raises(ValidationError):
        end_by_consent(version=page.version, on=ENDS + timedelta(days=1), letters=same())
    assert ConsentEnd.objects.count() == 1
    assert len(consent_scans(settings)) == 4  # two rows, and their two files


def test_the_rows_are_append_only_and_audited(page):
    boss = get_user_model().objects.create_superuser("boss", "boss@example.org", "x")
    end = end_by_consent(version=page.version, on=ENDS, letters=letters(), actor=boss)
    for attempt in (
        end.delete,
        end.save,
        lambda: ConsentEnd.objects.update(ends_on=today()),
        lambda: ConsentLetter.objects.all().delete(),
    ):
        with pytest.raises(AppendOnly):
            attempt()
    entry = AuditEntry.objects.get(action="agreement.consent_end")
    assert (entry.actor_id, entry.detail["ends_on"]) == (boss.pk, "2026-08-01")
    assert "بهار" not in str(entry.detail)


# The screen


def url(page):
    return reverse("sla_admin:consent", args=[page.version_id])


def posted(**values):
    rows = {"ends_on": "۱۴۰۵/۰۵/۱۰"}
    for party in ("provider", "recipient"):
        rows |= {
            f"{party}-name": "بهار نمونه",
            f"{party}-post": "مدیر اداره",
            f"{party}-signed_on": "1405/04/10",
            f"{party}-letter_number": "12",
            f"{party}-scan": scan(),
        }
    return rows | values


def test_the_secretariat_records_it_on_one_screen(page, client):
    user = get_user_model().objects.create_user("secretary", "s@example.org", "x")
    Membership.objects.create(user=user, role=Role.SECRETARIAT)
    client.force_login(user)
    assert client.get(url(page)).status_code == 200
    response = client.post(url(page), posted(**{"recipient-post": ""}))
    assert response.status_code == 200
    assert response.context["form"].errors.keys() == {"recipient-post"}
    assert client.post(url(page), posted()).status_code == 302
    assert ConsentEnd.objects.get().ends_on == date(2026, 8, 1)


def test_others_may_not(page, client):
    for role in (Role.EDITOR, Role.AUDITOR):
        user = get_user_model().objects.create_user(role, f"{role}@example.org", "x")
        Membership.objects.create(user=user, role=role)
        client.force_login(user)
        assert client.post(url(page), posted()).status_code in (302, 403)
    assert not ConsentEnd.objects.exists()


def test_a_version_of_one_organisation_says_why_not(client):
    page = make_signed()
    boss = get_user_model().objects.create_superuser("boss", "boss@example.org", "x")
    client.force_login(boss)
    assert (
        "<input"
        not in client.get(url(page))
        .content.decode()
        .partition("<main")[2]
        .replace("csrf", "")
        .partition("w-help-text")[2]
    )
    assert client.post(url(page), posted()).status_code == 200
    assert not ConsentEnd.objects.exists()
