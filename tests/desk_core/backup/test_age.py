import io

import pyrage
import pytest

from desk_core.backup.age import Measured, encrypt, opened
from desk_core.backup.errors import BackupError, Hindered

KEY = pyrage.x25519.Identity.generate()


def sealed(*chunks: bytes) -> bytes:
    out = io.BytesIO()
    encrypt(chunks, out, [KEY.to_public()])
    return out.getvalue()


def read(data: bytes, key: pyrage.x25519.Identity = KEY) -> bytes:
    with opened(io.BytesIO(data), [key], what="part-1") as plain:
        return plain.read()


def test_what_was_encrypted_comes_back_and_is_summed_up():
    out = io.BytesIO()
    sums = encrypt([b"one", b"", b"two" * 100_000], out, [KEY.to_public()])
    assert read(out.getvalue()) == b"one" + b"two" * 100_000
    assert (sums.plain_size, sums.size) == (300_003, len(out.getvalue()))
    measured = Measured(io.BytesIO(out.getvalue()))
    measured.read()
    assert measured.sha256 == sums.sha256


def test_any_age_program_opens_it():
    assert pyrage.decrypt(sealed(b"plain"), [KEY]) == b"plain"


@pytest.mark.parametrize("at", [250, 70_000, -1])
def test_one_byte_changed_is_found(at):
    data = bytearray(sealed(b"a" * 150_000))
    data[at] ^= 1
    with pytest.raises(BackupError, match="part-1 is damaged"):
        read(bytes(data))


@pytest.mark.parametrize("keep", [0, 10, 66_000, -1])
def test_a_cut_file_is_found(keep):
    with pytest.raises(BackupError, match="part-1 is damaged"):
        read(sealed(b"a" * 150_000)[:keep])


def test_a_cut_is_found_even_by_a_reader_who_stops_early():
    data = sealed(b"a" * 300_000)[:-1]
    with (
        pytest.raises(BackupError, match="damaged"),
        opened(io.BytesIO(data), [KEY], what="part") as plain,
    ):
        plain.read(10)


def test_another_identity_is_told_apart_from_damage():
    with pytest.raises(BackupError, match="not encrypted for this identity"):
        read(sealed(b"plain"), pyrage.x25519.Identity.generate())


@pytest.mark.parametrize("error", [RuntimeError("timeout"), TimeoutError(), OSError(5, "I/O")])
def test_a_storage_that_breaks_off_says_nothing_of_the_file(error):
    class Breaking(io.BytesIO):
        def read(self, size=-1):
            if self.tell() > 100_000:
                raise error
            return super().read(size)

    data = Breaking(sealed(b"a" * 900_000))
    with pytest.raises(Hindered), opened(data, [KEY], what="part") as plain:
        plain.read()


def test_what_the_reader_raises_is_what_is_told():
    def give_up(plain):
        plain.read(1)
        raise ZeroDivisionError

    data = io.BytesIO(sealed(b"a" * 900_000))
    with pytest.raises(ZeroDivisionError), opened(data, [KEY], what="part") as plain:
        give_up(plain)


def test_what_source_and_sink_raise_comes_out_as_it_is():
    def chunks():
        yield b"a"
        raise ZeroDivisionError

    class Full(io.BytesIO):
        def write(self, data):
            raise OSError(28, "No space left on device")

    with pytest.raises(ZeroDivisionError):
        encrypt(chunks(), io.BytesIO(), [KEY.to_public()])
    with pytest.raises(OSError, match="No space") as caught:
        encrypt([b"a"], Full(), [KEY.to_public()])
    assert caught.value.errno == 28
