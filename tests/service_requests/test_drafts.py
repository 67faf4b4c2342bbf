"""A draft in which several calls write at once: what each of them said is kept, or it is told."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from service_requests import attachments, drafts, resuming
from service_requests.attachments import IncomingFile
from service_requests.errors import DraftChanged, DraftGone
from service_requests.models import Attachment, Case, Draft
from tests.service_requests.factories import register, upload

pytestmark = pytest.mark.django_db


def two_calls():
    """One draft, as two calls read it before either writes."""
    token = drafts.new_token()
    drafts.write(token=token, draft=None, answers={"subject": "first"})
    return token, drafts.find(token), drafts.find(token)


def test_what_two_calls_write_at_once_is_both_kept():
    token, one, other = two_calls()
    drafts.write(token="", draft=one, answers={"body": "one", "subject": "second"})
    written = drafts.write(token="", draft=other, answers={"city": "other"})
    both = {"subject": "second", "body": "one", "city": "other"}
    assert drafts.read(drafts.find(token)) == both
    assert drafts.read(written) == both


def test_a_file_that_took_long_brings_no_old_answers_back():
    token, slow, quick = two_calls()
    attachments.add_to_draft(draft=slow, file=IncomingFile.of(upload()))
    drafts.write(token="", draft=quick, answers={"subject": "second"})
    before = drafts.version(quick)
    drafts.touch(slow)
    assert drafts.read(drafts.find(token)) == {"subject": "second"}
    assert drafts.version(drafts.find(token)) != before


def test_a_file_that_comes_or_goes_is_another_version_of_the_draft_at_once():
    """So whoever read it before sends nothing that its sender has not seen."""
    token, adding, reading = two_calls()
    before = drafts.version(reading), reading.expires_at
    file = attachments.add_to_draft(draft=adding, file=IncomingFile.of(upload()))
    now = drafts.find(token)
    assert drafts.version(now) != before[0]
    assert now.expires_at != before[1]
    attachments.remove_from_draft(draft=adding, attachment_id=file.pk)
    assert drafts.version(drafts.find(token)) != drafts.version(now)
    assert not Attachment.objects.exists()


def test_what_was_erased_meanwhile_does_not_live_again(private_files):
    token, writing, erasing = two_calls()
    drafts.give_up(erasing)
    before = private_files()
    with pytest.raises(DraftGone):
        drafts.write(token="", draft=writing, answers={"subject": "late"})
    with pytest.raises(DraftGone):
        drafts.touch(writing)
    with pytest.raises(DraftGone):
        attachments.add_to_draft(draft=writing, file=IncomingFile.of(upload()))
    with pytest.raises(DraftGone):
        resuming.leave(draft=writing)
    assert drafts.find(token) is None
    assert (private_files(), Attachment.objects.count()) == (before, 0)


def test_a_draft_that_was_left_meanwhile_keeps_its_seven_days():
    token, writing, leaving = two_calls()
    left = resuming.leave(draft=leaving)
    drafts.write(token="", draft=writing, answers={"subject": "second"})
    assert drafts.find(token).expires_at >= left.until


def test_what_is_written_while_it_is_sent_is_not_lost_with_the_draft():
    token, sending, writing = two_calls()
    drafts.write(token="", draft=writing, answers={"subject": "second"})
    with pytest.raises(DraftChanged):
        register(draft=sending)
    assert not Case.objects.exists()
    assert drafts.read(drafts.find(token)) == {"subject": "second"}
    register(draft=drafts.find(token))
    assert not Draft.objects.exists()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer anyway")
def test_whoever_writes_holds_the_draft():
    _token, draft, _other = two_calls()
    with CaptureQueriesContext(connection) as queries:
        drafts.write(token="", draft=draft, answers={})
    assert any("FOR UPDATE" in query["sql"] for query in queries)
