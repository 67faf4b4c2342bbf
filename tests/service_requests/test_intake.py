"""Registering a case, once, whatever the network does."""

import threading
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, connections

from cms_pages.enums import Role
from desk_core.models import AuditEntry, OutgoingMessage, SubjectKey
from desk_core.passwords import verify_secret
from desk_core.sealing import new_subject, open_subject
from service_requests import attachments, codes, intake, look_up, receipts
from service_requests.attachments import IncomingFile
from service_requests.enums import EventKind, Kind, Source, State
from service_requests.errors import NotAllowed, NotPossible
from service_requests.models import Attachment, Case, Credential, Draft, Event, Receipt
from tests.cms_pages.factories import DepartmentFactory, staff_user
from tests.service_requests.factories import PDF, register, submission, upload


@pytest.mark.django_db
def test_a_submission_becomes_a_case_with_everything_that_hangs_on_it():
    department = DepartmentFactory()
    officer = staff_user(Role.OFFICER, department)
    receipt = register(department=department.key)

    case = Case.objects.get(code=receipt.code)
    assert (case.state, case.version, case.department) == (State.REGISTERED, 1, department)
    assert case.credentials.active().count() == 1
    assert verify_secret(receipt.password, case.credentials.get().secret_hash)
    assert [event.kind for event in case.events.all()] == [EventKind.REGISTERED]
    content = open_subject(case.subject_key).open_json(
        bytes(case.sealed_content), record=case.content_record
    )
    assert content["person"]["national_id"] == "0499370899"
    assert look_up.narrow(Case.objects.all(), "0499370899").get() == case
    sent = OutgoingMessage.objects.filter(subject_key=case.subject_key)
    assert sorted(sent.values_list("channel", "template")) == [
        ("email", "service_requests/messages/registered"),
        ("email", "service_requests/messages/staff_new"),
        ("sms", "service_requests/messages/registered"),
    ]
    assert look_up.narrow(Case.objects.visible_to(officer), "بنفشه").get() == case
    entry = AuditEntry.objects.get(action="case.registered")
    assert (entry.target, entry.actor_id) == (f"case:{case.code}", None)


@pytest.mark.django_db
def test_without_an_agreement_in_force_the_case_says_so():
    case = register().case
    assert case.agreement_version is None
    assert case.agreement_note


@pytest.mark.django_db
def test_the_same_key_again_is_the_same_case_and_the_same_receipt():
    key = intake.new_submission_key()
    first, second = register(key=key), register(key=key)
    assert (first.created, second.created) == (True, False)
    assert (first.code, first.password) == (second.code, second.password)
    assert Case.objects.count() == Credential.objects.count() == 1


@pytest.mark.django_db
def test_after_kept_it_the_password_is_gone_and_the_case_is_still_the_same():
    key = intake.new_submission_key()
    first = register(key=key)
    receipts.keep(submission_key=key)
    receipts.keep(submission_key=key)
    again = register(key=key)
    assert (again.code, again.password) == (first.code, None)
    assert Receipt.objects.get().sealed is None


@pytest.mark.django_db
def test_after_fifteen_minutes_the_receipt_is_closed_and_wiped():
    key = intake.new_submission_key()
    first = register(key=key)
    Receipt.objects.update(expires_at=first.case.registered_at)
    assert receipts.open_receipt(submission_key=key).password is None
    assert receipts.wipe_expired() == 1
    assert receipts.wipe_expired() == 0
    assert Receipt.objects.get().sealed is None


@pytest.mark.django_db
def test_another_key_opens_nothing():
    register()
    assert receipts.open_receipt(submission_key=intake.new_submission_key()) is None


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "short", "a" * 64, "x" * 200, "ن" * 40, "a b" * 20, None, 7])
def test_a_weak_submission_key_is_refused_before_anything_is_stored(key):
    with pytest.raises(ValidationError) as refused:
        intake.submit(submission=submission(), submission_key=key, source=Source.WEB, language="fa")
    assert "submission_key" in refused.value.message_dict
    assert not Case.objects.exists()


@pytest.mark.django_db
def test_files_are_sealed_and_hang_on_the_case():
    receipt = register(files=[IncomingFile.of(upload()), IncomingFile.of(upload("دو.pdf"))])
    subject = open_subject(receipt.case.subject_key)
    rows = list(Attachment.objects.filter(case=receipt.case))
    assert {attachments.name_of(row, subject) for row in rows} == {"گزارش.pdf", "دو.pdf"}
    for row in rows:
        assert b"".join(attachments.read(row, subject)) == PDF
        assert row.content_type == "application/pdf"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "files",
    [
        [IncomingFile.of(upload()) for _ in range(6)],
        [IncomingFile.of(upload("a.pdf", b"MZ not a pdf"))],
        [IncomingFile.of(upload()), IncomingFile.of(upload("macro.exe", b"MZ\x90"))],
        [IncomingFile.of(upload("empty.pdf", b""))],
    ],
    ids=["too many", "lies about its type", "good then bad", "empty"],
)
def test_bad_files_leave_nothing_behind(files, private_files):
    before = private_files()
    with pytest.raises(ValidationError) as refused:
        register(files=files)
    assert "attachments" in refused.value.message_dict
    assert not Case.objects.exists()
    assert not SubjectKey.objects.exists()
    assert private_files() == before


@pytest.mark.django_db
def test_a_file_over_the_limit_is_refused(monkeypatch, private_files):
    monkeypatch.setattr(attachments, "MAX_SIZE", 100)
    before = private_files()
    with pytest.raises(ValidationError):
        register(files=[IncomingFile.of(upload(content=PDF + b" " * 200))])
    assert private_files() == before


@pytest.mark.django_db
def test_a_draft_hands_over_its_key_and_its_files():
    draft = make_draft()
    file = attachments.add_to_draft(draft=draft, file=IncomingFile.of(upload()))
    receipt = register(draft=draft)
    assert receipt.case.subject_key_id == draft.subject_key_id
    file.refresh_from_db()
    assert (file.case_id, file.draft_id) == (receipt.case.pk, None)
    assert b"".join(attachments.read(file, open_subject(receipt.case.subject_key))) == PDF
    assert not Draft.objects.exists()


@pytest.mark.django_db
def test_a_draft_cannot_be_handed_in_twice_under_different_keys():
    draft = make_draft()
    register(draft=draft)
    with pytest.raises(NotPossible):
        register(draft=draft)
    assert Case.objects.count() == 1


@pytest.mark.django_db
def test_a_draft_forgotten_meanwhile_becomes_no_case():
    draft = make_draft()
    Draft.objects.all().delete()
    with pytest.raises(NotPossible):
        register(draft=draft)
    assert not Case.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("with_draft", [False, True])
def test_a_code_drawn_twice_is_drawn_again_once(monkeypatch, private_files, with_draft):
    taken = register().code
    before = private_files()
    free = codes.new_code()
    drawn = [taken, free]
    monkeypatch.setattr(codes, "new_code", lambda: drawn.pop(0))
    files = [IncomingFile.of(upload())]
    assert register(files=files, draft=make_draft() if with_draft else None).code == free
    assert len(private_files() - before) == 1
    monkeypatch.setattr(codes, "new_code", lambda: taken)
    with pytest.raises(IntegrityError):
        register()


@pytest.mark.django_db
def test_a_draft_takes_five_files_and_gives_them_back(private_files):
    draft = make_draft()
    before = private_files()
    names = [f"{number}.pdf" for number in range(6)]
    kept = [
        attachments.add_to_draft(draft=draft, file=IncomingFile.of(upload(name)))
        for name in names[:5]
    ]
    with pytest.raises(ValidationError):
        attachments.add_to_draft(draft=draft, file=IncomingFile.of(upload(names[5])))
    assert len(private_files() - before) == 5
    attachments.remove_from_draft(draft=make_draft(), attachment_id=kept[0].pk)
    assert draft.attachments.count() == 5
    attachments.remove_from_draft(draft=draft, attachment_id=kept[0].pk)
    attachments.remove_from_draft(draft=draft, attachment_id=uuid.uuid4())
    assert draft.attachments.count() == 4


@pytest.mark.django_db
def test_staff_register_for_people_and_nobody_else_does():
    officer, editor = staff_user(Role.OFFICER), staff_user(Role.EDITOR)

    def at(source, actor):
        return intake.submit(
            submission=submission(),
            submission_key=intake.new_submission_key(),
            source=source,
            language="fa",
            actor=actor,
        )

    receipt = at(Source.WALK_IN, officer)
    assert receipt.case.events.get().actor == officer
    assert receipt.case.credentials.get().issued_by == officer
    for source, actor in [
        (Source.WALK_IN, editor),
        (Source.PHONE, None),
        (Source.WEB, officer),
        (Source.LETTER, staff_user(Role.AUDITOR)),
    ]:
        with pytest.raises(NotAllowed):
            at(source, actor)
    assert Case.objects.count() == 1


@pytest.mark.django_db
def test_when_storing_fails_half_way_nothing_is_kept(monkeypatch, private_files):
    def broken(**kwargs):
        raise RuntimeError("the database went away")

    monkeypatch.setattr("service_requests.history.audit_record", broken)
    before = private_files()
    with pytest.raises(RuntimeError):
        register(files=[IncomingFile.of(upload())])
    assert not Case.objects.exists()
    assert not SubjectKey.objects.exists()
    assert not OutgoingMessage.objects.exists()
    assert private_files() == before


@pytest.mark.django_db
def test_a_complaint_is_told_to_the_complaints_office_and_not_to_the_unit():
    unit = DepartmentFactory()
    staff_user(Role.OFFICER, unit, email="officer@desk.example")
    staff_user(Role.HEAD, unit, email="head@desk.example")
    office = staff_user(Role.COMPLAINTS, email="office@desk.example")
    case = register(Kind.COMPLAINT, complained_department=unit.key).case
    told = OutgoingMessage.objects.filter(template="service_requests/messages/staff_new")
    opened = [
        open_subject(case.subject_key).open_json(bytes(row.sealed), record=row.record)
        for row in told
    ]
    assert [found["recipient"] for found in opened] == [office.email]


@pytest.mark.django_db(transaction=True)
def test_the_same_submission_sent_at_once_by_many_is_one_case():
    key = intake.new_submission_key()
    clean = submission()
    barrier = threading.Barrier(4)
    results, failures = [], []

    def send():
        try:
            barrier.wait(timeout=20)
            results.append(
                intake.submit(
                    submission=clean, submission_key=key, source=Source.WEB, language="fa"
                )
            )
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not failures
    assert Case.objects.count() == Credential.objects.count() == Event.objects.count() == 1
    assert len({(r.code, r.password) for r in results}) == 1
    assert [r.created for r in results].count(True) == 1
    assert connection.vendor in {"sqlite", "postgresql"}


def make_draft() -> Draft:
    from datetime import timedelta

    from django.utils import timezone

    subject = new_subject()
    subject.save()
    return Draft.objects.create(
        token_digest=uuid.uuid4().hex,
        subject_key=subject.row,
        expires_at=timezone.now() + timedelta(days=1),
    )
