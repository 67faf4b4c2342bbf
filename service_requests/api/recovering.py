"""A lost code or password through the API, and whether a receipt is true. Tokens stay in bodies."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from desk_core import human_check
from desk_core.responses import never_store
from desk_core.throttles import client_address
from service_requests import one_time_codes, receipt_marks, recovery
from service_requests.api import problems, schemas
from service_requests.api.submitting import shown_receipt

router = Router(tags=["recover"])
_ANSWERS: Any = {
    401: problems.Problem,
    409: problems.Problem,
    422: problems.Problem,
    429: problems.Problem,
}


@router.post(
    "/recovery",
    response={202: schemas.RecoveryOut, **_ANSWERS},
    summary="Ask for a one-time code",
)
def begin(request: HttpRequest, response: HttpResponse, body: schemas.RecoveryIn) -> Status:
    """The same answer for a contact that is known and one that is not."""
    never_store(response)
    human = body.human.dict() if body.human else None
    human_check.verify(human, difficulty=None, purpose="recover")
    token = recovery.begin(contact=body.contact, code=body.code, address=client_address(request))
    seconds = int(one_time_codes.LIFETIME.total_seconds())
    return Status(202, {"token": token, "seconds": seconds})


@router.post(
    "/recovery/code",
    response={200: list[schemas.RecoverableCase], **_ANSWERS},
    summary="Type the code",
)
def prove(request: HttpRequest, response: HttpResponse, body: schemas.RecoveryCodeIn) -> Any:
    """The cases to choose from. 401 for a wrong code, or one that is used up or over."""
    never_store(response)
    return recovery.prove(
        token=body.token, code=body.one_time_code, address=client_address(request)
    )


@router.post(
    "/recovery/password",
    response={200: schemas.ReceiptOut, **_ANSWERS},
    summary="Get a new password",
)
def new_password(
    request: HttpRequest, response: HttpResponse, body: schemas.RecoveryChoiceIn
) -> dict[str, Any]:
    """For one case; the same again gives the same for fifteen minutes. The old one ends at once."""
    never_store(response)
    return shown_receipt(recovery.new_password(token=body.token, code=body.code))


@router.post(
    "/receipts/check",
    response={200: schemas.ReceiptCheckOut, 422: problems.Problem, 429: problems.Problem},
    summary="Is this receipt true?",
)
def check_receipt(
    request: HttpRequest, response: HttpResponse, body: schemas.ReceiptCheckIn
) -> dict[str, bool]:
    """Valid or not valid, and nothing else; no case is looked for."""
    never_store(response)
    valid = receipt_marks.is_valid(
        code=body.code,
        kind=body.kind,
        day=body.registered_on,
        mark=body.mark,
        address=client_address(request),
    )
    return {"valid": valid}
