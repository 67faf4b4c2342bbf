"""Content that all tests of a module start from: made once, and taken back with its last test.

Each test's own transaction lies within that of the module, so what a test changes is undone before
the next one. Not for modules with tests that commit.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from pytest_django import DjangoDbBlocker


@contextmanager
def made_once(blocker: DjangoDbBlocker) -> Iterator[None]:
    """Make the content within this, in a fixture with the scope of a module."""
    with blocker.unblock():
        block = transaction.atomic()
        block._from_testcase = True  # type: ignore[attr-defined]
        with block:
            yield
            transaction.set_rollback(True)
