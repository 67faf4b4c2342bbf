"""Archives that are written while they are sent."""

import hashlib
import io
import zipfile

import pytest
from django.utils import timezone

from desk_core.sealed_scratch import SealedScratch
from desk_core.zip_streams import Member, stream


def pack(*members: Member) -> tuple[bytes, list]:
    written: list = []
    return b"".join(stream(members, at=timezone.now(), written=written)), written


def test_what_goes_in_comes_out_with_its_name_and_sum():
    data, written = pack(
        Member("نامه.txt", [b"a" * 70_000, "ب".encode()]), Member("empty", []), Member("d", [b"x"])
    )
    archive = zipfile.ZipFile(io.BytesIO(data))
    assert archive.testzip() is None
    assert archive.namelist() == ["نامه.txt", "empty", "d"]
    content = archive.read("نامه.txt")
    assert content == b"a" * 70_000 + "ب".encode()
    assert written[0].sha256 == hashlib.sha256(content).hexdigest()
    assert [each.size for each in written] == [len(content), 0, 1]


def test_nothing_is_asked_for_before_it_is_sent():
    asked = []

    def chunks():
        for n in range(100):
            asked.append(n)
            yield bytes(1000)

    archive = stream([Member("big", chunks())], at=timezone.now(), written=[])
    next(archive)
    assert len(asked) == 1


def test_whoever_stops_half_way_gets_no_whole_archive():
    archive = stream([Member("a", [b"1" * 9000] * 3)], at=timezone.now(), written=[])
    begun = next(archive) + next(archive)
    archive.close()
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(begun))


def test_a_member_that_fails_fails_the_archive():
    def broken():
        yield b"x"
        raise OSError("gone")

    written: list = []
    with pytest.raises(OSError, match="gone"):
        b"".join(stream([Member("a", broken())], at=timezone.now(), written=written))
    assert written == []


@pytest.mark.parametrize("size", [0, 1, 65_536, 65_537, 300_000])
def test_scratch_gives_back_what_it_took_and_keeps_no_clear_text(size):
    scratch, data = SealedScratch(), b"secret! " * (size // 8) + b"s" * (size % 8)
    for start in range(0, size, 5000):
        scratch.write(data[start : start + 5000])
    with scratch.finish() as kept:
        assert kept.read() == data
        kept.seek(0)
        assert kept.read(100) == data[:100]
        scratch._file.seek(0)
        assert b"secret! secret!" not in scratch._file.read()
