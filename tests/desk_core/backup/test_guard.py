import pytest
from django.db import connection, connections

from desk_core.backup import guard


@pytest.fixture
def shut(transactional_db):
    guard.mark("nightly")
    connection.close()
    yield
    with guard.lifted():
        guard.unmark()


def test_nothing_uses_a_database_whose_restore_is_not_finished(shut, client):
    for _ in range(2):
        with pytest.raises(guard.UnfinishedRestore, match="restore NAME --identity FILE --again"):
            connection.cursor()
        assert connection.connection is None
    answer = client.get("/health/ready/")
    assert (answer.status_code, answer.json()["database"]) == (503, "away")


def test_the_restore_itself_is_let_in_and_opens_the_database_again(shut):
    with guard.lifted():
        assert guard.marked_for() == "nightly"
        guard.unmark()
        assert guard.marked_for() is None
    connection.close()
    connection.ensure_connection()
    # The fixture takes it away once more.
    guard.mark("nightly")


def test_an_ordinary_database_costs_no_query(transactional_db, django_assert_num_queries):
    connection.close()
    with django_assert_num_queries(0):
        connection.ensure_connection()
    assert connections["default"].is_usable()
