"""What is put back instead of made is what would have been made."""

import pytest
from django.db import transaction
from django.utils import timezone

from cms_pages.models import Department, Service
from tests.cms_pages.factories import DepartmentFactory, ServiceFactory
from tests.notices.factories import clock
from tests.replayed import replayed

pytestmark = pytest.mark.django_db


@pytest.fixture
def times():
    return []


@pytest.fixture
def make(times):
    @replayed
    def make(about=""):
        times.append(about)
        return DepartmentFactory(name=f"پس از {Service.objects.count()} خدمت{about}")

    return make


def seen(make, *arguments, before=None):
    """The name of what was made and the names of all rows, in a test of its own."""
    with transaction.atomic():
        if before:
            before()
        name = make(*arguments).name
        found = sorted(Department.objects.values_list("pk", "key", "name"))
        transaction.set_rollback(True)
    return name, found


def test_the_second_time_the_same_rows_are_put_back(make, times):
    assert seen(make) == seen(make) == seen(make)
    assert times == [""]


def test_each_choice_of_arguments_is_another(make, times):
    assert seen(make, "!") == seen(make, "!") != seen(make)
    assert times == ["!", ""]


def test_where_something_else_was_to_be_read_it_is_made_anew(make, times):
    assert seen(make)[0] == "پس از 0 خدمت"
    assert seen(make, before=ServiceFactory)[0] == "پس از 1 خدمت"
    assert seen(make)[0] == "پس از 0 خدمت"
    assert times == ["", ""]


def test_where_the_table_holds_other_rows_they_stay(make, times):
    seen(make)
    _name, found = seen(make, before=lambda: DepartmentFactory(key="other"))
    assert len(found) == 2
    assert times == ["", ""]


def test_twice_in_one_test_is_two(make, times):
    seen(make)
    _name, found = seen(make, before=make)
    assert len(found) == 2
    assert times == ["", ""]


def test_with_another_clock_or_a_row_as_argument_it_is_made_anew(make, times):
    seen(make)
    with clock(timezone.now()):
        seen(make)
    assert times == ["", ""]
    row = DepartmentFactory()
    assert seen(make, row)[0] != seen(make)[0]
    assert times[2:] == [row, ""]


def test_one_inside_another_is_seen_by_the_other(make, times):
    """On PostgreSQL, rows that are put back do not pass through Django's cursor."""

    @replayed
    def outer():
        times.append("outer")
        return make()

    seen(make)
    assert seen(outer) == seen(outer)
    assert times == ["", "outer"]
    _name, found = seen(outer, before=make)
    assert len(found) == 2
