from copy import deepcopy

import pytest

from tests.notices import factories
from tests.shared_content import made_once


@pytest.fixture
def index(db):
    """The page under which notices live."""
    return factories.make_index()


@pytest.fixture(scope="module")
def _index_of_the_module(django_db_setup, django_db_blocker):
    with made_once(django_db_blocker):
        yield factories.make_index()


@pytest.fixture
def shared_index(_index_of_the_module, db):
    """The same made once a module, a copy for each test; not for modules with tests that commit."""
    return deepcopy(_index_of_the_module)
