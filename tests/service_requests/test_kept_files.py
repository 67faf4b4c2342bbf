"""What becomes of a file: saved anew, scanned, streamed, refused when there is no room."""

import errno
import io
import json
import logging
import tempfile
import tracemalloc
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import FileSystemStorage, storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from desk_core import vault
from desk_core.models import AuditEntry
from desk_core.sealed_scratch import SealedScratch
from desk_core.sealing import new_subject, open_subject
from service_requests import (
    attachments,
    conversation,
    enquiries,
    erasing,
    reading,
    scanning,
    tracking,
)
from service_requests.attachments import IncomingFile, Withheld
from service_requests.enums import Scan
from service_requests.models import Attachment, Case
from service_requests.subject_export import handing_out
from tests.fake_clamd import EICAR, FakeClamd
from tests.service_requests.factories import (
    DEVICE,
    PDF,
    head_of,
    in_review,
    make_case,
    officer_of,
    photo,
    register,
    upload,
)

pytestmark = pytest.mark.django_db
INFECTED = PDF[:-7] + b"% " + EICAR + b"\n" + PDF[-7:]


def content_of(row: Attachment) -> bytes:
    return b"".join(attachments.read(row, open_subject(row.case.subject_key)))


def bearer(client, receipt) -> dict[str, str]:
    answer = client.post(
        "/api/desk/v1/sessions",
        {"code": receipt.code, "password": receipt.password},
        content_type="application/json",
    )
    return {"Authorization": f"Bearer {answer.json()['token']}"}


@pytest.fixture
def clamd(settings):
    """ClamAV on loopback, named in the settings."""
    fake = FakeClamd()
    settings.DESK_CLAMD = fake.address
    yield fake
    fake.close()


# Pictures ----------------------------------------------------------------------------------------


def test_a_photo_loses_its_hidden_data_unless_the_applicant_keeps_it_as_evidence():
    case = make_case()
    for keep in (False, True):
        incoming = IncomingFile.of(photo(), keep_as_sent=keep)
        conversation.citizen_adds(case=case, text="", files=[incoming])
    anew, evidence = case.attachments.order_by("added_at")
    assert (anew.kept_as_sent, evidence.kept_as_sent) == (False, True)
    assert DEVICE.encode() not in content_of(anew)
    assert content_of(evidence) == photo().read()
    assert anew.size == len(content_of(anew))


def test_the_choice_can_be_made_by_form_and_api_and_staff_see_it(client):
    receipt = register()
    headers = bearer(client, receipt)
    for keep in ("false", "true"):
        answer = client.post(
            "/api/desk/v1/session/messages/with-files",
            {"text": "", "files": photo(), "keep_as_sent": keep},
            headers=headers,
        )
        assert answer.status_code == 201
    shown = [file for message in answer.json()["messages"] for file in message["files"]]
    assert [file["kept_as_sent"] for file in shown] == [False, True]
    assert {file["state"] for file in shown} == {"ready"}
    case = Case.objects.get(pk=receipt.case.pk)
    client.force_login(officer_of(case))
    with override("en"):
        page = client.get(reverse("service_requests_case_modeladmin_inspect", args=[case.pk]))
        assert page.content.decode().count('class="meta"') >= 1
    kept = [file for message in page.context["view_of_case"].messages for file in message.files]
    assert [file.kept_as_sent for file in kept] == [False, True]


def test_the_form_of_a_submission_asks_and_keeps_no_answer_of_it(client):
    from tests.cms_pages.factories import DepartmentFactory

    client.post(reverse("service_requests:submit"), {"kind": "request", "person_type": "natural"})
    address = reverse("service_requests:submit_words")
    answers = {"department": DepartmentFactory().key, "subject": "س", "body": "ب" * 20}
    client.post(address, {**answers, "files": photo(), "keep_as_sent": "on", "upload": "1"})
    client.post(address, {**answers, "files": photo(), "upload": "1"})
    page = client.get(address)
    assert [file.kept_as_sent for file in page.context["files"]] == [True, False]
    assert not page.context["form"]["keep_as_sent"].value()


def test_what_staff_send_is_always_saved_anew():
    case, officer = in_review()
    conversation.staff_writes(case=case, actor=officer, text="", files=[IncomingFile.of(photo())])
    assert DEVICE.encode() not in content_of(case.attachments.get())


# Viruses -----------------------------------------------------------------------------------------


def test_nobody_is_handed_a_file_that_waits_and_both_sides_are_told(clamd, client):
    receipt = register(files=[IncomingFile.of(upload())])
    case = Case.objects.get(pk=receipt.case.pk)
    row = case.attachments.get()
    assert row.scan == Scan.WAITING
    with pytest.raises(Withheld):
        attachments.read(row, open_subject(case.subject_key))
    headers = bearer(client, receipt)
    answer = client.get("/api/desk/v1/session/case", headers=headers)
    assert answer.json()["files"][0]["state"] == "being_checked"
    door = f"/api/desk/v1/session/files/{row.pk}"
    assert client.get(door, headers=headers).status_code == 404
    client.force_login(officer_of(case))
    page = client.get(reverse("service_requests_case_modeladmin_inspect", args=[case.pk]))
    staff_door = reverse("service_requests_admin:file", args=[case.pk, row.pk])
    assert staff_door not in page.content.decode()
    assert client.get(staff_door).status_code == 404
    assert not AuditEntry.objects.filter(action="case.read_file").exists()
    assert scanning.scan_waiting()["files_released"] == 1
    assert b"".join(client.get(staff_door).streaming_content) == PDF
    assert client.get(door, headers=headers).status_code == 200
    assert clamd.seen == 1
    assert clamd.largest <= 64 * 1024


def test_an_infected_file_is_destroyed_and_said_to_be_gone(clamd, client, private_files):
    before = private_files()
    receipt = register(
        files=[IncomingFile.of(upload("بد.pdf", INFECTED)), IncomingFile.of(upload())]
    )
    done = scanning.scan_waiting()
    assert (done["files_released"], done["files_removed"]) == (1, 1)
    bad = Attachment.objects.get(scan=Scan.INFECTED)
    assert bad.path not in private_files()
    assert len(private_files() - before) == 1
    entry = AuditEntry.objects.get(action="file.infected")
    assert entry.target == f"case:{receipt.code}"
    assert entry.detail["found"] == "Eicar-Signature"
    headers = bearer(client, receipt)
    states = client.get("/api/desk/v1/session/case", headers=headers).json()["files"]
    assert sorted(file["state"] for file in states) == ["ready", "removed"]
    door = f"/api/desk/v1/session/files/{bad.pk}"
    assert client.get(door, headers=headers).status_code == 404
    assert scanning.scan_waiting() == {"files_released": 0, "files_removed": 0}


def test_a_file_without_a_verdict_keeps_no_other_waiting(clamd):
    clamd.says = b"stream: Can't allocate memory ERROR\0"
    register(files=[IncomingFile.of(upload("یک.pdf"))])
    assert scanning.scan_waiting()["files_released"] == 0
    clamd.says = b""
    register(files=[IncomingFile.of(upload("دو.pdf"))])
    assert scanning.scan_waiting()["files_released"] == 1
    assert Attachment.objects.filter(scan=Scan.WAITING).count() == 1


def test_a_worker_killed_before_it_destroyed_is_made_up_for(clamd, monkeypatch, private_files):
    register(files=[IncomingFile.of(upload("بد.pdf", INFECTED))])
    row = Attachment.objects.get()
    with monkeypatch.context() as killed:
        killed.setattr(scanning, "_destroy", lambda *args: None)
        scanning.scan_waiting()
    assert row.path in private_files()
    done = scanning.scan_waiting(at=timezone.now() + timedelta(minutes=6))
    assert done["files_removed"] == 1
    assert row.path not in private_files()


def test_a_case_made_anonymous_while_its_file_is_destroyed_leaves_nothing_behind(
    clamd, monkeypatch, private_files
):
    before = private_files()
    register(files=[IncomingFile.of(upload("بد.pdf", INFECTED))])
    real = scanning._destroy

    def destroy(*args):
        with transaction.atomic():
            erasing.anonymise(case=Case.objects.select_for_update().get())
        real(*args)

    monkeypatch.setattr(scanning, "_destroy", destroy)
    assert scanning.scan_waiting()["files_removed"] == 1
    assert attachments.destroy_erased(at=timezone.now()) == 1
    assert not Attachment.objects.exists()
    assert private_files() == before


def test_while_clamd_is_away_files_wait_and_are_tried_again(clamd, settings, caplog):
    caplog.set_level(logging.WARNING)
    register(files=[IncomingFile.of(upload())])
    address, settings.DESK_CLAMD = settings.DESK_CLAMD, "tcp://127.0.0.1:1"
    assert scanning.scan_waiting()["files_released"] == 0
    assert "wait for the scanner" in caplog.text
    settings.DESK_CLAMD = ""
    assert scanning.scan_waiting(at=timezone.now() + timedelta(hours=1))["files_released"] == 0
    assert Attachment.objects.get().scan == Scan.WAITING
    settings.DESK_CLAMD = address
    assert scanning.scan_waiting()["files_released"] == 0
    assert scanning.scan_waiting(at=timezone.now() + timedelta(minutes=2))["files_released"] == 1


def test_a_file_that_another_worker_scans_is_left_alone(clamd):
    register(files=[IncomingFile.of(upload())])
    now = timezone.now()
    assert scanning._claim(Attachment.objects.get().pk, now)
    assert scanning.scan_waiting(at=now)["files_released"] == 0


def test_neither_a_third_party_nor_an_export_gets_what_waits(clamd):
    case, officer = in_review()
    conversation.citizen_adds(case=case, text="", files=[IncomingFile.of(upload())])
    row = case.attachments.get()
    asked = enquiries.ask(
        case=case,
        actor=officer,
        expected=Case.objects.get(pk=case.pk).version,
        party="شهرداری",
        question="درست است؟",
        shown="",
        files=[row.pk],
    )
    with pytest.raises(Withheld):
        enquiries.file_for_third(asked.enquiry, row.pk)
    session = tracking.open_session(credential=case.credentials.get())[1]
    packed = b"".join(handing_out.for_applicant(session=session, language="fa"))
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        assert not [name for name in archive.namelist() if name.startswith("files/")]
    assert [found["problem"] for found in manifest["problems"]] == ["withheld"]


# Room --------------------------------------------------------------------------------------------


class FillingUp(FileSystemStorage):
    """A disk that is full after the first piece of a file."""

    def _save(self, name, content):
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.read(1000))
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def full_disk(settings, tmp_path):
    backend = f"{FillingUp.__module__}.FillingUp"
    private = {"BACKEND": backend, "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "private": private}
    assert isinstance(storages["private"], FillingUp)
    return tmp_path


def test_a_full_disk_is_said_plainly_and_nothing_is_half_stored(full_disk):
    with pytest.raises(ValidationError) as refused:
        register(files=[IncomingFile.of(upload())])
    assert refused.value.message_dict["attachments"] == [str(attachments.NO_ROOM)]
    assert not Case.objects.exists()
    assert not [found for found in full_disk.rglob("*") if found.is_file()]


def test_a_disk_that_fills_up_while_a_file_arrives_costs_the_words_nothing(client, monkeypatch):
    receipt = register()
    headers = bearer(client, receipt)
    big = SimpleUploadedFile("a.pdf", PDF + b" " * 3_000_000)
    full = OSError(errno.ENOSPC, "No space left on device")

    def refuse(self, data, *, last):
        raise full

    monkeypatch.setattr(SealedScratch, "_put", refuse)
    answer = client.post(
        "/api/desk/v1/session/messages/with-files", {"text": "متن", "files": big}, headers=headers
    )
    assert answer.status_code == 422
    assert str(attachments.NO_ROOM) in answer.json()["errors"]["files"]
    assert not Attachment.objects.exists()


def test_another_fault_of_the_storage_is_no_full_disk(monkeypatch):
    def broken(*args, **kwargs):
        raise OSError(errno.EIO, "I/O error")

    monkeypatch.setattr(vault, "store", broken)
    with pytest.raises(OSError, match="I/O"):
        register(files=[IncomingFile.of(upload())])


# Memory ------------------------------------------------------------------------------------------


def test_a_file_of_twenty_megabytes_costs_little_memory_in_and_out():
    size = attachments.MAX_SIZE
    subject = new_subject()
    with tempfile.TemporaryFile() as large:
        large.write(PDF[:9])
        for _piece in range(size // 65536 - 1):
            large.write(b"\n" * 65536)
        large.write(PDF[9:])
        tracemalloc.start()
        try:
            [row] = attachments.store([IncomingFile("a.pdf", large)], subject=subject)
            seen = sum(len(chunk) for chunk in attachments.read(row, subject))
            _now, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert seen == row.size > 19_900_000
    assert peak < 8 * 1024 * 1024, peak
    vault.delete(row.path)


def test_a_file_is_sent_as_a_download_that_nothing_runs_in(client):
    receipt = register(files=[IncomingFile.of(upload())])
    case = Case.objects.get(pk=receipt.case.pk)
    client.force_login(head_of(case))
    row = case.attachments.get()
    answer = client.get(reverse("service_requests_admin:file", args=[case.pk, row.pk]))
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]
    view = reading.for_staff(case=case, user=officer_of(case))
    assert view.files[0].ready
