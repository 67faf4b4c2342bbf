import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk_core.frames import (
    FRAME,
    SEALED_FRAME,
    SealedFrames,
    open_stream,
    seal_stream,
)
from desk_core.sealing import SealBroken

KEY = bytes(range(32))
BOUND = b"this file"
SIZES = st.sampled_from([0, 1, FRAME - 1, FRAME, FRAME + 1, 2 * FRAME, 3 * FRAME - 7, 3 * FRAME])


def plain(size: int) -> bytes:
    return bytes(i * 31 % 251 for i in range(size))


PLAIN = plain(3 * FRAME)


def sealed(size: int, bound: bytes = BOUND, key: bytes = KEY) -> bytes:
    return b"".join(seal_stream([PLAIN[:size]], key=key, bound=bound))


def opened(data: bytes, bound: bytes = BOUND, key: bytes = KEY) -> bytes:
    return b"".join(open_stream(io.BytesIO(data), key=key, bound=bound))


@given(SIZES, st.lists(st.integers(1, 200_000), max_size=6))
def test_a_stream_comes_back_however_it_was_cut_into_chunks(size, cuts):
    chunks, at = [], 0
    for cut in cuts:
        chunks.append(PLAIN[at : min(size, at + cut)])
        at = min(size, at + cut)
    chunks.append(PLAIN[at:size])
    data = b"".join(seal_stream(chunks, key=KEY, bound=BOUND))
    assert opened(data) == PLAIN[:size]
    frames = max(1, -(-size // FRAME))
    assert len(data) == size + 16 * frames


def collect(parts, out: bytearray) -> None:
    for part in parts:
        out += part


@given(SIZES, st.data())
def test_any_flipped_bit_is_noticed_and_nothing_of_its_frame_is_handed_out(size, draw):
    data = bytearray(sealed(size))
    place = draw.draw(st.integers(0, len(data) * 8 - 1))
    data[place // 8] ^= 1 << place % 8
    out = bytearray()
    parts = open_stream(io.BytesIO(bytes(data)), key=KEY, bound=BOUND)
    with pytest.raises(SealBroken):
        collect(parts, out)
    assert PLAIN.startswith(bytes(out))
    assert len(out) <= place // 8 // SEALED_FRAME * FRAME


@given(SIZES.filter(bool), st.data())
def test_any_cut_is_noticed(size, draw):
    data = sealed(size)
    borders = list(range(0, len(data), SEALED_FRAME))
    cut = draw.draw(st.sampled_from(borders) | st.integers(0, len(data) - 1))
    with pytest.raises(SealBroken):
        opened(data[:cut])


def frames_of(data: bytes) -> list[bytes]:
    return [data[i : i + SEALED_FRAME] for i in range(0, len(data), SEALED_FRAME)]


@pytest.mark.parametrize("order", [(1, 0, 2), (0, 2, 1), (0, 0, 2), (0, 2), (0, 1, 2, 2), (2,)])
def test_swapped_repeated_and_dropped_frames_are_noticed(order):
    frames = frames_of(sealed(3 * FRAME))
    with pytest.raises(SealBroken):
        opened(b"".join(frames[i] for i in order))


def test_frames_of_another_file_are_noticed():
    mine, other = frames_of(sealed(3 * FRAME)), frames_of(sealed(3 * FRAME, bound=b"another"))
    foreign_key = frames_of(sealed(3 * FRAME, key=KEY[::-1]))
    for foreign in (other, foreign_key):
        with pytest.raises(SealBroken):
            opened(mine[0] + foreign[1] + mine[2])


def test_bytes_hung_on_behind_are_noticed():
    for size in (0, 5, FRAME, 2 * FRAME):
        with pytest.raises(SealBroken):
            opened(sealed(size) + b"x")


class Trickle(io.BytesIO):
    """A network file: hands out less than it was asked for."""

    def read(self, size: int = -1) -> bytes:  # type: ignore[override]
        return super().read(min(size, 1000) if size >= 0 else 1000)


def test_a_source_that_hands_out_little_at_a_time_is_read_whole():
    source = Trickle(sealed(2 * FRAME + 5))
    assert b"".join(open_stream(source, key=KEY, bound=BOUND)) == PLAIN[: 2 * FRAME + 5]


@given(
    SIZES,
    st.lists(
        st.tuples(st.integers(0, 3 * FRAME + 10), st.integers(0, 2 * FRAME)), min_size=1, max_size=8
    ),
)
def test_the_seekable_view_reads_like_a_plain_file(size, steps):
    view = io.BufferedReader(
        SealedFrames(io.BytesIO(sealed(size)), key=KEY, bound=BOUND, size=size)
    )
    model = io.BytesIO(PLAIN[:size])
    for place, amount in steps:
        assert view.seek(place) == model.seek(place)
        assert view.read(amount) == model.read(amount)
    assert view.seek(0, io.SEEK_END) == size
    view.seek(0)
    assert view.read() == PLAIN[:size]


def test_the_seekable_view_refuses_a_place_before_the_beginning():
    view = SealedFrames(io.BytesIO(sealed(3)), key=KEY, bound=BOUND, size=3)
    with pytest.raises(ValueError, match="before"):
        view.seek(-1)
