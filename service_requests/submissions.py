"""The one gate of every submission: what a person hands in, checked, in canonical form.

Citizens' form, API and staff registration all call `clean()`; none has a rule of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cms_pages.models import Department, Service
from persian.forms import (
    EmailAddressField,
    ForeignIdField,
    LandlineField,
    LegalIdField,
    LetterNumberField,
    MobileField,
    NationalIdField,
    PersianCharField,
    PersonNameField,
    PostalCodeField,
)
from persian.text import control_characters
from service_requests.agreement import AtRegistration, Remembered, remembered
from service_requests.enums import IdentifierField, Kind, PersonType

if TYPE_CHECKING:
    from service_requests.request_forms.filling import FilledForm

SUBJECT_MAX = 150
BODY_MIN, BODY_MAX = 10, 5000

_PERSON: dict[str, tuple[str, ...]] = {
    PersonType.NATURAL: ("first_name", "last_name", "national_id"),
    PersonType.FOREIGN: ("first_name", "last_name", "foreign_id"),
    PersonType.LEGAL: ("legal_name", "legal_id", "rep_name", "rep_national_id", "rep_position"),
}
CONTACT_FIELDS = ("mobile", "phone", "email", "province", "city", "address", "postal_code")
_IDENTIFIERS = frozenset({"national_id", "foreign_id", "legal_id", "rep_national_id"})
_FOR_A_COMPLAINT = frozenset({"province", "city", "address", "complained_department"})
_PLACES = ("department", "service", "complained_department")
FIELDS: tuple[str, ...] = (
    *("kind", "person_type", *_PLACES),
    *dict.fromkeys(name for names in _PERSON.values() for name in names),
    *(*CONTACT_FIELDS, "subject", "body", "previous_letter_number", "consent"),
)

_LOOKED_UP = {
    "national_id": IdentifierField.NATIONAL_ID,
    "rep_national_id": IdentifierField.NATIONAL_ID,
    "legal_id": IdentifierField.LEGAL_ID,
    "foreign_id": IdentifierField.FOREIGN_ID,
    "mobile": IdentifierField.MOBILE,
}


@dataclass(frozen=True, kw_only=True)
class Submission:
    """A clean submission. `repr` shows nothing personal."""

    kind: Kind
    person_type: PersonType
    department: Department
    service: Service | None = None
    complained_department: Department | None = None
    person: dict[str, str] = field(repr=False)
    contact: dict[str, str] = field(repr=False)
    subject: str = field(repr=False)
    body: str = field(repr=False)
    previous_letter_number: str = field(default="", repr=False)
    terms: AtRegistration
    form: "FilledForm | None" = field(default=None, repr=False)

    def content(self) -> dict[str, Any]:
        """What is sealed as the content of the case."""
        content = {
            "person": self.person,
            "contact": self.contact,
            "subject": self.subject,
            "body": self.body,
            "previous_letter_number": self.previous_letter_number,
        }
        if self.form is not None:
            content["answers"] = self.form.answers
        return content

    def identifiers(self) -> set[tuple[IdentifierField, str]]:
        """The identifiers by which staff may find the case, in canonical form."""
        known = {**self.person, **self.contact}
        return {(where, known[name]) for name, where in _LOOKED_UP.items() if known.get(name)}


def person_fields(person_type: str) -> tuple[str, ...]:
    """The fields that say who it is, for one type of person."""
    return _PERSON[person_type]


def required_fields(kind: str, person_type: str) -> frozenset[str]:
    """The fields that must be filled in; doors mark them so, `clean()` insists on them.

    A complaint needs full identity and where the person lives (R2); a suggestion needs no
    identifier.
    """
    names = {"kind", "person_type", "mobile", "subject", "body", "consent"}
    person = _PERSON.get(person_type, ())
    names.update(n for n in person if kind != Kind.SUGGESTION or n not in _IDENTIFIERS)
    names.update(_FOR_A_COMPLAINT if kind == Kind.COMPLAINT else {"department"})
    return frozenset(names)


def clean(data: Mapping[str, Any], *, form: "FilledForm | None" = None) -> Submission:
    """Check everything at once and return the submission.

    `data` maps names of FIELDS to text (departments and services by key, consent to true). The
    answers of an editor's form take the place of the text.
    Raises ValidationError with a dict from field to messages; nothing in them repeats the input.
    """
    errors: dict[str, list[Any]] = {}
    kind = _choice("kind", data, Kind, errors)
    person_type = _choice("person_type", data, PersonType, errors)
    required = required_fields(kind, person_type) - ({"body"} if form else set())
    texts = {
        name: _text(name, data.get(name), name in required, errors)
        for name in (
            *_PERSON.get(person_type, ()),
            *CONTACT_FIELDS,
            *("subject", "body", "previous_letter_number"),
        )
    }
    known = remembered()
    department, service, complained = _places(kind, data, known, errors)
    if not _agreed(data.get("consent")):
        errors["consent"] = [_("Without your agreement the request cannot be registered.")]
    if errors or department is None:
        raise ValidationError(errors)
    return Submission(
        kind=Kind(kind),
        person_type=PersonType(person_type),
        department=department,
        service=service,
        complained_department=complained,
        person={name: texts[name] for name in _PERSON[person_type] if texts[name]},
        contact={name: texts[name] for name in CONTACT_FIELDS if texts[name]},
        subject=texts["subject"],
        body=texts["body"],
        previous_letter_number=texts["previous_letter_number"],
        terms=known.at_registration(department.pk),
        form=form,
    )


def terms_of(data: Mapping[str, Any]) -> AtRegistration | None:
    """What these answers would be registered under; None while they name no department."""
    known = remembered()
    department, _service, _complained = _places(str(data.get("kind")), data, known, {})
    return known.at_registration(department.pk) if department is not None else None


def text_field(name: str) -> forms.Field:
    """What one text field accepts; a door may copy it and give it words."""
    return _TEXT_FIELDS[name]


_TEXT_FIELDS: dict[str, forms.Field] = {
    "first_name": PersonNameField(),
    "last_name": PersonNameField(),
    "national_id": NationalIdField(),
    "foreign_id": ForeignIdField(),
    "legal_name": PersianCharField(min_length=2, max_length=120),
    "legal_id": LegalIdField(),
    "rep_name": PersonNameField(),
    "rep_national_id": NationalIdField(),
    "rep_position": PersianCharField(min_length=2, max_length=60),
    "mobile": MobileField(),
    "phone": LandlineField(),
    "email": EmailAddressField(max_length=254),
    "province": PersianCharField(min_length=2, max_length=60),
    "city": PersianCharField(min_length=2, max_length=60),
    "address": PersianCharField(min_length=5, max_length=300, multiline=True),
    "postal_code": PostalCodeField(),
    "subject": PersianCharField(min_length=3, max_length=SUBJECT_MAX),
    "body": PersianCharField(min_length=BODY_MIN, max_length=BODY_MAX, multiline=True),
    "previous_letter_number": LetterNumberField(),
}
TEXT_FIELDS = tuple(_TEXT_FIELDS)


def _choice(name: str, data: Mapping[str, Any], choices: Any, errors: dict[str, list[Any]]) -> str:
    value = data.get(name)
    if isinstance(value, str) and value in choices.values:
        return value
    errors[name] = [_("Choose one of the options.")]
    return ""


def _text(name: str, value: Any, required: bool, errors: dict[str, list[Any]]) -> str:
    if value is None or (isinstance(value, str) and not value.strip()):
        if required:
            errors[name] = [_("Please fill this in.")]
        return ""
    try:
        if not isinstance(value, str):
            raise ValidationError(_("Write this as text."), "invalid")
        clean_value = str(text_field(name).clean(value))
    except ValidationError as error:
        errors[name] = list(error.messages)
        return ""
    if name == "email":
        local, _at, domain = clean_value.rpartition("@")
        return f"{local}@{domain.lower()}"
    if required and not clean_value:
        errors[name] = [_("Please fill this in.")]
    return clean_value


def _places(
    kind: str, data: Mapping[str, Any], known: Remembered, errors: dict[str, list[Any]]
) -> tuple[Department | None, Service | None, Department | None]:
    """Department, service and the department complained of.

    A complaint is registered at the department complained of; who sees it follows from its kind.
    """
    field_name = "complained_department" if kind == Kind.COMPLAINT else "department"
    service = _one(Service, known.services, "service", data.get("service"), errors)
    department = _one(Department, known.departments, field_name, data.get(field_name), errors)
    if department is None and field_name not in errors:
        if service is not None and kind != Kind.COMPLAINT:
            department = service.department
        else:
            errors[field_name] = [_("Choose a department.")]
    if service and department and service.department_id != department.pk:
        errors["service"] = [_("This service belongs to another department.")]
    return department, service, department if kind == Kind.COMPLAINT else None


def _one(
    model: Any, known: Mapping[str, Any], name: str, value: Any, errors: dict[str, list[Any]]
) -> Any:
    if value is None or value == "":
        return None
    found = None
    if isinstance(value, str) and len(value) <= 60 and not control_characters(value):
        # One that was added this moment is not remembered yet.
        found = known.get(value) or model.objects.active().filter(key=value).first()
    if found is None:
        errors[name] = [_("Choose one of the options.")]
    return found


def _agreed(value: Any) -> bool:
    return value is True or (isinstance(value, str) and value.lower() in {"on", "true", "1", "yes"})
