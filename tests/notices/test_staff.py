"""The staff's side: the page form, the short form, the buttons, the panel, the overview."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from notices.buttons import update_button
from notices.enums import Kind
from notices.models import Notice, NoticePage
from notices.permissions import user_can_post_update
from persian.jalali import format_datetime
from tests.cms_pages.factories import ServiceFactory, staff_user
from tests.notices.factories import ago, ahead, draft, published

pytestmark = [pytest.mark.django_db, pytest.mark.screen]

MAY_POST = ["editor", "head", "administrator"]
MAY_NOT = ["officer", "secretariat", "complaints", "auditor"]


def jalali(moment):
    """As an editor types it."""
    return format_datetime(moment.replace(second=0, microsecond=0))


@pytest.fixture
def outage(index):
    return published(
        index, services=[ServiceFactory()], starts_at=ago(hours=3), expected_end=ahead(hours=1)
    )


@pytest.fixture
def editor(client):
    user = staff_user("editor")
    client.force_login(user)
    return user


def url_of(page):
    return reverse("notices_admin:update", args=[page.notice_id])


def form(**fields):
    return {"key": str(uuid.uuid4()), "state": "identified", "text": "علت پیدا شد."} | fields


@pytest.mark.parametrize("role", MAY_POST)
def test_who_may_post_sees_the_form(client, outage, role):
    place = outage.notice.services.get().department if role == "head" else None
    client.force_login(staff_user(role, place))
    assert client.get(url_of(outage)).status_code == 200
    assert client.post(url_of(outage), form()).status_code == 302
    assert outage.notice.updates.count() == 2


def test_a_head_updates_only_what_touches_the_services_of_the_own_department(client, index):
    mine, other = ServiceFactory(), ServiceFactory()
    both = published(index, title="هر دو", services=[mine, other], starts_at=ahead(hours=1))
    theirs = published(index, title="واحد دیگر", services=[other], starts_at=ahead(hours=1))
    everybody = published(index, title="همهٔ میز", starts_at=ahead(hours=1))
    head = staff_user("head", mine.department)
    client.force_login(head)
    home = client.get(reverse("wagtailadmin_home")).content.decode()
    for page, may in ((both, True), (theirs, False), (everybody, False)):
        assert user_can_post_update(head, page.notice) is may
        assert Notice.objects.updatable_by(head).filter(pk=page.notice_id).exists() is may
        assert (url_of(page) in home) is may
        assert bool(list(update_button(page, head, None, priority=1))) is may
        answer = client.post(url_of(page), form(state="cancelled"))
        assert answer.status_code == 302
        page.notice.refresh_from_db()
        assert (page.notice.cancelled_at is not None) is may


@pytest.mark.parametrize("role", MAY_NOT)
def test_who_may_not_post_is_turned_away(client, outage, role):
    client.force_login(staff_user(role))
    for response in (client.get(url_of(outage)), client.post(url_of(outage), form())):
        assert response.status_code == 302
    assert outage.notice.updates.count() == 1


def test_strangers_are_asked_to_log_in(client, outage):
    response = client.post(url_of(outage), form())
    assert response.status_code == 302
    assert "/login/" in response["Location"]
    assert outage.notice.updates.count() == 1


def test_the_form_posts_once_however_often_it_is_sent(client, editor, outage):
    data = form(expected_end=jalali(ahead(hours=5)))
    for _again in range(3):
        assert client.post(url_of(outage), data).status_code == 302
    outage.notice.refresh_from_db()
    assert outage.notice.updates.count() == 2
    assert outage.notice.updates.last().author == editor
    assert outage.notice.expected_end > ahead(hours=4)


def test_resolving_with_a_jalali_time(client, editor, outage):
    end = ago(hours=1).replace(second=0, microsecond=0)
    data = form(state="resolved", ended_at=jalali(end))
    assert client.post(url_of(outage), data).status_code == 302
    assert Notice.objects.get().ended_at == end
    again = client.get(url_of(outage))
    assert again.status_code == 200
    assert 'name="text"' not in again.content.decode()
    assert client.post(url_of(outage), form()).status_code == 200
    assert outage.notice.updates.count() == 2


def test_cancelling_through_the_form(client, editor, index):
    page = published(
        index, kind=Kind.MAINTENANCE, starts_at=ahead(hours=5), expected_end=ahead(hours=8)
    )
    assert client.post(url_of(page), form(state="cancelled")).status_code == 302
    assert Notice.objects.get().cancelled_at is not None


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"state": "scheduled"}, "state"),
        ({"state": ""}, "state"),
        ({"text": ""}, "text"),
        ({"text": "<b>x</b>"}, "text"),
        ({"text": "x" * 1_000_000}, "text"),
        ({"text": "a\x00b"}, "text"),
        ({"expected_end": "1405/13/01 10:00"}, "expected_end"),
        ({"expected_end": "فردا"}, "expected_end"),
        ({"expected_end": "1300/01/01 10:00"}, "expected_end"),
        ({"state": "resolved", "ended_at": "1404/01/01 10:00"}, "ended_at"),
        ({"key": "x"}, "key"),
    ],
)
def test_bad_input_is_answered_at_its_field(client, editor, outage, fields, wrong):
    response = client.post(url_of(outage), form(**fields))
    assert response.status_code == 200
    assert wrong in response.context["form"].errors
    assert outage.notice.updates.count() == 1


def test_a_missing_notice_is_not_found(client, editor, index):
    assert client.get(reverse("notices_admin:update", args=[uuid.uuid4()])).status_code == 404


def test_it_leads_back_only_within_the_site(client, editor, outage):
    good = client.post(f"{url_of(outage)}?next=/admin/pages/", form())
    assert good["Location"] == "/admin/pages/"
    bad = client.post(f"{url_of(outage)}?next=https://evil.example/", form())
    assert bad["Location"] == reverse("wagtailadmin_home")


def test_the_button_is_in_the_explorer_and_the_editor(client, editor, outage, index):
    explorer = client.get(reverse("wagtailadmin_explore", args=[index.pk])).content.decode()
    editing = client.get(reverse("wagtailadmin_pages:edit", args=[outage.pk])).content.decode()
    for page in (explorer, editing):
        assert url_of(outage) in page
    unpublished = draft(index, title="پیش‌نویس")
    editing = client.get(reverse("wagtailadmin_pages:edit", args=[unpublished.pk]))
    assert "/update/" not in editing.content.decode()


def test_the_home_panel_names_what_runs(client, editor, outage, index):
    published(index, title="پایان‌یافته", starts_at=ago(hours=2))
    ended = Notice.objects.get(title="پایان‌یافته")
    client.post(reverse("notices_admin:update", args=[ended.pk]), form(state="resolved"))
    outage.unpublish()
    home = client.get(reverse("wagtailadmin_home")).content.decode()
    panel = home[home.index("notices-running") :]
    assert outage.title in panel
    assert url_of(outage) in panel
    assert f"/{ended.pk}/update/" not in panel


def test_the_home_panel_is_not_for_everybody(client, outage):
    client.force_login(staff_user("officer"))
    assert "notices-running" not in client.get(reverse("wagtailadmin_home")).content.decode()


def queries_of(client, url):
    """How many queries a page costs once it is warm."""
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        client.get(url)
    return len(captured)


def test_the_overview_lists_all_and_changes_none(client, editor, outage, index):
    few = queries_of(client, "/admin/notices/notice/")
    for number in range(6):
        published(index, title=f"شمارهٔ {number}")
    assert queries_of(client, "/admin/notices/notice/") == few
    listed = client.get("/admin/notices/notice/")
    assert listed.status_code == 200
    assert "شمارهٔ ۵" in listed.content.decode()
    inspected = client.get(f"/admin/notices/notice/inspect/{outage.notice_id}/")
    assert inspected.status_code == 200
    assert outage.message in inspected.content.decode()
    for url in (
        "/admin/notices/notice/create/",
        f"/admin/notices/notice/edit/{outage.notice_id}/",
        f"/admin/notices/notice/delete/{outage.notice_id}/",
    ):
        assert client.post(url, {}).status_code in (302, 403, 404)
    assert Notice.objects.count() == 7


@pytest.mark.parametrize("term", ["آمار", "امار", "مسؤول"])
def test_the_overview_is_searched_in_every_spelling(client, editor, index, term):
    published(index, title="سامانهٔ آمار و روابط مسئول")
    published(index, title="قطع برق")
    answer = client.get("/admin/notices/notice/", {"q": term})
    assert [row.title for row in answer.context["object_list"]] == ["سامانهٔ آمار و روابط مسئول"]


def test_the_overview_is_closed_to_officers(client, outage):
    client.force_login(staff_user("officer"))
    for url in ("", f"inspect/{outage.notice_id}/", f"history/{outage.notice_id}/"):
        assert client.get(f"/admin/notices/notice/{url}").status_code in (302, 403, 404)


def fields_of(**more):
    return {
        "title": "قطع سامانه",
        "slug": "qat",
        "kind": "outage",
        "impact": "major",
        "affected_services": [],
        "starts_at": "",
        "expected_end": "",
        "message": "سامانه پاسخ نمی‌دهد.",
        "body": "null",
        "comments-TOTAL_FORMS": 0,
        "comments-INITIAL_FORMS": 0,
        "comments-MIN_NUM_FORMS": 0,
        "comments-MAX_NUM_FORMS": 0,
    } | more


def test_an_editor_publishes_an_outage_with_jalali_dates(client, editor, index):
    url = reverse("wagtailadmin_pages:add", args=["notices", "noticepage", index.pk])
    assert client.get(url).status_code == 200
    service = ServiceFactory()
    start = ago(hours=2).replace(second=0, microsecond=0)
    data = fields_of(
        impact="partial",
        starts_at=jalali(start),
        affected_services=[service.pk],
        **{"action-publish": "1"},
    )
    response = client.post(url, data)
    assert response.status_code == 302, response.context["form"].errors
    page = NoticePage.objects.get()
    assert page.notice.starts_at == start
    assert page.notice.updates.get().author == editor
    edit = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert 'name="starts_at"' not in edit
    assert 'name="message"' in edit
    changed = fields_of(title="عنوان تازه", kind="announcement", **{"action-publish": "1"})
    assert (
        client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), changed).status_code == 302
    )
    page = NoticePage.objects.get()
    assert (page.title, page.kind) == ("عنوان تازه", "outage")
    assert page.notice.kind == "outage"
    assert [each.pk for each in page.affected_services.all()] == [service.pk]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"kind": "maintenance"}, "starts_at"),
        ({"kind": "maintenance", "starts_at": "1405/20/20"}, "starts_at"),
        ({"expected_end": "1399/01/01 10:00"}, "expected_end"),
        ({"message": "<script>x</script>"}, "message"),
        ({"message": ""}, "message"),
        ({"message": "x" * 100_000}, "message"),
        ({"kind": "flood"}, "kind"),
        ({"affected_services": ["999999"]}, "affected_services"),
    ],
)
def test_the_page_form_names_the_field_that_is_wrong(client, editor, index, fields, wrong):
    url = reverse("wagtailadmin_pages:add", args=["notices", "noticepage", index.pk])
    response = client.post(url, fields_of(**{"action-publish": "1"}, **fields))
    assert response.status_code == 200
    assert wrong in response.context["form"].errors
    assert not Notice.objects.exists()


def test_a_draft_may_be_unfinished(client, editor, index):
    url = reverse("wagtailadmin_pages:add", args=["notices", "noticepage", index.pk])
    response = client.post(url, fields_of(kind="maintenance", message=""))
    assert response.status_code == 302, response.context["form"].errors
    assert not Notice.objects.exists()


def test_a_head_may_publish_notices_and_no_other_page(client, index):
    head = staff_user("head")
    assert index.permissions_for_user(head).can_publish_subpage()
    assert not index.get_parent().specific.permissions_for_user(head).can_add_subpage()


def test_a_draft_can_be_previewed(client, editor, index):
    page = draft(index, services=[ServiceFactory()], title="پیش‌نویس")
    response = client.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk]))
    assert response.status_code == 200
    assert page.message in response.content.decode()
    assert not Notice.objects.exists()


@pytest.mark.parametrize(("role", "may"), [("editor", True), ("head", True), ("auditor", False)])
def test_the_overview_leads_to_a_new_notice_whoever_may_add_one(client, index, role, may):
    client.force_login(staff_user(role))
    page = client.get("/admin/notices/notice/").content.decode()
    add = reverse("wagtailadmin_pages:add", args=["notices", "noticepage", index.pk])
    assert (f'href="{add}"' in page) is may
    if may:
        assert client.get(add).status_code == 200


def test_without_a_place_for_notices_there_is_no_way_to_add_one(client, editor):
    assert client.get("/admin/notices/notice/").status_code == 200
