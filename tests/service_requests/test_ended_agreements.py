"""The end of an agreement and the cases under it: who is told, what counts as a change."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from desk_core.letters import write_letter
from desk_core.models import OutgoingMessage
from desk_core.sealing import open_subject
from persian.templatetags.persian import jdate, jdate_long
from service_requests import conversation, ended_agreements, housekeeping
from service_requests.enums import State
from service_requests.models import Case
from sla import telling, terminating
from sla.beneficiaries import News
from sla.models import AgreementVersion, CalledOffEnd, Termination
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


def tell_anew(termination):
    Termination.objects.update(told_at=None)
    telling.of_announced(termination_id=termination.pk)


def told(what):
    """The codes of those who were told, sorted, one for each channel."""
    rows = OutgoingMessage.objects.filter(template__endswith=what)
    return sorted(write_letter(message).context["code"] for message in rows)


def test_everybody_with_an_open_case_is_told_once_on_each_channel(termination):
    assert telling.of_announced(termination_id=termination.pk) == 4
    Termination.objects.update(told_at=None)
    assert telling.of_announced(termination_id=termination.pk) == 0, "again, after a crash"
    termination.refresh_from_db()
    assert termination.told_count == 4
    assert OutgoingMessage.objects.count() == 4
    assert set(OutgoingMessage.objects.values_list("channel", flat=True)) == {"sms", "email"}


def test_a_batch_is_one_insert_however_many_are_told(termination):
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            tell_anew(termination)
        return len(seen)

    few = queries()
    for _ in range(4):
        make_case()
    assert queries() == few <= 9
    assert OutgoingMessage.objects.filter(template__endswith="agreement_ends").count() == 12


def test_a_new_word_of_the_applicant_is_a_change(termination):
    version_id = termination.version_id
    before = ended_agreements.last_change(version_id)
    case = Case.objects.filter(agreement_version_id=version_id, state=State.REGISTERED).first()
    conversation.citizen_adds(case=case, text="یک سخن دیگر دربارهٔ همین کار.")
    assert ended_agreements.last_change(version_id) > before
    assert ended_agreements.last_change(0) is None
    assert timezone.is_aware(before)


def test_whoever_registers_after_the_announcement_is_told_too(termination):
    telling.of_announced(termination_id=termination.pk)
    OutgoingMessage.objects.all().delete()
    Case.objects.update(registered_at=timezone.now() - timedelta(hours=1))
    newcomer = make_case()
    assert telling.whoever_waits() == 2
    assert telling.whoever_waits() == 0
    assert told("agreement_ends") == [newcomer.code] * 2
    termination.refresh_from_db()
    assert termination.told_count == 6
    Case.objects.update(registered_at=timezone.now() - timedelta(hours=1))
    OutgoingMessage.objects.all().delete()
    assert telling.whoever_waits() == 0, "whoever was told is not looked at again"


def test_an_end_called_off_is_told_once_to_whoever_heard_of_it(
    termination, django_capture_on_commit_callbacks
):
    telling.of_announced(termination_id=termination.pk)
    admin = get_user_model().objects.get(username="root")
    with django_capture_on_commit_callbacks(execute=True):
        terminating.call_off(termination=termination, actor=admin)
    assert told("agreement_holds") == told("agreement_ends") != []
    kept = CalledOffEnd.objects.get()
    assert (kept.told_count, kept.called_off_by) == (4, admin)
    make_case()
    CalledOffEnd.objects.update(told_at=None)
    assert telling.whoever_waits() == 0, "again, after a crash"
    assert len(told("agreement_holds")) == 4


def test_of_an_end_called_off_and_another_announced_the_second_is_the_last_word(termination):
    telling.of_announced(termination_id=termination.pk)
    admin = get_user_model().objects.get(username="root")
    terminating.call_off(termination=termination, actor=admin)
    OutgoingMessage.objects.all().delete()
    terminating.announce(
        version=termination.version,
        reason=termination.reason,
        ends_on=today() + timedelta(days=20),
        readable_until=termination.readable_until,
        actor=admin,
    )
    assert telling.whoever_waits() == 4
    assert told("agreement_holds") == []
    assert len(told("agreement_ends")) == 4


def test_an_end_called_off_meanwhile_is_told_no_further(termination):
    news = telling._announced(termination)
    terminating.call_off(
        termination=termination, actor=get_user_model().objects.get(username="root")
    )
    assert ended_agreements.tell(news) == 0
    assert told("agreement_ends") == []


@pytest.mark.parametrize("what", ["agreement_ends", "agreement_holds"])
def test_each_message_says_the_code_and_the_day(termination, what):
    news = News(what=what, version_id=termination.version_id, occasion="x", day=termination.ends_on)
    assert ended_agreements.tell(news) == 4
    for message in OutgoingMessage.objects.all():
        for language in ("fa", "en"):
            message.language = language
            letter = write_letter(message)
            assert letter.context["code"] in f"{letter.subject_line} {letter.text}"
            with override(language):
                day = termination.ends_on
                assert jdate(day) in letter.text or jdate_long(day) in letter.text
            assert "بنفشه" not in letter.text
            assert "گلنار" not in letter.text


def test_an_announced_end_is_not_told_as_certain(termination):
    telling.of_announced(termination_id=termination.pk)
    for message in OutgoingMessage.objects.all():
        message.language = "en"
        assert "certain only once it is confirmed" in write_letter(message).text


def test_whoever_registers_after_the_confirmation_is_told_that_it_is_certain(
    termination, django_user_model
):
    telling.of_announced(termination_id=termination.pk)
    second = django_user_model.objects.create_superuser("second", "s@desk.example", "x" * 12)
    terminating.confirm(termination=Termination.objects.get(), actor=second)
    OutgoingMessage.objects.all().delete()
    Case.objects.update(registered_at=timezone.now() - timedelta(hours=1))
    make_case()
    assert telling.whoever_waits() == 2
    for message in OutgoingMessage.objects.filter(template__endswith="agreement_ends"):
        message.language = "en"
        text = write_letter(message).text
        assert "certain only" not in text
        assert " ends on " in text


def test_a_reader_who_is_no_staff_ends_nothing(termination):
    with pytest.raises(terminating.TerminationRefused):
        terminating.confirm(termination=termination, actor=staff_user())


def test_no_sweep_takes_a_case_away_while_it_is_to_be_readable(termination):
    long_after = timezone.now() + timedelta(days=20 * 365)
    housekeeping.sweep(at=long_after)
    for case in Case.objects.filter(agreement_version_id=termination.version_id):
        assert open_subject(case.subject_key)
        assert case.credentials.exists()
