"""What the tests of cases share."""

from pathlib import Path

import pytest
from django.core.files.storage import storages


@pytest.fixture
def private_files():
    """The names of the files in the private storage now, as a set; call it again for later."""
    root = Path(storages["private"].location)

    def now() -> set[str]:
        return {str(found.relative_to(root)) for found in root.rglob("*") if found.is_file()}

    return now
