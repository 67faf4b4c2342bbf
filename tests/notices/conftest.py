import pytest

from tests.notices import factories


@pytest.fixture
def index(db):
    """The page under which notices live."""
    return factories.make_index()
