"""A dump of every table, decoded, holds nothing of a person (R41)."""

import base64
import json
import logging
import re
import uuid
import zlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.core.files.storage import storages
from django.utils import timezone

from cms_pages.enums import Role
from service_requests import (
    attachments,
    conversation,
    credentials,
    intake,
    look_up,
    notes,
    reading,
    tracking,
    workflow,
)
from service_requests.attachments import IncomingFile
from service_requests.enums import Kind, ReadReason
from service_requests.models import Case, Draft
from service_requests.surveys import answering
from tests.cms_pages.factories import DepartmentFactory, staff_user
from tests.service_requests.factories import LEGAL, head_of, officer_of, register, upload

SECRETS = {
    "first name": "گلنار",
    "last name": "آزمونی",
    "company": "راهسازان",
    "representative": "نماینده",
    "national ID": "0499370899",
    "legal ID": "10380284790",
    "mobile": "9123456789",
    "e-mail": "golnar",
    "address": "خیابان آزمون",
    "subject": "بنفشه",
    "body": "چاله‌های بزرگی",
    "message": "پیام خصوصی متقاضی",
    "question": "پرسش خصوصی کارشناس",
    "answer": "پاسخ خصوصی کارشناس",
    "note": "یادداشت خصوصی همکار",
    "referral": "دلیل خصوصی ارجاع",
    "visit": "اتاق خصوصی ۱۲",
    "comment": "نظر خصوصی نظرسنجی",
    "file name": "گزارش_خصوصی",
    "file content": "CONTENT-OF-THE-FILE-7731",
}
# As JSON writes letters beyond ASCII.
ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
CONTENT = b"%PDF-1.4\n% CONTENT-OF-THE-FILE-7731\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n"


def every_form(raw: bytes) -> str:
    """Raw bytes as text, and what lies in them in the usual encodings."""
    forms = [raw]
    decoders = (
        base64.b64decode,
        base64.urlsafe_b64decode,
        lambda data: bytes.fromhex(data.decode("ascii")),
        zlib.decompress,
    )
    for decode in decoders:
        try:
            forms.append(decode(raw))
        except (ValueError, zlib.error):
            continue
    shown = " ".join(form.decode(code, "replace") for form in forms for code in ("utf-8", "utf-16"))
    return shown + ESCAPED.sub(lambda found: chr(int(found[1], 16)), shown)


def dump() -> str:
    """Every value of every table of every app, and every private file."""
    parts = []
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.managed:
            continue
        for row in model._base_manager.values_list():
            for value in row:
                if isinstance(value, bytes | memoryview):
                    parts.append(every_form(bytes(value)))
                elif isinstance(value, str):
                    parts.append(every_form(value.encode("utf-8", "replace")))
                elif isinstance(value, dict | list):
                    parts.append(json.dumps(value, ensure_ascii=False, default=str))
    for file in Path(storages["private"].location).rglob("*"):
        if file.is_file():
            parts.append(every_form(file.read_bytes()))
    return "\n".join(parts)


@pytest.mark.django_db
def test_nothing_personal_lies_anywhere_in_clear(caplog):
    caplog.set_level(logging.DEBUG)
    key, passwords = intake.new_submission_key(), []
    file = IncomingFile.of(upload("گزارش_خصوصی.pdf", CONTENT))
    receipt = register(key=key, files=[file])
    passwords.append(receipt.password)
    legal = register(Kind.COMPLAINT, LEGAL)
    passwords.append(legal.password)
    case = receipt.case
    officer, head, other = officer_of(case), head_of(case), DepartmentFactory()

    conversation.citizen_adds(case=case, text="پیام خصوصی متقاضی")
    case.refresh_from_db()
    notes.add(case=case, actor=officer, text="یادداشت خصوصی همکار")
    case.refresh_from_db()
    case = workflow.refer(
        case=case, actor=head, expected=case.version, department=other, reason="دلیل خصوصی ارجاع"
    )
    officer = staff_user(Role.OFFICER, other)
    case = workflow.start_review(case=case, actor=officer, expected=case.version)
    case = workflow.ask_info(
        case=case, actor=officer, expected=case.version, text="پرسش خصوصی کارشناس"
    )
    case = workflow.start_review(case=case, actor=officer, expected=case.version)
    case = workflow.request_visit(
        case=case,
        actor=officer,
        expected=case.version,
        at=timezone.now() + timedelta(days=2),
        place="اتاق خصوصی ۱۲",
    )
    case = workflow.answer(
        case=case, actor=officer, expected=case.version, text="پاسخ خصوصی کارشناس"
    )
    given = {"overall": 4, "comment": "نظر خصوصی نظرسنجی"}
    answering.answer_case(case=case, given=given)
    list(look_up.narrow(Case.objects.visible_to(officer), "0499370899"))
    list(look_up.narrow(Case.objects.visible_to(officer), "بنفشه"))
    reading.person_for_staff(case=case, user=officer, reason=ReadReason.CONTACT)
    found = credentials.verify(code=receipt.code, password=receipt.password, address="192.0.2.1")
    token, session = tracking.open_session(credential=found)
    view = reading.for_applicant(session)
    draft = abandoned_draft()
    attachments.add_to_draft(draft=draft, file=IncomingFile.of(upload("گزارش_خصوصی.pdf", CONTENT)))

    # The search itself works: what is said to be absent is there once it is opened.
    assert view.content["subject"].endswith("بنفشه")
    stored, logged = dump(), caplog.text
    assert receipt.code in stored
    for what, secret in SECRETS.items():
        assert secret not in stored, what
        assert secret not in logged, what
    for secret in (*passwords, key, token):
        assert secret not in stored
        assert secret not in logged


def abandoned_draft() -> Draft:
    from desk_core.sealing import new_subject

    subject = new_subject()
    subject.save()
    draft = Draft(
        token_digest=uuid.uuid4().hex,
        subject_key=subject.row,
        expires_at=timezone.now() + timedelta(days=1),
    )
    draft.sealed_data = subject.seal_json({"first_name": "گلنار"}, record=draft.record)
    draft.save()
    return draft


@pytest.mark.django_db
def test_str_and_repr_of_every_row_say_nothing_personal():
    case = register(files=[IncomingFile.of(upload("گزارش_خصوصی.pdf", CONTENT))]).case
    officer = officer_of(case)
    conversation.citizen_adds(case=case, text="پیام خصوصی متقاضی")
    notes.add(case=case, actor=officer, text="یادداشت خصوصی همکار")
    assert str(case) == case.code
    for model in apps.get_app_config("service_requests").get_models():
        for row in model._base_manager.all():
            shown = f"{row} {row!r}"
            assert not any(secret in shown for secret in SECRETS.values()), model


@pytest.mark.django_db
def test_an_abandoned_draft_is_forgotten_with_its_key_and_files(
    private_files, django_capture_on_commit_callbacks
):
    from service_requests.housekeeping import sweep

    before = private_files()
    draft = abandoned_draft()
    attachments.add_to_draft(draft=draft, file=IncomingFile.of(upload()))
    Draft.objects.update(expires_at=timezone.now())
    with django_capture_on_commit_callbacks(execute=True):
        assert sweep()["drafts"] == 1
    assert private_files() == before
    key = type(draft.subject_key).objects.get(pk=draft.subject_key_id)
    assert key.wrapped is None
    assert not Draft.objects.exists()


def test_the_dump_reads_what_is_encoded():
    secret = SECRETS["first name"]
    for raw in (
        secret.encode(),
        secret.encode("utf-16"),
        json.dumps(secret).encode(),
        base64.b64encode(secret.encode()),
        secret.encode().hex().encode(),
        zlib.compress(secret.encode()),
    ):
        assert secret in every_form(raw)
