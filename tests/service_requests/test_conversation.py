"""Messages both ways, and the notes that only staff see."""

import uuid
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from wagtail.users.models import UserProfile

from cms_pages.enums import BODY_ROLES, Role
from desk_core.models import AppendOnlyModel, OutgoingMessage
from desk_core.querysets import AppendOnly
from desk_core.sealing import open_subject
from service_requests import conversation, notes, notify, reading, tracking, workflow
from service_requests.attachments import IncomingFile
from service_requests.enums import EventKind, Kind, Side, State
from service_requests.errors import NotAllowed, NotPossible, SentBefore
from service_requests.models import Attachment, Case, InternalNote, Message
from tests.cms_pages.factories import staff_user
from tests.service_requests.factories import answered, in_review, make_case, officer_of, upload

pytestmark = pytest.mark.django_db


def test_the_applicant_writes_with_a_file_and_the_assignee_is_told():
    case, officer = in_review()
    message = conversation.citizen_adds(
        case=case, text="این هم عکس", files=[IncomingFile.of(upload())]
    )
    case.refresh_from_db()
    assert case.unread_by_staff
    assert message.attachments.get().case == case
    told = OutgoingMessage.objects.get(template="service_requests/messages/staff_news")
    opened = open_subject(case.subject_key).open_json(bytes(told.sealed), record=told.record)
    assert opened["recipient"] == officer.email
    assert opened["context"] == {"code": case.code}


def test_the_same_message_id_again_is_the_same_message():
    case = make_case()
    message_id = uuid.uuid4()
    one = conversation.citizen_adds(case=case, text="یک بار", message_id=message_id)
    two = conversation.citizen_adds(case=case, text="یک بار", message_id=message_id)
    assert one == two
    assert case.events.filter(kind=EventKind.APPLICANT_WROTE).count() == 1


@pytest.mark.parametrize("door", ["message", "staff", "objection", "withdrawal"])
def test_an_id_that_stands_for_other_words_is_refused_and_nothing_is_lost_unsaid(door):
    case, officer = answered() if door == "objection" else in_review()
    step_id = uuid.uuid4()
    verb = {
        "message": conversation.citizen_adds,
        "staff": conversation.citizen_adds,
        "objection": workflow.object_to_answer,
        "withdrawal": workflow.withdraw,
    }[door]
    verb(case=case, text="نخستین سخن من در این باره", message_id=step_id)
    version = Case.objects.get().version
    other = {"case": case, "text": "سخنی دیگر در همین باره", "message_id": step_id}
    if door == "staff":
        # The same words, of the other side.
        verb = partial(conversation.staff_writes, actor=officer)
        other["text"] = "نخستین سخن من در این باره"
    with pytest.raises(SentBefore):
        verb(**other)
    with pytest.raises(SentBefore):
        conversation.citizen_adds(case=case, text="یک پیام", message_id=step_id)
    assert Case.objects.get().version == version
    if door != "staff":
        verb(case=case, text="نخستین سخن من در این باره", message_id=step_id)
    assert Case.objects.get().version == version


def test_the_same_note_id_again_is_the_same_note(monkeypatch):
    case = make_case()
    officer, note_id = officer_of(case), uuid.uuid4()
    asked = {"case": case, "actor": officer, "text": "یک بار", "note_id": note_id}
    real, first = notes.clean_text, []

    def overtaken(text):
        if not first:
            first.append(None)
            notes.add(**asked)
        return real(text)

    monkeypatch.setattr(notes, "clean_text", overtaken)
    assert notes.add(**asked) == notes.add(**asked) == InternalNote.objects.get()
    assert case.events.filter(kind=EventKind.NOTE_ADDED).count() == 1
    other = make_case()
    with pytest.raises(NotPossible):
        notes.add(case=other, actor=officer_of(other), text="یک بار", note_id=note_id)


@pytest.mark.parametrize("gone", ["inactive", "without address", "without access", "deleted"])
def test_news_reach_the_department_when_the_assignee_cannot_be_told(gone):
    case, officer = in_review()
    colleague = officer_of(case)
    assert notify.staff_to_tell(case) == [(officer.pk, officer.email, "fa")]
    if gone == "inactive":
        type(officer).objects.filter(pk=officer.pk).update(is_active=False)
    elif gone == "without address":
        type(officer).objects.filter(pk=officer.pk).update(email="")
    elif gone == "without access":
        officer.memberships.all().delete()
    else:
        officer.delete()
    assert notify.staff_to_tell(case) == [(colleague.pk, colleague.email, "fa")]


def test_the_complaints_office_hears_of_an_assigned_complaint_too():
    case = make_case(Kind.COMPLAINT)
    one, other = staff_user(Role.COMPLAINTS), staff_user(Role.COMPLAINTS)
    officer_of(case)
    workflow.take(case=case, actor=one, expected=case.version)
    case.refresh_from_db()
    assert case.assigned_to == one
    assert [person.pk for person in notify.staff_to_tell(case)] == sorted([one.pk, other.pk])


def test_a_message_id_of_another_case_is_refused():
    theirs = conversation.citizen_adds(case=make_case(), text="مال من")
    with pytest.raises(NotPossible):
        conversation.citizen_adds(case=make_case(), text="مال تو", message_id=theirs.pk)


def test_a_concluded_case_takes_no_messages():
    case, officer = answered()
    for write in (
        lambda: conversation.citizen_adds(case=case, text="ولی"),
        lambda: conversation.staff_writes(case=case, actor=officer, text="ولی"),
    ):
        with pytest.raises(NotPossible):
            write()


def test_a_flood_of_messages_is_slowed():
    case = make_case()
    for _ in range(conversation.PER_CASE.rate):
        conversation.citizen_adds(case=case, text="باز هم")
    with pytest.raises(NotPossible):
        conversation.citizen_adds(case=case, text="باز هم")


def test_a_file_alone_is_a_message_and_nothing_is_none():
    case = make_case()
    conversation.citizen_adds(case=case, text="", files=[IncomingFile.of(upload())])
    with pytest.raises(ValidationError):
        conversation.citizen_adds(case=case, text="")
    assert Message.objects.count() == Attachment.objects.count() == 1


def test_both_sides_have_unread_marks():
    case, officer = in_review()
    conversation.staff_writes(case=case, actor=officer, text="سلام")
    case.refresh_from_db()
    assert (case.unread_by_applicant, case.state) == (True, State.IN_REVIEW)
    ids = [Message.objects.get().pk]
    conversation.mark_read(case=case, side=Side.STAFF, ids=ids)
    assert Message.objects.get().read_at is None
    conversation.mark_read(case=case, side=Side.APPLICANT, ids=[])
    assert Message.objects.get().read_at is None
    conversation.mark_read(case=case, side=Side.APPLICANT, ids=ids)
    assert Message.objects.get().read_at is not None
    case.refresh_from_db()
    assert not case.unread_by_applicant


@pytest.mark.parametrize("role", [None, Role.AUDITOR, Role.SECRETARIAT, Role.EDITOR])
def test_only_those_who_work_on_the_case_write(role):
    case = make_case()
    user = staff_user(role, None if role in BODY_ROLES else case.department)
    with pytest.raises(NotAllowed):
        conversation.staff_writes(case=case, actor=user, text="سلام")
    with pytest.raises(NotAllowed):
        notes.add(case=case, actor=user, text="یادداشت")


SECRET_NOTE = "متقاضی پیش‌تر هم آمده بود"


def test_a_note_reaches_no_door_of_the_citizen():
    case = make_case()
    officer = officer_of(case)
    notes.add(case=case, actor=officer, text=SECRET_NOTE)
    _token, session = tracking.open_session(credential=case.credentials.get())
    view = reading.for_applicant(session)
    assert SECRET_NOTE not in str(vars(view)) + str([vars(m) for m in view.messages])
    assert all(event.kind != EventKind.NOTE_ADDED for event in view.timeline)
    assert all(event.actor is None for event in view.timeline)
    staff = reading.for_staff(case=case, user=officer)
    assert [note.text for note in staff.notes] == [SECRET_NOTE]


def test_notes_and_events_are_written_once():
    case = make_case()
    notes.add(case=case, actor=officer_of(case), text=SECRET_NOTE)
    for row in (InternalNote.objects.get(), case.events.first()):
        assert isinstance(row, AppendOnlyModel)
        with pytest.raises(AppendOnly):
            row.save()
        with pytest.raises(AppendOnly):
            row.delete()
        with pytest.raises(AppendOnly):
            type(row).objects.all().delete()
        with pytest.raises(AppendOnly):
            type(row).objects.update(case=case)


def test_an_officer_who_left_stays_a_number_in_the_timeline():
    case, officer = in_review()
    notes.add(case=case, actor=officer, text=SECRET_NOTE)
    workflow.ask_info(case=case, actor=officer, expected=case.version + 1, text="کدام؟")
    officer.delete()
    case.refresh_from_db()
    colleague = officer_of(case)
    view = reading.for_staff(case=case, user=colleague)
    assert {event.actor for event in view.timeline} == {None}
    assert [note.author for note in view.notes] == [None]


def test_staff_are_told_in_the_language_they_chose(django_assert_num_queries, settings):
    case, officer = in_review()
    UserProfile.objects.create(user=officer, preferred_language="en")
    assert notify.staff_to_tell(case) == [(officer.pk, officer.email, "en")]
    Case.objects.filter(pk=case.pk).update(assigned_to=None)
    case.refresh_from_db()
    with django_assert_num_queries(2):
        assert notify.staff_to_tell(case) == [(officer.pk, officer.email, "en")]
    UserProfile.objects.update(preferred_language="")
    settings.LANGUAGE_CODE = "en"
    assert [row.language for row in notify.to_staff(case=case, what="staff_new")] == ["en"]
