"""The staff's API × roles × cases: no door opens that `permissions.py` does not grant.

The doors are read from the API's description: a new one has to be named here with its right.
"""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.test import Client
from django.utils import timezone

from cms_pages import staffing
from cms_pages.enums import Role
from notices.models import Notice
from service_requests import conversation, four_eyes, letters, permissions, workflow
from service_requests.api import desk_api
from service_requests.api.staff_steps import _STEPS
from service_requests.attachments import IncomingFile
from service_requests.enums import Kind
from service_requests.models import Case, LetterBook, Secretariat
from tests.cms_pages.factories import DepartmentFactory, UserFactory, staff_user
from tests.service_requests.about_notices import outage
from tests.service_requests.factories import make_case, receives, secret_of, upload

pytestmark = [pytest.mark.django_db, pytest.mark.screen]
ONE_CASE = "/api/desk/v1/staff/cases/{code}"
#: Door below one case → whoever may use it.
RIGHTS: dict[tuple[str, str], Callable[[Any, Case], bool]] = {
    ("get", ""): permissions.user_can_see,
    ("get", "/files/{attachment_id}"): permissions.user_can_read_content,
    ("post", "/answer"): permissions.user_can_answer,
    ("post", "/answer/with-files"): permissions.user_can_answer,
    ("post", "/assignment"): permissions.user_can_assign,
    ("post", "/referral"): permissions.user_can_refer,
    ("post", "/priority"): permissions.user_can_prioritise,
    ("post", "/visit"): permissions.user_can_request_visit,
    ("post", "/notes"): permissions.user_can_note,
    ("post", "/messages"): permissions.user_can_message,
    ("post", "/messages/with-files"): permissions.user_can_message,
    ("get", "/letters/choices"): permissions.user_can_register_letter,
    ("post", "/letters"): permissions.user_can_register_letter,
    ("post", "/letters/{letter_id}/voiding"): permissions.user_can_register_letter,
    ("post", "/notices"): permissions.user_can_link_notice,
    ("post", "/notices/unlinking"): permissions.user_can_link_notice,
}
#: The same of what `/transitions` takes.
STEPS: dict[str, Callable[[Any, Case], bool]] = {
    "start_review": permissions.user_can_review,
    "ask_info": permissions.user_can_ask,
    "reject": permissions.user_can_reject,
    "propose_rejection": permissions.user_can_reject,
    "confirm_rejection": permissions.user_can_reject,
    "refuse_rejection": permissions.user_can_reject,
    "note_came": permissions.user_can_receive,
    "note_missed": permissions.user_can_receive,
    "cancel_visit": permissions.user_can_request_visit,
    "close": permissions.user_can_close,
    "reopen": permissions.user_can_reopen,
    "mark_spam": permissions.user_can_set_aside,
    "merge": permissions.user_can_set_aside,
    "restore": permissions.user_can_set_aside,
}
_WORDS = "متن کافی برای این کار"


@pytest.fixture
def cases() -> list[Case]:
    """A request, and a complaint about its department; each with all that doors are for."""
    request = make_case(files=[IncomingFile.of(upload())])
    about_us = make_case(
        Kind.COMPLAINT,
        complained_department=request.department.key,
        files=[IncomingFile.of(upload())],
    )
    receives(request.department)
    outage(services=[])
    root = UserFactory(is_superuser=True)
    secretariat = Secretariat.objects.create(name="دبیرخانه")
    for direction in ("incoming", "outgoing"):
        LetterBook.objects.create(secretariat=secretariat, direction=direction)
    for case in (request, about_us):
        conversation.staff_writes(case=case, actor=root, text=_WORDS)
        book = LetterBook.objects.get(direction="incoming")
        letters.register_incoming(case=case, actor=root, book=book)
        fresh = Case.objects.get(pk=case.pk)
        fresh = workflow.start_review(case=fresh, actor=root, expected=fresh.version)
        four_eyes.propose(case=fresh, actor=root, expected=fresh.version, reason=_WORDS)
    return [Case.objects.get(pk=case.pk) for case in (request, about_us)]


def people(case: Case) -> Iterator[Any]:
    """Everybody with a token: each role, here, elsewhere, and in the whole body."""
    for place in (case.department, DepartmentFactory()):
        for role in (Role.OFFICER, Role.HEAD, Role.SECRETARIAT):
            yield staff_user(role, place)
    for role in (Role.COMPLAINTS, Role.AUDITOR, Role.SECRETARIAT):
        yield staff_user(role)
    both = staff_user(Role.COMPLAINTS)
    staffing.assign(user=both, role=Role.OFFICER, department=case.department)
    yield both
    yield UserFactory(is_superuser=True)


def body_of(door: str, case: Case, other: Any) -> dict[str, Any]:
    """What a door would take from whoever may use it."""
    message = case.messages.get()
    known: dict[str, dict[str, Any]] = {
        "/assignment": {"to": ""},
        "/referral": {"department": other.key, "reason": _WORDS},
        "/priority": {"priority": "high"},
        "/visit": {"at": (timezone.now() + timedelta(days=2)).isoformat(), "place": "اتاق"},
        "/letters": {
            **{"direction": "outgoing", "paper": str(message.pk)},
            "book": LetterBook.objects.get(direction="outgoing").pk,
        },
        "/letters/{letter_id}/voiding": {"reason": _WORDS},
        "/notices": {"notice": str(Notice.objects.get().pk)},
        "/notices/unlinking": {"notice": str(Notice.objects.get().pk), "reason": _WORDS},
        "ask_info": {"text": _WORDS},
        "cancel_visit": {"text": _WORDS},
        "refuse_rejection": {"note": _WORDS},
        "merge": {"into": case.code},
        **{name: {"reason": _WORDS} for name in ("reject", "propose_rejection", "reopen")},
    }
    plain = {} if door in STEPS else {"text": _WORDS}
    return {"expected": case.version, **known.get(door, plain)}


def attempts(case: Case, other: Any) -> Iterator[tuple[str, str, str, dict, Any]]:
    """(what, method, path, body, right) of every door and step."""
    for (method, path), right in RIGHTS.items():
        filled = path.replace("{attachment_id}", str(case.attachments.get().pk))
        filled = filled.replace("{letter_id}", str(case.letters.get().pk))
        yield path, method, filled, body_of(path, case, other), right
    for step, right in STEPS.items():
        body = {"step": step, **body_of(step, case, other)}
        yield step, "post", "/transitions", body, right


def called(client: Client, method: str, address: str, body: dict[str, Any]) -> int:
    """The answer of one door; whatever it changed is taken back."""
    with transaction.atomic():
        if method == "get":
            answer = client.get(address, {"reason": "letter"})
        elif address.endswith("/with-files"):
            answer = client.post(address, body)
        else:
            answer = client.post(address, json.dumps(body), "application/json")
        transaction.set_rollback(True)
    return answer.status_code


def test_the_table_names_every_door_and_every_step():
    doors = {
        (method, path.removeprefix(ONE_CASE))
        for path, methods in desk_api.get_openapi_schema()["paths"].items()
        if path.startswith(ONE_CASE)
        for method in methods
    }
    assert doors == {*RIGHTS, ("post", "/transitions")}
    assert set(_STEPS) == set(STEPS)


def test_every_door_opens_to_those_whom_the_permissions_name_and_to_nobody_else(cases):
    other, opened, tried = DepartmentFactory(), set(), 0
    for user in people(cases[0]):
        client = Client(headers={"Authorization": f"Bearer {secret_of(user)}"})
        for case in cases:
            address = ONE_CASE.replace("{code}", case.code)
            for what, method, path, body, right in attempts(case, other):
                person = type(user).objects.get(pk=user.pk)
                status = called(client, method, f"{address}{path}", body)
                where = (what, [*person.memberships.values_list("role")], case.kind, status)
                tried += 1
                if not permissions.user_can_see(person, case):
                    assert status == 404, where
                elif not right(person, case):
                    assert status == 403, where
                else:
                    assert status in (200, 201, 409, 422), where
                    opened.add(what) if status in (200, 201) else None
    # Steps of another state are refused as such; all else was really opened by somebody.
    later = {"note_came", "note_missed", "cancel_visit", "close", "reopen", "restore", "merge"}
    later |= {"start_review", "propose_rejection"}
    assert {what for what, *_rest in attempts(cases[0], other)} - opened == later
    assert tried > 500


def test_whoever_works_on_no_case_gets_no_token():
    for role in (Role.ADMINISTRATOR, Role.EDITOR):
        with pytest.raises(ValidationError):
            secret_of(staff_user(role))
