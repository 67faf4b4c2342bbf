"""The page of a notice, by whatever door of Wagtail's: only whoever may post its updates."""

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.models import GroupApprovalTask, Locale, PageViewRestriction

from cms_pages.models import ContentPage
from notices import rules
from notices.approval import break_glass, four_eyes
from notices.enums import Impact, Kind
from notices.models import Notice, NoticeIndexPage, NoticePage, SecondPersonTask
from notices.permissions import user_can_change_page, user_can_post_update
from tests.cms_pages.factories import ServiceFactory, staff_user
from tests.notices.factories import ahead, draft, publish, published
from tests.notices.test_staff import fields_of, queries_of

pytestmark = [pytest.mark.django_db, pytest.mark.screen]


def logged_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def service(db):
    return ServiceFactory()


@pytest.fixture
def owner(service):
    """The head of the department whose service it is."""
    return staff_user("head", service.department)


@pytest.fixture
def stranger(db):
    return staff_user("head")


@pytest.fixture
def page(index, service):
    """A published notice with an older draft, and a newer one that waits."""
    found = published(index, services=[service], impact=Impact.PARTIAL)
    found.message = "متن دوم."
    found = publish(found)
    found.message = "متن منتظر."
    found.save_revision()
    return NoticePage.objects.get(pk=found.pk)


@pytest.fixture
def elsewhere(index):
    """Another place for notices, to move pages to."""
    home = index.get_parent().specific
    content = home.add_child(instance=ContentPage(title="دیگر", locale=home.locale))
    return content.add_child(instance=NoticeIndexPage(title="دیگر", locale=home.locale))


def state_of(page):
    """What of a page, and of its copies, some door might have changed."""
    found = NoticePage.objects.filter(pk=page.pk).first()
    if found is None:
        return None
    return (
        *(found.title, found.message, found.live, found.path, found.locked),
        *(found.latest_revision_id, found.live_revision_id),
        NoticePage.objects.count(),
        PageViewRestriction.objects.count(),
        sorted(found.revisions.filter(approved_go_live_at__isnull=False)),
    )


def admin(name, *args):
    return reverse(f"wagtailadmin_pages:{name}", args=args)


def api(page, action):
    return reverse("wagtailadmin_api:pages:action", args=[page.pk, action])


def bulk(page, action):
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", action])
    return f"{address}?id={page.pk}"


def edited(**more):
    return fields_of(title="عنوان دیگر", message="متن بیگانه.") | more


DOORS = {
    "edit": lambda page, _to: (admin("edit", page.pk), edited()),
    "publish": lambda page, _to: (admin("edit", page.pk), edited(**{"action-publish": "1"})),
    "revert": lambda page, _to: (
        admin("edit", page.pk),
        edited(revision=page.revisions.earliest("pk").pk),
    ),
    "unpublish": lambda page, _to: (admin("unpublish", page.pk), {}),
    "delete": lambda page, _to: (admin("delete", page.pk), {}),
    "move": lambda page, to: (admin("move_confirm", page.pk, to.pk), {}),
    "copy": lambda page, _to: (
        admin("copy", page.pk),
        {"new_title": "کپی", "new_slug": "copy", "new_parent_page": page.get_parent().pk},
    ),
    "privacy": lambda page, _to: (
        admin("set_privacy", page.pk),
        {"restriction_type": "login"},
    ),
    "bulk publish": lambda page, _to: (bulk(page, "publish"), {}),
    "bulk unpublish": lambda page, _to: (bulk(page, "unpublish"), {}),
    "bulk delete": lambda page, _to: (bulk(page, "delete"), {}),
    "bulk move": lambda page, to: (bulk(page, "move"), {"chooser": to.pk}),
    "api publish": lambda page, _to: (api(page, "publish"), {}),
    "api unpublish": lambda page, _to: (api(page, "unpublish"), {}),
    "api delete": lambda page, _to: (api(page, "delete"), {}),
    "api move": lambda page, to: (
        api(page, "move"),
        {"destination_page_id": to.pk, "position": "last-child"},
    ),
    "api copy": lambda page, _to: (api(page, "copy"), {"slug": "copied"}),
    "api alias": lambda page, _to: (api(page, "create_alias"), {"update_slug": "alias"}),
    "api revert": lambda page, _to: (
        api(page, "revert_to_page_revision"),
        {"revision_id": page.revisions.earliest("pk").pk},
    ),
}


@pytest.mark.parametrize("door", DOORS)
def test_a_head_changes_no_notice_of_another_department(page, elsewhere, owner, stranger, door):
    address, data = DOORS[door](page, elsewhere)
    before = state_of(page)
    answer = logged_in(stranger).post(address, data)
    assert answer.status_code in (200, 302, 403)
    assert state_of(page) == before
    answer = logged_in(owner).post(address, data)
    assert answer.status_code < 400
    assert state_of(page) != before, "the door leads somewhere"


@pytest.mark.parametrize("role", ["editor", "administrator"])
@pytest.mark.parametrize("door", ["publish", "unpublish", "delete", "copy"])
def test_editors_and_administrators_keep_what_they_may(page, elsewhere, role, door):
    address, data = DOORS[door](page, elsewhere)
    before = state_of(page)
    assert logged_in(staff_user(role)).post(address, data).status_code == 302
    assert state_of(page) != before


@pytest.mark.parametrize("name", ["edit", "unpublish", "delete", "move", "copy"])
def test_the_screens_themselves_do_not_open(page, owner, stranger, name):
    answer = logged_in(stranger).get(admin(name, page.pk))
    assert (answer.status_code, answer["Location"]) == (302, reverse("wagtailadmin_home"))
    assert logged_in(owner).get(admin(name, page.pk)).status_code == 200


def test_whose_page_it_is_says_the_update_form_s_permission(index, service, owner, stranger):
    other = ServiceFactory()
    both = published(index, title="هر دو", services=[service, other])
    everybody = published(index, title="همهٔ میز")
    people = [owner, stranger, staff_user("editor"), staff_user("administrator")]
    for page in (both, everybody):
        for user in people:
            assert user_can_change_page(user, page) is user_can_post_update(user, page.notice)


def test_a_draft_is_its_departments_by_what_it_names(index, service, owner, stranger):
    nobodys = draft(index, title="بی خدمت")
    # What is a user's is looked up once a request.
    assert user_can_change_page(User.objects.get(pk=stranger.pk), nobodys)
    nobodys.affected_services = [service]
    nobodys.save_revision()
    kept = NoticePage.objects.get(pk=nobodys.pk)
    assert not kept.affected_services.exists(), "the newest draft counts, not the page below it"
    for user, may in ((owner, True), (stranger, False)):
        assert user_can_change_page(user, kept) is may
        assert logged_in(user).get(admin("edit", kept.pk)).status_code == (200 if may else 302)
    logged_in(stranger).post(bulk(kept, "publish"))
    logged_in(stranger).post(reverse("notices_admin:alone", args=[kept.pk]), {"reason": "شب."})
    assert not Notice.objects.exists()


def test_a_translation_is_as_closed_as_what_it_translates(index, page, owner, stranger):
    english = Locale.objects.get(language_code="en")
    index.copy_for_translation(english)
    translated = page.copy_for_translation(english)
    assert not user_can_change_page(stranger, translated)
    assert user_can_change_page(owner, translated)


def test_the_place_of_notices_is_no_heads_to_change(index, page, owner):
    client = logged_in(owner)
    for name in ("edit", "unpublish", "delete", "move"):
        assert client.get(admin(name, index.pk)).status_code == 302
    client.post(admin("unpublish", index.pk), {"include_descendants": "on"})
    client.post(admin("set_privacy", index.pk), {"restriction_type": "login"})
    index.refresh_from_db()
    assert index.live
    assert not PageViewRestriction.objects.exists()
    assert client.get(admin("add", "notices", "noticepage", index.pk)).status_code == 200
    assert logged_in(staff_user("editor")).get(admin("edit", index.pk)).status_code == 200


def test_taking_down_a_branch_leaves_the_notices_of_others(index, page, owner, stranger):
    home = index.get_parent()
    for user, live in ((stranger, True), (owner, False)):
        action = UnpublishPageAction(home, user=user, include_descendants=True)
        action.execute(skip_permission_checks=True)
        page.refresh_from_db()
        assert page.live is live


def test_a_list_of_notices_costs_a_head_no_query_a_row(index, service, owner):
    published(index, services=[service])
    address = reverse("wagtailadmin_explore", args=[index.pk])
    client = logged_in(owner)
    few = queries_of(client, address)
    for number in range(6):
        published(index, title=f"شمارهٔ {number}", services=[service] if number % 2 else [])
    assert queries_of(client, address) == few


@pytest.mark.parametrize("role", ["head", "editor"])
def test_nor_do_drafts_and_what_waits_for_approval(index, service, owner, role):
    def waits(number):
        window = {"starts_at": ahead(hours=5), "expected_end": ahead(hours=6)}
        page = draft(
            *(index,), by=owner, kind="maintenance", title=f"{number}", services=[service], **window
        )
        NoticePage.objects.get(pk=page.pk).get_workflow().start(page, owner)

    client = logged_in(staff_user(role, service.department))
    waits(0)
    waits(1)
    addresses = [reverse("wagtailadmin_home"), reverse("wagtailadmin_explore", args=[index.pk])]
    few = [queries_of(client, address) for address in addresses]
    for number in range(2, 8):
        waits(number)
    task = SecondPersonTask.objects.get()
    colleague = staff_user(role, service.department)
    with CaptureQueriesContext(connection) as captured:
        assert task.get_task_states_user_can_moderate(colleague).count() == 8
    assert len(captured) <= 9
    home, listed = (queries_of(client, address) for address in addresses)
    # Wagtail's own panel of what waits reads three things of every page that it names.
    assert (home <= few[0] + 6 * 4, listed) == (True, few[1])


# The services that a page may name ----------------------------------------------------------------


def offered(client, address):
    field = client.get(address).context["form"].fields["affected_services"]
    return set(field.queryset)


def test_a_head_is_offered_the_services_of_the_own_departments(index, service, owner):
    other = ServiceFactory()
    add = admin("add", "notices", "noticepage", index.pk)
    assert offered(logged_in(owner), add) == {service}
    assert offered(logged_in(staff_user("editor")), add) == {service, other}
    data = fields_of(affected_services=[service.pk, other.pk], impact="partial")
    answer = logged_in(owner).post(add, data)
    assert set(answer.context["form"].errors) == {"affected_services"}
    assert not NoticePage.objects.exists()
    assert logged_in(owner).post(add, data | {"affected_services": [service.pk]}).status_code == 302


@pytest.mark.parametrize("kind", ["outage", "maintenance", "announcement", "warning"])
def test_a_head_says_nothing_of_the_whole_desk(index, service, owner, kind):
    add = admin("add", "notices", "noticepage", index.pk)
    data = fields_of(kind=kind, impact="degraded", **{"action-publish": "1"})
    answer = logged_in(owner).post(add, data)
    assert "affected_services" in answer.context["form"].errors
    assert not NoticePage.objects.exists()
    assert logged_in(owner).post(add, fields_of(kind=kind)).status_code == 302, "a draft may wait"


@pytest.mark.parametrize("kind", ["outage", "announcement"])
@pytest.mark.parametrize("door", ["bulk", "api", "workflow"])
def test_nor_by_another_door(index, service, owner, kind, door):
    page = draft(index, by=owner, kind=kind, impact=Impact.PARTIAL)
    if door == "workflow":
        page = NoticePage.objects.get()
        page.get_workflow().start(page, owner)
        approve(NoticePage.objects.get(), staff_user("head", service.department))
    else:
        logged_in(owner).post(bulk(page, "publish") if door == "bulk" else api(page, "publish"))
    assert not Notice.objects.exists()


def test_nor_alone(index, service, owner):
    page = draft(index, by=owner, impact=Impact.MAJOR)
    address = reverse("notices_admin:alone", args=[page.pk])
    assert logged_in(owner).get(address)["Location"] == admin("edit", page.pk)
    logged_in(owner).post(address, {"reason": "شب بود و کسی نبود."})
    with pytest.raises(ValidationError) as refused:
        break_glass.publish(page=page, by=owner, reason="شب بود و کسی نبود.")
    assert refused.value.messages == list(rules.names_no_own_service("outage").values())
    assert not Notice.objects.exists()


def test_nor_of_a_colleagues_service_alone(index, service, owner):
    theirs, editor = ServiceFactory(), staff_user("editor")
    page = draft(index, services=[theirs], by=editor, impact=Impact.PARTIAL)
    with pytest.raises(four_eyes.Refused):
        page.get_latest_revision().publish(user=owner, skip_permission_checks=True)
    page = draft(index, services=[service, theirs], by=editor, impact=Impact.PARTIAL)
    page.get_latest_revision().publish(user=owner)
    assert Notice.objects.count() == 1


def test_an_editor_says_it_of_the_whole_desk(index):
    add = admin("add", "notices", "noticepage", index.pk)
    data = fields_of(impact="degraded", **{"action-publish": "1"})
    assert logged_in(staff_user("editor")).post(add, data).status_code == 302
    assert Notice.objects.get().affected.count() == 0


def test_what_a_colleague_has_named_may_stay(index, service, owner):
    other, third = ServiceFactory(), ServiceFactory()
    page = draft(index, services=[service, other], impact=Impact.PARTIAL)
    edit = admin("edit", page.pk)
    assert offered(logged_in(owner), edit) == {service, other}
    kept = fields_of(affected_services=[service.pk, other.pk], slug=page.slug)
    assert logged_in(owner).post(edit, kept).status_code == 302
    more = kept | {"affected_services": [service.pk, other.pk, third.pk]}
    answer = logged_in(owner).post(edit, more)
    assert set(answer.context["form"].errors) == {"affected_services"}
    assert set(NoticePage.objects.get().named_services()) == {service, other}


# The workflow -------------------------------------------------------------------------------------


@pytest.fixture
def waiting(index, service, owner):
    """Maintenance that the owner has submitted for approval."""
    found = draft(
        index,
        services=[service],
        by=owner,
        kind=Kind.MAINTENANCE,
        starts_at=ahead(hours=5),
        expected_end=ahead(hours=6),
    )
    found = NoticePage.objects.get(pk=found.pk)
    found.get_workflow().start(found, owner)
    return NoticePage.objects.get(pk=found.pk)


def approve(page, user):
    state = page.current_workflow_task_state
    address = admin("workflow_action", page.pk, "approve", state.pk)
    return logged_in(user).post(address, {"comment": ""})


def test_another_head_is_asked_for_no_approval_and_gives_none(waiting, service, stranger):
    task = waiting.current_workflow_task_state.task.specific
    assert task.get_actions(waiting, stranger) == []
    assert not task.get_task_states_user_can_moderate(stranger).exists()
    assert logged_in(stranger).get(admin("edit", waiting.pk)).status_code == 302
    approve(waiting, stranger)
    assert not Notice.objects.exists()
    colleague = staff_user("head", service.department)
    assert task.get_task_states_user_can_moderate(colleague).exists()
    assert approve(waiting, colleague).status_code == 302
    assert Notice.objects.get().services.get() == service


def test_a_task_of_another_kind_lets_nobody_publish_what_is_not_theirs(waiting, stranger):
    task = GroupApprovalTask.objects.create(name="x")
    task.groups.set(stranger.groups.all())
    state = waiting.current_workflow_task_state
    type(state).objects.filter(pk=state.pk).update(task=task.task_ptr)
    approve(NoticePage.objects.get(pk=waiting.pk), stranger)
    assert not Notice.objects.exists()
