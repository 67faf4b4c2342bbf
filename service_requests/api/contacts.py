"""Verifying a contact through the API, by whoever has a tracking session."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from desk_core.responses import never_store
from service_requests import contacts
from service_requests.api import problems, schemas
from service_requests.api.cases import session
from service_requests.models import Case

router = Router(tags=["track"])
_ANSWERS: Any = {401: problems.Problem, 409: problems.Problem, 429: problems.Problem}


def _case(request: HttpRequest) -> Case:
    return request.auth.credential.case  # type: ignore[attr-defined]


@router.get(
    "/session/contacts", auth=session, response=list[schemas.ContactOut], summary="Contacts"
)
def read_contacts(request: HttpRequest, response: HttpResponse) -> list[contacts.Contact]:
    """The contacts that can be verified, or were; empty where it is not offered."""
    never_store(response)
    return contacts.of_case(_case(request))


@router.post(
    "/session/contacts/{channel}/code",
    auth=session,
    response={202: None, **_ANSWERS},
    summary="Send a code to a contact",
)
def send_code(request: HttpRequest, response: HttpResponse, channel: str) -> Status:
    """A one-time code for ten minutes goes to the contact; an earlier one ends."""
    never_store(response)
    contacts.send_code(case=_case(request), channel=channel)
    return Status(202, None)


@router.post(
    "/session/contacts/{channel}",
    auth=session,
    response={200: list[schemas.ContactOut], **_ANSWERS},
    summary="Verify a contact",
)
def confirm(
    request: HttpRequest, response: HttpResponse, channel: str, body: schemas.OneTimeCodeIn
) -> list[contacts.Contact]:
    """401 for a wrong code, or one that is used up or over."""
    never_store(response)
    contacts.confirm(case=_case(request), channel=channel, code=body.one_time_code)
    return contacts.of_case(_case(request))
