"""Taking up and leaving a role, and the groups that follow."""

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from cms_pages import permissions, staffing
from cms_pages.enums import BODY_ROLES, Role
from cms_pages.models import Department, Membership
from tests.cms_pages.factories import DepartmentFactory, UserFactory, staff_user

pytestmark = pytest.mark.django_db


def groups(user):
    return set(user.groups.values_list("name", flat=True))


def test_there_is_one_group_for_each_role_and_each_opens_the_admin():
    for role in Role:
        group = Group.objects.get(name=role.value)
        assert group.permissions.filter(codename="access_admin").exists(), role


def test_a_role_brings_its_group_and_the_last_leaving_takes_it():
    user = UserFactory()
    here = staffing.assign(user=user, role=Role.OFFICER, department=DepartmentFactory())
    there = staffing.assign(user=user, role=Role.OFFICER, department=DepartmentFactory())
    assert groups(user) == {"officer"}
    staffing.leave(membership=here)
    assert groups(user) == {"officer"}
    staffing.leave(membership=there)
    assert groups(user) == set()


def test_assigning_twice_changes_nothing():
    user, place = UserFactory(), DepartmentFactory()
    first = staffing.assign(user=user, role=Role.HEAD, department=place)
    assert staffing.assign(user=user, role=Role.HEAD, department=place).pk == first.pk
    assert Membership.objects.count() == 1


def test_leaving_twice_is_no_error():
    user = staff_user(Role.AUDITOR)
    membership = user.memberships.get()
    staffing.leave(membership=membership)
    staffing.leave(membership=membership)
    assert groups(user) == set()


@pytest.mark.parametrize("role", [Role.OFFICER, Role.HEAD])
def test_officers_and_heads_need_a_department(role):
    with pytest.raises(ValidationError):
        staffing.assign(user=UserFactory(), role=role)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(user=UserFactory(), role=role)


@pytest.mark.parametrize("role", [Role.EDITOR, Role.HEAD])
def test_a_role_that_is_held_already_is_refused_at_its_field(role):
    place = DepartmentFactory() if role == Role.HEAD else None
    first = staffing.assign(user=UserFactory(), role=role, department=place)
    with pytest.raises(ValidationError) as caught:
        Membership(user=first.user, role=role, department=place).full_clean()
    assert caught.value.message_dict == {
        "role": [gettext("This person has this role there already.")]
    }
    first.full_clean()


@pytest.mark.parametrize("role", sorted(BODY_ROLES))
def test_roles_over_all_departments_are_held_in_none(role):
    place = DepartmentFactory()
    with pytest.raises(ValidationError) as caught:
        staffing.assign(user=UserFactory(), role=role, department=place)
    assert set(caught.value.error_dict) == {"department"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(user=UserFactory(), role=role, department=place)


def test_groups_of_others_are_left_alone():
    user = UserFactory()
    user.groups.add(Group.objects.create(name="choir"))
    membership = staffing.assign(user=user, role=Role.EDITOR)
    staffing.leave(membership=membership)
    assert groups(user) == {"choir"}


def test_a_department_that_goes_takes_its_officers_rights_along():
    place = DepartmentFactory()
    user = staff_user(Role.OFFICER, place)
    place.delete()
    assert groups(user) == set()


def test_a_user_that_goes_takes_the_memberships_along():
    user = staff_user(Role.OFFICER)
    user.delete()
    assert not Membership.objects.exists()


def test_departments_of_an_officer_are_those_of_the_memberships():
    mine, other = DepartmentFactory(), DepartmentFactory()
    user = staff_user(Role.OFFICER, mine)
    assert list(permissions.departments_of(user, Role.OFFICER)) == [mine]
    assert list(permissions.departments_of(user, Role.HEAD)) == []
    assert list(permissions.departments_of(user)) == [mine]
    assert other not in permissions.departments_of(user)


def test_a_role_in_the_whole_body_reaches_every_department_even_inactive_ones():
    places = {DepartmentFactory(), DepartmentFactory(active=False)}
    user = staff_user(Role.SECRETARIAT)
    assert set(permissions.departments_of(user, Role.SECRETARIAT)) == places
    assert set(permissions.departments_of(user, Role.OFFICER)) == set()


def test_departments_of_costs_one_query(django_assert_num_queries):
    user = staff_user(Role.OFFICER)
    with django_assert_num_queries(1):
        list(permissions.departments_of(user, Role.OFFICER, Role.HEAD))


def test_has_role_asks_for_the_place():
    mine, other = DepartmentFactory(), DepartmentFactory()
    user = staff_user(Role.HEAD, mine)
    assert permissions.has_role(user, Role.HEAD)
    assert permissions.has_role(user, Role.HEAD, department=mine)
    assert not permissions.has_role(user, Role.HEAD, department=other)
    assert not permissions.has_body_role(user, Role.HEAD)


@pytest.mark.parametrize("role", list(Role))
def test_nobody_in_particular_has_no_role(role):
    for user in (AnonymousUser(), UserFactory(), UserFactory(is_active=False)):
        assert not permissions.has_role(user, role)
        assert not permissions.departments_of(user, role).exists()


def test_someone_who_was_shut_out_keeps_no_role():
    user = staff_user(Role.OFFICER)
    user.is_active = False
    user.save()
    assert not permissions.has_role(user, Role.OFFICER)
    assert not permissions.departments_of(user).exists()


def test_a_superuser_administers_but_does_not_read_cases():
    DepartmentFactory()
    user = UserFactory(is_superuser=True)
    assert permissions.has_body_role(user, Role.ADMINISTRATOR)
    for role in set(Role) - {Role.ADMINISTRATOR}:
        assert not permissions.has_role(user, role), role
        assert not permissions.departments_of(user, role).exists(), role
    assert set(permissions.departments_of(user)) == set(Department.objects.all())
