"""The catalogue and the passport: what it takes, how long, and always free of charge (R30)."""

import pytest
from django.core.exceptions import ValidationError

from cms_pages import service_rules
from cms_pages.models import Department, Service, ServicePage
from tests.cms_pages.factories import (
    DepartmentFactory,
    ServiceFactory,
    add_page,
    make_document,
    translate,
)

pytestmark = [pytest.mark.django_db, pytest.mark.screen]


def free_clause(service, values):
    return ["The agreement in force says that nothing costs money."] if values["fee"] else []


@pytest.fixture
def rule(monkeypatch):
    monkeypatch.setattr(service_rules, "_rules", [])
    service_rules.register(free_clause)


@pytest.fixture
def no_rule(monkeypatch):
    monkeypatch.setattr(service_rules, "_rules", [])


def text_of(client, page, **query):
    response = client.get(page.get_url(), query)
    assert response.status_code == 200
    return response.content.decode()


def test_a_service_is_free_from_the_start(desk, client):
    assert desk.plot.is_free
    assert "Free of charge" in text_of(client, translate(desk.plot_page, "en"))


def test_a_fee_is_refused_with_the_reason_while_a_rule_objects(desk, rule):
    desk.plot.fee = 50_000
    with pytest.raises(ValidationError) as refused:
        desk.plot.full_clean()
    assert refused.value.message_dict == {
        "fee": ["The agreement in force says that nothing costs money."]
    }


def test_a_fee_that_slipped_in_is_never_shown_nor_published(desk, client, rule):
    english = translate(desk.plot_page, "en")
    desk.plot.fee = 50_000
    desk.plot.save()
    assert desk.plot.is_free
    assert desk.plot.fee_conflicts()
    text = text_of(client, english)
    assert "Free of charge" in text
    assert "rials" not in text
    page = ServicePage.objects.get(pk=desk.plot_page.pk)
    with pytest.raises(ValidationError, match="nothing costs money"):
        page.full_clean()
    assert page.passport["fee"] == 0


def test_without_such_a_rule_a_fee_is_stored_and_shown(desk, client, no_rule):
    desk.plot.fee = 50_000
    desk.plot.full_clean()
    desk.plot.save()
    text = text_of(client, desk.plot_page)
    assert "۵۰٬۰۰۰" in text
    assert not desk.plot.is_free


def test_a_rule_is_asked_once_and_can_go(monkeypatch):
    monkeypatch.setattr(service_rules, "_rules", [])
    service_rules.register(free_clause)
    service_rules.register(free_clause)
    service = ServiceFactory.build()
    assert len(service_rules.objections(service, {"fee": 1})) == 1
    service_rules.unregister(free_clause)
    service_rules.unregister(free_clause)
    assert service_rules.objections(service, {"fee": 1}) == []


def test_the_passport_shows_documents_steps_stages_and_questions(desk, client):
    form = make_document("فرم شماره یک")
    page = desk.plot_page
    page.duration = "10 روز کاری"
    page.documents = [
        {"type": "needed", "value": {"name": "سند مالکیت", "note": "اصل", "optional": True}},
        {"type": "needed", "value": {"name": "فرم", "document": form.pk}},
    ]
    page.steps = [
        {"type": "step", "value": {"title": "ثبت", "text": "<p>اینجا</p>", "by": "applicant"}},
        {"type": "step", "value": {"title": "بررسی", "text": "", "by": "body"}},
    ]
    page.access = [
        {
            "type": "stage",
            "value": {"stage": "request", "channels": ["website", "phone"], "link": "", "note": ""},
        }
    ]
    page.questions = [
        {
            "type": "questions",
            "value": {"questions": [{"question": "چرا؟", "answer": "<p>چون</p>"}]},
        }
    ]
    page.save_revision().publish()
    text = text_of(client, page)
    for part in ("سند مالکیت", form.url, "۱۰ روز کاری", "<details", "چرا؟", "بررسی", "checklist"):
        assert part in text, part
    assert text.count("<tr>") == 2


def test_the_start_button_stands_at_the_top_and_at_the_end(desk, client):
    desk.plot_page.link = "https://zamin.example/start"
    desk.plot_page.save_revision().publish()
    text = text_of(client, desk.plot_page)
    start = '<a class="button button-large" href="https://zamin.example/start">'
    assert text.count(start) == 2
    assert text.index(start) < text.index('id="passport"') < text.rindex(start)


def test_a_service_not_offered_has_no_start_button(desk, client):
    desk.plot_page.link = "https://zamin.example/start"
    desk.plot_page.save_revision().publish()
    desk.plot.active = False
    desk.plot.save()
    text = text_of(client, desk.plot_page)
    assert "button-large" not in text
    assert "callout-waiting" in text


def test_one_passport_for_a_service_and_language(desk):
    second = ServicePage(title="دوم", slug="second", service=desk.plot, locale=desk.home.locale)
    with pytest.raises(ValidationError):
        desk.services.add_child(instance=second)
    assert translate(desk.plot_page, "en").service == desk.plot


def shown(client, desk, **query):
    response = client.get(desk.services.get_url(), query)
    assert response.status_code == 200
    return [page.service.key for page in response.context["catalogue"].found]


def test_the_catalogue_has_electronic_and_other_services_apart(desk, client):
    groups = client.get(desk.services.get_url()).context["catalogue"].groups
    assert [(key, [e.page.service.key for e in found]) for key, _heading, found in groups] == [
        ("electronic", ["plot"]),
        ("in_person", ["signs"]),
    ]


def test_the_catalogue_is_narrowed_without_a_script(desk, client):
    assert shown(client, desk) == ["plot", "signs"]
    assert shown(client, desk, need="land") == ["plot"]
    assert shown(client, desk, event="property") == ["plot"]
    assert shown(client, desk, delivery="in_person") == ["signs"]
    assert shown(client, desk, q="نصب تابلو") == ["signs"]
    assert shown(client, desk, q="استعلام زمين") == ["plot"]
    assert shown(client, desk, q="13062697000") == ["plot"]
    assert shown(client, desk, q="۱۳۰۶") == ["plot"]
    assert shown(client, desk, need="land", delivery="in_person") == []
    assert shown(client, desk, q="نیست") == []


def test_a_wrong_link_still_shows_services(desk, client):
    wrong = {"need": "x" * 5000, "event": "'; --", "delivery": "\x00", "other": "1"}
    assert shown(client, desk, **wrong) == ["plot", "signs"]


def test_what_is_not_offered_is_not_in_the_catalogue(desk, client):
    desk.land.active = False
    desk.land.save()
    desk.signs.active = False
    desk.signs.save()
    assert shown(client, desk) == []


def test_a_part_stands_below_its_service_and_each_leads_to_the_other(desk, client):
    part = ServiceFactory(key="part", department=desk.land, parent=desk.plot)
    other = ServiceFactory(key="other", parent=desk.plot, delivery="in_person")
    page = add_page(desk.services, ServicePage, title="جزء", slug="part", service=part)
    add_page(desk.services, ServicePage, title="دیگر", slug="other", service=other)

    def groups(**query):
        found = client.get(desk.services.get_url(), query).context["catalogue"].groups
        return {
            key: [(e.page.slug, [below.page.slug for below in e.parts]) for e in entries]
            for key, _heading, entries in found
        }

    assert groups() == {
        "electronic": [("plot", ["part"])],
        "in_person": [("signs", []), ("other", [])],
    }
    assert groups(q="جزء") == {"electronic": [("part", [])]}
    assert f'href="{page.get_url()}"' in text_of(client, desk.services)
    whole = client.get(desk.plot_page.get_url())
    assert [p.slug for p in whole.context["parts"]] == ["part", "other"]
    assert f'href="{page.get_url()}"' in whole.content.decode()
    below = client.get(page.get_url())
    assert (below.context["whole"], below.context["parts"]) == (desk.plot_page, [])
    assert f'href="{desk.plot_page.get_url()}"' in below.content.decode()
    assert client.get(f"/api/v2/pages/{page.pk}/").json()["passport"]["part_of"] == "plot"


@pytest.mark.parametrize("factory", [DepartmentFactory, ServiceFactory])
def test_nothing_is_part_of_itself_not_even_in_a_ring(factory, db):
    top = factory()
    middle = factory(parent=top)
    bottom = factory(parent=middle)
    bottom.full_clean(exclude=["key"])
    for above in (top, middle, bottom):
        top.parent = above
        with pytest.raises(ValidationError) as refused:
            top.full_clean()
        assert set(refused.value.message_dict) == {"parent"}


def test_a_ring_that_is_there_already_is_walked_once(db):
    first = DepartmentFactory()
    second = DepartmentFactory(parent=first)
    Department.objects.filter(pk=first.pk).update(parent=second)
    assert second.is_within(first.pk)
    assert not second.is_within(None)


def test_fees_are_asked_for_once_a_department(desk):
    asked = []

    def rule(service, values):
        asked.append(service.department_id)
        return ["no"] if service.department_id == desk.land.pk else []

    for department in (desk.land, desk.roads):
        ServiceFactory.create_batch(3, department=department, fee=1000)
    service_rules.register(rule)
    try:
        free = service_rules.free_among(Service.objects.all())
    finally:
        service_rules.unregister(rule)
    assert sorted(asked) == sorted([desk.land.pk, desk.roads.pk])
    assert {(s.department_id, bool(s.fee)) for s in free} == {
        (desk.land.pk, True),
        (desk.land.pk, False),
        (desk.roads.pk, False),
    }
