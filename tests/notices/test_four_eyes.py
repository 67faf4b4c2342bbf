"""What is planned and what weighs heaviest takes two people, through whatever door."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Locale, Revision, Workflow

from desk_core.models import AuditEntry
from notices import updates
from notices.approval import break_glass, four_eyes
from notices.approval.workflow import assign
from notices.enums import Impact, Kind
from notices.models import BreakGlass, Notice, NoticePage, SecondPersonTask
from tests.cms_pages.factories import ServiceFactory, UserFactory, staff_user
from tests.notices.factories import ago, ahead, clock, draft, published
from tests.notices.test_staff import fields_of, jalali

pytestmark = [pytest.mark.django_db, pytest.mark.screen]


@pytest.fixture
def writer(db):
    return staff_user("editor")


@pytest.fixture
def second(db):
    return staff_user("editor")


def logged_in(user):
    client = Client()
    client.force_login(user)
    return client


def written(index, user, **fields):
    """A draft that a person has written: maintenance, if nothing else is said."""
    fields = {
        "kind": Kind.MAINTENANCE,
        "starts_at": ahead(hours=30).replace(second=0, microsecond=0),
        "expected_end": ahead(hours=33).replace(second=0, microsecond=0),
    } | fields
    page = draft(index, by=user, **fields)
    return NoticePage.objects.get(pk=page.pk)


@pytest.fixture
def page(index, writer):
    return written(index, writer)


def publish(page, user, revision=None):
    (revision or page.get_latest_revision()).publish(user=user)


def edit_url(page):
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def as_sent(page, **more):
    """What the editor's form sends for the draft as it is."""
    return fields_of(
        title=page.title,
        slug=page.slug,
        kind=page.kind,
        impact=page.impact,
        message=page.message,
        starts_at=jalali(page.starts_at) if page.starts_at else "",
        expected_end=jalali(page.expected_end) if page.expected_end else "",
        **{"action-publish": "1"},
    ) | dict(more)


HEAVY = {"kind": Kind.OUTAGE, "impact": Impact.MAJOR, "starts_at": None, "expected_end": None}


@pytest.mark.parametrize("fields", [{}, HEAVY])
def test_who_wrote_it_does_not_publish_it_and_another_does(index, writer, second, fields):
    page = written(index, writer, **fields)
    with pytest.raises(four_eyes.Refused):
        publish(page, writer)
    assert not NoticePage.objects.get().live
    assert not Notice.objects.exists()
    publish(page, second)
    assert NoticePage.objects.get().notice.updates.get().author == writer


@pytest.mark.parametrize(
    "fields",
    [HEAVY | {"impact": Impact.PARTIAL}, HEAVY | {"kind": Kind.ANNOUNCEMENT}],
)
def test_what_is_neither_planned_nor_heaviest_takes_one(index, writer, fields):
    publish(written(index, writer, **fields), writer)
    assert Notice.objects.exists()


def test_a_body_may_let_one_person_plan_but_never_the_heaviest(index, writer, settings):
    settings.DESK_NOTICES_PLANNED_BY_TWO = False
    publish(written(index, writer), writer)
    with pytest.raises(four_eyes.Refused):
        publish(written(index, writer, title="سنگین", **HEAVY), writer)


def test_pressing_publish_in_the_editor_makes_nobody_the_second_writer(page, writer, second):
    answer = logged_in(writer).post(edit_url(page), as_sent(page))
    assert answer.status_code == 200
    assert answer.context["form"].has_error("__all__", "takes_two")
    assert not Notice.objects.exists()
    changed = as_sent(page, message="متنی دیگر که نفر دوم نوشت.")
    answer = logged_in(second).post(edit_url(page), changed)
    assert answer.status_code == 200, "who changes the words is their writer"
    assert not Notice.objects.exists()
    answer = logged_in(second).post(edit_url(page), as_sent(page))
    assert answer.status_code == 302, answer.context["form"].errors
    assert Notice.objects.get().updates.get().text == page.message


def test_the_seconds_that_the_editor_drops_make_no_new_words(index, writer, second):
    odd = ahead(hours=30).replace(second=41, microsecond=7)
    page = written(index, writer, starts_at=odd)
    answer = logged_in(second).post(edit_url(page), as_sent(page))
    assert answer.status_code == 302, answer.context["form"].errors
    assert Notice.objects.exists()


BLOCK = '{"key": "e3opk", "type": "unstyled", "depth": 0, "text": "%s", %s}'
RAW = f'{{"blocks": [{BLOCK}], "entityMap": {{}}}}'
STYLES = '"inlineStyleRanges": [], "entityRanges": []'


@pytest.mark.parametrize("body", ["", "راه دیگر"])
def test_how_a_browser_writes_the_same_words_makes_no_new_ones(index, writer, second, body):
    """Other line ends; rich text as it stands in the form before its editor has come."""
    html = f'<p data-block-key="abcde">{body}</p>' if body else ""
    page = written(index, writer, message="سطر یک.\nسطر دو.", body=html)
    sent = as_sent(page) | {"message": "سطر یک.\r\nسطر دو.", "body": RAW % (body, STYLES)}
    assert logged_in(writer).post(edit_url(page), sent).status_code == 200
    answer = logged_in(second).post(edit_url(page), sent)
    assert answer.status_code == 302, answer.context["form"].errors
    assert Notice.objects.exists()


def test_other_words_in_rich_text_are_other_words(index, writer, second):
    page = written(index, writer)
    sent = as_sent(page) | {"body": RAW % ("چیز دیگر", STYLES)}
    assert logged_in(second).post(edit_url(page), sent).status_code == 200
    assert not Notice.objects.exists()


def test_a_draft_from_before_a_field_was_there_keeps_its_writer(page, second):
    old = page.get_latest_revision()
    del old.content["shape"], old.content["geocodes"]
    old.save()
    page.save_revision(user=second)
    publish(page, second)


def test_saving_the_same_words_again_does_not_make_another_writer(page, writer, second):
    page.save_revision(user=second)
    with pytest.raises(four_eyes.Refused):
        publish(page, writer)
    publish(page, second)


def test_an_old_draft_is_its_writers_own(page, writer, second):
    old = page.get_latest_revision()
    page.message = "نفر دوم نوشت."
    page.save_revision(user=second)
    with pytest.raises(four_eyes.Refused):
        publish(page, writer, old)
    with pytest.raises(four_eyes.Refused):
        publish(page, second)
    restored = old.as_object().save_revision(user=writer, previous_revision=old)
    with pytest.raises(four_eyes.Refused):
        publish(page, writer, restored)
    assert not Notice.objects.exists()
    publish(page, second, old)


def test_neither_the_bulk_action_nor_the_api_is_a_way_around(page, writer, second):
    bulk = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    api = reverse("wagtailadmin_api:pages:action", args=[page.pk, "publish"])
    for user, may in ((writer, False), (second, True)):
        client = logged_in(user)
        client.post(f"{bulk}?id={page.pk}")
        assert Notice.objects.exists() is may
        if not may:
            assert client.post(api).status_code in (302, 403)
            assert not Notice.objects.exists()


def test_a_date_that_another_approved_comes_by_itself(index, writer, second):
    page = written(index, writer, go_live_at=ahead(hours=1))
    with pytest.raises(four_eyes.Refused):
        publish(page, writer)
    assert not Revision.objects.filter(approved_go_live_at__isnull=False).exists()
    publish(page, second)
    from django.core.management import call_command

    with clock(ahead(hours=2)):
        call_command("publish_scheduled")
    assert Notice.objects.exists()


def test_what_is_published_may_be_corrected_by_one(page, writer, second):
    publish(page, second)
    page = NoticePage.objects.get(pk=page.pk)
    page.title = "عنوان درست"
    page.save_revision(user=writer).publish(user=writer)
    assert NoticePage.objects.get().title == "عنوان درست"


def test_a_translation_of_what_two_have_published_takes_one(page, index, writer, second):
    english = Locale.objects.get(language_code="en")
    index.copy_for_translation(english)
    publish(page, second)
    translated = NoticePage.objects.get(pk=page.pk).copy_for_translation(english)
    translated.save_revision(user=writer).publish(user=writer)
    assert Notice.objects.get().pages.count() == 2


# The workflow -----------------------------------------------------------------------------------


def submit(page, user):
    data = as_sent(page) | {"action-submit": "1"}
    del data["action-publish"]
    assert logged_in(user).post(edit_url(page), data).status_code == 302
    return NoticePage.objects.get(pk=page.pk).current_workflow_state


def approve(page, user):
    state = page.current_workflow_task_state
    url = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", state.pk])
    return logged_in(user).post(url, {"comment": ""})


def test_a_second_person_approves_in_the_workflow_and_who_asked_cannot(page, writer, second):
    state = submit(page, writer)
    assert state.current_task_state.task.specific_class is SecondPersonTask
    page = NoticePage.objects.get(pk=page.pk)
    task = state.current_task_state.task.specific
    assert task.get_actions(page, writer) == []
    assert list(task.get_task_states_user_can_moderate(writer)) == []
    assert task.get_task_states_user_can_moderate(second).count() == 1
    assert approve(page, writer).status_code in (302, 403)
    assert not Notice.objects.exists()
    assert approve(page, second).status_code == 302
    assert NoticePage.objects.get().live
    assert Notice.objects.exists()


def test_who_changed_the_words_while_they_waited_does_not_approve_them(page, writer, second):
    submit(page, writer)
    page = NoticePage.objects.get(pk=page.pk)
    page.message = "نفر دوم عوض کرد."
    page.save_revision(user=second)
    task = page.current_workflow_task_state.task.specific
    assert task.get_actions(page, second) == []
    approve(page, second)
    assert not Notice.objects.exists()


def test_another_workflow_is_no_way_around(page, index, writer):
    from wagtail.models import GroupApprovalTask, WorkflowPage, WorkflowTask

    task = GroupApprovalTask.objects.create(name="x")
    task.groups.set(writer.groups.all())
    workflow = Workflow.objects.create(name="y")
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    WorkflowPage.objects.filter(page=index).delete()
    WorkflowPage.objects.create(page=index, workflow=workflow)
    submit(page, writer)
    approve(NoticePage.objects.get(pk=page.pk), writer)
    assert not Notice.objects.exists()


def test_the_workflow_is_made_once(index):
    assign(index)
    assign(index)
    assert SecondPersonTask.objects.count() == 1
    assert {group.name for group in SecondPersonTask.objects.get().groups.all()} == {
        *("editor", "administrator", "head")
    }


# Alone ------------------------------------------------------------------------------------------


def alone_url(page):
    return reverse("notices_admin:alone", args=[page.pk])


def test_one_person_publishes_alone_with_a_reason_and_another_looks_at_it_afterwards(
    page, writer, second
):
    client = logged_in(writer)
    assert alone_url(page) in client.get(edit_url(page)).content.decode()
    answer = client.post(alone_url(page), {"reason": " "})
    assert "reason" in answer.context["form"].errors
    assert not Notice.objects.exists()
    for _again in range(2):
        assert client.post(alone_url(page), {"reason": "کسی نبود."}).status_code == 302
    row = BreakGlass.objects.get()
    assert (row.by, row.reason, row.update.notice) == (writer, "کسی نبود.", Notice.objects.get())
    entry = AuditEntry.objects.get(action="notice.broke_glass")
    assert (entry.actor_id, entry.detail["note"]) == (writer.pk, "کسی نبود.")

    home = reverse("wagtailadmin_home")
    review = reverse("notices_admin:review", args=[row.pk])
    mine = client.get(home).content.decode()
    assert "notices-alone" in mine
    assert review not in mine
    assert client.post(review, {"finding": ""}).status_code in (302, 403)
    assert BreakGlass.objects.unreviewed().exists()
    theirs = logged_in(second)
    assert review in theirs.get(home).content.decode()
    assert theirs.get(review).status_code == 200
    assert theirs.post(review, {"finding": "درست بود."}).status_code == 302
    row.refresh_from_db()
    assert (row.reviewed_by, row.finding) == (second, "درست بود.")
    assert "notices-alone" not in theirs.get(home).content.decode()
    assert AuditEntry.objects.filter(action="notice.reviewed", actor_id=second.pk).count() == 1


def test_the_glass_is_not_broken_where_it_need_not_be(index, writer):
    light = written(index, writer, title="سبک", **HEAVY | {"impact": Impact.PARTIAL})
    with pytest.raises(ValidationError):
        break_glass.publish(page=light, by=writer, reason="چرا؟")
    later = written(index, writer, title="بعد", go_live_at=ahead(hours=9))
    with pytest.raises(ValidationError):
        break_glass.publish(page=later, by=writer, reason="چرا؟")
    unfinished = written(index, writer, title="ناتمام", starts_at=None)
    with pytest.raises(ValidationError):
        break_glass.publish(page=unfinished, by=writer, reason="چرا؟")
    assert not Notice.objects.exists()
    assert not AuditEntry.objects.filter(action="notice.broke_glass").exists()


@pytest.mark.parametrize("role", ["officer", "auditor", "secretariat"])
def test_who_may_not_publish_breaks_no_glass(page, role):
    user = staff_user(role)
    with pytest.raises(PermissionDenied):
        break_glass.publish(page=page, by=user, reason="چرا؟")
    assert logged_in(user).post(alone_url(page), {"reason": "x"}).status_code in (302, 403)
    assert not Notice.objects.exists()


def test_the_database_too_refuses_to_be_ones_own_reviewer(page, writer):
    break_glass.publish(page=page, by=writer, reason="شب بود.")
    row = BreakGlass.objects.get()
    with pytest.raises(ValidationError):
        break_glass.review(row=row, by=writer)
    with pytest.raises(IntegrityError), transaction.atomic():
        BreakGlass.objects.update(reviewed_by=writer, reviewed_at=timezone.now())


def test_an_update_that_makes_it_weigh_heaviest_is_looked_at_too(index, writer, second):
    service = ServiceFactory()
    page = published(index, impact=Impact.PARTIAL, services=[service], starts_at=ago(hours=1))
    url = reverse("notices_admin:update", args=[page.notice_id])
    data = {
        "key": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff",
        "state": "identified",
        "text": "قطع شد.",
        f"impact_{service.pk}": "major",
    }
    client = logged_in(writer)
    answer = client.post(url, data)
    assert set(answer.context["form"].errors) == {"alone_because"}
    assert page.notice.updates.count() == 1
    assert client.post(url, data | {"alone_because": "شب است."}).status_code == 302
    assert BreakGlass.objects.get().update == page.notice.updates.last()
    break_glass.review(row=BreakGlass.objects.get(), by=second)
    assert updates.allowed_states(page.notice, timezone.now())


def test_places_older_than_the_workflow_get_it_once_and_never_again(index):
    from django.apps import apps
    from wagtail.models import WorkflowPage

    from notices.signal_handlers import approve_in_older_sites

    WorkflowPage.objects.all().delete()
    approve_in_older_sites(apps=apps)
    assert not WorkflowPage.objects.exists(), "what an administrator took away stays away"
    Workflow.objects.all().delete()
    SecondPersonTask.objects.all().delete()
    approve_in_older_sites(apps=apps)
    assert WorkflowPage.objects.get().page_id == index.pk


def test_a_copy_is_the_copiers_own_writing(index):
    """Wagtail would copy the revisions, too, and with them another writer."""
    writer, other = staff_user("editor"), staff_user("editor")
    page = written(index, other, slug="one", **HEAVY)
    page.get_latest_revision().publish(user=writer)
    updates.post(
        notice=Notice.objects.get(), state="resolved", text="رفع شد.", author=other, key="z"
    )
    client = logged_in(writer)
    asked = {"new_title": page.title, "new_slug": "again", "new_parent_page": index.pk}
    client.post(reverse("wagtailadmin_pages:copy", args=[page.pk]), asked)
    copy = NoticePage.objects.exclude(pk=page.pk).get()
    bulk = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    client.post(f"{bulk}?id={copy.pk}")
    assert Notice.objects.count() == 1
    logged_in(other).post(f"{bulk}?id={copy.pk}")
    assert Notice.objects.count() == 2


def test_words_that_nobody_is_known_to_have_written_are_published_by_nobody(index):
    """The translation of one's own draft, whose revision Wagtail saves without a user."""
    english = index.copy_for_translation(Locale.objects.get(language_code="en"))
    english.save_revision().publish()
    root = UserFactory(is_superuser=True, is_staff=True)
    page = written(index, root, **HEAVY)
    client = logged_in(root)
    address = reverse("wagtailadmin_api:pages:action", args=[page.pk, "copy_for_translation"])
    assert client.post(address, {"locale": "en"}).status_code == 201
    translation = NoticePage.objects.exclude(pk=page.pk).get()
    bulk = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    for each in (page, translation):
        client.post(f"{bulk}?id={each.pk}")
        assert not Notice.objects.exists()
