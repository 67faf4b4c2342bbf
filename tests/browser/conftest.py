"""A real browser before a real server: Debian's Chromium, the demo's pages, no foreign host."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings as settings_of_project
from django.core.management import call_command
from django.db import connection
from django.utils import translation

from tests.desk_core.backup.conftest import identity, place  # noqa: F401 - fixtures


@pytest.fixture
def desk(transactional_db, settings, live_server):
    """The demo's site, staff, agreement and calendar; no notices and no cases yet."""
    from portal.demo import pages, people, records

    settings.DESK_HUMAN_CHECK_OFF = False
    settings.DESK_HUMAN_DIFFICULTY = 2000
    settings.DEMO_PASSWORD = "desk-demo-1405"
    settings.ALLOWED_HOSTS = ["*"]
    if not _put_back():
        call_command("collectstatic", interactive=False, verbosity=0)
        with translation.override("fa"):
            pages.build_facts()
            people.build_people()
            pages.build_site()
            records.build_calendar()
            records.build_visiting_hours()
            records.build_agreement()
        _keep()
    return live_server


def _kept() -> Path:
    return settings_of_project.VAR_DIR / "browser-desk.sqlite3"


def _put_back() -> bool:
    """Bring the desk back as the first browser test of this process made it; SQLite only."""
    if connection.vendor != "sqlite" or not _kept().exists():
        return False
    connection.ensure_connection()
    with closing(sqlite3.connect(_kept())) as kept:
        kept.backup(connection.connection)
    return True


def _keep() -> None:
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(_kept())) as kept:
            connection.connection.backup(kept)


@pytest.fixture
def open_page(chromium, desk) -> Iterator[Callable[..., Any]]:
    """Open pages in contexts of their own; afterwards nothing foreign was asked for, and no
    script, style or policy complained."""
    contexts: list[Any] = []
    complaints: list[str] = []

    def watch(message: Any) -> None:
        if message.type == "error" and "the server responded with a status of" not in message.text:
            complaints.append(message.text)

    def asked(request: Any) -> None:
        host = urlsplit(request.url).hostname
        if host not in ("localhost", "127.0.0.1", None):
            complaints.append(f"foreign host: {request.url}")

    def open_one(*, javascript: bool = True, width: int = 1280, **options: Any) -> Any:
        context = chromium.new_context(
            base_url=desk.url,
            java_script_enabled=javascript,
            viewport={"width": width, "height": 900},
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", watch)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", asked)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not complaints
