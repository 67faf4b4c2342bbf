"""The editor's form, the staff's screen for signatures, the calendar's lists."""

import re
from datetime import date

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import gettext, override
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from cms_pages.enums import Role
from cms_pages.models import Department
from cms_pages.staffing import assign
from desk_core.models import AuditEntry
from persian.jalali import format_date, from_jalali
from sla.enums import State
from sla.models import AgreementPage, Holiday, Signature, WeeklySchedule
from sla.page_forms import SENT_WITH_THE_TEXT
from sla.parties import unsigned_parties
from sla.state import state_on
from tests.cms_pages.factories import DepartmentFactory
from tests.sla.factories import (
    OTHER_BODY,
    PROVIDER,
    clauses,
    make_page,
    make_signed,
    scan,
    time_target,
    words_target,
)

pytestmark = [pytest.mark.django_db, pytest.mark.screen]


_SIGNED = "This version is signed; what is signed cannot change. Make a new version."
_READABLE = (
    "What is signed stays readable; the page of a signed agreement cannot be deleted "
    "or unpublished."
)


def persian(text: str) -> str:
    """A text as the admin shows it."""
    with override("fa"):
        return gettext(text)


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


@pytest.fixture
def user(db):
    def make(*roles, department=None, name="staff"):
        found = get_user_model().objects.create_user(name, password="x")
        for role in roles:
            assign(user=found, role=role, department=department)
        return found

    return make


@pytest.fixture
def boss(db):
    return get_user_model().objects.create_superuser("boss", "boss@example.org", "x")


def editor_form(page, *, text="<p>متن</p>", title="توافق‌نامه", heading="دوره", **more):
    """What the page editor posts."""
    return nested_form_data(
        {
            "title": title,
            "slug": page.slug if page else "new",
            "search_description": "",
            "seo_title": "",
            "valid_from": "",
            "valid_to": "۱۴۰۵/۱۲/۲۹",
            "ending": "date",
            "agreement": "",
            "parties": streamfield([("party", dict(PROVIDER))]),
            "clauses": streamfield(
                [
                    (
                        "period",
                        {"title": heading, "text": rich_text(text), "anchor": ""},
                    )
                ]
            ),
            "targets": streamfield([]),
            "outages": "run",
            "go_live_at": "",
            "expire_at": "",
            "comments-TOTAL_FORMS": 0,
            "comments-INITIAL_FORMS": 0,
            "comments-MIN_NUM_FORMS": 0,
            "comments-MAX_NUM_FORMS": 1000,
            **more,
        }
    )


def edit_url(page):
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def test_the_editor_is_told_which_blank_stands_where_and_may_save_a_draft(client, boss):
    page = make_page()
    client.force_login(boss)
    data = editor_form(page, text="<p>تا [مدت زمان] پس از امضا</p>")
    response = client.post(edit_url(page), {**data, "action-publish": "1"})
    assert response.status_code == 200
    errors = response.context["form"].errors["clauses"].as_data()[0]
    assert 0 in errors.block_errors
    assert "دوره" in errors.block_errors[0].messages[0]
    assert "تا [مدت زمان] پس از امضا" in errors.block_errors[0].messages[0]
    assert not AgreementPage.objects.get().live
    saved = client.post(edit_url(page), data)
    assert saved.status_code == 302
    submitted = client.post(edit_url(page), {**data, "action-submit": "1"})
    assert submitted.status_code == 200


def test_the_editor_publishes_a_filled_text_with_jalali_dates(client, boss):
    page = make_page()
    client.force_login(boss)
    response = client.post(edit_url(page), {**editor_form(page), "action-publish": "1"})
    assert response.status_code == 302
    page = AgreementPage.objects.get()
    assert page.live
    assert page.valid_to == page.version.valid_to == from_jalali(1405, 12, 29)


def test_a_page_is_created_as_the_next_version_of_a_chosen_agreement(client, boss):
    first = make_page()
    client.force_login(boss)
    url = reverse("wagtailadmin_pages:add", args=["sla", "agreementpage", first.get_parent().pk])
    assert client.get(url).status_code == 200
    data = editor_form(None, agreement=first.version.agreement_id)
    response = client.post(url, data)
    assert response.status_code == 302
    page = AgreementPage.objects.exclude(pk=first.pk).get()
    assert (page.version.agreement, page.version.number) == (first.version.agreement, 2)
    refused = client.post(
        url, {**editor_form(None, title="[نام]"), "slug": "third", "action-publish": "1"}
    )
    assert refused.status_code == 200
    assert "title" in refused.context["form"].errors


def test_editing_a_signed_page_is_refused_with_the_reason(client, boss):
    page = make_signed()
    client.force_login(boss)
    response = client.post(edit_url(page), editor_form(page))
    assert response.status_code == 200
    assert persian(_SIGNED) in response.content.decode()
    assert client.get(edit_url(page)).status_code == 200


def buttons_of(body):
    """Where the links and buttons of a screen lead, or what they send."""
    return set(re.findall(r'(?:href|name)="([^"?]+)', body))


def test_the_editor_of_a_signed_version_says_that_it_is_sealed_and_offers_nothing_refused(
    client, boss
):
    page = make_signed(targets=[words_target("پاسخ با واژه‌های ساده.")])
    client.force_login(boss)
    body = client.get(edit_url(page)).content.decode()
    assert persian("The signed text") in body
    assert "بهار نمونه" in body
    assert "پاسخ با واژه‌های ساده." in body
    assert "schedule-publishing-dialog" not in body
    assert "کیفیت خدمت" in body
    offered = buttons_of(body)
    for name in ("title", "valid_to", "ending", "g2g", "expire_at"):
        assert name not in offered
    for name in ("parties", "clauses", "targets"):
        assert f'id="{name}"' not in body
    for screen in ("delete", "unpublish"):
        assert reverse(f"wagtailadmin_pages:{screen}", args=[page.pk]) not in offered
    assert reverse("sla_admin:successor", args=[page.version_id]) in offered
    assert reverse("wagtailadmin_pages:copy", args=[page.pk]) in offered
    assert {"slug", "search_description"} <= offered


def test_the_editor_of_an_unsigned_version_offers_all_of_it(client, boss):
    page = make_page(live=True)
    client.force_login(boss)
    body = client.get(edit_url(page)).content.decode()
    assert persian("The signed text") not in body
    offered = buttons_of(body)
    assert {"title", "valid_to", "ending", "expire_at"} <= offered
    assert 'id="clauses"' in body
    for screen in ("delete", "unpublish"):
        assert reverse(f"wagtailadmin_pages:{screen}", args=[page.pk]) in offered


def test_what_holds_a_signed_page_offers_no_deletion_either(client, boss):
    page = make_signed()
    above = page.get_parent()
    client.force_login(boss)
    for url in (edit_url(above), reverse("wagtailadmin_explore", args=[above.get_parent().pk])):
        offered = buttons_of(client.get(url).content.decode())
        for screen in ("delete", "unpublish"):
            assert reverse(f"wagtailadmin_pages:{screen}", args=[above.pk]) not in offered
    draft = make_page(key="draft")
    url = reverse("wagtailadmin_explore", args=[above.pk])
    offered = buttons_of(client.get(url).content.decode())
    assert reverse("wagtailadmin_pages:delete", args=[page.pk]) not in offered
    assert reverse("wagtailadmin_pages:delete", args=[draft.pk]) in offered


def test_the_menus_of_a_list_ask_once_what_is_signed(client, boss):
    page = make_signed()
    client.force_login(boss)
    url = reverse("wagtailadmin_explore", args=[page.get_parent().pk])

    def asked():
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        return sum("sla_signedtext" in query["sql"] for query in queries)

    before = asked()
    for number in range(3):
        make_page(key=f"draft{number}")
    assert asked() == before


def test_summary_and_address_of_a_signed_page_are_edited_and_its_text_stays(client, boss):
    page = make_signed()
    before = page.own_document()
    client.force_login(boss)
    data = {"slug": "new-address", "search_description": "چکیده", "seo_title": ""}
    data = editor_form(page) | data
    for name in list(data):
        if name in SENT_WITH_THE_TEXT or name.startswith(("clauses", "parties", "targets")):
            del data[name]
    response = client.post(edit_url(page), {**data, "action-publish": "1"})
    assert response.status_code == 302
    page = AgreementPage.objects.get()
    assert (page.slug, page.search_description) == ("new-address", "چکیده")
    assert page.own_document() == before


@pytest.mark.parametrize("name", ["delete", "unpublish"])
def test_a_signed_page_is_not_deleted_or_unpublished_in_the_admin(client, boss, name):
    page = make_signed()
    client.force_login(boss)
    for target in (page, page.get_parent()):
        client.post(reverse(f"wagtailadmin_pages:{name}", args=[target.pk]), follow=True)
        found = AgreementPage.objects.get()
        assert found.live
    bulk = f"/admin/bulk/wagtailcore/page/{name}/?id={page.get_parent().pk}&id={page.pk}"
    response = client.post(bulk, {"include_descendants": "on"}, follow=True)
    assert persian(_READABLE) in response.content.decode()
    assert AgreementPage.objects.get().live


def test_the_preview_of_a_draft_and_of_a_new_page_work(client, boss):
    page = make_page(clauses=clauses(blank=True))
    client.force_login(boss)
    url = reverse("wagtailadmin_pages:view_draft", args=[page.pk])
    response = client.get(url)
    assert response.status_code == 200
    assert "[مدت زمان]" in response.content.decode()
    add = reverse(
        "wagtailadmin_pages:preview_on_add", args=["sla", "agreementpage", page.get_parent().pk]
    )
    assert client.post(add, editor_form(None)).json()["is_valid"]
    assert client.get(add + "?mode=").status_code == 200


# Signatures


def signature_url(version):
    return reverse("sla_admin:record_signature", args=[version.pk])


def signature_form(version, **more):
    return {
        "party": "provider",
        "name": "بهار نمونه",
        "post": "مدیر اداره",
        "signed_on": "۱۴۰۵/۰۱/۱۵",
        "letter_number": "۱۲۳/ص",
        "scan": scan(),
        "digest": version.offered_digest,
        **more,
    }


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.SECRETARIAT])
def test_a_paper_signature_is_recorded_in_the_admin(client, user, role):
    page = make_page(live=True)
    client.force_login(user(role))
    shown = client.get(signature_url(page.version))
    assert shown.status_code == 200
    assert "کیفیت خدمت" in shown.content.decode()
    response = client.post(signature_url(page.version), signature_form(page.version))
    assert response.status_code == 302
    assert response.url.startswith(f"/admin/sla/agreementversion/inspect/{page.version.pk}/")
    assert client.get(response.url).status_code == 200
    signature = Signature.objects.get()
    assert signature.signed_on == from_jalali(1405, 1, 15)
    assert signature.recorded_by.username == "staff"
    facts = AgreementPage.objects.get().version.facts()
    assert state_on(facts, date(2026, 9, 1)) == State.IN_FORCE
    assert (
        persian("Everybody who has to sign this version has signed.")
        in client.get(signature_url(page.version)).content.decode()
    )


@pytest.mark.parametrize("role", [Role.EDITOR, Role.AUDITOR])
def test_others_may_not_record_signatures(client, user, role):
    page = make_page(live=True)
    client.force_login(user(role))
    assert client.post(signature_url(page.version), signature_form(page.version)).status_code in (
        302,
        403,
    )
    assert not Signature.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("party", ""),
        ("party", "nobody"),
        ("name", ""),
        ("name", "x" * 100_000),
        ("signed_on", "۱۴۰۰/۱۲/۳۰"),
        ("signed_on", "فردا"),
        ("letter_number", "<b>"),
        ("scan", ""),
        ("digest", "0" * 64),
    ],
)
def test_bad_input_shows_the_form_again(client, boss, field, value):
    page = make_page(live=True)
    client.force_login(boss)
    response = client.post(
        signature_url(page.version), signature_form(page.version, **{field: value})
    )
    assert response.status_code == 200
    assert response.context["form"].errors
    assert not Signature.objects.exists()


def test_a_draft_offers_no_form(client, boss):
    page = make_page()
    client.force_login(boss)
    draft = persian(
        "This version is a draft. Fill its blanks and publish its page; then its signature can be "
        "recorded."
    )
    assert draft in client.get(signature_url(page.version)).content.decode()
    response = client.post(signature_url(page.version), signature_form(page.version))
    assert response.status_code == 200
    assert not Signature.objects.exists()
    assert client.get(reverse("sla_admin:record_signature", args=[999_999])).status_code == 404


def test_both_organisations_are_offered(client, boss):
    page = make_page(g2g=True, parties=[PROVIDER, OTHER_BODY], live=True)
    client.force_login(boss)
    body = client.get(signature_url(page.version)).content.decode()
    assert "سازمان همکار" in body
    assert "ادارهٔ نمونه" in body


def test_the_button_is_there_for_those_who_may(client, user, boss):
    page = make_page(live=True)
    client.force_login(boss)
    listing = reverse("wagtailadmin_explore", args=[page.get_parent().pk])
    assert signature_url(page.version) in client.get(listing).content.decode()
    client.force_login(user(Role.EDITOR))
    assert signature_url(page.version) not in client.get(listing).content.decode()


# The calendar's lists


LISTS = ("weeklyschedule", "calendarexception", "holiday", "agreement", "agreementversion")


@pytest.mark.parametrize("name", LISTS)
def test_the_lists_work_for_an_administrator(client, user, name):
    make_signed()
    WeeklySchedule.objects.create(name="ساعت", first_day=date(2026, 3, 21))
    client.force_login(user(Role.ADMINISTRATOR))
    assert client.get(f"/admin/sla/{name}/").status_code == 200


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.SECRETARIAT])
def test_the_list_of_versions_leads_to_successor_and_termination(client, user, role):
    version = make_signed().version
    awaiting = make_page(live=True, key="other").version
    client.force_login(user(role))
    shown = client.get("/admin/sla/agreementversion/").content.decode()
    for screen in ("successor", "termination"):
        address = reverse(f"sla_admin:{screen}", args=[version.pk])
        assert address in shown
        assert client.get(address).status_code == 200
    assert reverse("sla_admin:record_signature", args=[awaiting.pk]) in shown


@pytest.mark.parametrize("role", [Role.EDITOR, Role.AUDITOR])
def test_the_list_of_versions_offers_nothing_that_is_refused(client, user, role):
    version = make_signed().version
    make_page(live=True, key="other")
    client.force_login(user(role))
    shown = client.get("/admin/sla/agreementversion/")
    assert shown.status_code == 200
    assert str(version) in shown.content.decode()
    assert "/admin/sla/versions/" not in shown.content.decode()


def test_an_editor_who_heads_a_department_renews_its_agreement_only(client, user):
    roads = DepartmentFactory()
    body, own = make_signed().version, make_signed(key="own", department=roads).version
    found = user(Role.EDITOR)
    assign(user=found, role=Role.HEAD, department=roads)
    client.force_login(found)
    shown = client.get("/admin/sla/agreementversion/").content.decode()
    assert reverse("sla_admin:successor", args=[own.pk]) in shown
    assert reverse("sla_admin:successor", args=[body.pk]) not in shown
    assert "termination/" not in shown


def test_many_versions_cost_no_more_queries_than_one(client, user):
    make_signed()
    client.force_login(user(Role.SECRETARIAT))
    address = "/admin/sla/agreementversion/"
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(5):
        make_signed(key=f"more-{number}")
    with CaptureQueriesContext(connection) as many:
        assert client.get(address).content.decode().count("/successor/") == 6
    assert len(many) == len(few)


@pytest.mark.parametrize("term", ["قربان", "قربان عيد", "اضحی", "أضحى"])
def test_holidays_are_found_in_every_spelling(client, user, term):
    client.force_login(user(Role.ADMINISTRATOR))
    Holiday.objects.create(day=date(2030, 1, 5), name="عید أضحی (قربان)")
    answer = client.get(reverse("sla_holiday_modeladmin_index"), {"q": term})
    assert [row.day for row in answer.context["object_list"]] == [date(2030, 1, 5)]


def test_an_administrator_enters_hours_with_a_jalali_date(client, user):
    client.force_login(user(Role.ADMINISTRATOR))
    url = "/admin/sla/weeklyschedule/create/"
    assert client.get(url).status_code == 200
    data = {
        "name": "ساعت کار",
        "department": "",
        "first_day": "۱۴۰۵/۰۱/۰۱",
        "last_day": "",
        "saturday": "۷:۳۰–۱۴:۳۰، ۱۶–۱۸",
        **dict.fromkeys(("sunday", "monday", "tuesday", "wednesday", "thursday", "friday"), ""),
    }
    refused = client.post(url, {**data, "sunday": "14-8"})
    assert refused.status_code == 200
    assert not WeeklySchedule.objects.exists()
    assert client.post(url, data).status_code == 302
    row = WeeklySchedule.objects.get()
    assert row.saturday == "07:30-14:30, 16:00-18:00"
    assert row.first_day == from_jalali(1405, 1, 1)


@pytest.mark.parametrize("name", ["weeklyschedule", "calendarexception"])
def test_an_end_before_the_beginning_is_told_at_its_field_in_words(client, user, name):
    client.force_login(user(Role.ADMINISTRATOR))
    data = {
        **dict.fromkeys(("department", "hours", *WeeklySchedule.BY_WEEKDAY), ""),
        **{"name": "زمستان", "reason": "برف"},
        **{"first_day": "۱۴۰۵/۰۱/۰۲", "last_day": "۱۴۰۵/۰۱/۰۱"},
    }
    form = client.post(f"/admin/sla/{name}/create/", data).context["form"]
    assert form.errors == {"last_day": [persian("The end is before the beginning.")]}


def test_two_weeks_of_the_body_from_one_day_are_refused_in_words(client, user):
    client.force_login(user(Role.ADMINISTRATOR))
    WeeklySchedule.objects.create(name="عادی", first_day=from_jalali(1405, 1, 1))
    days = dict.fromkeys(("department", "last_day", *WeeklySchedule.BY_WEEKDAY), "")
    data = {"name": "دیگر", "first_day": "۱۴۰۵/۰۱/۰۱", **days}
    form = client.post("/admin/sla/weeklyschedule/create/", data).context["form"]
    said = persian("Other weekly hours of the same place begin on this day.")
    assert form.errors == {"first_day": [said]}


def test_a_head_changes_only_the_hours_of_the_own_department(client, user):
    own = Department.objects.create(key="own", name="خود")
    other = Department.objects.create(key="other", name="دیگری")
    day = date(2026, 3, 21)
    rows = {
        unit: WeeklySchedule.objects.create(name="ساعت", department=unit, first_day=day)
        for unit in (None, own, other)
    }
    client.force_login(user(Role.HEAD, department=own))
    assert client.get("/admin/sla/weeklyschedule/").status_code == 200
    answers = {
        unit: client.get(f"/admin/sla/weeklyschedule/edit/{row.pk}/").status_code
        for unit, row in rows.items()
    }
    assert answers[own] == 200
    assert answers[None] in (302, 403)
    assert answers[other] == 404


def test_staff_without_a_part_see_no_list(client, user):
    department = Department.objects.create(key="own", name="خود")
    client.force_login(user(Role.OFFICER, department=department))
    for name in LISTS:
        assert client.get(f"/admin/sla/{name}/").status_code in (302, 403), name


def test_where_a_holiday_comes_from_is_said_in_words(client, user):
    Holiday.objects.create(day=date(2026, 3, 21), name="نوروز", source="holidays 0.109")
    Holiday.objects.create(day=date(2026, 3, 22), name="دیگر", source="بخشنامهٔ ۱۲")
    client.force_login(user(Role.ADMINISTRATOR))
    page = client.get("/admin/sla/holiday/").content.decode()
    assert "holidays 0.109" not in page
    assert "بخشنامهٔ ۱۲" in page


def test_title_and_department_are_read_only_once_a_version_is_signed(client, boss):
    roads = DepartmentFactory()
    agreement = make_page(live=True).version.agreement
    client.force_login(boss)
    address = f"/admin/sla/agreement/edit/{agreement.pk}/"
    data = {"title": "عنوان", "title_en": "Title", "department": roads.pk}
    assert client.post(address, data).status_code == 302
    agreement.refresh_from_db()
    assert (agreement.title, agreement.department) == ("عنوان", roads)
    make_signed()
    shown = client.get(address).content.decode()
    assert 'name="title_en"' in shown
    assert 'name="title"' not in shown
    assert 'name="department"' not in shown
    assert client.post(address, {"title": "x", "title_en": "Other"}).status_code == 302
    agreement.refresh_from_db()
    assert (agreement.title, agreement.title_en) == ("عنوان", "Other")
    assert agreement.department == roads


def test_a_signed_agreement_of_the_whole_body_says_so(client, boss):
    agreement = make_signed().version.agreement
    client.force_login(boss)
    shown = client.get(f"/admin/sla/agreement/edit/{agreement.pk}/").content.decode()
    [place] = re.findall(
        r'<section[^>]*id="panel-[^"]*department-section".*?</section>', shown, re.S
    )
    assert persian("the whole body") in place
    assert "None" not in place


@pytest.mark.parametrize("name", ["letter.docx", "letter.pdf"])
def test_a_scanned_letter_of_another_type_is_told_the_types_of_this_field(client, boss, name):
    page = make_page(live=True)
    client.force_login(boss)
    letter = SimpleUploadedFile(name, b"PK\x03\x04 no letter")
    form = client.post(
        signature_url(page.version), signature_form(page.version, scan=letter)
    ).context["form"]
    [said] = form.errors["scan"]
    assert (
        said.endswith(persian("Send the scanned letter as PDF, JPG or PNG.")) or name[-4:] == "docx"
    )
    assert "DOCX" not in said


def test_the_list_of_weekly_hours_says_the_hours_and_which_hold_today(client, user):
    workdays = ("saturday", "sunday", "monday", "tuesday", "wednesday")
    always = dict.fromkeys(workdays, "07:30-14:30") | {"thursday": "08:00-12:00, 13:00-15:00"}
    WeeklySchedule.objects.create(name="پیشین", first_day=date(2020, 3, 20), **always)
    holds = WeeklySchedule.objects.create(name="عادی", first_day=date(2024, 3, 20), **always)
    WeeklySchedule.objects.create(name="آینده", first_day=date(2999, 3, 20), **always)
    own = Department.objects.create(key="own", name="خود")
    WeeklySchedule.objects.create(name="واحد", department=own, first_day=date(2024, 3, 20))
    client.force_login(user(Role.ADMINISTRATOR))
    page = client.get("/admin/sla/weeklyschedule/").content.decode()
    rows = {
        name: re.sub("<[^>]*>|\\s+", " ", row)
        for row in re.findall(r"<tr.*?</tr>", page, re.S)
        for name in ("پیشین", "عادی", "آینده", "واحد")
        if f">{name}<" in row
    }
    assert "شنبه تا چهارشنبه: ۷:۳۰ تا ۱۴:۳۰" in rows["عادی"]
    assert "پنجشنبه: ۸:۰۰ تا ۱۲:۰۰، ۱۳:۰۰ تا ۱۵:۰۰" in rows["عادی"]
    assert "جمعه: تعطیل" in rows["عادی"]
    assert persian("the whole body") in rows["عادی"]
    assert persian("holds today") in rows["عادی"]
    assert persian("another row goes before it") in rows["پیشین"]
    assert persian("to come") in rows["آینده"]
    assert persian("holds today") in rows["واحد"]
    # The form shows them in the same words, and takes them back without a change.
    address = f"/admin/sla/weeklyschedule/edit/{holds.pk}/"
    form = client.get(address).context["form"]
    assert 'value="۷:۳۰ تا ۱۴:۳۰"' in str(form["saturday"])
    values = {name: form[name].value() or "" for name in form.fields}
    shown = {name: form[name].field.widget.format_value(values[name]) or "" for name in workdays}
    sent = {**values, **shown, "department": "", "first_day": "۱۴۰۳/۰۱/۰۱", "last_day": ""}
    assert client.post(address, sent).status_code == 302
    holds.refresh_from_db()
    assert holds.saturday == "07:30-14:30"
    edited = AuditEntry.objects.filter(action="object.edit").latest("pk")
    assert not set(edited.detail["fields"]) & set(workdays)


def test_the_page_of_a_version_says_what_a_hurried_reader_needs(client, user):
    signed = make_signed(targets=[time_target()], letter_number="۱۲۳/ص")
    draft = make_page(key="other")
    client.force_login(user(Role.ADMINISTRATOR))

    def page(version):
        address = reverse("sla_agreementversion_modeladmin_inspect", args=[version.pk])
        return client.get(address).content.decode()

    shown = page(signed.version)
    signature = Signature.objects.get()
    for wanted in (signature.name, signature.post, signature.letter_number, "۱۵ روز کاری"):
        assert wanted in shown
    assert format_date(signature.signed_on, "long") in shown
    assert reverse("wagtailadmin_pages:edit", args=[signed.pk]) in shown
    assert "فارسی" in shown
    assert ">fa<" not in shown
    client.force_login(user(Role.AUDITOR, name="auditor"))
    read = page(signed.version)
    assert signed.get_url() in read
    assert reverse("wagtailadmin_pages:edit", args=[signed.pk]) not in read
    bare = page(draft.version)
    assert persian("Nothing is offered for signature yet.") in bare
    assert persian("A draft; it binds nobody yet.") in bare


def test_the_page_of_a_version_on_offer_says_who_has_not_signed(client, user):
    offered = make_page(live=True)
    client.force_login(user(Role.ADMINISTRATOR))
    address = reverse("sla_agreementversion_modeladmin_inspect", args=[offered.version.pk])
    (party,) = unsigned_parties(offered.version)
    wanted = persian("%(party)s: not signed yet") % {"party": party.name}
    assert wanted in client.get(address).content.decode()
