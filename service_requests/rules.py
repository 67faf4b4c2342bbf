"""The rules of a department, or the defaults."""

from service_requests.models import DepartmentRules


def rules_of(department_id: int) -> DepartmentRules:
    """The rules as stored, or the defaults, unsaved. One query."""
    found = DepartmentRules.objects.filter(department_id=department_id).first()
    return found or DepartmentRules(department_id=department_id)
