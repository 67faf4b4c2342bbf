"""The citizens' pages, every form and field of them, with input as nobody should send it."""

import re
from contextlib import ExitStack
from functools import lru_cache
from typing import Any
from urllib.parse import quote_plus, urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import translation

from service_requests import credentials, enquiries, slots, workflow
from service_requests.forms import (
    DeclineVisitForm,
    KindForm,
    MessageForm,
    ObjectionForm,
    PersonForm,
    QuestionAnswerForm,
    QuestionTokenForm,
    ReopeningForm,
    SendForm,
    TrackForm,
    VisitForm,
    WithdrawForm,
    WordsForm,
)
from service_requests.intake import new_submission_key
from service_requests.models import Attachment, Case, Draft
from service_requests.survey_forms import GeneralSurveyForm, SurveyForm
from service_requests.surveys import ready
from tests.cms_pages.factories import DepartmentFactory
from tests.security.urls import every_pattern
from tests.service_requests.factories import (
    PDF,
    answered,
    called,
    head_of,
    in_review,
    register,
    upload,
)
from tests.service_requests.hostile import (
    HARMFUL,
    MARK,
    ODD,
    bad_files,
    drain,
    nothing_crashes,
    rested,
    sent_until_taken,
    squares,
    state,
)

pytestmark = [pytest.mark.django_db, pytest.mark.strict_drill]
# The same values go into every field, and a million letters take a third of a second each time.
quoted = lru_cache(maxsize=200)(quote_plus)

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW")
QUERIES = (
    "%ff%fe",
    "q=%ff%fe%00",
    "q=%00",
    "q=%ED%A0%80",
    "page=-1",
    "page=99999999999999999999999",
    "page=%DB%B2",
    "kind=%00&service=%00&department=%ff",
    f"q={'a' * 60_000}",
    "&".join(f"a{n}=1" for n in range(2000)),
    "month=1405-13&month=%00",
    "q[]=1&q[x]=2",
    "q=%F0%9F%91%A9",
    "next=//evil.example/%00",
    "fix=&in=&over=&left=",
)
PLACES = (
    "service_requests:",
    "notices:",
    "cms_pages:",
    "human_check:",
    "sitemap",
    "robots",
    "wagtail_serve",
)
PERSON = {
    "first_name": "مریم",
    "last_name": "کاظمی",
    "national_id": "0084575948",
    "mobile": "09123456789",
}
LEGAL = {
    "legal_name": "شرکت راه",
    "legal_id": "10380284790",
    "rep_name": "بهروز راهی",
    "rep_national_id": "0790419904",
    "rep_position": "مدیر",
    "mobile": "09123456789",
}
HOME = {"province": "مرکزی", "city": "اراک", "address": "خیابان راه، پلاک ۱"}
FOREIGN = {**PERSON, "foreign_id": "123456789012"}
WORDS = {"subject": "درخواست مجوز", "body": "لطفاً مجوز ساخت راه روستا را بررسی کنید."}
PERSONS = {"natural": PERSON, "legal": LEGAL, "foreign": FOREIGN}
PERSIAN = re.compile("[\u0600-\u06ff]")
# What a message in Persian may hold in Latin letters.
LATIN = re.compile(r"\b(?!(?:PDF|JPG|PNG|DOCX)\b)[A-Za-z]{3,}")


def addresses() -> list[str]:
    """Every address of citizens, in both languages, filled with something that is not there."""
    found = []
    translation.activate("fa")
    for name, _route, converters in every_pattern():
        if not name.startswith(PLACES):
            continue
        for value in ("00000000-0000-4000-8000-000000000000", "1405-09", "x"):
            try:
                address = reverse(name, kwargs=dict.fromkeys(converters, value))
            except NoReverseMatch:
                try:
                    address = reverse(name, args=[value] * len(converters))
                except NoReverseMatch:
                    continue
            found.append(address)
            if not name.startswith(("human_check", "sitemap", "robots")):
                found.append(f"/en{address}")
    found += [f"/{MARK}/", "/%00", "/%ff%fe", f"/{'a' * 30_000}/", "/requests/case/files/%00/"]
    assert len(found) > 40
    return list(dict.fromkeys(found))


def in_turn(found: list[str], turn: int = 0) -> list[str]:
    """Each of these in one language only, in Persian or English by turns."""
    both = {address.removeprefix("/en"): [] for address in found}
    for address in found:
        both[address.removeprefix("/en")].append(address)
    return [each[number % len(each)] for number, each in enumerate(both.values(), start=turn)]


def url(name: str, language: str = "fa") -> str:
    # A request leaves its language behind in this thread.
    with translation.override(language):
        return reverse(f"service_requests:{name}")


@pytest.fixture
def visitors() -> dict[str, Client]:
    """Nobody, somebody who is writing, somebody who follows a case."""
    drafting, following = Client(), Client()
    drafting.post(url("submit"), {"kind": "request", "person_type": "natural"})
    receipt = register()
    data = {"code": receipt.code, "password": receipt.password}
    assert following.post(url("track"), data).status_code == 302
    return {"nobody": Client(), "drafting": drafting, "following": following}


@pytest.mark.parametrize("who", ["nobody", "drafting", "following"])
def test_no_method_crashes_any_address(visitors, who):
    client, harmless = visitors[who], ("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "PATCH", "DELETE")
    # 204 answers what a page of another site asks before it reads an open interface.
    refused = {405, 403, 404, 200, 204, 302, 301, 400, 410}
    before = state()
    # Of the two languages of an address each visitor takes one, and the next one the other.
    turn = list(visitors).index(who)
    with nothing_crashes(client):
        for address in in_turn(addresses(), turn):
            for method in METHODS:
                if method == "POST" and address.endswith("leave/"):
                    continue
                rested()
                answer = drain(client.generic(method, address))
                assert answer.status_code in refused, (method, address, answer.status_code)
                if method in harmless and "/requests/" in address:
                    assert method in ("GET", "HEAD") or answer.status_code in (404, 405, 301, 302)
    assert state() == before


# Some are answered before anybody looks at the query; the others meet each address with each query.
REFUSED_AT_ONCE = ({"HTTP_HOST": "evil.example"}, {"HTTP_HOST": "\xff\xfe"})
HEADERS = (
    {"HTTP_COOKIE": "desk_draft=" + "x" * 60_000},
    {"HTTP_COOKIE": "desk_tracking=" + "%00" * 100 + "; desk_draft=\x7f\xff"},
    {"HTTP_COOKIE": "; ".join(f"c{n}={n}" for n in range(2000))},
    {"HTTP_COOKIE": "sessionid=../../../etc/passwd; csrftoken=\xff; messages=\xff"},
    {"HTTP_COOKIE": "desk_tracking=" + "A" * 43 + "; desk_draft=" + "A" * 43},
    {"HTTP_ACCEPT_LANGUAGE": "x" * 60_000},
    {"HTTP_ACCEPT_LANGUAGE": "\xff;q=nan,fa;q=2,,;;"},
    {"HTTP_X_FORWARDED_FOR": "not an address, \xff" + ",1.2.3.4" * 5000},
    {"HTTP_USER_AGENT": "\xff" * 60_000, "HTTP_REFERER": "\xff\xfe" * 1000},
    {"HTTP_IF_NONE_MATCH": "\xff" * 5000, "HTTP_IF_MODIFIED_SINCE": "soon"},
    {"HTTP_RANGE": "bytes=9999999999-0"},
    {"HTTP_AUTHORIZATION": "Bearer " + "\xff" * 60_000},
    {"REMOTE_ADDR": "nonsense"},
    {"REMOTE_ADDR": ""},
    {"CONTENT_LENGTH": "minus one", "CONTENT_TYPE": "\xff"},
    {"HTTP_ACCEPT": "application/json", "HTTP_X_REQUESTED_WITH": "XMLHttpRequest"},
)


def named(headers: dict[str, str]) -> str:
    return f"{next(iter(headers))}-{str(next(iter(headers.values())))[:12]!r}"


@pytest.mark.parametrize("headers", HEADERS, ids=named)
def test_no_header_and_no_query_string_crashes_any_address(visitors, headers):
    """Each address with each header and with each query, by one visitor after the other in turn."""
    assert len(HEADERS) >= len(QUERIES)
    before, clients = state(), list(visitors.values())
    with ExitStack() as watched:
        for client in clients:
            watched.enter_context(nothing_crashes(client))
        for number, address in enumerate(in_turn(addresses()), start=HEADERS.index(headers)):
            query = QUERIES[number % len(QUERIES)]
            client = clients[number % len(clients)]
            drain(client.get(address, QUERY_STRING=query, **headers))
    assert state() == before


@pytest.mark.parametrize("headers", REFUSED_AT_ONCE, ids=named)
def test_no_foreign_host_crashes_any_page(headers, db):
    client = Client()
    before = state()
    with nothing_crashes(client):
        for address in in_turn(addresses()):
            assert client.get(address, **headers).status_code == 400
    assert state() == before


# ---- forms: each field of each form


def forms() -> list[tuple[str, dict[str, str], str]]:
    """(form, good values, name of its address), as the pages use them."""
    steps = [("kind", {"kind": "request", "person_type": "natural"}, "submit")]
    steps += [(person, data, "submit_person") for person, data in PERSONS.items()]
    steps += [("complaint", {**PERSON, **HOME}, "submit_person")]
    steps += [("words", WORDS, "submit_words"), ("complaint words", WORDS, "submit_words")]
    steps += [("send", {"consent": "on"}, "submit_check")]
    steps += [("track", {"code": "123456789010", "password": "1" * 16}, "track")]
    steps += [
        ("message", {"text": "پیام"}, "case_message"),
        ("objection", {"text": "پاسخ کامل نبود."}, "case_objection"),
        ("reopening", {"text": "هنوز درست نشده است."}, "case_reopening"),
        ("withdraw", {"text": "", "sure": "on"}, "case_withdrawal"),
        ("survey", {"overall": "3", "comment": ""}, "survey"),
        ("link of a survey", {"token": "a" * 43}, "survey_link"),
        ("survey of the desk", {"official-8": "3", "comment": ""}, "survey_desk"),
        ("question", {"token": "a" * 43}, "question"),
        ("question answer", {"text": "دوازده متر", "name": "رضا ناظر"}, "question_answer"),
        ("visit", {"slot": ""}, "case_visit"),
        ("decline", {"text": "در سفر هستم.", "sure": "on"}, "case_visit_decline"),
    ]
    return steps


FORMS = {name: (values, address) for name, values, address in forms()}


def form_of(name: str) -> Any:
    """The form of a step, to read its fields from."""
    makers = {
        "kind": KindForm,
        "complaint": lambda: PersonForm(kind="complaint", person_type="natural"),
        "words": lambda: WordsForm(kind="request"),
        "complaint words": lambda: WordsForm(kind="complaint"),
        "send": SendForm,
        "track": TrackForm,
        "message": MessageForm,
        "objection": ObjectionForm,
        "reopening": ReopeningForm,
        "withdraw": WithdrawForm,
        "survey": lambda: SurveyForm(definition=ready.OWN["closing"]),
        "link of a survey": QuestionTokenForm,
        "survey of the desk": lambda: GeneralSurveyForm(definition=ready.OWN["general"]),
        "question": QuestionTokenForm,
        "question answer": QuestionAnswerForm,
        "visit": VisitForm,
        "decline": DeclineVisitForm,
    }
    maker = makers.get(name) or (lambda: PersonForm(kind="request", person_type=name))
    return maker()


class Visit:
    """A browser that stands before one form, in one language."""

    def __init__(self, name: str, language: str) -> None:
        self.client, self.name, self.language = Client(), name, language
        values, self.place = FORMS[name]
        self.values = dict(values)
        self.url = url(self.place, language)
        if self.place.startswith("submit"):
            self._write()
        elif self.place.startswith("case") or self.place == "survey":
            self._follow()
        elif self.place == "question_answer":
            self._be_asked()

    def _be_asked(self) -> None:
        case, officer = in_review()
        asked = enquiries.ask(
            case=case, actor=officer, expected=case.version, party="ناظر", question="چند متر؟"
        )
        assert self.client.post(url("question"), {"token": asked.link}).status_code == 302

    def _write(self) -> None:
        department = DepartmentFactory()
        complaint = self.name.startswith("complaint")
        kind = "complaint" if complaint else "request"
        person = self.name if self.name in PERSONS else "natural"
        place = "complained_department" if complaint else "department"
        if self.place == "submit_words":
            self.values[place] = department.key
        if self.place == "submit":
            return
        self.client.post(url("submit"), {"kind": kind, "person_type": person})
        if self.place == "submit_person":
            return
        self.client.post(url("submit_person"), {**PERSON, **HOME})
        if self.place == "submit_check":
            self.client.post(url("submit_words"), {**WORDS, place: department.key})

    def _follow(self) -> None:
        if self.name in ("message", "withdraw"):
            receipt = register()
        elif self.name in ("visit", "decline"):
            case, _officer = called()
            if self.name == "visit":
                self.values["slot"] = slots.offers(case.department)[0].key
            receipt = credentials.reissue(
                case=case, actor=head_of(case), slip_key=new_submission_key()
            )
        else:
            case, officer = answered()
            if self.name == "reopening":
                case = workflow.close(case=case, actor=officer, expected=case.version)
            receipt = credentials.reissue(
                case=case, actor=head_of(case), slip_key=new_submission_key()
            )
        data = {"code": receipt.code, "password": receipt.password}
        assert self.client.post(url("track"), data).status_code == 302
        if self.place == "survey":
            assert self.client.post(url("case_survey")).status_code == 302

    def send(self, changes: dict[str, Any], **more: Any) -> Any:
        rested()
        values = {k: v for k, v in {**self.values, **changes}.items() if v is not None}
        return self.client.post(
            self.url,
            urlencode(values, errors="surrogatepass", quote_via=quoted),
            content_type="application/x-www-form-urlencoded",
            **more,
        )

    def errors(self, answer: Any) -> dict[str, list[str]]:
        """Field → messages of the form that the answer shows."""
        if answer.context is None:
            return {}
        shown = {"case_message": "message_form", "case_objection": "objection_form"}
        shown |= {
            "case_reopening": "reopening_form",
            "case_withdrawal": "withdraw_form",
            "case_visit": "visit_form",
            "case_visit_decline": "decline_form",
        }
        form = answer.context[shown.get(self.place, "form")]
        with translation.override(self.language):
            return {field: list(map(str, found)) for field, found in form.errors.items()}


def text_fields(name: str) -> list[str]:
    """All fields but files and the human check, which have their own tests.

    A survey's questions of one kind are one and the same field: the first stands for all.
    """
    fields = {name: f for name, f in form_of(name).fields.items() if name not in ("files", "human")}
    if not name.startswith("survey"):
        return list(fields)
    kinds = {(type(f), f.required): name for name, f in reversed(fields.items())}
    return sorted(kinds.values(), key=list(fields).index)


def is_in(language: str, messages: list[str]) -> bool:
    if language == "en":
        return not any(PERSIAN.search(message.replace(MARK, "")) for message in messages)
    return all(PERSIAN.search(message) and not LATIN.search(message) for message in messages)


@pytest.mark.parametrize("language", ["fa", "en"])
@pytest.mark.parametrize("name", list(FORMS))
def test_harmful_input_gets_a_message_at_its_field_and_stores_nothing(name, language, caplog):
    caplog.set_level("DEBUG")
    visit = Visit(name, language)
    before = state()
    # The million takes its time; once is enough.
    harmful = {w: v if language == "fa" else v[:30_000] for w, v in HARMFUL.items()}

    def send(changes):
        answer = visit.send(changes)
        where = (name, {field: value[:30] for field, value in changes.items()})
        assert answer.status_code == 200, where
        assert state() == before, where
        found = visit.errors(answer)
        named = changes.keys() & found.keys()
        assert named or len(changes) > 1, (*where, found)
        for field in named:
            assert found[field], where
            assert is_in(language, found[field]), (*where, found[field])
        return named

    # A tick is there or not, whatever its value.
    fields = [f for f in text_fields(name) if f not in ("consent", "sure", "keep_as_sent")]
    with nothing_crashes(visit.client):
        for square in squares(fields, harmful):
            sent_until_taken(square, send)
    assert MARK not in caplog.text


@pytest.mark.parametrize("language", ["fa", "en"])
@pytest.mark.parametrize("name", list(FORMS))
def test_what_is_missing_is_asked_for_at_its_field(name, language):
    visit = Visit(name, language)
    required = [field for field, made in form_of(name).fields.items() if made.required]
    required = [field for field in required if field != "human"]
    typed = [field for field in required if field not in ("consent", "sure", "keep_as_sent")]
    before = state()
    with nothing_crashes(visit.client):
        alone = [{field: None} for field in required]
        together = [dict.fromkeys(typed, empty) for empty in ("", "   ", "\u200c")]
        for changes in filter(None, (*alone, *together)):
            answer = visit.send(changes)
            found = visit.errors(answer)
            assert answer.status_code == 200
            for field in changes:
                assert field in found, (name, changes)
                assert is_in(language, found[field]), (name, field, found[field])
        visit.send(dict.fromkeys(visit.values))
    assert state() == before


@pytest.mark.parametrize("name", list(FORMS))
def test_odd_input_is_text_or_refused_and_never_crashes(name, caplog):
    caplog.set_level("DEBUG")
    visit = Visit(name, "fa")
    # What is sent with the others so that a form that is taken once only can be tried again.
    refused = {
        "case_withdrawal": {"sure": None},
        "survey": {"overall": "7"},
        "survey_desk": {"official-8": "7"},
    }.get(visit.place, {})
    taken_once = ("case_objection", "case_reopening", "case_visit_decline", "question_answer")
    once = ("sure", "consent", "keep_as_sent", "overall", "official-8")
    once = once if refused or visit.place in (*taken_once, "submit_check") else ()

    def send(changes):
        nonlocal visit
        before = state()
        answer = visit.send({**changes, **refused})
        where = (name, {field: value[:30] for field, value in changes.items()})
        assert answer.status_code in (200, 302), where
        if answer.status_code == 302:
            if visit.place in taken_once:
                visit = Visit(name, "fa")
                visit.client.raise_request_exception = False
            return None
        assert state() == before, where
        assert "<script>alert" not in answer.content.decode()
        named = visit.errors(answer).keys()
        return None if refused and named == refused.keys() else named

    with nothing_crashes(visit.client):
        for square in squares([f for f in text_fields(name) if f not in once], ODD):
            sent_until_taken(square, send)
    assert MARK not in caplog.text


@pytest.mark.parametrize("name", ["kind", "natural", "words", "send", "track", "message", "survey"])
def test_bytes_that_are_no_text_do_not_crash(name):
    visit = Visit(name, "fa")
    before = Case.objects.count()
    bodies = [
        b"\xff\xfe=\xff&%ff=%ff&=&&&",
        b"a=%ED%A0%80&" + b"&".join(f"{f}=%ED%A0%80".encode() for f in text_fields(name)),
        b"&".join(f"{f}=%FF%00".encode() for f in text_fields(name)),
        b"&".join(f"{f}[]=1&{f}=1&{f}=2".encode() for f in text_fields(name)),
        b"&".join(b"x=1" for _ in range(5000)),
        b"\x00" * 5000,
        b"{}",
    ]
    kinds = [
        "application/x-www-form-urlencoded",
        "application/x-www-form-urlencoded; charset=utf-7",
        "application/x-www-form-urlencoded; charset=nothing",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=x",
        "multipart/form-data; boundary=" + "x" * 5000,
        "multipart/form-data; boundary=\xff",
        "text/plain",
        "application/json",
        "application/xml",
        "",
        "\x00/\xff; =;",
    ]
    with nothing_crashes(visit.client):
        for body in bodies:
            for kind in kinds:
                rested()
                answer = visit.client.generic("POST", visit.url, body, content_type=kind)
                assert answer.status_code in (200, 302, 400, 403, 415), (kind, answer.status_code)
    # Any of them may be a tick at the last step: then it is one case, and one only.
    assert Case.objects.count() - before <= (name == "send")


def part(name: str, content: bytes, headers: str = "") -> bytes:
    head = f'--x\r\nContent-Disposition: form-data; name="{name}"{headers}\r\n\r\n'
    return head.encode("utf-8", "surrogatepass") + content + b"\r\n"


@pytest.mark.parametrize("name", ["words", "message"])
def test_broken_multiparts_store_nothing(name):
    visit = Visit(name, "fa")
    before = state()
    file = part("files", PDF, f'; filename="{MARK}.pdf"')
    bodies = [
        b"",
        b"--x",
        b"--x--",
        file,
        file[:-30],
        b"--y\r\n" + file,
        part("files", PDF, '; filename="a\x00.pdf"') + b"--x--\r\n",
        part("files", PDF, "; filename*=UTF-8''%00%ff.pdf") + b"--x--\r\n",
        part("files", PDF, "; filename*=nonsense''%E2.pdf") + b"--x--\r\n",
        part("files", PDF, '; filename="../../../../etc/cron.d/x.exe"') + b"--x--\r\n",
        part("files", b"%%%", '; filename="a.pdf"\r\nContent-Transfer-Encoding: base64') + b"--x--",
        part("subject", b"\xff\xfe\x00") + part("text", b"\xff\x00") + b"--x--\r\n",
        part("subject", PDF, '; filename="subject.pdf"') + part("text", PDF, '; filename="t.pdf"'),
        part("files", b"not a file") + b"--x--\r\n",
        b"".join(part(f"f{n}", b"x", f'; filename="{n}.pdf"') for n in range(150)) + b"--x--\r\n",
        b"".join(part(f"f{n}", b"x") for n in range(1500)) + b"--x--\r\n",
        b'--x\r\nContent-Disposition: form-data; name="' + b"n" * 100_000 + b'"\r\n\r\nx\r\n--x--',
    ]
    with nothing_crashes(visit.client):
        for number, body in enumerate(bodies):
            rested()
            answer = visit.client.generic(
                "POST", visit.url, body, content_type="multipart/form-data; boundary=x"
            )
            after = state()
            if name == "message" and answer.status_code == 302:  # a whole file is a message alone
                files = "service_requests.Attachment"
                assert after[files] == before[files] + 1, number
                before = after
                continue
            assert answer.status_code in (200, 400), (number, answer.status_code)
            if name == "words":  # a good file of a form with mistakes is kept for the next try
                kept = after["service_requests.Attachment"]
                Attachment.objects.filter(draft__isnull=False).delete()
                assert kept in (0, 1), number
                after = {**before, "files": before["files"]}
            assert after == before, number


@pytest.mark.parametrize("language", ["fa", "en"])
@pytest.mark.parametrize("name", ["words", "message"])
def test_bad_files_are_refused_at_the_field_one_by_one(name, language, caplog):
    caplog.set_level("DEBUG")
    visit = Visit(name, language)
    before = state()
    with nothing_crashes(visit.client):
        for what, file in bad_files().items():
            rested()
            answer = visit.client.post(visit.url, {**visit.values, "files": [file]})
            assert answer.status_code == 200, what
            found = visit.errors(answer)
            assert "files" in found, (what, found)
            # The steps name the file, because there may be several.
            told = [message.partition(": ")[2] or message for message in found["files"]]
            assert is_in(language, told), (what, told)
            assert state() == before, what
    assert MARK not in caplog.text


@pytest.mark.parametrize("name", ["words", "message"])
def test_a_sixth_file_is_refused(name):
    visit = Visit(name, "fa")
    before = state()
    files = [upload(f"{n}.pdf") for n in range(6)]
    with nothing_crashes(visit.client):
        answer = visit.client.post(visit.url, {**visit.values, "files": files})
        assert answer.status_code == 200
        assert "files" in visit.errors(answer)
        if name == "message":
            assert state() == before
        else:  # five are kept in the draft, where they can be seen and taken out
            assert Attachment.objects.filter(draft__isnull=False).count() == 5
            again = visit.client.post(visit.url, {**visit.values, "files": [upload()]})
            assert "files" in visit.errors(again)
            assert Attachment.objects.count() == 5


def test_a_body_of_many_megabytes_is_refused_and_stores_nothing():
    visit = Visit("words", "fa")
    before = state()
    with nothing_crashes(visit.client):
        answer = visit.send({"body": "b" * (17 * 1024 * 1024)})
        assert answer.status_code in (400, 413)
        assert answer["Content-Type"].startswith("text/html")
    assert state() == before


@pytest.mark.parametrize("sent", [{}, {"kind": "request"}, {"kind": "x", "person_type": "natural"}])
def test_taking_the_first_answer_back_leads_back_to_the_first_step(sent):
    """The later forms depend on it."""
    visit = Visit("words", "fa")
    with nothing_crashes(visit.client):
        visit.client.post(url("submit"), sent)
        for step in ("submit_person", "submit_words", "submit_check"):
            for method in ("get", "post"):
                answer = getattr(visit.client, method)(url(step))
                assert answer.status_code == 302, (step, method)
                assert answer.url == f"{url('submit')}?fix"
        assert visit.client.get(answer.url).context["form"].errors


def test_the_same_step_sent_often_is_one_draft_and_one_case():
    visit = Visit("send", "fa")
    with nothing_crashes(visit.client):
        for _ in range(5):
            answer = visit.client.post(visit.url, {"consent": "on"})
            assert answer.status_code == 302
    assert Case.objects.count() == 1
    assert not Draft.objects.exists()


def test_a_message_sent_often_is_one_message():
    visit = Visit("message", "fa")
    key = visit.client.get(url("case")).context["message_form"]["message_id"].value()
    with nothing_crashes(visit.client):
        for _ in range(5):
            data = {"text": "پیام", "message_id": str(key), "files": [upload()]}
            assert visit.client.post(visit.url, data).status_code == 302
    case = Case.objects.get(messages__isnull=False, state="registered")
    assert case.messages.count() == 1
    assert case.attachments.count() == 1


def test_a_file_where_a_word_belongs_and_a_word_where_a_file_belongs():
    visit = Visit("words", "fa")
    before = state()
    with nothing_crashes(visit.client):
        wrong = {name: SimpleUploadedFile("a.pdf", PDF) for name in visit.values}
        answer = visit.client.post(visit.url, {**wrong, "files": "word"})
        assert answer.status_code == 200
        assert {"subject", "body"} <= set(visit.errors(answer))
    assert state() == before
