"""The data of one person or organisation: which cases, what is in, what is not, who may (R39)."""

import hashlib
import io
import json
import random
import re
import zipfile
from pathlib import Path
from posixpath import normpath
from types import SimpleNamespace
from urllib.parse import unquote

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms_pages.enums import Role
from desk_core import vault
from desk_core.models import AuditEntry
from desk_core.sealing import erase
from service_requests import conversation, notes, tracking, workflow
from service_requests.attachments import IncomingFile
from service_requests.enums import ExportReason, IdentityDocument, Kind
from service_requests.errors import NotAllowed, NotPossible
from service_requests.models import Attachment, Case
from service_requests.subject_export import finding, handing_out, package
from service_requests.subject_export.records import safe_name
from tests.cms_pages.factories import staff_user
from tests.service_requests.factories import (
    FOREIGN,
    LEGAL,
    NATURAL,
    PDF,
    answered,
    head_of,
    in_review,
    make_case,
    upload,
)
from tests.service_requests.json_schema import complaints

pytestmark = pytest.mark.django_db
MOBILE = "09123456789"
OTHER_ID = "0084575948"
ANONYMOUS = {"person_type": "natural", "first_name": "مینا", "last_name": "ناشناس"}
SCHEMA = json.loads(package.SCHEMA.read_text(encoding="utf-8"))
WHY = {
    "reason": ExportReason.IN_PERSON,
    "document": IdentityDocument.NATIONAL_CARD,
    "reference": "۱۴۰۵/۳۱۲/ص",
    "identity_checked": True,
    "language": "en",
}


def superuser():
    return staff_user(is_superuser=True)


def hand_out(user, *, added=(), left_out=(), why=WHY, **given):
    given = given or {"national_id": NATURAL["national_id"]}
    return handing_out.for_staff(
        user=user, identifiers=finding.clean(given), added=added, left_out=left_out, **why
    )


def unpack(export) -> SimpleNamespace:
    """The archive as whoever gets it sees it."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(b"".join(export)))
    finally:
        export.close()
    assert archive.testzip() is None
    return SimpleNamespace(
        archive=archive,
        names=archive.namelist(),
        data=json.loads(archive.read("export.json")),
        manifest=json.loads(archive.read("manifest.json")),
        everything=b"\n".join(archive.read(name) for name in archive.namelist()).decode(
            "utf-8", "replace"
        ),
    )


def codes(rows) -> set[str]:
    return {row.code for row in rows}


def look(user, **given) -> "finding.Found":
    return handing_out.find(user=user, identifiers=finding.clean(given))


# Whose cases they are


def test_a_person_has_the_cases_that_bear_their_number_and_no_other():
    mine, mine_too = make_case(), make_case(Kind.COMPLAINT)
    make_case(person={**NATURAL, "national_id": OTHER_ID}, mobile="09121112233")
    found = look(superuser(), national_id="۰۴۹۹۳۷۰۸۹۹")
    assert codes(found.theirs) == {mine.code, mine_too.code}
    assert (found.perhaps, found.elsewhere) == ([], 0)


@pytest.mark.parametrize(
    ("person", "given"),
    [
        (LEGAL, {"legal_id": LEGAL["legal_id"]}),
        (FOREIGN, {"foreign_id": FOREIGN["foreign_id"]}),
    ],
)
def test_organisations_and_foreign_nationals_have_theirs(person, given):
    case = make_case(person=person)
    make_case()
    assert codes(look(superuser(), **given).theirs) == {case.code}


def test_a_case_of_an_organisation_is_not_its_representatives():
    make_case(person=LEGAL)
    found = look(superuser(), national_id=LEGAL["rep_national_id"])
    assert (found.theirs, found.perhaps, found.elsewhere) == ([], [], 1)


def test_a_shared_telephone_gives_nobody_the_case_of_another_number():
    of_somebody = make_case(person={**NATURAL, "national_id": OTHER_ID})
    nobodys = make_case(Kind.SUGGESTION, person=ANONYMOUS)
    mine = make_case()
    found = look(superuser(), national_id=NATURAL["national_id"], mobile=MOBILE)
    assert codes(found.theirs) == {mine.code}
    assert codes(found.perhaps) == {nobodys.code}
    assert found.elsewhere == 1
    asked_for = [of_somebody.code, nobodys.code]
    shown = unpack(
        hand_out(superuser(), added=asked_for, national_id=NATURAL["national_id"], mobile=MOBILE)
    )
    assert {case["code"] for case in shown.data["cases"]} == {mine.code, nobodys.code}


def test_by_telephone_alone_nothing_goes_in_unless_staff_say_so():
    nobodys = make_case(Kind.SUGGESTION, person=ANONYMOUS)
    with pytest.raises(ValidationError):
        hand_out(superuser(), mobile=MOBILE)
    export = hand_out(superuser(), mobile=MOBILE, added=[nobodys.code])
    assert unpack(export).data["count"] == 1


def test_staff_can_leave_out_what_is_not_the_persons():
    mine, strange = make_case(), make_case()
    shown = unpack(hand_out(superuser(), left_out=[strange.code]))
    assert [case["code"] for case in shown.data["cases"]] == [mine.code]
    assert strange.code not in shown.everything


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"national_id": "123"}, "national_id"),
        ({"national_id": "0499370898"}, "national_id"),
        ({"legal_id": "1038028479"}, "legal_id"),
        ({"mobile": "12"}, "mobile"),
        ({"foreign_id": "x"}, "foreign_id"),
        ({}, "__all__"),
        ({"national_id": "  "}, "__all__"),
        ({"mobile": "9" * 5000}, "mobile"),
    ],
)
def test_a_malformed_number_is_refused_at_its_field_and_not_repeated(given, field):
    with pytest.raises(ValidationError) as error:
        finding.clean(given)
    told = error.value.message_dict if hasattr(error.value, "error_dict") else {"__all__": ["…"]}
    assert list(told) == [field]
    assert all(len(text) < 200 for text in told[field])


# Who may


@pytest.mark.parametrize(
    "role", [Role.OFFICER, Role.SECRETARIAT, Role.AUDITOR, Role.EDITOR, Role.ADMINISTRATOR]
)
def test_other_roles_get_nothing(role):
    case = make_case()
    place = {} if role in (Role.AUDITOR, Role.ADMINISTRATOR) else {"department": case.department}
    user = staff_user(role, **place)
    for call in (hand_out, lambda user: look(user, national_id=NATURAL["national_id"])):
        with pytest.raises(NotAllowed):
            call(user)
    assert not AuditEntry.objects.filter(action__startswith="subject.").exists()


def test_a_head_hands_out_the_cases_of_the_department_and_it_says_so():
    mine = make_case()
    make_case()
    complaint = make_case(Kind.COMPLAINT, complained_department=mine.department.key)
    shown = unpack(hand_out(head_of(mine)))
    assert [case["code"] for case in shown.data["cases"]] == [mine.code]
    assert shown.data["complete"] is False
    assert complaint.code not in shown.everything
    assert "office which made it" in shown.archive.read("index.html").decode()


def test_the_complaints_office_hands_out_complaints():
    make_case()
    complaint = make_case(Kind.COMPLAINT)
    shown = unpack(hand_out(staff_user(Role.COMPLAINTS)))
    assert [case["code"] for case in shown.data["cases"]] == [complaint.code]


def test_a_superuser_hands_out_everything():
    make_case(), make_case(Kind.COMPLAINT)
    shown = unpack(hand_out(superuser()))
    assert (shown.data["count"], shown.data["complete"]) == (2, True)


# What has to be said first, and what is written down


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"reason": "because"}, "reason"),
        ({"document": "library card"}, "document"),
        ({"reference": ""}, "reference"),
        ({"reference": "نامهٔ گلنار آزمونی ۱۲"}, "reference"),
        ({"reference": "0499370899"}, "reference"),
        ({"reference": "049-937-0899"}, "reference"),
        ({"reference": "\0"}, "reference"),
        ({"identity_checked": False}, "identity_checked"),
        ({"language": "xx"}, "language"),
    ],
)
def test_without_reason_document_and_check_nothing_is_handed_out(changes, field):
    make_case()
    with pytest.raises(ValidationError) as error:
        hand_out(superuser(), why={**WHY, **changes})
    assert list(error.value.message_dict) == [field]
    assert not AuditEntry.objects.filter(action__endswith=".exported").exists()


def test_who_when_why_and_which_cases_is_recorded_and_no_number_of_the_person():
    first, second = make_case(), make_case()
    user = superuser()
    look(user, national_id=NATURAL["national_id"], mobile=MOBILE)
    export = hand_out(user)
    export.close()
    whole = AuditEntry.objects.get(action="subject.exported")
    assert (whole.actor, whole.target) == (user, f"export:{export.about.id}")
    assert whole.detail == {
        "reason": "export_in_person",
        "document": "national_card",
        "reference": "1405/312/ص",
        "by": ["national_id"],
        "cases": 2,
    }
    each = AuditEntry.objects.filter(action="case.exported")
    assert {row.target for row in each} == {f"case:{first.code}", f"case:{second.code}"}
    assert {row.department_id for row in each} == {first.department_id, second.department_id}
    told = json.dumps(list(AuditEntry.objects.values_list("target", "detail")), ensure_ascii=False)
    for number in (NATURAL["national_id"], "9123456789", NATURAL["last_name"]):
        assert number not in told


# What is in it, and what is not


@pytest.fixture
def long_case():
    """A case with everything that a case can have."""
    case, officer = in_review(files=[IncomingFile.of(upload())], phone="02112345678")
    conversation.citizen_adds(
        case=case, text="پیام من", files=[IncomingFile.of(upload("دو/عکس.pdf", PDF + b"%2"))]
    )
    notes.add(case=case, actor=officer, text="یادداشت محرمانه")
    case.refresh_from_db()
    case = workflow.request_visit(
        case=case,
        actor=officer,
        expected=case.version,
        at=timezone.now() + timezone.timedelta(days=3),
        place="اتاق ۱۲",
        bring="کارت ملی",
    )
    case = workflow.answer(
        case=case,
        actor=officer,
        expected=case.version,
        text="پاسخ ما <b>",
        files=[IncomingFile.of(upload("پاسخ.pdf", PDF + b"%3"))],
    )
    return case, officer


@pytest.mark.parametrize("language", ["fa", "en"])
def test_the_archive_holds_what_the_schema_says(long_case, language):
    case, _officer = long_case
    shown = unpack(hand_out(superuser(), why={**WHY, "language": language}))
    assert complaints(shown.data, SCHEMA) == []
    assert json.loads(shown.archive.read("schema.json")) == SCHEMA
    found = shown.data["cases"][0]
    assert found["code"] == case.code
    assert found["person"] == {
        name: NATURAL[name] for name in ("first_name", "last_name", "national_id")
    }
    assert found["contact"]["mobile"] == "+989123456789"
    assert found["subject"] == "تعمیر آسفالت کوچه بنفشه"
    assert [m["purpose"] for m in found["messages"]] == ["message", "visit", "answer"]
    assert found["messages"][1]["visit"]["place"] == "اتاق ۱۲"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", found["registered_at"]["utc"])
    assert found["survey"] == {"invited": True, "answered": False}
    assert found["timeline"][0]["kind"] == "registered"
    assert shown.data["language"] == language


def test_every_file_is_there_byte_for_byte_and_the_manifest_names_each_member(long_case):
    shown = unpack(hand_out(superuser()))
    found = shown.data["cases"][0]
    files = [each for place in (found, *found["messages"]) for each in place["files"]]
    contents = [shown.archive.read(each["path"]) for each in files]
    assert contents == [PDF, PDF + b"%2", PDF + b"%3"]
    assert [each["name"] for each in files] == ["گزارش.pdf", "عکس.pdf", "پاسخ.pdf"]
    members = {each["name"]: each for each in shown.manifest["members"]}
    assert [*members, "manifest.json"] == shown.names
    for name, each in members.items():
        data = shown.archive.read(name)
        assert each["sha256"] == hashlib.sha256(data).hexdigest()
        assert each["size"] == len(data)
    assert shown.manifest["problems"] == []


def test_nothing_internal_and_nothing_of_others_is_in_it(long_case):
    case, officer = long_case
    head = head_of(case)
    other = make_case(person={**NATURAL, "national_id": OTHER_ID, "last_name": "بیگانه"})
    shown = unpack(hand_out(superuser()))
    case.refresh_from_db()
    for secret in (
        *("محرمانه", "note_added", "read_at", "assigned"),
        *(officer.username, officer.get_full_name() or officer.username, head.username),
        *(other.code, "بیگانه", OTHER_ID, str(case.pk), str(case.subject_key_id)),
    ):
        assert secret not in shown.everything, secret


def test_the_pages_are_readable_offline_and_run_nothing(long_case):
    case, _officer = long_case
    shown = unpack(hand_out(superuser(), why={**WHY, "language": "fa"}))
    index = shown.archive.read("index.html").decode()
    page = shown.archive.read(f"cases/{case.code}.html").decode()
    assert '<html lang="fa" dir="rtl">' in index
    assert f'href="cases/{case.code}.html"' in index
    assert "پاسخ ما &lt;b&gt;" in page
    for html in (index, page):
        assert not re.search(r"<script|https?://|\son\w+=", html)
    for link in re.findall(r'href="([^"#]+)"', page):
        assert normpath(f"cases/{unquote(link)}") in shown.names
    readme = shown.archive.read("README.txt").decode()
    assert "index.html" in readme


def test_of_an_erased_case_only_facts_are_left():
    case, _officer = answered(files=[IncomingFile.of(upload())])
    erase(case.subject_key)
    shown = unpack(hand_out(superuser()))
    found = shown.data["cases"][0]
    assert complaints(shown.data, SCHEMA) == []
    assert found["erased_at"]["utc"].startswith(str(timezone.now().year))
    assert (found["person"], found["contact"], found["subject"], found["body"]) == (None,) * 4
    assert (found["messages"], found["files"]) == ([], [])
    assert [event["kind"] for event in found["timeline"]][-1] == "answered"
    assert "آسفالت" not in shown.everything
    assert "erased" in shown.archive.read(f"cases/{case.code}.html").decode()


def test_a_file_that_is_gone_or_altered_is_told_and_keeps_nothing_else_back():
    files = [IncomingFile.of(upload(name)) for name in ("a.pdf", "b.pdf", "c.pdf")]
    make_case(files=files)
    gone, altered, _whole = Attachment.objects.order_by("added_at", "id")
    vault.delete(gone.path)
    storage = vault._storage()
    with storage.open(altered.path) as stored:
        data = stored.read()
    storage.delete(altered.path)
    storage.save(altered.path, io.BytesIO(data[:-1] + bytes([data[-1] ^ 1])))
    shown = unpack(hand_out(superuser()))
    assert sorted(each["problem"] for each in shown.manifest["problems"]) == ["damaged", "missing"]
    assert len([name for name in shown.names if name.startswith("files/")]) == 1


def test_a_case_that_does_not_open_hands_nothing_out():
    case = make_case()
    Case.objects.filter(pk=case.pk).update(sealed_content=b"\x01" + b"x" * 60)
    with pytest.raises(NotPossible):
        hand_out(superuser())
    assert not AuditEntry.objects.filter(action="subject.exported").exists()


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("گزارش.pdf", "گزارش.pdf"),
        ('a<b>:"|?*.pdf', "a_b______.pdf"),
        ("..", "file"),
        ("x" * 300 + ".pdf", "x" * 120 + ".pdf"),
        ("trailing. ", "trailing"),
        (".pdf", "pdf"),
    ],
)
def test_names_of_files_can_be_unpacked_everywhere(name, safe):
    assert safe_name(name) == safe


# What it costs


def test_the_queries_do_not_grow_with_the_cases():
    user = superuser()
    for _n in range(2):
        make_case(files=[IncomingFile.of(upload())])
    unpack(hand_out(user))  # the roles of the user are read once
    few = count_queries(lambda: unpack(hand_out(user)))
    for _n in range(4):
        answered(files=[IncomingFile.of(upload())])
    more = count_queries(lambda: unpack(hand_out(user)))
    assert few == more
    assert few < 20


def count_queries(call) -> int:
    with CaptureQueriesContext(connection) as seen:
        call()
    return len(seen)


def test_no_file_is_held_as_a_whole():
    big = PDF + random.Random(39).randbytes(3_000_000) + b"\n%%EOF\n"
    make_case(files=[IncomingFile.of(upload("big.pdf", big))])
    export = hand_out(superuser())
    longest = total = 0
    for chunk in export:
        longest, total = max(longest, len(chunk)), total + len(chunk)
    export.close()
    assert total > 3_000_000
    assert longest < 300_000


def test_a_download_that_is_broken_off_lets_go_of_what_was_kept():
    make_case(files=[IncomingFile.of(upload())])
    export = hand_out(superuser())
    chunks = iter(export)
    next(chunks)
    chunks.close()
    export.close()
    export.close()
    assert export._kept.closed


def test_more_than_one_batch(monkeypatch):
    monkeypatch.setattr("service_requests.subject_export.records.BATCH", 2)
    monkeypatch.setattr(package, "BATCH", 2)
    made = [make_case(files=[IncomingFile.of(upload())]) for _n in range(5)]
    shown = unpack(hand_out(superuser()))
    assert [case["code"] for case in shown.data["cases"]] == [case.code for case in made]
    assert len([name for name in shown.names if name.startswith("files/")]) == 5


# The applicant's own


def test_the_applicant_takes_along_what_the_page_shows_and_no_more(long_case):
    case, officer = long_case
    make_case()
    session = tracking.open_session(credential=case.credentials.get())[1]
    unread = case.messages.filter(read_at=None).count()
    shown = unpack(handing_out.for_applicant(session=session, language="fa"))
    assert complaints(shown.data, SCHEMA) == []
    assert (shown.data["scope"], shown.data["count"]) == ("case", 1)
    assert shown.data["person_masked"] is True
    found = shown.data["cases"][0]
    assert found["person"]["national_id"] == "049•••••99"
    assert found["contact"] is None
    for secret in (NATURAL["national_id"], "9123456789", "محرمانه", officer.username):
        assert secret not in shown.everything
    assert case.messages.filter(read_at=None).count() == unread
    entry = AuditEntry.objects.get(action="case.exported")
    assert (entry.actor_id, entry.target) == (None, f"case:{case.code}")


def test_the_schema_is_described_in_the_documents():
    text = (Path(__file__).parents[2] / "docs" / "data-export.md").read_text(encoding="utf-8")
    described = set(re.findall(r"`([a-z_]+)`", text))
    for part in (SCHEMA, *SCHEMA["$defs"].values()):
        missing = {*part["properties"]} - described
        assert not missing, missing
