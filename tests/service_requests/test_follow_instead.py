"""«Follow this instead of asking»: said in every step, and nothing that was typed is lost."""

import re
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from notices import updates, wording
from notices.enums import Kind as NoticeKind
from notices.enums import UpdateState
from service_requests import drafts
from service_requests.models import Draft
from tests.cms_pages.factories import ServiceFactory
from tests.notices.factories import ahead, make_index, published
from tests.service_requests.request_forms import key, make_form, publish
from tests.service_requests.test_submit_pages import PERSON, WORDS

pytestmark = [pytest.mark.django_db, pytest.mark.screen]


@pytest.fixture(autouse=True)
def _no_human_check(settings):
    settings.DESK_HUMAN_CHECK_OFF = True


@pytest.fixture
def index(db):
    return make_index()


@pytest.fixture
def service(index):
    return ServiceFactory(key="roads")


@pytest.fixture
def notice(index, service):
    return published(index, title="قطع درگاه راه", services=[service]).notice


def url(name, *args):
    return reverse(f"service_requests:{name}", args=args)


def follow():
    return reverse("notices:subscribe")


def at_words(client, service):
    """Steps 1 and 2 are answered, by a link from the page of the service."""
    first = f"{url('submit')}?service={service.key}"
    client.post(first, {"kind": "request", "person_type": "natural"})
    client.post(url("submit_person"), PERSON)
    return url("submit_words")


def offered(client, address):
    return re.findall(r'name="follow" value="([^"]+)"', client.get(address).content.decode())


def test_every_step_says_what_runs_since_when_and_until_when(client, service, index):
    end = ahead(hours=3)
    page = published(index, title="قطع درگاه راه", services=[service], expected_end=end)
    updates.post(notice=page.notice, state=UpdateState.MONITORING, text="…", author=None, key="1")
    words = at_words(client, service)
    first = f"{url('submit')}?service={service.key}"
    for address in (first, url("submit_person"), words):
        text = client.get(address).content.decode()
        assert "قطع درگاه راه" in text
        assert str(UpdateState.MONITORING.label) in text
        assert wording.when(page.notice.facts, timezone.now()) in text
        assert offered(client, address) == [str(page.notice_id)]


def test_what_is_about_to_begin_is_said_and_what_is_far_off_or_elsewhere_is_not(
    client, service, index
):
    soon = published(index, services=[service], starts_at=ahead(hours=5)).notice
    window = {"kind": NoticeKind.MAINTENANCE, "services": [service]}
    published(index, starts_at=ahead(days=30), expected_end=ahead(days=31), **window)
    published(index, services=[ServiceFactory()])
    assert offered(client, at_words(client, service)) == [str(soon.pk)]


def test_following_from_a_step_keeps_what_was_typed_even_what_does_not_pass(
    client, service, notice
):
    words = at_words(client, service)
    typed = {"subject": "نیمه‌کاره", "body": "", "service": service.key, "follow": str(notice.pk)}
    answer = client.post(words, typed)
    assert answer.status_code == 302
    assert answer["Location"].startswith(f"{follow()}?notice={notice.pk}&back=")
    page = client.get(answer["Location"]).content.decode()
    assert f'href="{words}"' in page
    assert 'value="نیمه‌کاره"' in client.get(words).content.decode()


def test_following_from_the_first_step_keeps_its_answers_and_the_service(client, service, notice):
    first = f"{url('submit')}?service={service.key}"
    data = {"kind": "request", "person_type": "legal", "follow": str(notice.pk)}
    answer = client.post(first, data)
    assert answer["Location"].startswith(follow())
    answers = drafts.read(Draft.objects.get())
    assert (answers["person_type"], answers["service"]) == ("legal", "roads")
    assert "checked" in client.get(url("submit")).content.decode()


def test_following_from_a_first_step_without_answers_loses_nothing(client, service, notice):
    answer = client.post(f"{url('submit')}?service={service.key}", {"follow": str(notice.pk)})
    assert answer["Location"].startswith(follow())
    assert f"service%3D{service.key}" in answer["Location"]


def test_the_last_page_has_a_link_since_everything_is_kept(client, service, notice):
    words = at_words(client, service)
    client.post(words, {**WORDS, "department": service.department.key, "service": service.key})
    assert client.get(words).status_code == 200
    text = client.get(url("submit_check")).content.decode()
    assert f"{follow()}?notice={notice.pk}&amp;back=" in text
    assert 'name="follow"' not in text


def test_enter_in_a_field_never_follows(client, service, notice):
    text = client.get(at_words(client, service)).content.decode()
    buttons = re.findall(r'<button[^>]*form="step"[^>]*>', text)
    assert "follow" not in buttons[0]
    assert "follow" in buttons[1]


def test_a_service_in_order_is_not_spoken_of(client, service):
    text = client.get(at_words(client, service)).content.decode()
    assert 'form="step"' not in text


def test_a_form_of_an_editor_says_it_and_keeps_what_was_typed(client, index, service, notice):
    page = make_form(SimpleNamespace(home=index.get_parent().specific))
    page.departments, page.services = [], [service]
    publish(page)
    begin = client.get(url("form", "land"), follow=True)
    address = begin.request["PATH_INFO"]
    assert offered(client, address) == [str(notice.pk)]
    answer = client.post(address, {"follow": str(notice.pk), key(17): "۲۵۰٫۵"})
    assert answer["Location"].startswith(f"{follow()}?notice={notice.pk}")
    assert "۲۵۰٫۵" in client.get(address).content.decode()


def test_the_api_says_it_of_services_and_forms(client, service, notice):
    ServiceFactory(key="other")
    found = client.get("/api/desk/v1/services", headers={"accept-language": "en"}).json()
    by_key = {each["key"]: each["notices"] for each in found}
    assert by_key["other"] == []
    [told] = by_key["roads"]
    assert (told["id"], told["phase"], told["heading"]) == (str(notice.pk), "running", "Outage")
    assert told["follow_url"].endswith(f"/status/subscribe/?notice={notice.pk}")
    assert told["when"].startswith("Since")


def test_queries_of_the_list_of_services_do_not_grow_with_notices(
    client, index, service, notice, django_assert_max_num_queries
):
    client.get("/api/desk/v1/services")
    with CaptureQueriesContext(connection) as few:
        client.get("/api/desk/v1/services")
    allowed = len(few)
    for _number in range(3):
        published(index, services=[service, ServiceFactory()])
    with django_assert_max_num_queries(allowed):
        client.get("/api/desk/v1/services")
