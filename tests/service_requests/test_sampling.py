"""The sample of a restored site reads cases as their applicants do."""

import errno

import pytest
from django.core.files.storage import storages
from django.db import InterfaceError, OperationalError

from desk_core.sealing import erase
from service_requests.attachments import IncomingFile
from service_requests.models import Attachment, Case, Credential
from service_requests.sampling import read_sample
from tests.service_requests.factories import answered, make_case, register, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def with_file() -> Case:
    return register(files=[IncomingFile.of(upload())]).case


def test_it_opens_content_messages_files_and_credentials(with_file):
    answered()
    found = read_sample(10)
    assert found.problems == []
    assert found.opened == {"credentials": 2, "cases": 2, "attachments": 1, "messages": 1}


def test_it_opens_no_more_than_asked_and_no_erased_case():
    erase(make_case().subject_key)
    assert read_sample(10).opened == {}
    assert read_sample(10).there == 0
    for _ in range(3):
        make_case()
    assert read_sample(2).opened["cases"] == 2
    assert read_sample(2).there == 3


def test_a_file_that_is_gone_or_altered_is_told(with_file):
    (row,) = Attachment.objects.all()
    with storages["private"].open(row.path) as stored:
        data = bytearray(stored.read())
    storages["private"].delete(row.path)
    assert read_sample(1).problems == [
        f"The case {with_file.code} does not open: FileNotFoundError."
    ]
    data[-1] ^= 1
    from django.core.files.base import ContentFile

    storages["private"].save(row.path, ContentFile(bytes(data)))
    assert read_sample(1).problems == [f"The case {with_file.code} does not open: SealBroken."]


@pytest.mark.parametrize(
    "failure",
    [
        OSError(errno.EIO, "Input/output error"),
        OSError(errno.EMFILE, "Too many open files"),
        PermissionError(errno.EACCES, "Permission denied"),
        TimeoutError(),
        MemoryError(),
        OperationalError("database or disk is full"),
        InterfaceError("connection already closed"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_this_machine_fails_at_is_no_problem_of_the_case(with_file, monkeypatch, failure):
    def fails(*args, **kwargs):
        raise failure

    monkeypatch.setattr(storages["private"], "open", fails)
    with pytest.raises(type(failure)):
        read_sample(1)


def test_a_file_of_another_size_is_told(with_file):
    Attachment.objects.update(size=7)
    assert "instead of 7" in read_sample(1).problems[0]


def test_a_key_that_is_not_here_is_told(settings, with_file):
    settings.DESK_KEYRING = {"other": "b3RoZXItZGV2ZWxvcG1lbnQtb25seS1rZXktMDAwMDE="}
    assert read_sample(1).problems == [f"The case {with_file.code} does not open: UnknownKey."]


def test_a_password_that_cannot_be_checked_is_told(settings, with_file):
    settings.DESK_PEPPER = {"2": settings.DESK_PEPPER}
    assert read_sample(1).problems == [
        f"The password of the case {with_file.code} cannot be checked."
    ]
    Credential.objects.update(secret_hash="damaged")
    assert len(read_sample(1).problems) == 1
