"""Names stand in the order of the Persian alphabet."""

import pytest

from cms_pages.models import Department, Need, Service
from tests.cms_pages.factories import DepartmentFactory, ServiceFactory

pytestmark = pytest.mark.django_db


def test_equal_places_are_in_persian_order():
    names = ["یزد", "گاز", "کار", "وام", "پل", "آب", "هوا", "تالار"]
    for name in names:
        DepartmentFactory(name=name, sort_order=5)
        ServiceFactory(name=name, sort_order=5, department=Department.objects.first())
        Need.objects.create(key=f"need-{names.index(name)}", name=name, sort_order=5)
    in_order = ["آب", "پل", "تالار", "کار", "گاز", "وام", "هوا", "یزد"]
    for model in (Department, Service, Need):
        assert list(model.objects.values_list("name", flat=True)) == in_order
    renamed = Department.objects.get(name="آب")
    renamed.name = "یخ"
    renamed.save(update_fields=["name"])
    assert list(Department.objects.values_list("name", flat=True)) == [*in_order[1:-1], "یخ", "یزد"]
