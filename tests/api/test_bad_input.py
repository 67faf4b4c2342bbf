"""Every operation and field of the desk API, read from its description, with hostile input."""

import json
import re
import uuid
from datetime import timedelta
from functools import cache
from itertools import product
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from django.utils.translation import gettext, override

from desk_core.human_check import challenge
from service_requests import credentials, enquiries, letters, slots, tokens, workflow
from service_requests.about_notices import linking
from service_requests.api import desk_api
from service_requests.attachments import IncomingFile
from service_requests.intake import new_submission_key
from service_requests.models import Case, LetterBook, RequestFormPage, Secretariat
from service_requests.surveys import links
from tests.cms_pages.factories import DepartmentFactory, make_site
from tests.service_requests.about_notices import outage
from tests.service_requests.factories import (
    PDF,
    answered,
    called,
    data,
    head_of,
    in_review,
    register,
    secret_of,
    upload,
)
from tests.service_requests.hostile import (
    HARMFUL,
    MARK,
    ODD,
    SURROGATES,
    bad_files,
    nothing_crashes,
    rested,
    sent_until_taken,
    squares,
    state,
)
from tests.service_requests.request_forms import LAND, make_form

pytestmark = [pytest.mark.django_db, pytest.mark.strict_drill]
API = "/api/desk/v1"
PROBLEM = "application/problem+json"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW")
PERSIAN = re.compile("[\u0600-\u06ff]")
LATIN = re.compile(r"\b(?!(?:PDF|JPG|PNG|DOCX|SHA)\b)[A-Za-z]{3,}")
PERSON = {
    "first_name": "مریم",
    "last_name": "کاظمی",
    "national_id": "0499370899",
    "mobile": "09123456789",
}
WRONG_TYPES: dict[str, Any] = {
    "null": None,
    "number": 5,
    "fraction": 1.5,
    "list": [MARK],
    "object": {MARK: MARK},
    "true": True,
    "nested": [[[[[[[[MARK]]]]]]]],
}


@cache
def schema() -> dict[str, Any]:
    return desk_api.get_openapi_schema()


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    """(method, path, description) of everything that the API offers."""
    paths = schema()["paths"]
    return [
        (method.upper(), path, described)
        for path, each in paths.items()
        for method, described in each.items()
    ]


def body_fields(described: dict[str, Any], kind: str = "application/json") -> dict[str, Any]:
    """Field → schema of what an operation takes."""
    content = described.get("requestBody", {}).get("content", {}).get(kind)
    if content is None:
        return {}
    found = content["schema"]
    if "$ref" in found:
        found = schema()["components"]["schemas"][found["$ref"].rpartition("/")[2]]
    return found["properties"]


WITH_BODY = [
    pytest.param(path, id=path.removeprefix(API))
    for method, path, described in operations()
    if body_fields(described)
]
# What is verified may be any file at all: tests/api/test_verification.py has those.
WITH_FILES = [
    pytest.param(path, id=path.removeprefix(API))
    for method, path, described in operations()
    if "files" in body_fields(described, "multipart/form-data")
]


class Caller:
    """A program that calls the API, with a token for a case where one is needed."""

    def __init__(self, path: str, language: str = "fa") -> None:
        self.client, self.language = Client(), language
        self.path = path.replace("{channel}", "sms")
        # What is registered again and again is for one department: others slow nothing down.
        self.registered = data()
        self.described, self.receipt_key = path.removeprefix(f"{API}/"), new_submission_key()
        self.receipt = self._receipt()
        self.headers = {"Accept-Language": language}
        if "/staff/" in path:
            self.case, officer = in_review()
            officer = head_of(self.case) if "/letters" in path else officer
            self.other = DepartmentFactory()
            secret = secret_of(officer)
            # The first use of a day leaves a line of its own.
            tokens.open_token(secret)
            self.headers["Authorization"] = f"Bearer {secret}"
            self.path = path.replace("{code}", self.case.code)
        if "/staff/" in path and "/notices" in path:
            self.notice = outage(services=[])
            self.case = linking.link(
                case=self.case, actor=officer, expected=self.case.version, notice=self.notice
            )
            self.path = self.path.replace("{notice_id}", str(self.notice.pk))
        if "/letters" in path:
            secretariat = Secretariat.objects.create(name="دبیرخانه")
            self.book = LetterBook.objects.create(secretariat=secretariat, direction="incoming")
        if "{letter_id}" in path:
            letter = letters.register_incoming(case=self.case, actor=officer, book=self.book)
            self.path = self.path.replace("{letter_id}", str(letter.pk))
        if "/question" in path:
            case, officer = in_review(files=[IncomingFile.of(upload())])
            file = case.attachments.get()
            asked = enquiries.ask(
                case=case,
                actor=officer,
                expected=case.version,
                party="ناظر",
                question="چند متر؟",
                files=[file.pk],
            )
            self.path = path.replace("{attachment_id}", str(file.pk))
            self.token = asked.link.rpartition("#")[2]
            # The first opening leaves a line of its own.
            enquiries.open_by_token(self.token)
        if "/draft" in path:
            self._begin_a_draft()
        if path.endswith("/surveys/answers"):
            self.permit = links.begin(case=Case.objects.get(code=self.receipt.code))
        if "/session/" in path or path.endswith("/session"):
            answer = self.post(
                f"{API}/sessions", {"code": self.receipt.code, "password": self.receipt.password}
            )
            self.headers["Authorization"] = f"Bearer {answer.json()['token']}"

    def _begin_a_draft(self) -> None:
        if not RequestFormPage.objects.exists():
            make_form(make_site())
        answer = self.post(f"{API}/drafts", {"form": "land", "fields": PERSON, "answers": LAND})
        self.headers["Authorization"] = f"Bearer {answer.json()['token']}"

    def _receipt(self) -> Any:
        if self.path.endswith(("objection", "survey", "/surveys/answers")):
            case, _officer = answered()
            return credentials.reissue(
                case=case, actor=head_of(case), slip_key=new_submission_key()
            )
        if self.path.endswith("reopening"):
            case, officer = answered()
            case = workflow.close(case=case, actor=officer, expected=case.version)
            return credentials.reissue(
                case=case, actor=head_of(case), slip_key=new_submission_key()
            )
        if "/session/visit" in self.path:
            case, _officer = called()
            self.slot = slots.offers(case.department)[0].key
            return credentials.reissue(
                case=case, actor=head_of(case), slip_key=new_submission_key()
            )
        return register(key=self.receipt_key)

    def good(self) -> dict[str, Any]:
        """What the operation accepts."""
        known = {
            "requests": lambda: {**self.registered, "submission_key": new_submission_key()},
            "requests/with-files": lambda: {
                **{name: str(value) for name, value in self.registered.items()},
                "submission_key": new_submission_key(),
            },
            "sessions": lambda: {"code": self.receipt.code, "password": "1" * 16},
            "drafts": lambda: {"form": "land"},
            "drafts/resume": lambda: {"code": self.receipt.code, "password": "1" * 16},
            "draft": lambda: {"fields": {}, "answers": {}},
            "draft/submission": lambda: {"consent": True},
            "human-check": lambda: {"purpose": "submit"},
            "receipts/kept": lambda: {"submission_key": new_submission_key()},
            "receipts/pdf": lambda: {"submission_key": self.receipt_key},
            "agreements/verify": lambda: {"sha256": "0" * 64},
            "receipts/check": lambda: {
                "code": self.receipt.code,
                "kind": "request",
                "registered_on": "2026-01-01",
                "mark": "A" * 16,
            },
            "session/contacts/{channel}": lambda: {"one_time_code": "000000"},
            "recovery": lambda: {"contact": "09351112233"},
            "recovery/code": lambda: {"token": "x" * 43, "one_time_code": "000000"},
            "recovery/password": lambda: {"token": "x" * 43, "code": self.receipt.code},
            "question": lambda: {"token": self.token},
            "question/files/{attachment_id}": lambda: {"token": self.token},
            "staff/cases/search": lambda: {"term": "آسفالت"},
            "staff/cases/{code}/transitions": lambda: {
                **{"step": "reject", "expected": self.case.version},
                "reason": "دلیل کافی برای این کار",
            },
            "staff/cases/{code}/answer": lambda: {"expected": self.case.version, "text": "پاسخ"},
            "staff/cases/{code}/answer/with-files": lambda: {
                **{"expected": self.case.version, "text": "پاسخ"},
            },
            "staff/cases/{code}/priority": lambda: {
                **{"expected": self.case.version, "priority": "high"},
            },
            "staff/cases/{code}/visit": lambda: {
                **{"expected": self.case.version, "place": "اتاق ۱۴"},
                "at": (timezone.now() + timedelta(days=2)).isoformat(),
            },
            "staff/cases/{code}/notices": lambda: {
                **{"expected": self.case.version, "notice": str(self.notice.pk)},
            },
            "staff/cases/{code}/notices/unlinking": lambda: {
                **{"expected": self.case.version, "notice": str(self.notice.pk)},
                "reason": "دلیل کافی برای این کار",
            },
            "staff/notices/{notice_id}/answers": lambda: {
                **{"id": str(uuid.uuid4()), "outcome": "answer", "text": "پاسخ"},
                **{"language": "fa", "cases": [self.case.code], "all_quiet": True},
                "seen_at": timezone.now().isoformat(),
            },
            "staff/cases/{code}/letters": lambda: {
                **{"direction": "incoming", "book": self.book.pk, "paper": "case"},
            },
            "staff/cases/{code}/letters/{letter_id}/voiding": lambda: {"reason": "اشتباه"},
            "staff/cases/{code}/assignment": lambda: {"expected": self.case.version},
            "staff/cases/{code}/referral": lambda: {
                **{"expected": self.case.version, "department": self.other.key},
                "reason": "دلیل کافی برای این کار",
            },
            "question/answer": lambda: {"token": self.token, "name": "رضا", "text": "بله"},
            "session/visit": lambda: {"slot": self.slot},
            "session/survey": lambda: {"answers": {"overall": 4}, "comment": ""},
            "surveys/link": lambda: {"token": "a" * 43},
            "surveys/answers": lambda: {
                **{"answers": {"overall": 4}, "words": {}},
                "permit": self.permit,
            },
            "surveys/general": lambda: {
                **{"answers": {"official-8": 4}, "words": {}},
                "message_id": str(uuid.uuid4()),
            },
        }
        made = known.get(self.described)
        return made() if made else {"text": "متن کافی برای این کار"}

    def post(self, path: str, body: Any, **more: Any) -> Any:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = more.pop("kind", "application/json")
        return self.client.generic("POST", path, raw, content_type=kind, headers=self.headers)

    def send(self, body: Any, **more: Any) -> Any:
        rested()
        return self.post(self.path, body, **more)


def check_problem(answer: Any, language: str, where: Any) -> dict[str, Any]:
    """It is a problem in the reader's language that repeats nothing of what was sent."""
    assert 400 <= answer.status_code < 500, (where, answer.status_code)
    assert answer["Content-Type"] == PROBLEM, where
    assert answer["Content-Language"] == language, where
    body = answer.json()
    assert MARK not in answer.content.decode(), where
    told = [message for messages in body.get("errors", {}).values() for message in messages]
    for message in filter(None, [body["detail"], *told]):
        if language == "en":
            assert not PERSIAN.search(message), (where, message)
        else:
            assert PERSIAN.search(message), (where, message)
            assert not LATIN.search(message), (where, message)
    return body


def sound(answer: Any) -> bool:
    return answer.status_code in (200, 201, 202, 204)


@pytest.mark.parametrize("language", ["fa", "en"])
@pytest.mark.parametrize("path", WITH_BODY)
def test_harmful_values_are_problems_at_their_field(path, language, caplog):
    caplog.set_level("DEBUG")
    caller = Caller(path, language)
    described = next(d for _m, where, d in operations() if where == path and body_fields(d))
    before = state()

    def send(changes):
        nonlocal before
        answer = caller.send({**caller.good(), **changes})
        where = (path, {field: value[:30] for field, value in changes.items()})
        # A department that a complaint names only is not asked for in a request.
        if sound(answer):
            assert changes.keys() <= NOT_ASKED, where
            before = state()
            return None
        body = check_problem(answer, language, where)
        assert state() == before, where
        # Whatever is wrong with code or password, the answer is one and the same.
        if answer.status_code == 401 and path.endswith(("/sessions", "/resume")):
            return None
        named = changes.keys() & body.get("errors", {}).keys()
        assert named or len(changes) > 1, (*where, body)
        return named

    with nothing_crashes(caller.client):
        for square in squares(body_fields(described), {**HARMFUL, **SURROGATES}):
            sent_until_taken(square, send)
    assert MARK not in caplog.text


# Fields that a natural person's request does not use: whatever they hold is not even looked at.
NOT_ASKED = {
    *("complained_department", "foreign_id", "legal_name", "legal_id", "rep_name"),
    *("rep_national_id", "rep_position"),
}


@pytest.mark.parametrize("path", WITH_BODY)
def test_values_of_the_wrong_type_never_crash(path, caplog):
    caplog.set_level("DEBUG")
    caller = Caller(path)
    described = next(d for _m, where, d in operations() if where == path and body_fields(d))
    once = ("withdrawal", "objection", "survey", "decline", "question/answer", "answers")

    def send(changes):
        nonlocal caller
        before = state()
        answer = caller.send({**caller.good(), **changes})
        if sound(answer):
            if path.endswith(once):
                caller = Caller(path)
                caller.client.raise_request_exception = False
            return None
        where = (path, {field: str(value)[:30] for field, value in changes.items()})
        named = check_problem(answer, "fa", where).get("errors", {}).keys()
        assert state() == before, where
        return named

    with nothing_crashes(caller.client):
        for square in squares(body_fields(described), {**WRONG_TYPES, **ODD}):
            sent_until_taken(square, send)
    assert MARK not in caplog.text


@pytest.mark.parametrize("language", ["fa", "en"])
@pytest.mark.parametrize("path", WITH_BODY)
def test_a_missing_field_is_a_problem_at_that_field(path, language):
    caller = Caller(path, language)
    before = state()
    good = caller.good()
    with nothing_crashes(caller.client):
        if not path.endswith(("human-check", "/draft")):
            check_problem(caller.send({}), language, path)
        optional = ("email", "province", "city", "address", "comment", "purpose", "words")
        optional += ("fields", "answers") if path.endswith("/draft") else ()
        required = [name for name in good if name not in optional]
        for field in required:
            answer = caller.send({name: value for name, value in good.items() if name != field})
            body = check_problem(answer, language, (path, field))
            assert field in body["errors"], (path, field, body)
    assert state() == before


BODIES: dict[str, bytes] = {
    "nothing": b"",
    "half": b'{"code": ',
    "list": b"[]",
    "word": b'"x"',
    "null": b"null",
    "deep": b"[" * 100_000,
    "deep object": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "huge number": b'{"code": ' + b"9" * 10_000 + b"}",
    "not a number": b'{"code": NaN, "password": Infinity, "text": -Infinity}',
    "huge exponent": b'{"code": 1e999999, "text": 1e999999}',
    "twice": b'{"code": "1", "code": "2", "text": "a", "text": "b"}',
    "no text": b"\xff\xfe\x00\x01",
    "UTF-16": json.dumps({"text": "x"}).encode("utf-16"),
    "lone surrogate bytes": b'{"text": "\xed\xa0\x80"}',
    "byte order mark": b'\xef\xbb\xbf{"text": "x"}',
    "NUL": b"\x00" * 1000,
    "NUL in a name": b'{"te\\u0000xt": "x"}',
    "surrogate as a name": b'{"\\ud800": "x"}',
    "prototype": b'{"__proto__": {"a": 1}, "__class__": "x", "constructor": 1}',
    "many fields": json.dumps({f"f{n}": n for n in range(20_000)}).encode(),
    "form": b"code=1&password=2&text=x",
}
KINDS = (
    "application/json",
    "application/json; charset=utf-7",
    "application/json; charset=nothing",
    "text/plain",
    "application/xml",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "multipart/form-data; boundary=x",
    "image/png",
    "",
    "\x00;=/",
)


# All operations take bodies apart by the same code: of the staff's one stands for all, and where
# words matter to it most each body comes as each kind; elsewhere each body, and each kind, comes.
THOROUGH = ("/requests", "/requests/with-files", "/session/messages", "/draft", "/notes")
TAKEN_APART = sorted(
    path
    for path in {path.values[0] for path in [*WITH_BODY, *WITH_FILES]}
    if "/staff/" not in path or path.endswith("/notes")
)


def shapes(*, thorough: bool) -> list[tuple[str, str]]:
    """Bodies and the kinds they come as: all with all, or each with a plain one of the other."""
    pairs = product(BODIES, KINDS)
    plain = ("half", "form", KINDS[0])
    return [pair for pair in pairs if thorough or any(each in plain for each in pair)]


@pytest.mark.parametrize("path", TAKEN_APART)
def test_bodies_of_every_shape_and_kind_are_problems(path):
    caller = Caller(path)
    before = state()
    with nothing_crashes(caller.client):
        for what, kind in shapes(thorough=path.endswith(THOROUGH)):
            answer = caller.send(BODIES[what], kind=kind)
            if sound(answer):
                # What can be read as the text of a message is one; some texts may be empty.
                readable = what in ("UTF-16", "byte order mark", "twice", "form")
                empty_will_do = ("human-check", "withdrawal", "decline", "/draft")
                assert readable or path.endswith(empty_will_do), (what, kind)
                before = state()
                continue
            check_problem(answer, "fa", (path, what, kind))
            assert state() == before, (path, what, kind)


@pytest.mark.parametrize("path", WITH_BODY)
def test_a_body_of_many_megabytes_is_a_problem(path):
    caller = Caller(path)
    with nothing_crashes(caller.client):
        answer = caller.send({**caller.good(), "text": "x" * (17 * 1024 * 1024)})
        assert answer.status_code in (413, 422)
        check_problem(answer, "fa", path)


@pytest.mark.parametrize("path", WITH_FILES)
def test_bad_files_and_broken_multiparts_store_nothing(path, caplog):
    caplog.set_level("DEBUG")
    caller = Caller(path)
    before = state()
    part = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.pdf"\r\n\r\n'
    broken = {
        "no end": part + PDF,
        "no name": b"--x\r\nContent-Disposition: form-data\r\n\r\nx\r\n--x--",
        "NUL in the name": part.replace(b"a.pdf", b"a\x00.pdf") + PDF + b"\r\n--x--\r\n",
        "many fields": b"".join(
            b'--x\r\nContent-Disposition: form-data; name="f%d"\r\n\r\nx\r\n' % n
            for n in range(1500)
        ),
        "many files": part.replace(b"x\r\n", b"x\r\n", 1) * 150 + b"--x--\r\n",
        "bad base64": part.replace(b"\r\n\r\n", b"\r\nContent-Transfer-Encoding: base64\r\n\r\n")
        + b"%%%\r\n--x--",
    }
    with nothing_crashes(caller.client):
        for what, body in broken.items():
            answer = caller.send(body, kind="multipart/form-data; boundary=x")
            check_problem(answer, "fa", (path, what))
            assert state() == before, (path, what)
        for language in ("fa", "en"):
            caller.headers["Accept-Language"] = language
            for what, file in bad_files().items():
                rested()
                values = {**caller.good(), "files": [file, SimpleUploadedFile("good.pdf", PDF)]}
                answer = caller.client.post(caller.path, values, headers=caller.headers)
                body = check_problem(answer, language, (path, what))
                assert "files" in body["errors"], (path, what, body)
                assert state() == before, (path, what)
        six = [SimpleUploadedFile(f"{n}.pdf", PDF) for n in range(6)]
        values = {**caller.good(), "files": six}
        answer = caller.client.post(caller.path, values, headers=caller.headers)
        assert "files" in check_problem(answer, "en", path)["errors"]
        wrong = {name: SimpleUploadedFile("a.pdf", PDF) for name in caller.good()}
        answer = caller.client.post(caller.path, wrong, headers=caller.headers)
        check_problem(answer, "en", path)
    assert state() == before
    assert MARK not in caplog.text


def test_no_method_query_header_or_token_crashes_any_address():
    client = Client()
    tokens = ("", "Bearer", "Bearer " + "x" * 60_000, "Bearer \xff\xfe", "Basic eDp5", "\x00")
    paths = [path for _method, path, _described in operations()]
    ids = (
        "00000000-0000-4000-8000-000000000000",
        "%00",
        "%ff",
        "x" * 10_000,
        "..%2f..",
        "%ED%A0%80",
    )
    addresses = {
        re.sub(r"{\w+}", lambda _name, v=value: v, path) for path in paths for value in ids
    }
    addresses |= {f"{API}/%00", f"{API}/{'x' * 20_000}", f"{API}/%ff%fe", "/api/desk/"}
    queries = ("", "department=%00", "department=%ff%ED%A0%80", "department=" + "x" * 60_000, "%ff")
    before = state()
    with nothing_crashes(client):
        for address in sorted(addresses):
            for method in METHODS:
                rested()
                answer = client.generic(method, address)
                assert answer.status_code in (200, 400, 401, 404, 405, 422), (method, address)
                if answer.status_code == 405:
                    assert answer["Content-Type"] == PROBLEM, (method, address)
                    assert method not in answer["Allow"].split(", "), (method, address)
            for token in tokens:
                rested()
                answer = client.get(address, headers={"Authorization": token})
                assert answer.status_code in (200, 401, 404, 405, 422), (address, token)
            for query in queries:
                answer = client.get(address, QUERY_STRING=query)
                assert answer.status_code in (200, 401, 404, 405, 422), (address, query)
            client.get(address, headers={"Accept-Language": "\xff;q=nan,,x" * 500})
            client.get(address, headers={"Cookie": "a=" + "\xff" * 60_000})
    assert state() == before


@pytest.mark.parametrize("language", ["fa", "en"])
def test_a_method_that_an_address_does_not_know_is_a_problem(language):
    answer = Client().get(f"{API}/requests", headers={"Accept-Language": language})
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    assert answer["Content-Type"] == PROBLEM
    assert answer["Content-Language"] == language
    assert answer.json()["type"] == "urn:desk:problem:method-not-allowed"
    with override(language):
        assert answer.json()["detail"] == gettext("This address is not used in this way.")


@pytest.mark.parametrize(
    "human",
    [
        {"ticket": "", "number": 0},
        {"ticket": MARK * 1000, "number": 0},
        {"ticket": "a.b.c", "number": -1},
        {"ticket": "\x00", "number": 10**30},
        {"ticket": "\ud800", "number": 1},
        {"ticket": "real", "number": -(10**30)},
        {"ticket": "real", "number": 1},
        {"ticket": 5, "number": "x"},
        {"number": 1.5},
        [],
        "x",
    ],
    ids=lambda human: repr(human)[:40],
)
def test_a_wrong_answer_to_the_human_check_is_a_problem(human, settings):
    settings.DESK_HUMAN_CHECK_OFF = False
    caller = Caller(f"{API}/requests")
    if isinstance(human, dict) and human.get("ticket") == "real":
        human = {**human, "ticket": challenge(purpose="submit")["ticket"]}
    before = Case.objects.count()
    with nothing_crashes(caller.client):
        check_problem(caller.send({**caller.good(), "human": human}), "fa", "human")
        form = {**caller.good(), "human": json.dumps(human), "consent": "true"}
        rested()
        answer = caller.client.post(f"{API}/requests/with-files", form, headers=caller.headers)
        check_problem(answer, "fa", "human")
    assert Case.objects.count() == before


def test_the_same_submission_again_is_one_case_even_with_other_words():
    caller = Caller(f"{API}/requests")
    body = caller.good()
    first = caller.send(body)
    assert first.status_code == 201
    for changes in ({}, {"body": "متنی دیگر برای همان کلید"}, {"mobile": "x"}):
        again = caller.send({**body, **changes})
        assert again.status_code == 200
        assert again.json()["code"] == first.json()["code"]
