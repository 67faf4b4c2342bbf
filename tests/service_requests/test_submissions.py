"""The one gate of every submission."""

import itertools

import pytest
from django.core.exceptions import ValidationError

from service_requests.enums import IdentifierField, Kind, PersonType
from service_requests.submissions import FIELDS, Submission, clean, required_fields
from tests.cms_pages.factories import DepartmentFactory, ServiceFactory
from tests.service_requests.factories import FOREIGN, LEGAL, NATURAL, data, submission

pytestmark = pytest.mark.django_db

PEOPLE = {PersonType.NATURAL: NATURAL, PersonType.LEGAL: LEGAL, PersonType.FOREIGN: FOREIGN}


def errors_of(values) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refused:
        clean(values)
    return refused.value.message_dict


@pytest.mark.parametrize("person", PEOPLE.values(), ids=PEOPLE)
@pytest.mark.parametrize("kind", Kind.values)
def test_every_kind_by_every_person(kind, person):
    made = submission(kind, person)
    assert made.kind == kind
    assert made.person_type == person["person_type"]
    assert (made.complained_department is not None) == (kind == Kind.COMPLAINT)


@pytest.mark.parametrize("kind", Kind.values)
@pytest.mark.parametrize("person_type", PersonType.values)
def test_whatever_is_required_is_missed(kind, person_type):
    for name in required_fields(kind, person_type):
        values = {**data(kind, PEOPLE[person_type]), name: ""}
        assert name in errors_of(values), name


def test_an_empty_submission_names_every_field_at_once():
    found = errors_of({})
    assert {"kind", "person_type", "department", "subject", "body", "mobile", "consent"} <= set(
        found
    )


def test_values_come_out_canonical():
    made = submission(
        national_id="۰۴۹۹۳۷۰۸۹-۹",
        mobile="٠٩١٢ ٣٤٥ ٦٧٨٩",
        email="Golnar@Example.IR",
        subject="تعمير  آسفالت كوچه",
    )
    assert made.person["national_id"] == "0499370899"
    assert made.contact["mobile"] == "+989123456789"
    assert made.contact["email"] == "Golnar@example.ir"
    assert made.subject == "تعمیر آسفالت کوچه"
    assert made.identifiers() == {
        (IdentifierField.NATIONAL_ID, "0499370899"),
        (IdentifierField.MOBILE, "+989123456789"),
    }


def test_fields_of_another_type_of_person_are_not_kept():
    made = submission(legal_id="10380284790", foreign_id="123456789012")
    assert set(made.person) == {"first_name", "last_name", "national_id"}


def test_a_complaint_is_registered_at_the_unit_complained_of_whatever_department_is_sent():
    unit, other = DepartmentFactory(), DepartmentFactory()
    made = submission(Kind.COMPLAINT, complained_department=unit.key, department=other.key)
    assert made.department == made.complained_department == unit


def test_a_complaint_says_where_the_person_lives():
    nowhere = data(Kind.COMPLAINT, province=None, city=None, address=None)
    assert set(errors_of(nowhere)) == {"province", "city", "address"}
    assert submission(province=None, city=None, address=None).contact


def test_a_service_brings_its_department():
    service = ServiceFactory()
    made = submission(service=service.key)
    assert (made.service, made.department) == (service, service.department)


def test_a_service_of_another_department_is_refused():
    assert "service" in errors_of(
        data(service=ServiceFactory().key, department=DepartmentFactory().key)
    )


def test_inactive_departments_and_services_leave_the_form():
    assert "department" in errors_of(data(department=DepartmentFactory(active=False).key))
    assert "service" in errors_of(data(service=ServiceFactory(active=False).key))


BAD = [
    None,
    "",
    " ",
    "x" * 1_000_000,
    "\0",
    "a\0b" * 5,
    "\ud800" * 20,
    "\u202e" * 20,
    12345,
    4.5,
    True,
    ["a"],
    {"a": 1},
    b"bytes",
    "<script>alert(1)</script>" * 500,
    "' OR 1=1 --",
    "../../etc/passwd",
]


@pytest.mark.parametrize("value", BAD, ids=lambda v: repr(v)[:20])
@pytest.mark.parametrize("kind", [Kind.REQUEST, Kind.COMPLAINT])
def test_bad_values_give_messages_and_never_an_exception_of_another_kind(value, kind):
    for name, person in itertools.product(FIELDS, PEOPLE.values()):
        values = {**data(kind, person), name: value}
        try:
            made = clean(values)
        except ValidationError as error:
            shown = str(error.message_dict)
            assert len(shown) < 3000
            if isinstance(value, str) and len(value.strip()) > 3:
                assert value.strip() not in shown
        else:
            assert isinstance(made, Submission)


def test_repr_shows_nothing_personal():
    shown = repr(submission())
    for secret in ("گلنار", "0499370899", "+989123456789", "بنفشه", "example"):
        assert secret not in shown
