from pathlib import Path

import pytest

from tests.desk_core.backup.conftest import identity, place  # noqa: F401 - fixtures
from tests.sla import factories

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.fixture(autouse=True)
def _private_files(settings, tmp_path, monkeypatch):
    """Scans go to a folder of the test."""
    from django.core.files.storage import storages

    from sla.models import Signature

    settings.STORAGES = {
        **settings.STORAGES,
        "private": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path, "base_url": None},
        },
    }
    assert storages["private"].location == str(tmp_path)
    # A field asks for its storage once, when its model is made.
    monkeypatch.setattr(Signature._meta.get_field("scan"), "storage", storages["private"])


@pytest.fixture
def index(db):
    return factories.make_index()


@pytest.fixture
def agreement_bytes():
    return (FIXTURES / "agreement-fa.md").read_bytes()
