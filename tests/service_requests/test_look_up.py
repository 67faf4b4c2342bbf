"""Staff find a case by code, exact identifier or words, within what they may see."""

import pytest

from cms_pages.enums import Role
from service_requests import look_up
from service_requests.enums import Kind
from service_requests.models import Case, IdentifierIndex, WordIndex
from tests.cms_pages.factories import DepartmentFactory, staff_user
from tests.service_requests.factories import LEGAL, make_case, officer_of

pytestmark = pytest.mark.django_db


def found(user, term):
    return list(look_up.narrow(Case.objects.visible_to(user), term))


def test_code_identifier_and_words_find_the_case_however_typed():
    case = make_case()
    officer = officer_of(case)
    fa = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
    for term in (
        case.code,
        " ".join((case.code[:4], case.code[4:8], case.code[8:])).translate(fa),
        "0499370899",
        "۰۴۹۹۳۷۰۸۹۹",
        "0912 345 6789",
        "+989123456789",
        "بنفشه",
        "آسفالت بنفشه",
        "اسفالت",
        "كوچه",
        "چاله های",
    ):
        assert found(officer, term) == [case], term


def test_legal_persons_by_both_numbers():
    case = make_case(person=LEGAL)
    officer = officer_of(case)
    assert found(officer, "10380284790") == [case]
    assert found(officer, "0790419904") == [case]


@pytest.mark.parametrize(
    "term", ["", " ", "0499370898", "گلنار", "نیست", "بنفشه نیست", "\0", "\ud800", "%", "x" * 10**6]
)
def test_what_does_not_match_finds_nothing(term):
    assert found(officer_of(make_case()), term) == []


def test_nobody_finds_what_they_may_not_see():
    case = make_case()
    strangers = [
        staff_user(Role.OFFICER),
        staff_user(Role.COMPLAINTS),
        staff_user(Role.EDITOR, case.department),
        staff_user(None),
    ]
    for user in strangers:
        for term in (case.code, "0499370899", "بنفشه"):
            assert found(user, term) == []


def test_a_complaint_is_found_by_the_complaints_office_alone():
    case = make_case(Kind.COMPLAINT)
    office, unit = staff_user(Role.COMPLAINTS), officer_of(case)
    for term in (case.code, "0499370899", "بنفشه"):
        assert found(office, term) == [case]
        assert found(unit, term) == []


def test_the_index_holds_no_word_and_no_number_and_differs_by_department():
    one = make_case(department=DepartmentFactory().key)
    two = make_case(department=DepartmentFactory().key)
    digests = [set(case.words.values_list("digest", flat=True)) for case in (one, two)]
    assert digests[0]
    assert not digests[0] & digests[1]
    stored = str(list(WordIndex.objects.values_list())) + str(
        list(IdentifierIndex.objects.values_list())
    )
    for clear in ("بنفشه", "0499370899", "9123456789"):
        assert clear not in stored


def test_a_search_takes_a_fixed_number_of_queries(django_assert_max_num_queries):
    case = make_case()
    officer = officer_of(case)
    for _ in range(5):
        make_case(department=case.department.key)
    with django_assert_max_num_queries(4):
        assert len(found(officer, "آسفالت کوچه بنفشه فرسوده")) == 6
