"""Digital signatures under the offered PDF, and two people who sign at once (R32, R33)."""

import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections, transaction
from django.urls import reverse
from django.utils import translation
from wagtail.models import Page

from desk_core.models import AuditEntry
from persian.jalali import format_date
from sla import pdfs
from sla.enums import PdfKind, SignatureKind, State
from sla.models import Agreement, AgreementPage, AgreementVersion, Signature, SignedText
from sla.state import state_on
from tests.desk_core import pki
from tests.sla.factories import OTHER_BODY, PROVIDER, make_page, scan, sign
from tests.sla.signing_kit import (
    own_certificate,
    pdf_file,
    sign_digitally,
    signed_offer,
    tehran_day,
    trust,
)

pytestmark = [pytest.mark.django_db, pytest.mark.screen]


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def root(settings, tmp_path):
    return trust(settings, tmp_path)


@pytest.fixture
def version(db):
    return make_page(live=True, valid_to=None, ending="open").version


def test_a_digital_signature_seals_the_text_like_one_on_paper(version, root):
    signature = sign_digitally(version, pki.issue("سازمان همکار", by=root))
    assert signature.kind == SignatureKind.DIGITAL
    assert signature.certificate == "سازمان همکار"
    assert SignedText.objects.get().digest == version.offered_digest
    assert state_on(AgreementVersion.objects.get().facts(), tehran_day()) == State.IN_FORCE
    assert AuditEntry.objects.get(action="agreement.signature").detail["kind"] == "digital"


def test_the_signed_pdf_is_open_to_all_and_the_page_names_the_certificate(version, root, client):
    signature = sign_digitally(version, pki.issue("سازمان همکار", by=root))
    page = AgreementPage.objects.get()
    body = client.get(page.get_url()).content.decode()
    assert "سازمان همکار" in body
    letter = client.get(f"{page.get_url()}letter/{signature.pk}/")
    data = b"".join(letter.streaming_content)
    assert data.startswith(bytes(pdfs.offer_pdf(version).data))


def test_both_organisations_may_sign_digitally_each_its_own_copy(root):
    page = make_page(
        g2g=True, parties=[PROVIDER, OTHER_BODY], live=True, valid_to=None, ending="open"
    )
    for party in ("provider", "recipient"):
        sign_digitally(page.version, pki.issue(party, by=root), party=party)
    assert Signature.objects.count() == 2
    assert pdfs.signed_pdf(page.version) is not None


def refused(version, issued=None, **values):
    with pytest.raises(ValidationError) as caught:
        sign_digitally(version, issued, **values)
    assert not Signature.objects.exists()
    assert not SignedText.objects.exists()
    return caught.value.message_dict


def test_an_expired_certificate_is_refused_with_the_reason_and_leaves_nothing(
    version, root, settings
):
    now = datetime.now(UTC)
    expired = pki.issue("X", by=root, begins=now - timedelta(days=9), ends=now - timedelta(days=1))
    assert "expired on" in refused(version, expired)["scan"][0]
    folder = Path(settings.STORAGES["private"]["OPTIONS"]["location"])
    assert list(folder.rglob("*.pdf")) == []


def test_what_is_refused_and_at_which_field(version, root):
    good = pki.issue("Good", by=root)
    data = signed_offer(version, good)
    assert "trusts" in refused(version, pki.issue("Stranger"))["scan"][0]
    assert "signed_on" in refused(version, good, signed_on=tehran_day() - timedelta(days=1))
    assert "scan" in refused(version, scan=scan())
    assert "scan" in refused(version, scan=pdf_file(bytes(pdfs.offer_pdf(version).data)))
    assert "scan" in refused(version, scan=pdf_file(data[:-400]))


def test_without_trusted_roots_there_is_no_digital_way(version, root, settings):
    data = signed_offer(version, pki.issue("Good", by=root))
    settings.DESK_TRUST_ROOTS = ""
    assert "kind" in refused(version, scan=pdf_file(data))


def test_a_copy_of_the_text_before_it_changed_is_refused(version, root):
    page = AgreementPage.objects.get()
    data = signed_offer(version, pki.issue("Good", by=root))
    draft = page.get_latest_revision_as_object()
    draft.title = "عنوان تازه"
    draft.save_revision().publish()
    assert "scan" in refused(version, scan=pdf_file(data))
    pdfs.offer_pdf(AgreementVersion.objects.get())
    assert "scan" in refused(version, scan=pdf_file(data))


# The staff's screen


def form(version, **more):
    return {
        "party": "provider",
        "kind": "digital",
        "name": "بهار نمونه",
        "post": "مدیر اداره",
        "signed_on": tehran_day().isoformat(),
        "letter_number": "۱۲۳/ص",
        "digest": version.offered_digest,
        **more,
    }


def test_staff_download_the_text_and_record_the_signed_copy(version, root, client, admin_user):
    client.force_login(admin_user)
    url = reverse("sla_admin:record_signature", args=[version.pk])
    offer = reverse("sla_admin:offered_pdf", args=[version.pk])
    assert offer in client.get(url).content.decode()
    data = client.get(offer).content
    signed = pki.sign(data, pki.issue("Good", by=root))
    day = format_date(tehran_day(), digits=False)
    wrong = client.post(url, form(version, signed_on=day, scan=pdf_file(data)))
    assert "scan" in wrong.context["form"].errors
    done = client.post(url, form(version, signed_on=day, scan=pdf_file(signed)))
    assert done.status_code == 302, done.context["form"].errors
    assert Signature.objects.get().kind == SignatureKind.DIGITAL


def test_the_offered_pdf_is_for_those_who_record_and_for_texts_on_offer(
    version, client, admin_user, django_user_model
):
    offer = reverse("sla_admin:offered_pdf", args=[version.pk])
    client.force_login(django_user_model.objects.create_user("other", password="x"))
    assert client.get(offer).status_code in (302, 403)
    client.force_login(admin_user)
    draft = make_page(key="draft").version
    assert client.get(reverse("sla_admin:offered_pdf", args=[draft.pk])).status_code == 404


# At the same moment


def at_once(*deeds):
    """Run deeds in threads of their own, all at the same moment; what each gave or raised."""
    results, barrier = [None] * len(deeds), threading.Barrier(len(deeds))

    def run(index, deed):
        try:
            barrier.wait(10)
            results[index] = deed()
        except Exception as error:
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_people_who_sign_for_one_party_at_once_make_one_signature():
    version = make_page(live=True).version
    results = at_once(
        lambda: sign(version, letter_number="1"), lambda: sign(version, letter_number="2")
    )
    assert Signature.objects.count() == SignedText.objects.count() == 1
    assert sorted(type(each).__name__ for each in results) == ["Signature", "ValidationError"]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_organisations_that_sign_at_once_both_sign_one_text():
    version = make_page(g2g=True, parties=[PROVIDER, OTHER_BODY], live=True).version
    results = at_once(
        lambda: sign(version, party="provider"), lambda: sign(version, party="recipient")
    )
    assert [type(each).__name__ for each in results] == ["Signature"] * 2, results
    assert SignedText.objects.count() == 1
    assert pdfs.signed_pdf(version) is not None


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_signature_and_a_new_text_at_once_never_mix():
    page = make_page(live=True)
    before = page.version.offered_digest
    draft = page.get_latest_revision_as_object()
    draft.title = "عنوان تازه"
    revision = draft.save_revision()
    results = at_once(
        lambda: sign(AgreementVersion(pk=page.version_id), digest=before), revision.publish
    )
    after = AgreementVersion.objects.get()
    if SignedText.objects.exists():
        assert SignedText.objects.get().digest == before == after.offered_digest
    else:
        assert isinstance(results[0], ValidationError)
        assert after.offered_digest != before


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_whoever_signs_waits_for_whoever_publishes_with_nothing_in_hand():
    """Otherwise each may wait for the other until the database breaks one of them off."""
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL locks rows")
    page = make_page(live=True)
    found = []

    def signing():
        found.append(sign(AgreementVersion(pk=page.version_id)))
        connections.close_all()

    thread = threading.Thread(target=signing)
    with transaction.atomic():
        Page.objects.filter(pk=page.pk).update(draft_title="عنوان تازه")
        thread.start()
        until_somebody_waits()
        version = AgreementVersion.objects.select_for_update(nowait=True).get(pk=page.version_id)
        Agreement.objects.select_for_update(nowait=True).get(pk=version.agreement_id)
    thread.join(60)
    assert [type(each).__name__ for each in found] == ["Signature"]


def until_somebody_waits():
    waiting = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(waiting)
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)
    pytest.fail("nobody waits")


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_readers_at_once_get_one_pdf(settings, tmp_path):
    version = make_page(live=True).version
    sign(version)
    own_certificate(settings, tmp_path, pki.issue("Body"))
    first, second = at_once(lambda: pdfs.signed_pdf(version), lambda: pdfs.signed_pdf(version))
    assert not isinstance(first, Exception), repr(first)
    assert first.kind == PdfKind.SEALED
    assert first.pk == second.pk
