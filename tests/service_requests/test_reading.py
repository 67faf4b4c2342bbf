"""What is sealed opens for whom, and is written down (R40)."""

import pytest
from django.core.exceptions import ValidationError

from cms_pages.enums import BODY_ROLES, Role
from desk_core.models import AuditEntry
from service_requests import conversation, reading, tracking, workflow
from service_requests.attachments import IncomingFile
from service_requests.enums import Kind, ReadReason
from service_requests.errors import NotAllowed
from service_requests.models import Attachment
from tests.cms_pages.factories import UserFactory, staff_user
from tests.service_requests.factories import (
    LEGAL,
    PDF,
    answered,
    make_case,
    officer_of,
    register,
    upload,
)

pytestmark = pytest.mark.django_db


def session_of(case):
    return tracking.open_session(credential=case.credentials.get())[1]


def test_the_applicant_sees_everything_that_is_theirs():
    case, officer = answered(files=[IncomingFile.of(upload())])
    view = reading.for_applicant(session_of(case))
    assert view.content["subject"] == "تعمیر آسفالت کوچه بنفشه"
    assert [m.text for m in view.messages] == ["کار انجام شد."]
    assert [f.name for f in view.files] == ["گزارش.pdf"]
    assert view.survey_open
    assert view.masked_person["national_id"] != "0499370899"
    assert officer.username not in repr(vars(view))
    assert all(m.author is None for m in view.messages)


def test_reading_a_long_case_takes_a_fixed_number_of_queries(django_assert_max_num_queries):
    case = make_case()
    for n in range(12):
        conversation.citizen_adds(
            case=case, text=f"پیام {n}", files=[IncomingFile.of(upload())] if n % 3 else []
        )
    session = tracking.get_session(tracking.open_session(credential=case.credentials.get())[0])
    with django_assert_max_num_queries(5):
        view = reading.for_applicant(session)
    assert len(view.messages) == 12


def test_an_officer_reads_as_part_of_the_work_and_it_is_written_down():
    case = make_case()
    officer = officer_of(case)
    view = reading.for_staff(case=case, user=officer)
    assert view.content["body"].startswith("آسفالت")
    assert "person" not in view.content
    assert "contact" not in view.content
    entry = AuditEntry.objects.get(action="case.read")
    assert (entry.actor_id, entry.target) == (officer.pk, f"case:{case.code}")
    assert entry.detail == {"reason": ReadReason.CASEWORK}


@pytest.mark.parametrize("who", ["secretariat", "superuser"])
def test_others_say_why_first(who):
    case = make_case()
    user = staff_user(Role.SECRETARIAT) if who == "secretariat" else UserFactory(is_superuser=True)
    for reason in ("", "because", None, "x" * 10_000):
        with pytest.raises(ValidationError):
            reading.for_staff(case=case, user=user, reason=reason)
    assert not AuditEntry.objects.filter(action="case.read").exists()
    reading.for_staff(case=case, user=user, reason=ReadReason.LETTER)
    assert AuditEntry.objects.get(action="case.read").detail["reason"] == ReadReason.LETTER


@pytest.mark.parametrize("role", [None, Role.AUDITOR, Role.EDITOR, Role.ADMINISTRATOR])
def test_those_who_may_not_read_get_nothing(role):
    case = make_case(files=[IncomingFile.of(upload())])
    user = staff_user(role, None if role in BODY_ROLES else case.department)
    file = Attachment.objects.get()
    for attempt in (
        lambda: reading.for_staff(case=case, user=user, reason=ReadReason.CASEWORK),
        lambda: reading.person_for_staff(case=case, user=user, reason=ReadReason.CONTACT),
        lambda: reading.file_for_staff(case=case, user=user, attachment_id=file.pk),
    ):
        with pytest.raises(NotAllowed):
            attempt()


def test_the_person_always_takes_a_reason():
    case = make_case(person=LEGAL)
    officer = officer_of(case)
    with pytest.raises(ValidationError):
        reading.person_for_staff(case=case, user=officer, reason="")
    found = reading.person_for_staff(case=case, user=officer, reason=ReadReason.CONTACT)
    assert found["person"]["legal_id"] == "10380284790"
    assert found["contact"]["mobile"] == "+989123456789"
    assert AuditEntry.objects.get(action="case.read_person").detail["reason"] == "contact"


def test_files_open_only_within_their_case():
    mine = register(files=[IncomingFile.of(upload())]).case
    other = make_case()
    file = Attachment.objects.get()
    opened = reading.file_for_applicant(session=session_of(mine), attachment_id=file.pk)
    assert (opened.name, b"".join(opened.chunks)) == ("گزارش.pdf", PDF)
    with pytest.raises(Attachment.DoesNotExist):
        reading.file_for_applicant(session=session_of(other), attachment_id=file.pk)
    with pytest.raises(Attachment.DoesNotExist):
        reading.file_for_staff(case=other, user=officer_of(other), attachment_id=file.pk)
    reading.file_for_staff(case=mine, user=officer_of(mine), attachment_id=file.pk)
    entry = AuditEntry.objects.get(action="case.read_file")
    assert entry.detail["file"] == str(file.pk)


def test_the_auditor_gets_a_timeline_without_notes():
    case = make_case()
    officer = officer_of(case)
    workflow.refer(
        case=case,
        actor=officer,
        expected=case.version,
        department=officer_of(make_case()).memberships.get().department,
        reason="دلیل محرمانه",
    )
    shown = reading.timeline(case, subject=None, public=False)
    assert [event.note for event in shown] == ["", ""]


def test_masking_keeps_what_recognises_and_hides_the_rest():
    shown = reading.masked(
        {"first_name": "گلنار", "national_id": "0499370899", "legal_name": "شرکت"}
    )
    assert shown["first_name"] == "گ…"
    assert "937089" not in shown["national_id"]
    assert shown["legal_name"] == "شرکت"


def test_the_complaints_office_reads_and_the_unit_does_not():
    case = make_case(Kind.COMPLAINT)
    reading.for_staff(case=case, user=staff_user(Role.COMPLAINTS))
    for role in (Role.OFFICER, Role.HEAD, Role.SECRETARIAT):
        with pytest.raises(NotAllowed):
            reading.for_staff(
                case=case,
                user=staff_user(role, case.department),
                reason=ReadReason.CASEWORK,
            )


@pytest.mark.parametrize("who", ["secretariat", "superuser"])
def test_a_glance_from_outside_leaves_the_news_to_the_officers(who):
    case = make_case()
    conversation.citizen_adds(case=case, text="خبر")
    case.refresh_from_db()
    user = staff_user(Role.SECRETARIAT) if who == "secretariat" else UserFactory(is_superuser=True)
    reading.for_staff(case=case, user=user, reason=ReadReason.LETTER)
    case.refresh_from_db()
    assert case.unread_by_staff
    assert case.messages.get().read_at is None
    reading.for_staff(case=case, user=officer_of(case))
    case.refresh_from_db()
    assert not case.unread_by_staff
    assert case.messages.get().read_at is not None


@pytest.mark.parametrize("side", ["staff", "applicant"])
def test_what_comes_in_while_somebody_reads_stays_unread(side, monkeypatch):
    case = make_case()
    officer, session = officer_of(case), session_of(case)

    def write(text):
        if side == "staff":
            conversation.citizen_adds(case=case, text=text)
        else:
            conversation.staff_writes(case=case, actor=officer, text=text)
        session.credential.case.refresh_from_db()
        case.refresh_from_db()

    write("دیده")
    real = reading._messages

    def overtaken(*args, **kwargs):
        shown = real(*args, **kwargs)
        monkeypatch.setattr(reading, "_messages", real)
        fresh = type(case).objects.get(pk=case.pk)
        if side == "staff":
            conversation.citizen_adds(case=fresh, text="نادیده")
        else:
            conversation.staff_writes(case=fresh, actor=officer, text="نادیده")
        return shown

    monkeypatch.setattr(reading, "_messages", overtaken)

    def read():
        if side == "staff":
            return reading.for_staff(case=type(case).objects.get(pk=case.pk), user=officer)
        session.credential.case.refresh_from_db()
        return reading.for_applicant(session)

    assert [message.text for message in read().messages] == ["دیده"]
    case.refresh_from_db()
    assert getattr(case, f"unread_by_{side}")
    seen, unseen = case.messages.order_by("written_at")
    assert (seen.read_at is None, unseen.read_at is None) == (False, True)
    assert len(read().messages) == 2
    case.refresh_from_db()
    assert not getattr(case, f"unread_by_{side}")
    assert not case.messages.filter(read_at=None).exists()
