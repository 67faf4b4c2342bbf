from copy import deepcopy
from datetime import timedelta

import pytest

from notices.enums import Kind
from notices.static_copy import contents
from tests.cms_pages.factories import ServiceFactory
from tests.notices import factories
from tests.notices.copies import s3_bucket
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


@pytest.fixture
def told_index(index):
    """Notices of every kind and in every state, and a service."""
    from tests.notices.test_warnings import warn

    service = ServiceFactory(name="استعلام", name_en="Enquiry", key="enquiry")
    factories.published(index, title="اختلال درگاه", services=[service])
    warn(index, title="بهمن در گردنه")
    start = factories.ahead(hours=30)
    window = {"starts_at": start, "expected_end": start + timedelta(hours=2)}
    planned = {"kind": Kind.MAINTENANCE, "services": [service], **window}
    factories.published(index, title="نگهداری شبانه", **planned)
    factories.published(index, title="پس‌گرفته").unpublish()
    factories.draft(index, title="پیش‌نویس پنهان")
    return index


@pytest.fixture
def bucket():
    """A bucket on an S3 server."""
    with s3_bucket() as made:
        yield made


@pytest.fixture
def short_copy(monkeypatch):
    """A copy of a few addresses: which ones there are is what other tests look at."""
    everything = contents.addresses
    few = {f"/status/{name}" for name in ("", "history.atom", "maintenance.ics")}
    few |= {"/en/status/", "/status/api/v2/summary.json"}
    monkeypatch.setattr(
        contents, "addresses", lambda: [each for each in everything() if each in few]
    )
