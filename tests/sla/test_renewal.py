from datetime import date, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.urls import reverse
from wagtail.models import Locale

from cms_pages.enums import Role
from cms_pages.models import Department, Membership
from persian.jalali import from_jalali
from sla import facts_beside, renewal
from sla.enums import Measure, State
from sla.models import AgreementPage, AgreementVersion
from sla.renewal import draft_successor, old_days_warning, waiting
from sla.state import state_on
from sla.targets import Target
from tests.sla.factories import OTHER_BODY, PROVIDER, clause, make_page, make_signed, sign

pytestmark = [pytest.mark.django_db, pytest.mark.screen]
BEGIN, END = from_jalali(1405, 1, 1), from_jalali(1405, 12, 29)


@pytest.fixture(autouse=True)
def _in_the_last_month(monkeypatch):
    for module in ("sla.renewal", "sla.showing", "sla.page_panels", "sla.sequence", "sla.signing"):
        monkeypatch.setattr(f"{module}.today", lambda: from_jalali(1405, 12, 1))


@pytest.fixture
def boss():
    return get_user_model().objects.create_superuser("boss", "boss@example.org", "x")


def person(name, role, department=None):
    user = get_user_model().objects.create_user(name, f"{name}@example.org", "x")
    Membership.objects.create(user=user, role=role, department=department)
    return get_user_model().objects.get(pk=user.pk)


def test_the_successor_starts_the_day_after_and_copies_everything(boss):
    page = make_signed(valid_from=BEGIN, valid_to=END)
    draft = draft_successor(version=page.version, actor=boss)
    assert (draft.valid_from, draft.valid_to) == (
        from_jalali(1406, 1, 1),
        from_jalali(1406, 12, 29),
    )
    assert not draft.live
    assert draft.get_parent() == page.get_parent()
    assert draft.slug == "desk-2"
    version = draft.version
    assert (version.number, version.succeeds, version.sealed) == (2, page.version, False)
    assert (version.valid_from, version.valid_to) == (draft.valid_from, draft.valid_to)
    before, after = page.own_document(), draft.own_document()
    assert (after.clauses, after.parties, after.title) == (
        before.clauses,
        before.parties,
        before.title,
    )
    assert draft.get_latest_revision_as_object().own_document() == after


def test_the_second_click_opens_the_same_draft_while_it_is_unsigned(boss):
    page = make_signed(valid_from=BEGIN, valid_to=END)
    first = draft_successor(version=page.version, actor=boss)
    changed = first.get_latest_revision_as_object()
    changed.title = "عنوان تازه"
    changed.save_revision()
    assert draft_successor(version=page.version) == first
    assert AgreementVersion.objects.count() == 2
    changed.get_latest_revision().publish()
    assert draft_successor(version=page.version) == first
    sign(
        AgreementVersion.objects.get(number=2),
        signed_on=from_jalali(1405, 11, 1),
        letter_number="2",
    )
    with pytest.raises(ValidationError):
        draft_successor(version=page.version)


def test_a_draft_whose_page_was_deleted_is_made_again_as_the_same_version(boss):
    page = make_signed(valid_from=BEGIN, valid_to=END)
    draft_successor(version=page.version).delete()
    again = draft_successor(version=page.version)
    assert again.version.number == 2
    assert AgreementVersion.objects.count() == 2


def test_translations_come_along_and_belong_together():
    page = make_signed(valid_from=BEGIN, valid_to=END)
    english, _new = Locale.objects.get_or_create(language_code="en")
    page.get_parent().get_parent().specific.copy_for_translation(english)
    page.get_parent().specific.copy_for_translation(english)
    copy = AgreementPage.objects.get(pk=page.copy_for_translation(english).pk)
    copy.title = "Agreement"
    copy.save()
    draft = draft_successor(version=page.version)
    translation = AgreementPage.objects.get(version=draft.version, locale=english)
    assert translation.title == "Agreement"
    assert translation.translation_key == draft.translation_key
    assert translation.is_translation
    assert translation.get_parent() == copy.get_parent()
    assert AgreementVersion.objects.count() == 2


def test_targets_are_copied_where_the_page_has_them():
    fields = {field.name for field in AgreementPage._meta.get_fields()}
    page = make_signed(valid_from=BEGIN, valid_to=END)
    draft = draft_successor(version=page.version)
    assert draft.own_document().targets == page.own_document().targets
    assert "clauses" in fields


@pytest.mark.parametrize("state", ["draft", "awaiting", "replaced"])
def test_only_what_is_signed_and_holds_or_has_run_out_is_followed(state):
    if state == "replaced":
        version = make_signed(valid_from=BEGIN, valid_to=END).version
        make_signed(valid_from=BEGIN + timedelta(days=30), valid_to=END)
    else:
        version = make_page(live=state == "awaiting").version
    with pytest.raises(ValidationError):
        draft_successor(version=version)
    assert not AgreementVersion.objects.exclude(succeeds=None).exists()


def test_an_open_version_and_one_that_ran_out_can_be_followed():
    still_open = make_signed(valid_to=None, ending="open", key="open")
    draft = draft_successor(version=still_open.version)
    assert (draft.valid_from, draft.valid_to, draft.ending) == (None, None, "open")
    over = make_signed(key="old", valid_to=from_jalali(1399, 12, 30), signed_on=date(2020, 5, 1))
    draft = draft_successor(version=over.version)
    assert draft.valid_to == END, "the period of today, not one that is over"


def test_what_waits_for_renewal():
    page = make_signed(valid_from=BEGIN, valid_to=END)
    make_signed(key="far", valid_to=END + timedelta(days=200))
    over = make_signed(key="over", valid_to=from_jalali(1405, 6, 31))
    draft_successor(version=page.version)
    found = waiting()
    assert [(row.version, row.state) for row in found] == [
        (over.version, State.EXPIRED),
        (page.version, State.EXPIRING),
    ]
    assert [bool(row.draft) for row in found] == [False, True]


def test_a_clause_that_still_names_the_old_day_is_pointed_to():
    text = clause("period", "دوره", "<p>معتبر تا ۱۴۰۵/۱۲/۲۹ است.</p>")
    page = make_signed(
        valid_from=BEGIN, valid_to=END, clauses=[clause("purpose", "هدف", "<p>الف</p>"), text]
    )
    draft = draft_successor(version=page.version)
    warning = old_days_warning(draft.version)
    assert "دوره" in warning
    assert "هدف" not in warning
    draft.clauses = [clause("period", "دوره", "<p>تا ۱۴۰۶/۱۲/۲۹</p>")]
    draft.save_revision()
    assert old_days_warning(draft.version) == ""
    assert old_days_warning(page.version) == ""


# Facts beside the promises


def test_facts_stand_beside_the_promises_or_are_not_measured_yet():
    page = make_signed()
    document = page.document
    targets = (
        Target("a", Measure.RESOLUTION, amount=10),
        Target("b", Measure.AVAILABILITY),
        Target("c", Measure.WORDS, text="با احترام"),
    )
    document = type(document)(
        **{name: getattr(document, name) for name in document.__slots__} | {"targets": targets}
    )
    asked = []

    def measured(text, version_id, first, last):
        asked.append((version_id, first, last))
        return {"a": "۹۵٪"}

    before = facts_beside.facts_beside(document, page.version_id, BEGIN, END)
    facts_beside.register(measured)
    try:
        after = facts_beside.facts_beside(document, page.version_id, BEGIN, END)
    finally:
        facts_beside.unregister(measured)
    assert len({row.fact for row in before}) == 1
    assert [row.fact for row in after] == ["۹۵٪", before[0].fact, before[0].fact]
    assert after[2].promise == "با احترام"
    assert asked == [(page.version_id, BEGIN, END)]


# The screens


def url(version):
    return reverse("sla_admin:successor", args=[version.pk])


def test_one_click_drafts_it_and_opens_the_editor(client, boss):
    page = make_signed(valid_from=BEGIN, valid_to=END)
    client.force_login(boss)
    assert client.get(url(page.version)).status_code == 200
    assert AgreementVersion.objects.count() == 1, "looking drafts nothing"
    response = client.post(url(page.version), follow=True)
    draft = AgreementPage.objects.get(version__number=2)
    assert response.redirect_chain[-1][0] == reverse("wagtailadmin_pages:edit", args=[draft.pk])
    assert response.status_code == 200


def test_who_may(client):
    land = Department.objects.create(key="land", name="زمین")
    page = make_signed(valid_from=BEGIN, valid_to=END)
    own = make_signed(key="land", valid_from=BEGIN, valid_to=END, department=land)
    people = {
        "secretary": person("secretary", Role.SECRETARIAT),
        "head": person("head", Role.HEAD, land),
        "editor": person("editor", Role.EDITOR),
        "officer": person("officer", Role.OFFICER, land),
    }
    allowed = {"secretary": {page, own}, "head": {own}, "editor": set(), "officer": set()}
    for name, user in people.items():
        client.force_login(user)
        for each in (page, own):
            status = client.get(url(each.version)).status_code
            assert (status == 200) == (each in allowed[name]), (name, each)
            done = client.post(url(each.version)).status_code
            assert done in ((302, 200) if each in allowed[name] else (302, 403))
    assert AgreementVersion.objects.filter(succeeds=page.version).count() == 1
    client.force_login(people["editor"])
    client.post(url(make_signed(key="third", valid_from=BEGIN, valid_to=END).version))
    assert not AgreementVersion.objects.filter(succeeds__agreement__key="third").exists()


def test_the_home_panel_shows_each_what_they_can_act_on(client, django_assert_max_num_queries):
    land = Department.objects.create(key="land", name="زمین")
    page = make_signed(valid_from=BEGIN, valid_to=END)
    head, secretary = person("head", Role.HEAD, land), person("secretary", Role.SECRETARIAT)
    client.force_login(secretary)
    body = client.get("/admin/").content.decode()
    assert f'action="{url(page.version)}"' in body
    client.force_login(head)
    body = client.get("/admin/").content.decode()
    assert url(page.version) not in body
    assert 'id="panel-agreements' in body or "agreements" in body


def test_the_editor_tells_how_the_draft_follows(client, boss):
    page = make_signed(valid_from=BEGIN, valid_to=END)
    draft = draft_successor(version=page.version)
    draft.valid_from = END + timedelta(days=11)
    draft.save_revision()
    AgreementPage.objects.filter(pk=draft.pk).update(valid_from=draft.valid_from)
    client.force_login(boss)
    body = client.get(reverse("wagtailadmin_pages:edit", args=[draft.pk])).content.decode()
    assert "۱۴۰۶/۰۱/۱۰" in body
    assert "۱۴۰۶/۰۱/۰۱" in body


def test_g2g_is_followed_by_g2g():
    page = make_page(
        g2g=True, parties=[PROVIDER, OTHER_BODY], valid_from=BEGIN, valid_to=END, live=True
    )
    sign(page.version, party="provider")
    sign(page.version, party="recipient", name="مهر همکار", letter_number="2")
    draft = draft_successor(version=page.version)
    assert draft.g2g
    assert draft.version.g2g
    assert len(draft.own_document().signing_parties) == 2
    assert state_on(draft.version.facts(), renewal.today()) == State.DRAFT
