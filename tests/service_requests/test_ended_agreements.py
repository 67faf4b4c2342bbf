"""The end of an agreement and the cases under it: who is told, what counts as a change."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from desk_core.letters import write_letter
from desk_core.models import OutgoingMessage
from desk_core.sealing import open_subject
from service_requests import conversation, ended_agreements, housekeeping
from service_requests.enums import State
from service_requests.models import Case
from sla import terminating
from sla.models import AgreementVersion
from sla.state import today
from tests.cms_pages.factories import staff_user
from tests.service_requests.factories import make_case
from tests.sla import factories as sla

pytestmark = pytest.mark.django_db


@pytest.fixture
def termination(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        sla.make_signed(valid_from=today() - timedelta(days=9), valid_to=None, ending="open")
    cases = [make_case() for _ in range(3)]
    Case.objects.filter(pk=cases[2].pk).update(state=State.CLOSED)
    admin = get_user_model().objects.create_superuser("root", "root@desk.example", "x" * 12)
    OutgoingMessage.objects.all().delete()
    return terminating.announce(
        version=AgreementVersion.objects.get(),
        reason="سازمان در سازمانی دیگر ادغام شد.",
        ends_on=today() + timedelta(days=10),
        readable_until=today() + timedelta(days=100),
        actor=admin,
    )


def test_everybody_with_an_open_case_is_told_once_on_each_channel(termination):
    assert terminating.tell(termination_id=termination.pk) == 4
    assert ended_agreements.tell(termination) == 4, "again, after a crash"
    assert OutgoingMessage.objects.count() == 4
    assert set(OutgoingMessage.objects.values_list("channel", flat=True)) == {"sms", "email"}


def test_a_batch_is_one_insert_however_many_are_told(termination):
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            ended_agreements.tell(termination)
        return len(seen)

    few = queries()
    for _ in range(4):
        make_case()
    assert queries() == few <= 6
    assert OutgoingMessage.objects.filter(template__endswith="agreement_ends").count() == 12


def test_the_message_says_the_code_and_the_day_and_nothing_of_the_case(
    termination, django_assert_max_num_queries
):
    with django_assert_max_num_queries(20):
        ended_agreements.tell(termination)
    for message in OutgoingMessage.objects.all():
        for language in ("fa", "en"):
            message.language = language
            letter = write_letter(message)
            said = f"{letter.subject_line} {letter.text}"
            assert letter.context["code"] in said
            assert "بنفشه" not in said
            assert "گلنار" not in said


def test_a_new_word_of_the_applicant_is_a_change(termination):
    version_id = termination.version_id
    before = ended_agreements.last_change(version_id)
    case = Case.objects.filter(agreement_version_id=version_id, state=State.REGISTERED).first()
    conversation.citizen_adds(case=case, text="یک سخن دیگر دربارهٔ همین کار.")
    assert ended_agreements.last_change(version_id) > before
    assert ended_agreements.last_change(0) is None
    assert timezone.is_aware(before)


def test_a_reader_who_is_no_staff_ends_nothing(termination):
    with pytest.raises(terminating.TerminationRefused):
        terminating.confirm(termination=termination, actor=staff_user())


def test_no_sweep_takes_a_case_away_while_it_is_to_be_readable(termination):
    long_after = timezone.now() + timedelta(days=20 * 365)
    housekeeping.sweep(at=long_after)
    for case in Case.objects.filter(agreement_version_id=termination.version_id):
        assert open_subject(case.subject_key)
        assert case.credentials.exists()
