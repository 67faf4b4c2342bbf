"""Whatever happens to pages and drafts, no update and no minute is lost or doubled."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Locale, Revision

from desk_core.querysets import AppendOnly
from notices import current, updates
from notices.enums import Impact, Kind, Phase, Severity, UpdateState
from notices.models import ImpactChange, Notice, NoticeIndexPage, NoticePage, NoticeUpdate
from tests.cms_pages.factories import ServiceFactory, UserFactory, staff_user
from tests.notices.factories import ago, ahead, clock, draft, publish, published

pytestmark = pytest.mark.django_db


def record():
    """Everything that must not change: all facts, all their rows, in full."""
    return (
        list(Notice.objects.order_by("pk").values()),
        list(NoticeUpdate.objects.order_by("pk").values()),
        list(Notice.services.through.objects.order_by("pk").values()),
        list(ImpactChange.objects.order_by("pk").values()),
    )


@pytest.fixture
def page(index):
    """A published outage with a second update, and an older draft with other times."""
    page = draft(index, services=[ServiceFactory()], starts_at=ago(hours=2))
    page.expected_end = ahead(hours=9)
    page.save_revision()
    page = publish(page, UserFactory())
    updates.post(
        notice=page.notice,
        state=UpdateState.IDENTIFIED,
        text="علت پیدا شد.",
        author=None,
        key="second",
        impacts={page.affected_services.get(): Impact.DEGRADED},
    )
    return page


def test_a_draft_makes_no_fact(index):
    draft(index)
    assert not Notice.objects.exists()


def test_first_publication_makes_the_fact_once(index):
    author = UserFactory()
    services = [ServiceFactory(), ServiceFactory()]
    start = ago(minutes=30)
    page = publish(draft(index, services=services, starts_at=start), author)
    notice = page.notice
    assert notice.starts_at == start
    assert notice.severity == Severity.CRITICAL
    assert {row.service_id for row in notice.affected.all()} == {each.pk for each in services}
    (first,) = notice.updates.all()
    assert (first.state, first.author, first.text) == ("investigating", author, page.message)
    assert notice.phase(timezone.now()) == Phase.RUNNING


def test_without_a_start_it_begins_with_its_publication(index):
    moment = ago(minutes=5)
    with clock(moment):
        notice = published(index).notice
    assert notice.starts_at == notice.first_published_at == moment


def test_publishing_again_changes_nothing(page):
    before = record()
    page.title = "عنوانی دیگر"
    publish(page)
    assert record() == before


@pytest.mark.parametrize("which", range(3))
def test_publishing_an_old_draft_changes_nothing(page, which):
    before = record()
    old = Revision.objects.for_instance(page).order_by("pk")[which]
    old.publish()
    page.refresh_from_db()
    assert page.notice_id == before[0][0]["id"]
    assert record() == before


def test_reverting_to_an_old_draft_and_publishing_changes_nothing(page):
    before = record()
    oldest = Revision.objects.for_instance(page).order_by("pk").first()
    oldest.as_object().save_revision(previous_revision=oldest).publish(previous_revision=oldest)
    assert NoticePage.objects.get(pk=page.pk).notice_id == page.notice_id
    assert record() == before


def test_a_copy_has_no_fact_until_its_own_publication(page):
    before = record()
    copy = page.copy(update_attrs={"slug": "copy", "title": "رونوشت"}, keep_live=False)
    assert copy.notice_id is None
    assert NoticePage.objects.get(pk=copy.pk).notice_id is None
    assert record() == before
    copy = publish(NoticePage.objects.get(pk=copy.pk))
    assert copy.notice_id != page.notice_id
    assert Notice.objects.count() == 2
    assert copy.notice.updates.count() == 1
    assert page.notice.updates.count() == 2


@pytest.fixture
def archive(index):
    """A second place for notices."""
    home = index.get_parent()
    home.refresh_from_db()
    return home.add_child(
        instance=NoticeIndexPage(title="بایگانی", slug="archive", locale=index.locale)
    )


def test_an_old_revision_of_a_copy_does_not_lead_back_to_the_original(page, archive):
    copy = page.copy(to=archive, keep_live=False)
    oldest = Revision.objects.for_instance(copy).order_by("pk").first()
    oldest.publish()
    assert NoticePage.objects.get(pk=copy.pk).notice_id not in (None, page.notice_id)


@pytest.mark.parametrize("recursive", [False, True])
def test_a_live_copy_stands_for_nothing_until_published_on_purpose(page, index, recursive, client):
    before = record()
    if recursive:
        twin = index.copy(recursive=True, update_attrs={"slug": "twin"}, keep_live=True)
        copy = NoticePage.objects.child_of(NoticeIndexPage.objects.get(pk=twin.pk)).get()
    else:
        copy = page.copy(update_attrs={"slug": "copy"}, keep_live=True)
    copy = NoticePage.objects.get(pk=copy.pk)
    assert not copy.live
    assert record() == before
    assert client.get(copy.url).status_code == 404
    assert [each.id for each in current.running(timezone.now())] == [page.notice_id]
    assert publish(copy).notice_id != page.notice_id


def test_a_translation_shows_the_same_fact(page, index):
    english = Locale.objects.get(language_code="en")
    index.copy_for_translation(english)
    before = record()
    translated = page.copy_for_translation(english)
    assert translated.notice_id is None
    translated.title = "Portal outage"
    translated = publish(translated)
    assert translated.notice_id == page.notice_id
    assert record() == before
    (shown,) = current.as_dicts(timezone.now(), "en")
    assert shown["title"] == "Portal outage"
    (shown,) = current.as_dicts(timezone.now(), "fa")
    assert shown["title"] == page.title


def test_an_alias_shows_the_same_fact(page, index):
    before = record()
    alias = page.create_alias(update_slug="alias")
    assert alias.notice_id == page.notice_id
    publish(page)
    alias.refresh_from_db()
    assert alias.notice_id == page.notice_id
    assert record() == before


def test_an_alias_made_of_a_draft_follows_its_publication(index):
    page = draft(index)
    alias = page.create_alias(update_slug="alias")
    page = publish(page)
    alias.refresh_from_db()
    assert alias.live
    assert alias.notice_id == page.notice_id
    assert Notice.objects.count() == 1


def test_a_move_changes_nothing(page, archive):
    before = record()
    page.move(archive, "last-child")
    moved = NoticePage.objects.get(pk=page.pk)
    assert "archive" in moved.url
    assert moved.notice_id == page.notice_id
    assert record() == before


def test_withdrawing_hides_it_and_loses_nothing(page):
    before = record()
    page.unpublish()
    assert current.running(timezone.now()) == []
    assert record() == before
    page = publish(NoticePage.objects.get(pk=page.pk))
    assert [each.id for each in current.running(timezone.now())] == [page.notice_id]
    assert record() == before


def test_deleting_the_page_keeps_the_minutes(page):
    before = record()
    page.delete()
    assert record() == before


def test_a_go_live_time_ahead_makes_the_fact_only_then(index):
    from django.core.management import call_command

    page = draft(index, go_live_at=ahead(hours=1))
    page = publish(page)
    assert not page.live
    assert not Notice.objects.exists()
    with clock(ahead(hours=2)):
        call_command("publish_scheduled")
        assert NoticePage.objects.get(pk=page.pk).notice is not None
        call_command("publish_scheduled")
    assert Notice.objects.count() == 1


def test_updates_are_append_only(page):
    row = page.notice.updates.first()
    said = row.text
    row.text = "چیزی دیگر"
    overwriting = {"update_conflicts": True, "update_fields": ["text"], "unique_fields": ["id"]}
    for change in (
        row.save,
        row.delete,
        lambda: NoticeUpdate.objects.update(text=""),
        lambda: NoticeUpdate._base_manager.update(text=""),
        lambda: page.notice.updates.update(text=""),
        lambda: NoticeUpdate.objects.bulk_create([row], **overwriting),
        lambda: NoticeUpdate._base_manager.bulk_create([row], None, False, **overwriting),
        lambda: NoticeUpdate.objects.bulk_update([row], ["text"]),
        NoticeUpdate.objects.all().delete,
        NoticeUpdate._base_manager.all().delete,
    ):
        with pytest.raises(AppendOnly, match="What was said"):
            change()
    row.refresh_from_db()
    assert row.text == said


def test_what_an_author_said_outlives_the_account(page, client):
    author = staff_user("editor")
    row = updates.post(
        notice=page.notice, state="monitoring", text="در حال بررسی", author=author, key="k"
    )
    number = author.pk
    author.delete()
    row = NoticeUpdate.objects.get(pk=row.pk)
    assert row.author_id == number
    assert [one.author for one in page.notice.updates.select_related("author")][-1] is None
    client.force_login(staff_user("editor"))
    assert client.get(reverse("notices_admin:update", args=[page.notice_id])).status_code == 200


def test_the_database_knows_the_same_end_as_the_pure_rule(page, index):
    from notices import state

    window = published(
        index, kind=Kind.MAINTENANCE, starts_at=ahead(hours=1), expected_end=ahead(hours=2)
    )
    announcement = published(index, kind=Kind.ANNOUNCEMENT)
    updates.cancel(notice=window.notice, text="لغو شد.", author=None, key="c")
    updates.post(notice=page.notice, state="resolved", text="رفع شد.", author=None, key="r")
    for notice in Notice.objects.all():
        assert notice.over_at == state.over_at(notice.facts)
    assert announcement.notice.over_at is None
    assert timedelta(0) <= timezone.now() - page.notice.ended_at < timedelta(minutes=1)


def test_of_two_outages_the_one_that_is_felt_most_leads_the_banner(index):
    mild = published(index, title="کند", impact=Impact.DEGRADED, starts_at=ago(hours=2))
    grave = published(index, title="قطع", impact=Impact.MAJOR, starts_at=ago(hours=1))
    shown = current.on_banner(timezone.now())
    assert [each.page.pk for each in shown] == [grave.pk, mild.pk]
