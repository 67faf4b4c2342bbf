"""Every step that concerns the applicant is told to them; staff see what was sent, masked."""

import pytest
from django.urls import reverse
from django.utils import timezone

from cms_pages.enums import Role
from desk_core.models import OutgoingMessage
from persian.digits import to_ascii
from service_requests import conversation, credentials, message_log, workflow
from tests.cms_pages.factories import DepartmentFactory, staff_user
from tests.service_requests.factories import (
    answered,
    booked,
    head_of,
    in_review,
    make_case,
    officer_of,
)

pytestmark = pytest.mark.django_db


def told(case) -> list[str]:
    """The events that the applicant was told by SMS, in order."""
    rows = OutgoingMessage.objects.filter(subject_key=case.subject_key_id, channel="sms")
    names = rows.order_by("created_at", "pk").values_list("template", flat=True)
    return [name.rpartition("/")[2] for name in names]


def test_the_steps_of_staff_and_of_the_applicant_are_told():
    case, _officer = answered()
    assert told(case) == ["registered", "news"]
    case = workflow.object_to_answer(case=case, text="پاسخ کافی نیست، لطفا دوباره ببینید.")
    assert told(case)[-1] == "own_step"
    case = workflow.withdraw(case=case)
    assert told(case)[-2:] == ["own_step", "own_step"]


def test_choosing_a_time_is_confirmed_and_ending_the_password_is_told():
    case, _officer = booked()
    assert told(case)[-1] == "own_step"
    credentials.end(case=case, actor=head_of(case))
    assert told(case)[-1] == "credential_ended"


def test_a_message_of_their_own_is_no_news_for_the_applicant():
    case = make_case()
    conversation.citizen_adds(case=case, text="پیام")
    assert told(case) == ["registered"]


def test_staff_see_what_was_sent_masked_and_without_its_text(client):
    case, officer = in_review()
    row = OutgoingMessage.objects.get(template__endswith="registered", channel="sms")
    OutgoingMessage.objects.filter(pk=row.pk).update(
        state="sent",
        sealed=b"",
        attempts=3,
        delivery="delivered",
        delivery_code="10",
        finished_at=timezone.now(),
    )
    [sent] = [each for each in message_log.of_case(case) if each.attempts == 3]
    assert sent.recipient == "0912•••••89"
    client.force_login(officer)
    screen = reverse("service_requests_case_modeladmin_inspect", args=[case.pk])
    index = reverse("desk_core_outgoingmessage_modeladmin_index")
    for url in (screen, index, f"{index}?q={case.code}", f"{index}?channel__exact=sms"):
        page = to_ascii(client.get(url).content.decode())
        assert "0912•••••89" in page, url
        assert "(10)" in page
        assert "9123456789" not in page
        assert "golnar@" not in page


def test_the_list_ends_where_the_cases_of_the_reader_end(client, django_assert_max_num_queries):
    mine, others = make_case(), make_case(department=DepartmentFactory().key)
    client.force_login(officer_of(mine))
    index = reverse("desk_core_outgoingmessage_modeladmin_index")
    page = client.get(index).content.decode()
    assert to_ascii(page).count(mine.code[:4])
    assert others.code not in "".join(to_ascii(page).split())
    for _more in range(4):
        make_case(department=mine.department.key)
    with django_assert_max_num_queries(40):
        client.get(index)
    client.force_login(staff_user(Role.EDITOR))
    assert client.get(index).status_code in {302, 403}


def test_the_log_of_an_erased_person_has_no_address():
    from desk_core.sealing import erase

    case = make_case()
    erase(case.subject_key)
    case.subject_key.refresh_from_db()
    rows = message_log.of_case(case)
    assert rows
    assert {row.recipient for row in rows} == {""}
