"""What every test starts from: empty caches, and a loud line when the browser is missing."""

import os
import shutil
from collections.abc import Iterator

import pytest
from django.core.cache import cache

CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
BROWSER_REQUIRED = os.environ.get("DESK_BROWSER") == "required"


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
