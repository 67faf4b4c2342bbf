"""What the doors of the staff's part of the API share: the token, the case, the way to act."""

from collections.abc import Callable
from functools import partial
from inspect import getdoc
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import File, Form, Router, Status, UploadedFile
from ninja.security import HttpBearer

from desk_core.responses import never_store
from service_requests import staff_reading, tokens
from service_requests.api import problems, staff_schemas
from service_requests.attachments import IncomingFile
from service_requests.enums import TokenScope
from service_requests.errors import NotAllowed
from service_requests.models import ApiToken, Case

#: What each verb of a door is given: `case` and `actor`, and `expected` where its body has that.
Common = dict[str, Any]
Verb = Callable[..., Case | None]


class StaffToken(HttpBearer):
    """`Authorization: Bearer desk_…` with a token of a member of staff."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        """The token, while it opens anything. Raises NotAllowed where its scope is too small."""
        found = tokens.open_token(token)
        if found is None:
            return None
        if tokens.too_often(found):
            raise problems.TooOften
        if self.scope == TokenScope.WRITE and found.scope != TokenScope.WRITE:
            raise NotAllowed(_("This token may only read."))
        request.user = found.user
        return found


read, write = StaffToken(TokenScope.READ), StaffToken(TokenScope.WRITE)
REFUSED: Any = dict.fromkeys((401, 403, 404, 409, 422, 429), problems.Problem)
_WITH_FILES = "The same as multipart/form-data, with files."


def door(router: Router, path: str, summary: str, *, files: bool = False) -> Callable[[Verb], Verb]:
    """Open `POST /staff/cases/{code}/<path>`, which changes a case by one verb.

    The door takes what the verb calls `body`, and the verb's docstring describes it. It answers
    with the facts of the case that the verb returns; 201 and nothing where that is None.
    `files` opens a second door, `<path>/with-files`, whose verb gets `files` as well.
    """

    def open_doors(verb: Verb) -> Verb:
        takes = verb.__annotations__["body"]

        def plain(request: HttpRequest, response: HttpResponse, code: str, body: Any) -> Status:
            return _answer(response, verb(_common(request, code, body), body))

        plain.__name__ = verb.__name__
        opened = partial(_open, router, verb)
        opened(plain, path, takes, summary=summary, description=getdoc(verb))
        if not files:
            return verb

        def with_files(
            request: HttpRequest,
            response: HttpResponse,
            code: str,
            body: Any,
            files: File[list[UploadedFile]] = [],  # noqa: B006 – ninja reads the default
        ) -> Status:
            incoming = [IncomingFile.of(file) for file in files]
            return _answer(response, verb(_common(request, code, body), body, incoming))

        with_files.__name__ = f"{verb.__name__}_with_files"
        words = {"summary": f"{summary}, with files", "description": _WITH_FILES}
        as_form: Any = Form[takes]  # type: ignore[valid-type, misc]
        opened(with_files, f"{path}/with-files", as_form, **words)
        return verb

    return open_doors


def case_of(request: HttpRequest, code: str) -> Case:
    """A case of this code that the token's person may know of; else 404."""
    rows = Case.objects.visible_to(request.user).select_related(
        "department", "service", "assigned_to", "team", "subject_key", "complained_department"
    )
    found = rows.filter(code=code).first() if code.isascii() and code.isdigit() else None
    if found is None:
        raise Http404
    return found


def bare(text: str) -> str:
    """Without what no name has, and PostgreSQL takes none of."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()[:150]


def _open(
    router: Router, verb: Verb, operation: Callable[..., Status], path: str, body: Any, **words: Any
) -> None:
    """Hang an operation up, in the API's description as one of the verb's module."""
    operation.__annotations__["body"] = body
    operation.__module__ = verb.__module__
    gives: Any = {201: None} if verb.__annotations__["return"] is None else {}
    gives = gives or {200: staff_schemas.StaffCase}
    address = f"/staff/cases/{{code}}/{path}"
    router.post(address, auth=write, response={**gives, **REFUSED}, **words)(operation)


def _common(request: HttpRequest, code: str, body: Any) -> Common:
    common: Common = {"case": case_of(request, code), "actor": request.user}
    if isinstance(body, staff_schemas.ExpectedIn):
        common["expected"] = body.expected
    return common


def _answer(response: HttpResponse, case: Case | None) -> Status:
    """The facts of the case as it is now, also where its step took it out of sight."""
    never_store(response)
    if case is None:
        return Status(201, None)
    return Status(200, staff_reading.facts(Case.objects.for_list().get(pk=case.pk)))
