"""Applicants with open cases on an affected service: told once a notice, nothing confidential."""

from datetime import timedelta

import pytest
from django.utils import timezone

from desk_core.letters import write_letter
from desk_core.models import OutgoingMessage
from desk_core.sealing import open_subject
from notices import updates
from notices.enums import Impact, Kind, UpdateState
from notices.models import NoticeEvent
from notices.subscriptions import audiences, progress, telling
from service_requests.enums import State
from service_requests.models import Case
from tests.cms_pages.factories import ServiceFactory
from tests.notices.factories import ahead, make_index, published
from tests.notices.subscribers import subscribe, told
from tests.service_requests.factories import make_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def service():
    return ServiceFactory(name="گواهی محرمانه")


@pytest.fixture
def cases(service):
    found = [make_case() for _ in range(4)]
    keys = [case.pk for case in found]
    before = timezone.now() - timedelta(hours=1)
    Case.objects.filter(pk__in=keys).update(service=service, registered_at=before)
    Case.objects.filter(pk=keys[2]).update(state=State.CLOSED)
    Case.objects.filter(pk=keys[3]).update(service=ServiceFactory())
    OutgoingMessage.objects.all().delete()
    return found


@pytest.fixture
def index(cases):
    return make_index()


def letters():
    rows = OutgoingMessage.objects.filter(template__endswith="/notice")
    return [write_letter(row) for row in rows]


def codes():
    return sorted({letter.context["code"] for letter in letters()})


def test_each_with_an_open_case_on_the_service_is_told_once_a_notice(index, cases, service):
    notice = published(index, services=[service]).notice
    telling.work()
    assert codes() == sorted(case.code for case in cases[:2])
    count = len(letters())
    updates.post(notice=notice, state=UpdateState.RESOLVED, text="رفع شد.", author=None, key="over")
    telling.work()
    assert len(letters()) == count
    published(index, title="دیگر", services=[service])
    telling.work()
    assert len(letters()) == 2 * count
    assert progress.of_notice(notice)[-1].others == 2


@pytest.mark.parametrize("same", [True, False])
def test_whether_an_applicant_subscribed_too_leaves_no_trace(index, cases, service, same):
    case = cases[0]
    subject = open_subject(case.subject_key)
    content = subject.open_json(bytes(case.sealed_content), record=case.content_record)
    subscribe(content["contact"]["mobile"] if same else "09129998877")
    published(index, services=[service])
    telling.work()
    rows = OutgoingMessage.objects.filter(bulk=True).order_by("template", "dedupe")
    traces = [(row.template, row.channel, row.state, row.subject_key_id) for row in rows]
    mine = [trace for trace in traces if trace[3] == case.subject_key_id]
    assert len(mine) == len({trace[1] for trace in mine}) >= 1
    assert len(traces) == len(letters()) + 1
    assert len({trace[2] for trace in traces}) == 1


def test_nothing_of_service_or_notice_stands_in_what_they_get(index, service):
    published(index, title="اختلال گواهی محرمانه", slug="secret", services=[service])
    telling.work()
    for letter in letters():
        assert "محرمانه" not in letter.text + letter.subject_line
        assert "secret" not in letter.text
        assert letter.context["code"] in letter.text + letter.subject_line
        assert "/status/" in letter.text


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": Kind.ANNOUNCEMENT},
        {"impact": Impact.NONE},
        {"services": []},
    ],
)
def test_what_touches_no_service_is_told_to_nobody(index, service, fields):
    published(index, **{"services": [service]} | fields)
    telling.work()
    assert letters() == []


def test_whoever_came_after_the_notice_has_seen_it_in_the_form(index, cases, service):
    Case.objects.update(registered_at=ahead(minutes=5))
    published(index, services=[service])
    telling.work()
    assert letters() == []


def test_a_crash_between_batches_doubles_and_loses_nobody(index, cases, service, monkeypatch):
    monkeypatch.setattr(audiences, "BATCH", 1)
    published(index, services=[service])
    real, calls = audiences._tellers["applicants"], []

    def dies(news, after, limit):
        calls.append(after)
        if len(calls) == 2:
            raise ConnectionError
        return real(news, after, limit)

    monkeypatch.setitem(audiences._tellers, "applicants", dies)
    with pytest.raises(ConnectionError):
        telling.work()
    assert len(codes()) == 1
    telling.work()
    assert codes() == sorted(case.code for case in cases[:2])
    channels = len({letter.channel for letter in letters()})
    assert len(letters()) == 2 * channels


def test_a_case_that_cannot_be_opened_keeps_nobody_from_being_told(index, cases, service):
    subscribe()
    Case.objects.filter(pk=cases[0].pk).update(sealed_content=b"broken")
    published(index, title="یک", slug="one", services=[service])
    published(index, title="دو", slug="two", services=[ServiceFactory()])
    telling.work()
    assert not NoticeEvent.objects.filter(finished_at=None).exists()
    assert len(told()) >= 2
