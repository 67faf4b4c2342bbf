"""What every test starts from: empty caches, and a loud line when the browser is missing."""

import gc
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from django.conf import settings
from django.core.cache import cache
from django.db.backends.base.creation import BaseDatabaseCreation
from django.template import Context, Template
from django.test import TestCase, TransactionTestCase
from django.utils.safestring import SafeString

from desk_core import passwords, triggers
from tests import kept_databases, kept_rows, page_indexes, spreading

# The one that never had a window takes less than half the time of the others.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
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


@pytest.fixture(scope="session")
def migrated_sqlite() -> Path:
    """A migrated, empty SQLite database to copy."""
    return kept_databases.migrated_sqlite()


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings: None, request: pytest.FixtureRequest) -> bool:
    """Start from the kept database instead of an empty one."""
    from django.db import connection

    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        shutil.copy(request.getfixturevalue("migrated_sqlite"), database["TEST"]["NAME"])
        return True
    connection.settings_dict["TEST"]["TEMPLATE"] = kept_databases.migrated_postgresql(
        os.environ["DATABASE_URL"]
    )
    return False


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


@pytest.fixture(scope="session", autouse=True)
def _only_filled_tables_are_emptied() -> Iterator[None]:
    """Emptying hundreds of empty tables takes PostgreSQL a second after each test that commits."""
    if not settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        yield
        return
    from django.db import connection
    from django.db.backends.postgresql.operations import DatabaseOperations

    truncating = DatabaseOperations.sql_flush

    def deleting(
        self: DatabaseOperations,
        style: Any,
        tables: list[str],
        *,
        reset_sequences: bool = False,
        allow_cascade: bool = False,
    ) -> list[str]:
        if reset_sequences or not tables:
            return truncating(
                self, style, tables, reset_sequences=reset_sequences, allow_cascade=allow_cascade
            )
        names = {table: self.quote_name(table) for table in tables}
        asked = (
            f"SELECT '{table}' WHERE EXISTS (SELECT FROM {name})"  # noqa: S608
            for table, name in names.items()
        )
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(asked))
            filled = [names[table] for (table,) in cursor.fetchall()]
        # Foreign keys are looked at when the transaction ends: any order will do.
        return [f"DELETE FROM {name}" for name in filled]  # noqa: S608

    DatabaseOperations.sql_flush = deleting  # type: ignore[method-assign]
    yield
    DatabaseOperations.sql_flush = truncating  # type: ignore[method-assign]


@pytest.fixture(scope="session", autouse=True)
def _rows_are_put_back_as_they_are() -> Iterator[None]:
    """After a test that commits; not through the models, one by one."""
    usual = BaseDatabaseCreation.serialize_db_to_string
    usual_back = BaseDatabaseCreation.deserialize_db_from_string
    BaseDatabaseCreation.serialize_db_to_string = lambda self: kept_rows.read_rows(self.connection)
    BaseDatabaseCreation.deserialize_db_from_string = lambda self, kept: kept_rows.write_rows(
        self.connection, kept
    )
    yield
    BaseDatabaseCreation.serialize_db_to_string = usual
    BaseDatabaseCreation.deserialize_db_from_string = usual_back


@pytest.fixture(scope="session", autouse=True)
def _indexes_are_left_alone() -> None:
    """Those of Wagtail, which saving a page writes."""
    page_indexes.leave()


@pytest.fixture(autouse=True)
def _indexes_of_marked_tests(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test marked `indexed`, and whatever walks in a browser, has them as in real life."""
    if not any(map(request.node.get_closest_marker, ("indexed", "browser"))):
        yield
        return
    with page_indexes.kept_up():
        yield


@pytest.fixture(scope="session", autouse=True)
def _garbage_is_looked_for_seldom() -> Iterator[None]:
    """What was imported stays, and is not looked through again after every few tests."""
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    yield
    gc.set_threshold(*usual)
    gc.unfreeze()


@pytest.fixture(scope="session", autouse=True)
def _parts_of_a_page_are_not_noted(django_test_environment: None) -> Iterator[None]:
    """The test client keeps the context of a page, and not of each of a hundred parts in it."""
    noting, inside = Template._render, threading.local()

    def render(template: Template, context: Context) -> SafeString:
        if getattr(inside, "a_page", False):
            return template.nodelist.render(context)
        inside.a_page = True
        try:
            return noting(template, context)
        finally:
            inside.a_page = False

    Template._render = render  # type: ignore[method-assign]
    yield
    Template._render = noting  # type: ignore[method-assign]


@pytest.fixture(scope="session", autouse=True)
def _secrets_are_hashed_cheaply() -> Iterator[None]:
    """As Django's own passwords are in tests; `tests/desk_core/test_passwords.py` is not spared."""
    real = passwords._hasher
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    yield
    passwords._hasher = real


@pytest.fixture(scope="session")
def chromium(django_db_setup: None) -> Iterator[Any]:
    """One Chromium for all browser tests of a process; Playwright takes no second one.

    Inside Playwright's loop `connection` is another object than before it; it must know, too,
    what `serialized_rollback` puts back into emptied tables.
    """
    from django.db import connection
    from playwright.sync_api import sync_playwright

    # A process forked inside the loop finds itself outside of it, and would use this one as well.
    connection.close()
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


@pytest.hookimpl(trylast=True, specname="pytest_collection_modifyitems")
def pytest_begin_with_long_ones(items: list[pytest.Item]) -> None:
    """What takes minutes and no table of ours goes first: at the end one worker would wait."""
    items.sort(key=lambda item: not item.get_closest_marker("drill") or _uses_database(item))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    return spreading.scheduler(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not CHROMIUM:
        terminalreporter.write_line(
            "NO CHROMIUM FOUND: THE BROWSER TESTS WERE SKIPPED (apt-get install chromium)",
            red=True,
            bold=True,
        )
