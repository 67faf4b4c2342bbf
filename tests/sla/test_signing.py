import threading
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections

from cms_pages.models import Department
from desk_core import audit
from desk_core.models import AuditEntry
from sla import signing
from sla.agreements import in_force, label_for_case, latest_expired
from sla.document import digest_of, read_canonical
from sla.models import Agreement, AgreementPage, AgreementVersion, Signature, SignedText
from sla.sequence import refuse_overlap
from sla.signing import unsigned_parties
from sla.state import today
from tests.sla.factories import OTHER_BODY, PROVIDER, make_page, make_signed, scan, sign

pytestmark = pytest.mark.django_db


def refused(version, **values):
    with pytest.raises(ValidationError) as caught:
        sign(version, **values)
    assert not Signature.objects.exists()
    assert not SignedText.objects.exists()
    return caught.value


@pytest.fixture
def version(db):
    return make_page(live=True).version


def test_the_first_signature_seals_the_text_on_offer(version):
    signature = sign(version)
    sealed = SignedText.objects.get()
    assert sealed.body == version.offered_text
    assert sealed.digest == digest_of(sealed.body) == version.offered_digest
    assert read_canonical(sealed.body).title == "توافق‌نامهٔ سطح خدمت"
    assert signature.letter_number == "123/ص"
    assert signature.party == "provider"
    assert len(signature.scan_digest) == 64
    entry = AuditEntry.objects.get(action="agreement.signature")
    assert sealed.digest in str(entry.detail)


def test_the_same_letter_again_is_the_same_signature(version):
    letter = scan().read()
    first = sign(version, scan=SimpleUploadedFile("a.png", letter))
    again = sign(version, scan=SimpleUploadedFile("b.png", letter))
    assert first.pk == again.pk
    assert Signature.objects.count() == 1


def test_a_second_signature_of_the_same_party_is_refused(version):
    sign(version)
    with pytest.raises(ValidationError):
        sign(version, letter_number="999")
    assert Signature.objects.count() == 1


def test_a_draft_cannot_be_signed():
    refused(make_page().version)


def test_a_text_that_changed_a_second_ago_cannot_be_signed(version):
    refused(version, digest="0" * 64)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "1234"),
        ("post", ""),
        ("post", "x" * 500),
        ("post", "مدیر\x00"),
        ("letter_number", ""),
        ("letter_number", "<script>"),
        ("signed_on", today() + timedelta(days=1)),
        ("signed_on", date(2027, 3, 21)),
        ("party", "stranger"),
        ("party", "recipient"),
        ("scan", SimpleUploadedFile("a.pdf", b"")),
        ("scan", SimpleUploadedFile("a.pdf", b"<html>not a pdf</html>")),
        ("scan", SimpleUploadedFile("a.exe", b"MZ\x90")),
        ("scan", SimpleUploadedFile("a.docx", b"PK\x03\x04nothing")),
    ],
)
def test_bad_input_is_refused_and_nothing_is_stored(version, field, value):
    error = refused(version, **{field: value})
    if hasattr(error, "error_dict"):
        assert set(error.error_dict) <= {field, "signed_on"}


def test_a_refused_signature_leaves_no_file(version, settings):
    refused(version, signed_on=today() + timedelta(days=1))
    assert scans(settings) == []


def scans(settings):
    folder = Path(settings.STORAGES["private"]["OPTIONS"]["location"])
    return list(folder.rglob("*.*"))


def test_a_failure_after_the_row_was_written_leaves_no_file(version, settings, monkeypatch):
    def broken(**kwargs):
        raise OSError("the audit trail is out of reach")

    monkeypatch.setattr(audit, "record", broken)
    with pytest.raises(OSError, match="audit"):
        sign(version)
    assert not Signature.objects.exists()
    assert scans(settings) == []


def test_the_same_letter_again_keeps_one_file(version, settings):
    letter = scan().read()
    first = sign(version, scan=SimpleUploadedFile("a.png", letter))
    sign(version, scan=SimpleUploadedFile("b.png", letter))
    assert [path.name for path in scans(settings)] == [Path(first.scan.name).name]
    assert first.scan.read() == letter
    first.scan.close()


def test_nothing_is_locked_while_the_scan_is_stored(version, monkeypatch):
    outside, inside, save = len(connection.savepoint_ids), [], FileSystemStorage._save

    def watched(storage, name, content):
        inside.append(len(connection.savepoint_ids) - outside)
        return save(storage, name, content)

    monkeypatch.setattr(FileSystemStorage, "_save", watched)
    sign(version)
    assert inside == [0]


def test_g2g_waits_for_the_second_organisation():
    version = make_page(g2g=True, parties=[PROVIDER, OTHER_BODY], live=True).version
    with pytest.raises(ValidationError):
        sign(version)
    sign(version, party="recipient", name="مهر همکار")
    assert [party.key for party in unsigned_parties(version)] == ["provider"]
    sign(version, signed_on=date(2026, 5, 1), letter_number="8")
    facts = AgreementVersion.objects.get().facts()
    assert facts.signed_on == date(2026, 5, 1)
    assert SignedText.objects.count() == 1


# Which agreement holds


def test_the_department_is_part_of_the_text_and_of_what_is_signed():
    land, roads = (Department.objects.create(key=key, name=key) for key in ("land", "roads"))
    page = make_page(live=True, key="land", department=land)
    offered = read_canonical(page.version.offered_text)
    assert (offered.department, offered.department_name) == ("land", "land")
    Agreement.objects.update(department=roads)
    refused(page.version)
    page.save_revision().publish()
    sign(AgreementVersion.objects.get())
    assert read_canonical(SignedText.objects.get().body).department == "roads"


def test_a_text_offered_in_the_first_form_is_sealed_as_it_was_offered(version):
    first = replace(read_canonical(version.offered_text), format=1).canonical()
    AgreementVersion.objects.update(offered_text=first, offered_digest=digest_of(first))
    sign(version)
    assert SignedText.objects.get().body == first
    assert AgreementPage.objects.get().document.canonical() == first


def test_the_later_of_two_signatures_says_how_a_version_follows():
    """The second organisation's letter is older than the first one's; both bind from the later."""
    both = {"g2g": True, "parties": [PROVIDER, OTHER_BODY], "live": True, "key": "g2g"}
    second = {"party": "recipient", "name": "مهر همکار", "letter_number": "9"}
    first = make_page(**both, valid_from=date(2026, 6, 1)).version
    sign(first, party="provider")
    sign(first, **second)
    after = make_page(**both).version
    sign(after, party="provider", signed_on=date(2026, 9, 1))
    sign(after, **second, signed_on=date(2026, 4, 1))
    row = AgreementVersion.objects.with_facts().get(pk=after.pk)
    assert row.own_facts().starts == date(2026, 9, 1)


@pytest.mark.django_db(transaction=True)
def test_of_two_versions_signed_at_once_the_second_knows_the_first(monkeypatch):
    """Either alone may be signed; together one would end the other before it began."""
    versions = [
        make_page(live=True, valid_from=first).version
        for first in (date(2026, 6, 1), date(2026, 5, 1))
    ]
    both_are_checked = threading.Barrier(2)
    outcomes = []

    def check_together(*args):
        refuse_overlap(*args)
        with suppress(threading.BrokenBarrierError):
            both_are_checked.wait(timeout=2)

    def act(version):
        try:
            outcomes.append(sign(version))
        except ValidationError as error:
            outcomes.append(error)
        finally:
            connections.close_all()

    monkeypatch.setattr(signing, "refuse_overlap", check_together)
    threads = [threading.Thread(target=act, args=(version,)) for version in versions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(outcomes) == 2
    assert sum(isinstance(found, Signature) for found in outcomes) == 1
    assert SignedText.objects.count() == 1


def test_none_is_in_force_without_a_signature(version):
    assert in_force(date(2026, 9, 1)) is None
    assert label_for_case(in_force()) != ""


def test_the_version_in_force_depends_on_the_day(django_assert_num_queries):
    first = make_signed(valid_to=date(2026, 6, 30), signed_on=date(2026, 3, 21)).version
    second = make_signed(
        valid_from=date(2026, 8, 1), valid_to=date(2027, 6, 30), signed_on=date(2026, 7, 1)
    ).version
    assert in_force(date(2026, 3, 20)) is None
    assert in_force(date(2026, 6, 30)) == first
    assert in_force(date(2026, 7, 15)) is None
    assert latest_expired(date(2026, 7, 15)) == first
    assert in_force(date(2026, 8, 1)) == second
    assert in_force(date(2027, 7, 1)) is None
    with django_assert_num_queries(1):
        assert latest_expired(date(2027, 7, 1)) == second


def test_an_agreement_between_organisations_does_not_cover_citizens():
    page = make_page(g2g=True, parties=[PROVIDER, OTHER_BODY], live=True, key="g2g")
    sign(page.version, party="provider")
    sign(page.version, party="recipient", name="مهر همکار", letter_number="9")
    assert in_force(date(2026, 9, 1)) is None


def test_a_departments_own_agreement_goes_first():
    department = Department.objects.create(key="land", name="زمین")
    body = make_signed().version
    own = make_signed(key="land", department=department).version
    assert in_force(date(2026, 9, 1)) == body
    assert in_force(date(2026, 9, 1), department_id=department.pk) == own
    assert in_force(date(2026, 9, 1), department_id=department.pk + 1) == body


def test_the_label_of_a_case_without_agreement_names_the_last():
    from django.utils.translation import override

    with override("en"):
        assert label_for_case(None) == "none"
        version = make_signed(valid_to=date(2026, 6, 30)).version
        assert label_for_case(version) == "version 1"
        assert label_for_case(None, on=date(2026, 7, 1)) == "none; the last was version 1"
