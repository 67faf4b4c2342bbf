"""Who may know of a case, and do what: the whole table, and the rule about complaints."""

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cms_pages.enums import BODY_ROLES, Role
from cms_pages.models import Department, Membership
from service_requests import permissions
from service_requests.enums import Kind
from service_requests.models import Case
from service_requests.permissions import GRANTS
from service_requests.standing import Standing
from tests.cms_pages.factories import DepartmentFactory, UserFactory, staff_user
from tests.service_requests.factories import make_case

DEEDS = sorted(set().union(*GRANTS.values()))
DEPARTMENTS = [1, 2, 3]


def case_of(kind, department, complained=None, assigned=None) -> Case:
    return Case(
        kind=kind,
        department_id=department,
        complained_department_id=complained,
        assigned_to_id=assigned,
    )


places = st.sampled_from([None, *DEPARTMENTS])
roles = st.sets(st.tuples(st.sampled_from(list(Role)), places), max_size=4)


def standing_from(held, superuser=False) -> Standing:
    departments: dict[str, set[int]] = {}
    for role, place in held:
        if place is not None:
            departments.setdefault(role, set()).add(place)
    return Standing(
        user_id=7,
        superuser=superuser,
        everywhere=frozenset(role for role, place in held if place is None),
        departments={role: frozenset(ids) for role, ids in departments.items()},
    )


@given(roles, st.sampled_from(DEPARTMENTS), st.sampled_from(DEPARTMENTS), st.booleans())
def test_nobody_sees_a_complaint_for_working_in_the_unit_complained_of(
    held, unit, now_at, assigned
):
    held = {(role, place) for role, place in held if role not in (Role.COMPLAINTS, Role.AUDITOR)}
    held.add((Role.OFFICER, unit))
    complaint = case_of(Kind.COMPLAINT, now_at, unit, 7 if assigned else None)
    assert standing_from(held).relations(complaint) == frozenset()


@given(roles, st.sampled_from(DEPARTMENTS), st.sampled_from(DEPARTMENTS))
def test_the_complaints_office_sees_every_complaint(held, unit, now_at):
    held = {*held, (Role.COMPLAINTS, None)}
    assert Role.COMPLAINTS in standing_from(held).relations(case_of(Kind.COMPLAINT, now_at, unit))


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.COMPLAINTS])
@pytest.mark.parametrize("kind", list(Kind))
def test_a_role_over_all_departments_counts_only_when_held_for_the_whole_body(role, kind):
    standing = standing_from({(role, 1)})
    assert not standing.has(role)
    assert standing.case_filter() is not None
    for department in DEPARTMENTS:
        assert not standing.relations(case_of(kind, department, 2))
    assert standing_from({(role, None)}).has(role)


@given(roles)
def test_administrators_and_editors_are_nothing_to_any_case(held):
    held = {(role, place) for role, place in held if role in (Role.ADMINISTRATOR, Role.EDITOR)}
    for kind in Kind:
        complained = 1 if kind == Kind.COMPLAINT else None
        assert not standing_from(held).relations(case_of(kind, 1, complained, 7))


@pytest.mark.django_db
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_the_list_and_the_question_about_one_case_always_agree(data, world):
    departments, cases, user = world
    Membership.objects.filter(user=user).delete()
    for role, place in data.draw(roles):
        if (role in (Role.OFFICER, Role.HEAD)) if place is None else (role in BODY_ROLES):
            continue
        department = departments[place - 1] if place else None
        Membership.objects.get_or_create(user=user, role=role, department=department)
    user.is_superuser = data.draw(st.booleans())
    user.__dict__.pop("_desk_standing", None)
    seen = set(Case.objects.visible_to(user).values_list("pk", flat=True))
    for case in cases:
        assert (case.pk in seen) == permissions.user_can_see(user, case)


@pytest.fixture
def world(db):
    departments = [DepartmentFactory() for _ in DEPARTMENTS]
    user = UserFactory()
    first = make_case(department=departments[0].key)
    cases = []
    for number, (kind, place, complained, mine) in enumerate(
        itertools.product(Kind.values, departments, departments, (True, False))
    ):
        complaint = kind == Kind.COMPLAINT
        if not complaint and complained is not departments[0]:
            continue
        from desk_core.sealing import new_subject

        subject = new_subject()
        subject.save()
        cases.append(
            Case.objects.create(
                code=f"{number:012d}",
                kind=kind,
                department=place,
                complained_department=complained if complaint else None,
                assigned_to=user if mine else None,
                source=first.source,
                language="fa",
                person_type=first.person_type,
                consent_version="1",
                subject_key=subject.row,
                sealed_content=b"x",
            )
        )
    return departments, [first, *cases], user


EXPECTED = {
    "officer": {
        *("see", "read", "read_person", "take", "review", "ask", "visit", "answer", "refer"),
        *("reject", "close", "message", "note", "reissue", "receive"),
        *("set_aside", "prioritise", "enquire", "link"),
    },
    "head": set(DEEDS),
    "complaints": set(),
    "secretariat": {"see", "read", "read_person", "refer", "reissue", "letter", "receive"},
    "auditor": {"see", "history"},
    "administrator": set(),
    "editor": set(),
    "nobody": set(),
    "other officer": set(),
    "other head": set(),
    "superuser": set(DEEDS),
    "inactive officer": set(),
}


def people(department: Department) -> dict:
    return {
        "officer": staff_user(Role.OFFICER, department),
        "head": staff_user(Role.HEAD, department),
        "complaints": staff_user(Role.COMPLAINTS),
        "secretariat": staff_user(Role.SECRETARIAT),
        "auditor": staff_user(Role.AUDITOR),
        "administrator": staff_user(Role.ADMINISTRATOR),
        "editor": staff_user(Role.EDITOR),
        "nobody": UserFactory(),
        "other officer": staff_user(Role.OFFICER),
        "other head": staff_user(Role.HEAD),
        "superuser": UserFactory(is_superuser=True),
        "inactive officer": staff_user(Role.OFFICER, department, is_active=False),
    }


@pytest.mark.django_db
def test_the_matrix_of_a_request():
    case = make_case()
    for who, user in people(case.department).items():
        allowed = {deed for deed in DEEDS if permissions.user_may(user, case, deed)}
        assert allowed == EXPECTED[who], who


@pytest.mark.django_db
def test_the_matrix_of_a_complaint_in_the_department_complained_of():
    case = make_case(Kind.COMPLAINT)
    expected = {
        "complaints": set(DEEDS),
        "auditor": {"see", "history"},
        "superuser": set(DEEDS),
    }
    for who, user in people(case.department).items():
        allowed = {deed for deed in DEEDS if permissions.user_may(user, case, deed)}
        assert allowed == expected.get(who, set()), who


@pytest.mark.django_db
def test_every_function_answers_for_everybody_without_an_error():
    case = make_case()
    functions = [
        fn
        for name, fn in vars(permissions).items()
        if name.startswith("user_can_") or name == "user_must_give_reason"
    ]
    assert len(functions) > 20
    for user in people(case.department).values():
        for fn in functions:
            takes_case = "case" in fn.__annotations__
            assert isinstance(fn(user, case) if takes_case else fn(user), bool)


@pytest.mark.django_db
def test_two_queries_tell_what_a_user_is(django_assert_num_queries):
    case = make_case()
    user = staff_user(Role.OFFICER, case.department)
    # The roles, and for whom they stand in today.
    with django_assert_num_queries(2):
        assert permissions.user_can_see(user, case)
        assert permissions.user_can_answer(user, case)
        assert not permissions.user_can_export(user)
