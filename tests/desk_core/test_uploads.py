import io
import os
import random
import uuid

import pytest
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.handlers.wsgi import WSGIRequest
from django.http.multipartparser import MultiPartParserError
from django.test import RequestFactory

from desk_core import vault
from desk_core.sealing import new_subject
from desk_core.uploads import SealedUploadedFile

SECRET = b"PLAIN CONTENT OF A CITIZEN'S FILE "
BIG = SECRET * 100_000  # 3.4 MB: over what Django keeps in memory


@pytest.fixture
def rf():
    return RequestFactory()


@pytest.fixture
def open_files(tmp_path, monkeypatch):
    """The bytes of every temporary file that is open, named or not."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def read() -> bytes:
        found = b""
        for number in os.listdir("/proc/self/fd"):
            path = f"/proc/self/fd/{number}"
            # The folder being listed was open too, and is not any more.
            if os.path.exists(path) and str(tmp_path) in os.readlink(path):
                with open(path, "rb") as file:
                    found += file.read()
        return found + b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())

    return read


def test_a_large_upload_lies_sealed_and_reads_plain(rf, open_files):
    request = rf.post("/", {"file": SimpleUploadedFile("a.pdf", BIG, "application/pdf")})
    upload = request.FILES["file"]
    assert isinstance(upload, SealedUploadedFile)
    on_disk = open_files()
    assert len(on_disk) > len(BIG)
    assert SECRET not in on_disk
    assert not hasattr(upload, "temporary_file_path")
    assert (upload.name, upload.size, upload.content_type) == ("a.pdf", len(BIG), "application/pdf")
    assert upload.read() == BIG
    assert b"".join(upload.chunks()) == BIG
    for place in [random.randrange(len(BIG)) for _ in range(20)]:
        upload.seek(place)
        assert upload.read(100) == BIG[place : place + 100]
    request.close()
    assert open_files() == b""


def test_a_small_upload_never_touches_the_disk(rf, open_files):
    request = rf.post("/", {"file": SimpleUploadedFile("a.txt", SECRET)})
    assert request.FILES["file"].read() == SECRET
    assert open_files() == b""


def test_several_uploads_of_one_request_keep_apart(rf):
    files = {f"f{i}": SimpleUploadedFile(f"{i}.pdf", bytes([i]) * 1_500_000) for i in range(3)}
    request = rf.post("/", files)
    for i in range(3):
        assert request.FILES[f"f{i}"].read() == bytes([i]) * 1_500_000
    request.close()


def test_an_upload_goes_into_the_vault_as_it_is(rf):
    request = rf.post("/", {"file": SimpleUploadedFile("a.pdf", BIG)})
    subject, file_id = new_subject(), uuid.uuid4()
    stored = vault.store(request.FILES["file"].chunks(), subject=subject, file_id=file_id)
    assert stored.size == len(BIG)
    assert b"".join(vault.read(stored.path, subject=subject, file_id=file_id)) == BIG
    vault.delete(stored.path)
    request.close()


def test_more_than_the_limit_is_refused(rf, settings, open_files):
    settings.DESK_UPLOAD_LIMIT = 1_000_000
    request = rf.post("/", {"file": SimpleUploadedFile("a.pdf", BIG)})
    with pytest.raises(RequestDataTooBig):
        _ = request.FILES
    assert open_files() == b""


def broken(rf: RequestFactory, cut: int) -> WSGIRequest:
    whole = rf.post("/", {"file": SimpleUploadedFile("a.pdf", BIG)})
    body = whole.environ["wsgi.input"].read()
    environ = {**whole.environ, "wsgi.input": io.BytesIO(body[:cut])}
    return WSGIRequest(environ)


@pytest.mark.parametrize("cut", [0, 10, 60, 200, 1_000_000])
def test_an_upload_that_breaks_off_leaves_nothing_open(rf, open_files, cut):
    request = broken(rf, cut)
    try:
        files = request.FILES
    except MultiPartParserError:
        files = None
    if files:
        assert all(file.size < len(BIG) for file in files.values())
    request.close()
    del request, files
    assert open_files() == b""
