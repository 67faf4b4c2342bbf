import pytest

from desk_core import checks, clamd
from tests.fake_clamd import EICAR, FakeClamd


@pytest.fixture
def listening(settings):
    """Start a clamd and name it in the settings."""
    started = []

    def start(**how) -> FakeClamd:
        fake = FakeClamd(**how)
        started.append(fake)
        settings.DESK_CLAMD = fake.address
        return fake

    yield start
    for fake in started:
        fake.close()


def test_a_clean_file_and_an_infected_one_are_told_apart(listening):
    listening()
    assert clamd.scan([b"a" * 70_000, b"", b"b"]).clean
    found = clamd.scan([b"before ", EICAR[:20], EICAR[20:], b" after"])
    assert (found.clean, found.found) == (False, "Eicar-Signature")


def test_it_is_asked_over_a_unix_socket_too(listening, tmp_path):
    fake = listening(unix=str(tmp_path / "clamd.ctl"))
    assert clamd.scan([b"x"]).clean
    assert fake.seen == 1


@pytest.mark.parametrize(
    "says", [b"\0", b"stream: ERROR\0", b"garbage", b"stream: Can't allocate memory ERROR\0"]
)
def test_whatever_is_no_verdict_is_none(listening, says):
    listening(says=says)
    with pytest.raises(clamd.Unavailable):
        clamd.scan([b"x"])


def test_a_file_that_clamd_finds_too_large_has_no_verdict(listening):
    listening(limit=1000)
    with pytest.raises(clamd.Unavailable):
        clamd.scan([b"x" * 500] * 10)


def test_a_clamd_that_is_away_is_unavailable(listening):
    listening().close()
    with pytest.raises(clamd.Unavailable):
        clamd.scan([b"x"])


@pytest.mark.parametrize(
    ("address", "fit"),
    [
        ("", True),
        ("tcp://clamd:3310", True),
        ("tcp://10.0.0.1", True),
        ("unix:///run/clamd.ctl", True),
        ("clamd:3310", False),
        ("tcp://", False),
        ("tcp://clamd:port", False),
        ("unix://", False),
        ("http://clamd:3310", False),
    ],
)
def test_a_wrong_address_is_said_by_the_check(settings, address, fit):
    settings.DESK_CLAMD = address
    assert [found.id for found in checks.check_clamd(None)] == ([] if fit else ["desk_core.E011"])
