"""A filled-in form on its way to become a case: one gate for the pages and the API."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cms_pages.models import Department, Service
from service_requests import submissions
from service_requests.enums import Kind, QuestionType
from service_requests.errors import by_field
from service_requests.models import FormVersion
from service_requests.request_forms import rules
from service_requests.request_forms.definition import Definition
from service_requests.submissions import Submission

#: What an answer's place begins with in errors: a JSON pointer into what was sent.
ANSWERS = "/answers"


@dataclass(frozen=True, kw_only=True)
class FilledForm:
    """Good answers by the key of their question; `files` says which token answers which."""

    version: FormVersion
    answers: dict[str, Any] = field(repr=False)
    files: dict[str, Any] = field(repr=False)


def clean(
    *,
    version: FormVersion,
    data: Mapping[str, Any],
    raw: Mapping[str, Any],
    files: Collection[Any] = (),
) -> Submission:
    """Check answers and applicant at once and return the submission.

    `data` is what `submissions.clean()` takes; what the form decides is filled in here. `raw` maps
    keys of questions to what was sent. Raises ValidationError by field, and by pointer
    ("/answers/q1a2b3/city") for answers.
    """
    definition = version.questions
    checked = rules.check(definition, raw, files=files)
    errors: dict[str, list[Any]] = {
        pointer(key, part): said for (key, part), said in checked.errors.items()
    }
    file_keys = {q.key for q in definition.questions() if q.type == QuestionType.FILE}
    filled = FilledForm(
        version=version,
        answers={k: True if k in file_keys else v for k, v in checked.answers.items()},
        files={k: v for k, v in checked.answers.items() if k in file_keys},
    )
    data = decided(definition, data)
    errors |= _not_offered(definition, data)
    try:
        submission = submissions.clean(data, form=filled)
    except ValidationError as error:
        raise ValidationError({**by_field(error), **errors}) from error
    if errors:
        raise ValidationError(errors)
    return submission


def pointer(key: str, part: str = "") -> str:
    """Where an answer is in what was sent."""
    return f"{ANSWERS}/{key}/{part}" if part else f"{ANSWERS}/{key}"


def place_field(definition: Definition) -> str:
    """What the department is called for this kind."""
    return "complained_department" if definition.kind == Kind.COMPLAINT else "department"


def decided(definition: Definition, data: Mapping[str, Any]) -> dict[str, Any]:
    """With what the form leaves no choice about."""
    place = place_field(definition)
    known = {
        **data,
        "kind": definition.kind,
        "subject": definition.title[: submissions.SUBJECT_MAX],
        "body": "",
        "previous_letter_number": "",
    }
    for name, values in (
        ("person_type", definition.person_types),
        (place, definition.departments),
        ("service", definition.services),
    ):
        if len(values) == 1 and not known.get(name):
            known[name] = values[0]
    if not known.get(place) and isinstance(key := known.get("service"), str) and key:
        service = submissions.remembered().services.get(key)
        known[place] = service.department.key if service else ""
    return known


def stale(definition: Definition, data: Mapping[str, Any]) -> tuple[str, ...]:
    """What was chosen in an earlier version and this one offers no more, by name of the field."""
    place = place_field(definition)
    kept = {
        "person_type": definition.person_types,
        # Of a service follows the department: there is no page that asks for it.
        place: () if definition.services else definition.departments or (data.get(place),),
        "service": definition.services,
    }
    return tuple(name for name, values in kept.items() if data.get(name) not in {"", None, *values})


def can_be_sent(definition: Definition) -> bool:
    """Whether any of the places that the form offers takes requests now; one query."""
    departments = Department.objects.active()
    if definition.departments:
        departments = departments.filter(key__in=definition.departments)
    if not definition.services:
        return departments.exists()
    services = Service.objects.active().filter(key__in=definition.services)
    return services.filter(department__in=departments.order_by().values("pk")).exists()


def received(offered: Iterable[FormVersion]) -> list[FormVersion]:
    """Those of several forms that can be sent now; two queries, however many there are."""
    departments = set(Department.objects.active().values_list("key", flat=True))
    services = dict(Service.objects.active().values_list("key", "department__key"))

    def is_received(asked: Definition) -> bool:
        places = {services.get(key) for key in asked.services} if asked.services else departments
        return not departments.intersection(asked.departments or departments).isdisjoint(places)

    return [version for version in offered if is_received(version.questions)]


def _not_offered(definition: Definition, data: Mapping[str, Any]) -> dict[str, list[Any]]:
    """What the form does not leave to choose."""
    errors: dict[str, list[Any]] = {}
    for name, values in (
        ("person_type", definition.person_types),
        (place_field(definition), definition.departments),
        ("service", definition.services),
    ):
        if values and data.get(name) not in values:
            errors[name] = [_("Choose one of the options.")]
    return errors
