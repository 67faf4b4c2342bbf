import pytest
from django.db import transaction
from django.template import TemplateDoesNotExist

from desk_core.enums import MessageState
from desk_core.models import OutgoingMessage, SubjectKey
from desk_core.outbox import Outgoing, queue_many, requeue
from desk_core.sealing import new_subject, open_subject

pytestmark = pytest.mark.django_db


def test_recipient_and_values_are_sealed(enqueue):
    message = enqueue(context={"code": "120000000005", "name": "مریم"})
    message.refresh_from_db()
    raw = bytes(message.sealed)
    assert b"9123456789" not in raw
    assert "مریم".encode() not in raw
    subject = open_subject(message.subject_key)
    assert subject.open_json(raw, record=message.record) == {
        "recipient": "+989123456789",
        "context": {"code": "120000000005", "name": "مریم"},
    }
    assert "9123456789" not in repr(message) + str(message)


def test_the_same_message_is_queued_once(enqueue):
    one = enqueue(dedupe="case:1:registered")
    two = enqueue(dedupe="case:1:registered", recipient="+989120000000")
    assert one.pk == two.pk
    assert OutgoingMessage.objects.count() == 1
    assert two.sealed == one.sealed


def test_a_transaction_that_is_rolled_back_tells_nobody(enqueue):
    with transaction.atomic():
        enqueue()
        transaction.set_rollback(True)
    assert not OutgoingMessage.objects.exists()
    assert not SubjectKey.objects.exists()


def test_one_query_to_write_them_all(enqueue, django_assert_num_queries):
    subject = new_subject()
    subject.save()
    enqueue(subject=subject)
    messages = [
        Outgoing(
            channel="sms",
            recipient="+989123456789",
            template="test/hello",
            context={},
            language="fa",
            dedupe=dedupe,
        )
        for dedupe in ("x", "y")
    ]
    with django_assert_num_queries(1):
        queue_many(messages, subject=subject)


def test_a_template_that_is_not_there_shows_at_once(enqueue):
    with pytest.raises(TemplateDoesNotExist):
        enqueue(template="test/nothing")


def test_an_unknown_channel_is_refused(enqueue):
    with pytest.raises(ValueError, match="pigeon"):
        enqueue(channel="pigeon")


def test_only_a_quarantined_message_is_queued_again(enqueue):
    message = enqueue()
    assert not requeue(message=message)
    OutgoingMessage.objects.update(state=MessageState.QUARANTINED, attempts=9, error="x")
    assert requeue(message=message)
    message.refresh_from_db()
    assert (message.state, message.attempts, message.error) == (MessageState.WAITING, 0, "")
