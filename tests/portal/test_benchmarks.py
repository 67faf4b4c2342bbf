"""The rows of the benchmarks are made by SQL that has to follow the tables."""

import pytest
from django.db import connection

from benchmarks import filling
from service_requests.models import Case
from sla.models import Clock
from tests.cms_pages.factories import DepartmentFactory


@pytest.mark.django_db
def test_a_desk_is_filled_with_cases_that_can_be_read():
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL makes them")
    department = DepartmentFactory()
    filling.make(100)
    assert Case.objects.count() == 100
    clock = Clock.objects.filter(department=department).first()
    assert (clock.pauses, clock.halts, clock.halted) == ([], [], False)
