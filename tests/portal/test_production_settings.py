"""Production starts only when it is safe, and names the setting that is not."""

import base64
import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from portal.settings import reading

from desk_core import keyring

ROOT = Path(__file__).resolve().parents[2]


def key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def good() -> dict[str, str]:
    return {
        "SECRET_KEY": secrets.token_urlsafe(64),
        "DESK_HOSTS": "desk.example.org",
        "DESK_BASE_URL": "https://desk.example.org",
        "DESK_KEYRING": f"k2:{key()},k1:{key()}",
        "DESK_INDEX_KEY": key(),
        "DESK_PEPPER": key(),
        "DESK_SMS": "kavenegar",
    }


def start(**changes: str | None) -> subprocess.CompletedProcess[str]:
    wanted = {**good(), **changes}
    env = {name: value for name, value in wanted.items() if value is not None}
    env |= {"PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT}:{ROOT / 'site'}"}
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", "import portal.settings.production"],
        env=env,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_starts_with_everything_in_place() -> None:
    result = start()
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("name", sorted(good()))
def test_names_what_is_missing(name: str) -> None:
    result = start(**{name: None})
    assert result.returncode != 0
    assert f"{name} is missing" in result.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "a" * 80),
        ("SECRET_KEY", "development-only-and-never-a-secret-0123456789-abcdefghij"),
        ("DESK_HOSTS", "*"),
        ("DESK_HOSTS", "desk.example.org,*.example.org"),
        ("DESK_HOSTS", ".example.org"),
        ("DESK_BASE_URL", "http://desk.example.org"),
        ("DESK_KEYRING", "nokey"),
        ("DESK_KEYRING", "k1:c2hvcnQ="),
        ("DESK_KEYRING", "k1:" + "A" * 43 + "="),
        ("DESK_INDEX_KEY", "ZGV2ZWxvcG1lbnQtb25seS1pbmRleC1rZXktMDAwMDE="),
        ("DESK_PEPPER", "not base64 at all"),
        ("DESK_PEPPER", "p1:not base64 at all"),
        ("DESK_SMS", "carrier-pigeon"),
    ],
)
def test_refuses_what_is_weak_and_says_which(name: str, value: str) -> None:
    result = start(**{name: value})
    assert result.returncode != 0
    assert name in result.stderr.splitlines()[-1]
    assert value not in result.stderr.splitlines()[-1] or len(value) < 10


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        ("{a}", ["1"]),
        ("p.2:{b},1:{a}", ["p.2", "1"]),
        (" 2026-08_b:{b} , 1:{a}", ["2026-08_b", "1"]),
    ],
)
def test_reads_one_pepper_or_several(monkeypatch, settings, value: str, ids: list[str]) -> None:
    monkeypatch.setenv("DESK_PEPPER", value.format(a=key(), b=key()))
    settings.DESK_PEPPER = reading.peppers("DESK_PEPPER")
    assert list(keyring.peppers().keys) == ids
    assert keyring.peppers().current == ids[0]


@pytest.mark.parametrize("identifier", ["k.1", "2026-08", "old_one", "1", "A" * 64])
def test_what_the_environment_calls_a_key_the_ring_calls_it_too(
    monkeypatch, settings, identifier: str
) -> None:
    monkeypatch.setenv("DESK_KEYRING", f"{identifier}:{key()}")
    settings.DESK_KEYRING = reading.keyring("DESK_KEYRING")
    assert keyring.ring().current == identifier


@pytest.mark.parametrize("identifier", ["", ".k", "-k", "k k", "کلید", "A" * 65, "k$"])
@pytest.mark.parametrize("name", ["DESK_KEYRING", "DESK_PEPPER"])
def test_refuses_an_identifier_that_the_ring_would_refuse(monkeypatch, name, identifier) -> None:
    monkeypatch.setenv(name, f"{identifier}:{key()}")
    read = reading.keyring if name == "DESK_KEYRING" else reading.peppers
    with pytest.raises(ImproperlyConfigured, match=f"{name} must read"):
        read(name)


def test_starts_with_two_peppers() -> None:
    result = start(DESK_PEPPER=f"p2:{key()},1:{key()}")
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("name", ["DEBUG", "DJANGO_DEBUG"])
def test_refuses_debug(name: str) -> None:
    result = start(**{name: "1"})
    assert result.returncode != 0
    assert f"{name} is on" in result.stderr
