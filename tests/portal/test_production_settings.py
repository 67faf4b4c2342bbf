"""Production starts only when it is safe, and names the setting that is not."""

import base64
import os
import runpy
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


SETTINGS = "import portal.settings.production"


def start(code: str = SETTINGS, **changes: str | None) -> subprocess.CompletedProcess[str]:
    # Of what is read the settings are ours; a server also hears what Django announces for later.
    warnings = ["-W", "error"] if code == SETTINGS else []
    wanted = {**good(), **changes}
    env = {name: value for name, value in wanted.items() if value is not None}
    env |= {"PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT}:{ROOT / 'site'}"}
    return subprocess.run(
        [sys.executable, *warnings, "-c", code],
        env=env,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def read_production() -> dict[str, object]:
    """The settings as they would be in this environment; those in use stay as they are."""
    kept = {name: sys.modules.pop(name, None) for name in ("portal.settings.base",)}
    try:
        return runpy.run_module("portal.settings.production")
    finally:
        sys.modules.update({name: module for name, module in kept.items() if module})


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


MALFORMED = [
    ("DATABASE_URL", "nonsense"),
    ("DATABASE_URL", "mysql://desk@db/desk"),
    ("DATABASE_URL", "postgres://desk:hidden@db:many/desk"),
    ("REDIS_URL", "127.0.0.1:6379"),
    *(
        (name, value)
        for name in (
            *("DESK_TRUSTED_PROXIES", "DESK_NOTICES_BEFORE_HOURS", "DESK_NOTICES_AFTER_HOURS"),
            *("DESK_AVAILABILITY_LEAD_HOURS", "DESK_SUBSCRIPTIONS_PENDING_DAYS"),
            *("DESK_SUBSCRIPTIONS_ENDED_DAYS", "DESK_SUBSCRIPTIONS_LOG_DAYS"),
            "DESK_SUBSCRIPTIONS_DIGEST_HOUR",
        )
        for value in ("-1", "soon", "1.5", "²", "9" * 20)
    ),
    ("DESK_SUBSCRIPTIONS_PENDING_DAYS", "0"),
    *(
        (name, "perhaps")
        for name in (
            *("DESK_WAGTAIL_API_V3", "DESK_NOTICES_PLANNED_BY_TWO", "DESK_STATUSPAGE_STRICT"),
            *("DESK_SSL_REDIRECT", "DESK_HSTS_SUBDOMAINS"),
        )
    ),
    *(
        (name, value)
        for name in (
            *("DESK_KAVENEGAR", "DESK_SMSIR", "DESK_AVAILABILITY_WEIGHTS"),
            *("DESK_AVAILABILITY_HOURS", "DESK_BACKUP_S3", "DESK_STATIC_COPY_S3"),
        )
        for value in ("{", "7", "[]", '"x"')
    ),
    ("DESK_AVAILABILITY_CAP_MINUTES", "some"),
    ("DESK_HOSTS", ","),
    ("DESK_HOSTS", "https://desk.example.org"),
    ("DESK_HOSTS", "desk.example.org:443"),
    ("DESK_HOSTS", "desk example.org"),
    ("DESK_BASE_URL", "https://desk.example.org/desk"),
    ("DESK_BASE_URL", "https://desk.example.org?to=1"),
    ("DESK_BASE_URL", "https://desk:word@desk.example.org"),
    ("DESK_BASE_URL", "https://other.example.org"),
    ("DESK_BASE_URL", "https://desk.example.org:99999"),
    ("DESK_BASE_URL", "https://[desk.example.org"),
    ("DESK_MAIL_FROM", "nonsense"),
    ("DESK_MAIL_FROM", "desk@example.org\nBcc: all@example.org"),
    ("DESK_MAIL_FROM", "desk@example.org, all@example.org"),
    ("DESK_BACKUP_RECIPIENTS", ","),
    ("DESK_BACKUP_FOLDER", "relative"),
    ("DESK_BACKUP_FOLDER", "/dev/null/backups"),
    ("DESK_ERASURE_LEDGER", "/proc"),
    ("DESK_ERASURE_LEDGER", "/nowhere/erasures.ledger"),
    ("DESK_ERASURE_LEDGER", "erasures.ledger"),
    ("DESK_VAR", "/proc/nonsense"),
    ("DESK_VAR", "/dev/null"),
    ("DESK_VAR", "relative"),
    ("EMAIL_URL", "smtp+tls://:587"),
    ("REDIS_URL", "redis://localhost:6379/abc"),
    ("REDIS_URL", "redis://localhost:notaport/0"),
    ("REDIS_URL", "redis:///0"),
    ("DATABASE_URL", "postgresql://"),
    ("DATABASE_URL", "sqlite:///:memory:"),
    ("DESK_BACKUP_S3", '{"x": 1}'),
    ("DESK_STATIC_COPY_S3", '{"x": 1}'),
    ("DESK_STATIC_COPY_S3", '{"bucket_name": ""}'),
    ("EMAIL_URL", "mail.example.org"),
    ("EMAIL_URL", "smtp://mail.example.org:many"),
    ("DESK_LOG_LEVEL", "loud"),
]


@pytest.mark.parametrize(("name", "value"), MALFORMED)
def test_names_what_cannot_be_read_and_never_its_value(monkeypatch, name: str, value: str) -> None:
    for each, right in {**good(), name: value}.items():
        monkeypatch.setenv(each, right)
    with pytest.raises(ImproperlyConfigured, match=name) as refused:
        read_production()
    assert len(value) < 3 or value not in str(refused.value)
    assert refused.value.__cause__ is None or refused.value.__suppress_context__


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("DATABASE_URL", "postgres://desk:hidden@db:many/desk", reading.DATABASE),
        ("DESK_KAVENEGAR", "{", reading.OBJECT),
        ("EMAIL_URL", "smtp://mail.example.org:many", reading.MAIL),
        ("REDIS_URL", "redis://localhost:6379/abc", reading.REDIS),
    ],
)
def test_says_what_was_expected(monkeypatch, name: str, value: str, expected: str) -> None:
    for each, right in {**good(), name: value}.items():
        monkeypatch.setenv(each, right)
    with pytest.raises(ImproperlyConfigured) as refused:
        read_production()
    assert expected in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgresql://desk@db/desk"),
        ("DATABASE_URL", "postgres:///desk"),
        ("DATABASE_URL", ""),
        ("DESK_MAIL_FROM", ""),
        ("DESK_MAIL_FROM", "desk@mailhost"),
        ("EMAIL_URL", ""),
        ("DESK_LOG_LEVEL", ""),
        ("REDIS_URL", ""),
        ("REDIS_URL", "redis://a:6379/0,redis://b:6379/0"),
        ("DESK_STATUSPAGE_STRICT", "y"),
        ("DESK_HOSTS", "other.example.org, desk.example.org,[::1]"),
        ("DESK_BASE_URL", "https://desk.example.org:8443/"),
        ("DESK_MAIL_FROM", "میز خدمت <desk@example.org>"),
        ("DESK_VAR", str(ROOT)),
        ("DESK_ERASURE_LEDGER", str(ROOT / "erasures.ledger")),
        ("DESK_BACKUP_FOLDER", "/mnt/not-yet/backups"),
        ("DESK_AVAILABILITY_CAP_MINUTES", "null"),
        ("REDIS_URL", "unix:///run/redis.sock?db=1"),
        ("REDIS_URL", "redis://[::1]:6379"),
        ("REDIS_URL", "rediss://cache:6380/1"),
        ("DESK_TRUSTED_PROXIES", " 2 "),
        ("DESK_NOTICES_PLANNED_BY_TWO", "No"),
        ("DESK_KAVENEGAR", ""),
        ("DESK_STATIC_COPY_S3", '{"bucket_name": "copy"}'),
        ("EMAIL_URL", "smtp+tls://desk:word@mail.example.org:587"),
        ("DESK_LOG_LEVEL", "warning"),
    ],
)
def test_reads_what_is_written_in_another_way(monkeypatch, name: str, value: str) -> None:
    for each, right in {**good(), name: value}.items():
        monkeypatch.setenv(each, right)
    assert read_production()["DESK_TRUSTED_PROXIES"] == (2 if "PROXIES" in name else 0)


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


def test_a_web_server_starts_only_with_settings_that_can_be_meant(tmp_path) -> None:
    (tmp_path / "static").mkdir()
    for changes, names in (
        ({}, ""),
        ({"DESK_AVAILABILITY_WEIGHTS": '{"partial": "x"}'}, "DESK_AVAILABILITY_WEIGHTS"),
    ):
        result = start("import portal.wsgi", DESK_SMS="files", DESK_VAR=str(tmp_path), **changes)
        assert (result.returncode == 0) == (not names), result.stderr
        assert names in result.stderr
