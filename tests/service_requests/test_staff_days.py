"""The staff's every day: figures, saved filters, pages of the list, why a time is due."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from cms_pages.enums import Role
from service_requests import paging, promises, workflow
from service_requests.admin import paging as pages
from service_requests.models import Case, SavedFilter
from sla.models import Clock
from tests.cms_pages.factories import DepartmentFactory, staff_user
from tests.service_requests.factories import in_review, make_case
from tests.sla.factories import make_signed, ordinary_week, time_target

pytestmark = [pytest.mark.django_db, pytest.mark.screen]
INDEX = "service_requests_case_modeladmin_index"


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_first_screen_counts_what_is_waiting(monkeypatch):
    case, officer = in_review()
    for _ in range(3):
        make_case(department=case.department.key)
    client = signed_in(officer)
    home = client.get(reverse("wagtailadmin_home")).content.decode()
    for query in ("assigned=me&amp;state=open", "queue=overdue", "queue=at_risk"):
        assert query in home
    assert client.get(f"{reverse(INDEX)}?queue=overdue").status_code == 200
    assert client.get(f"{reverse(INDEX)}?queue=nonsense").status_code == 400


def test_filters_are_kept_by_name_for_their_person_and_only_as_offered():
    case, officer = in_review()
    client, index = signed_in(officer), reverse(INDEX)
    keep = reverse("service_requests_admin:keep_filter")
    query = f"state=open&department={case.department_id}&q=آسفالت&o=1&after=x"
    assert client.post(keep, {"name": " باز‌ها ", "query": query}).status_code == 302
    row = SavedFilter.objects.get()
    assert row.query == f"department={case.department_id}&state=open"
    foreign = DepartmentFactory()
    client.post(keep, {"name": "دیگران", "query": f"department={foreign.pk}"})
    client.post(keep, {"name": "", "query": "state=open"})
    assert SavedFilter.objects.count() == 1
    assert row.name in client.get(index).content.decode()
    other = signed_in(staff_user(Role.OFFICER))
    assert row.name not in other.get(index).content.decode()
    remove = reverse("service_requests_admin:remove_filter", args=[row.pk])
    other.post(remove)
    assert SavedFilter.objects.exists()
    client.post(remove)
    assert not SavedFilter.objects.exists()
    assert signed_in(staff_user(Role.EDITOR)).post(keep, {"name": "x"}).status_code in (302, 403)


def test_the_list_goes_on_beyond_what_is_counted(monkeypatch):
    department = DepartmentFactory()
    cases = [make_case(department=department.key) for _ in range(7)]
    monkeypatch.setattr("desk_core.modeladmin.counting.MOST_COUNTED", 4)
    monkeypatch.setattr("service_requests.admin.cases.CaseAdmin.list_per_page", 2)
    monkeypatch.setattr("desk_core.modeladmin.base.DeskModelAdmin.list_per_page", 2)
    client, index = signed_in(staff_user(Role.OFFICER, department)), reverse(INDEX)
    seen, address = [], index
    for _ in range(4):
        context = client.get(address).context
        seen += [case.code for case in context["object_list"]]
        last, address = address, f"{index}{context['next_url']}"
        if not context["next_url"]:
            break
    assert seen == [case.code for case in reversed(cases)]
    back = client.get(last).context["previous_url"]
    assert [case.code for case in client.get(f"{index}{back}").context["object_list"]] == seen[4:6]
    for odd in ("after=x", "before=2026-01-01~1", "after=%00"):
        assert client.get(f"{index}?{odd}").status_code == 400


def test_a_place_is_refused_unless_it_was_given_out():
    case = make_case()
    place = paging.place_of(case)
    assert paging.clean_place(str(place)) == place
    assert not paging.after(Case.objects.all(), place).exists()
    assert pages.clean_number(10**9) == 10**6
    for odd in ("", "~", f"{place}x", str(place).replace("+00:00", "")):
        with pytest.raises(Exception, match="cursor"):
            paging.clean_place(odd)


def test_a_case_says_how_its_time_came_about(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        ordinary_week()
        make_signed(targets=[time_target("resolution", 8)])
    case, officer = in_review()
    with translation.override("en"):
        [due] = promises.explained_dues(case, to_applicant=True)
        assert due.why.startswith("8 working days; ")
        assert "closed" in due.why
        workflow.ask_info(case=case, actor=officer, expected=case.version, text="کدام کوچه؟")
        for row in Clock.objects.filter(subject=case.code):
            row.paused_at -= timedelta(hours=5)
            row.waiting_since = row.paused_at
            row.save()
        [due] = promises.explained_dues(case, to_applicant=True)
        assert due.why.endswith("5 hours waiting for you")
        [due] = promises.explained_dues(case, to_applicant=False)
        assert due.why.endswith("5 hours waiting for the applicant")
