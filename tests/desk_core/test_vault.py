import uuid
from pathlib import Path

import pytest
from django.core.files.storage import storages

from desk_core import vault
from desk_core.frames import FRAME, SEALED_FRAME
from desk_core.sealing import SealBroken, new_subject

SECRET = "شماره ملی".encode() * 20_000


@pytest.fixture
def folder(settings, tmp_path):
    private = {**settings.STORAGES["private"]}
    private["OPTIONS"] = {**private["OPTIONS"], "location": tmp_path}
    settings.STORAGES = {**settings.STORAGES, "private": private}
    assert Path(storages["private"].location) == tmp_path
    return tmp_path


@pytest.fixture
def subject():
    return new_subject()


def test_a_file_comes_back_and_lies_sealed(folder, subject):
    file_id = uuid.uuid4()
    chunks = [SECRET[i : i + 5000] for i in range(0, len(SECRET), 5000)]
    stored = vault.store(chunks, subject=subject, file_id=file_id)
    assert stored.size == len(SECRET)
    assert b"".join(vault.read(stored.path, subject=subject, file_id=file_id)) == SECRET
    [path] = [p for p in folder.rglob("*") if p.is_file()]
    raw = path.read_bytes()
    assert SECRET[:16] not in raw
    assert path.stat().st_mode & 0o077 == 0
    vault.delete(stored.path)
    vault.delete(stored.path)
    assert not path.exists()
    with pytest.raises(FileNotFoundError):
        vault.read(stored.path, subject=subject, file_id=file_id)


def test_an_empty_file_is_a_file(folder, subject):
    file_id = uuid.uuid4()
    stored = vault.store([], subject=subject, file_id=file_id)
    assert list(vault.read(stored.path, subject=subject, file_id=file_id)) == [b""]


def test_the_same_bytes_are_sealed_differently_each_time(folder, subject):
    file_id = uuid.uuid4()
    paths = [vault.store([b"x" * 100], subject=subject, file_id=file_id).path for _ in range(2)]
    assert paths[0] != paths[1]
    assert (folder / paths[0]).read_bytes()[40:] != (folder / paths[1]).read_bytes()[40:]


def test_another_subject_or_another_file_does_not_open_it(folder, subject):
    file_id = uuid.uuid4()
    path = vault.store([SECRET], subject=subject, file_id=file_id).path
    with pytest.raises(SealBroken):
        vault.read(path, subject=new_subject(), file_id=file_id)
    with pytest.raises(SealBroken):
        vault.read(path, subject=subject, file_id=uuid.uuid4())


def test_frames_of_another_file_of_the_same_subject_do_not_open(folder, subject):
    ids = [uuid.uuid4(), uuid.uuid4()]
    one, two = (folder / vault.store([SECRET], subject=subject, file_id=i).path for i in ids)
    mine, other = one.read_bytes(), two.read_bytes()
    border = 40 + SEALED_FRAME
    one.chmod(0o600)
    one.write_bytes(mine[:border] + other[border:])
    parts = vault.read(str(one.relative_to(folder)), subject=subject, file_id=ids[0])
    assert next(parts) == SECRET[:FRAME]
    with pytest.raises(SealBroken):
        next(parts)


def test_a_broken_file_is_refused_before_anything_is_handed_out(folder, subject):
    file_id = uuid.uuid4()
    path = vault.store([b"hello"], subject=subject, file_id=file_id).path
    whole = (folder / path).read_bytes()
    for broken in (b"", whole[:20], b"PLAINTXT" + whole[8:], whole[:-1], whole + b"x"):
        (folder / path).write_bytes(broken)
        with pytest.raises(SealBroken):
            vault.read(path, subject=subject, file_id=file_id)


def test_chunks_that_fail_leave_nothing_behind(folder, subject):
    def chunks():
        yield b"a" * 100_000
        raise ConnectionError

    with pytest.raises(ConnectionError):
        vault.store(chunks(), subject=subject, file_id=uuid.uuid4())
    assert [p for p in folder.rglob("*") if p.is_file()] == []


def test_a_reader_that_stops_early_leaves_no_open_file(folder, subject):
    file_id = uuid.uuid4()
    path = vault.store([SECRET], subject=subject, file_id=file_id).path
    parts = vault.read(path, subject=subject, file_id=file_id)
    next(parts)
    del parts  # an open file would raise a ResourceWarning here
