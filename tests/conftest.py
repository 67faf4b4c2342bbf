"""What every test starts from: empty caches, and a loud line when the browser is missing."""

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import TestCase, TransactionTestCase

from desk_core import triggers

CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A name that is not this machine's own is no secure context over plain http.
    "--host-resolver-rules=MAP desk.lan 127.0.0.1",
]
# Playwright's own loop runs in this thread; the tests look into the database between its steps.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
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


@pytest.fixture(scope="session", autouse=True)
def _sealed_rows_can_be_flushed() -> Iterator[None]:
    """A test that commits is undone by emptying all tables; the triggers refuse that, rightly."""
    teardown = TransactionTestCase._fixture_teardown

    def without_triggers(case: TransactionTestCase) -> None:
        if issubclass(type(case), TestCase):
            teardown(case)
            return
        with triggers.lifted():
            teardown(case)

    TransactionTestCase._fixture_teardown = without_triggers
    yield
    TransactionTestCase._fixture_teardown = teardown


@pytest.fixture(scope="session")
def chromium(django_db_setup: None) -> Iterator[Any]:
    """One Chromium for all browser tests of a process; Playwright takes no second one.

    Inside Playwright's loop `connection` is another object than before it; it must know, too,
    what `serialized_rollback` puts back into emptied tables.
    """
    from django.db import connection
    from playwright.sync_api import sync_playwright

    # Nothing is put back where no test of the run empties tables.
    contents = getattr(connection, "_test_serialized_contents", None)
    with sync_playwright() as playwright:
        if contents is not None:
            connection._test_serialized_contents = contents
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def _uses_database(item: pytest.Item) -> bool:
    names = set(item.fixturenames)  # type: ignore[attr-defined]
    asked = names & {"db", "transactional_db", "live_server"}
    return bool(asked or item.get_closest_marker("django_db") or getattr(item, "cls", None))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database-only",
        action="store_true",
        help="leave out the tests that no database can change",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        marker = item.get_closest_marker("django_db")
        names: list[str] = item.fixturenames  # type: ignore[attr-defined]
        if "transactional_db" in names or (marker and marker.kwargs.get("transaction")):
            # Each begins with what the migrations left, whatever the one before it emptied.
            names.append("django_db_serialized_rollback")
    if config.getoption("database_only"):
        left_out = [item for item in items if not _uses_database(item)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if _uses_database(item)]
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
