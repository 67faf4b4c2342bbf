"""What every test starts from: empty caches, and a loud line when the browser is missing."""

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache

CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
BROWSER_REQUIRED = os.environ.get("DESK_BROWSER") == "required"


def _template() -> Path:
    """Where a migrated, empty SQLite database is kept: one for each state of the migrations."""
    state = hashlib.sha256((Path(settings.ROOT) / "requirements/dev.txt").read_bytes())
    for path in sorted(Path(settings.ROOT).glob("*/migrations/*.py")):
        state.update(path.read_bytes())
    return Path(settings.ROOT) / "var" / "test-databases" / f"{state.hexdigest()[:20]}.sqlite3"


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings: None) -> bool:
    """Start from the kept database where there is one: migrating takes longer than most tests."""
    database = settings.DATABASES["default"]
    if not database["ENGINE"].endswith("sqlite3") or not _template().exists():
        return False
    shutil.copy(_template(), database["TEST"]["NAME"])
    return True


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_blocker: object, django_db_keepdb: bool
) -> None:
    """Keep the freshly migrated database for the next run."""
    database = settings.DATABASES["default"]
    if django_db_keepdb or not database["ENGINE"].endswith("sqlite3"):
        return
    _template().parent.mkdir(parents=True, exist_ok=True)
    half = _template().with_suffix(f".{os.getpid()}")
    with (
        closing(sqlite3.connect(database["TEST"]["NAME"])) as fresh,
        closing(sqlite3.connect(half)) as copy,
    ):
        fresh.backup(copy)
    half.replace(_template())


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if CHROMIUM or BROWSER_REQUIRED:
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason="no Chromium on this machine"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not CHROMIUM:
        terminalreporter.write_line(
            "NO CHROMIUM FOUND: THE BROWSER TESTS WERE SKIPPED (apt-get install chromium)",
            red=True,
            bold=True,
        )
