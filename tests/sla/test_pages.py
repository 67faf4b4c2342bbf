from datetime import date, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import override
from wagtail.actions.delete_page import DeletePageAction
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.models import Locale, Page, Revision, Task, Workflow, WorkflowTask

from desk_core.querysets import AppendOnly
from sla.enums import State
from sla.models import AgreementPage, AgreementVersion, SignedText
from sla.publishing import PublishRefused
from sla.querysets import SealedError
from sla.state import state_on
from tests.sla.factories import (
    OTHER_BODY,
    PROVIDER,
    clause,
    clauses,
    make_page,
    make_signed,
    sign,
)

pytestmark = [pytest.mark.django_db, pytest.mark.screen]
DAY = date(2026, 9, 1)


def reload(page):
    return AgreementPage.objects.get(pk=page.pk)


def state(page, day=DAY):
    return state_on(reload(page).version.facts(), day)


@pytest.fixture
def boss():
    return get_user_model().objects.create_superuser("boss", "boss@example.org", "x")


# Publishing an unfilled blank, every way


@pytest.fixture
def blank(db):
    return make_page(clauses=clauses(blank=True))


def test_publishing_a_revision_is_refused(blank):
    with pytest.raises(PublishRefused, match="مدت زمان"):
        blank.get_latest_revision().publish()
    assert not reload(blank).live


def test_publishing_by_the_action_itself_is_refused(blank, boss):
    with pytest.raises(PublishRefused):
        PublishPageRevisionAction(blank.get_latest_revision(), user=boss).execute(
            skip_permission_checks=True
        )
    assert not reload(blank).live


def test_saving_it_as_live_is_refused(blank):
    blank.live = True
    with pytest.raises(PublishRefused):
        blank.save()
    assert not reload(blank).live


def test_adding_it_as_live_is_refused(blank):
    index = blank.get_parent().specific
    page = AgreementPage(
        title="تازه", slug="new", locale=index.locale, clauses=clauses(blank=True), live=True
    )
    with pytest.raises(PublishRefused):
        index.add_child(instance=page)
    assert AgreementPage.objects.count() == 1


def test_scheduling_it_is_refused(blank):
    draft = blank.get_latest_revision_as_object()
    draft.go_live_at = timezone.now() + timedelta(days=1)
    with pytest.raises(PublishRefused):
        draft.save_revision().publish()


def test_a_schedule_that_comes_due_is_dropped_and_holds_up_nothing(blank, caplog):
    revision = blank.get_latest_revision()
    Revision.objects.filter(pk=revision.pk).update(
        approved_go_live_at=timezone.now() - timedelta(minutes=5)
    )
    later = make_page(key="other")
    Revision.objects.filter(pk=later.latest_revision_id).update(
        approved_go_live_at=timezone.now() - timedelta(minutes=1)
    )
    call_command("publish_scheduled")
    assert not reload(blank).live
    assert reload(later).live
    assert "مدت زمان" in caplog.text
    assert not Revision.objects.filter(approved_go_live_at__isnull=False).exists()


def test_publishing_in_bulk_is_refused_with_the_reason(blank, boss, client):
    client.force_login(boss)
    url = f"/admin/bulk/wagtailcore/page/publish/?id={blank.get_parent().pk}&id={blank.pk}"
    response = client.post(url, {"include_descendants": "on"}, follow=True)
    assert response.status_code == 200
    assert "مدت زمان" in response.content.decode()
    assert not reload(blank).live


def test_approving_it_in_a_workflow_does_not_publish_it(blank, boss, client):
    task = Task.objects.create(name="بازبینی")
    workflow = Workflow.objects.create(name="انتشار")
    WorkflowTask.objects.create(workflow=workflow, task=task)
    started = workflow.start(blank, boss)
    with pytest.raises(PublishRefused):
        started.current_task_state.approve(user=boss)
    assert not reload(blank).live


# The text on offer


def test_publishing_offers_the_text_and_a_new_publishing_offers_the_new_one():
    page = make_page(live=True)
    first = page.version.offered_digest
    assert first
    assert state(page) == State.AWAITING
    draft = page.get_latest_revision_as_object()
    draft.title = "عنوان تازه"
    revision = draft.save_revision()
    assert reload(page).version.offered_digest == first
    revision.publish()
    assert reload(page).version.offered_digest != first


def test_unpublishing_an_unsigned_version_makes_it_a_draft_again():
    page = make_page(live=True)
    page.unpublish()
    assert state(page) == State.DRAFT
    assert not reload(page).version.offered_text


def test_a_new_page_begins_a_new_agreement(index):
    page = AgreementPage(title="تازه", slug="taze", locale=index.locale, live=False)
    index.add_child(instance=page)
    assert reload(page).version.number == 1
    assert reload(page).version.agreement.title == "تازه"


def test_deleting_the_page_of_an_unsigned_version_takes_its_text_off_offer():
    page = make_page(live=True)
    page.delete()
    version = AgreementVersion.objects.get()
    assert not version.offered_text
    assert state_on(version.facts(), DAY) == State.DRAFT


# What is signed stays


def test_a_draft_begun_before_the_signature_gives_way_to_the_signed_text():
    page = make_page(live=True)
    draft = page.get_latest_revision_as_object()
    draft.clauses = clauses(free=True)
    draft.save_revision()
    sign(page.version)
    page = reload(page)
    assert not page.has_unpublished_changes
    latest = page.get_latest_revision_as_object()
    assert latest.own_document() == page.document
    latest.save_revision().publish()


def sealed_state(page):
    version = AgreementVersion.objects.get(pk=page.version_id)
    sealed = SignedText.objects.get(version=version)
    return (version.valid_to, version.offered_text, sealed.body, sealed.digest)


def test_the_page_of_a_signed_version_is_rendered_from_the_sealed_text(client):
    page = make_signed()
    AgreementPage.objects.filter(pk=page.pk).update(
        title="دستکاری", clauses=[clause("other", "دروغ", "<p>دروغ</p>")]
    )
    body = client.get(reload(page).get_url()).content.decode()
    main = body[body.index("<main") : body.index("</main")]
    assert "دروغ" not in main
    assert "دستکاری" not in main
    assert "کیفیت خدمت" in main


def test_editing_what_is_signed_is_refused():
    page = make_signed()
    before = sealed_state(page)
    draft = page.get_latest_revision_as_object()
    draft.clauses = clauses(free=True)
    with pytest.raises(PublishRefused):
        draft.save_revision().publish()
    page.valid_to = date(2030, 1, 1)
    with pytest.raises(PublishRefused):
        page.save()
    assert sealed_state(page) == before


def test_publishing_an_old_draft_changes_nothing():
    page = make_page(clauses=[clause("purpose", "هدف قدیم", "<p>قدیم</p>")])
    old = page.get_latest_revision()
    draft = page.get_latest_revision_as_object()
    draft.clauses = clauses()
    draft.save_revision().publish()
    sign(reload(page).version)
    before = sealed_state(page)
    with pytest.raises(PublishRefused):
        old.publish()
    assert sealed_state(page) == before
    assert "قدیم" not in str(reload(page).document)


def test_moving_changes_nothing(index):
    page = make_signed()
    before = sealed_state(page)
    page.move(index.get_parent(), pos="last-child")
    assert sealed_state(page) == before
    assert state(page) == State.IN_FORCE
    assert reload(page).document.title == page.title


def test_unpublishing_what_is_signed_is_refused_by_every_way(boss):
    page = make_signed()
    ways = (
        page.unpublish,
        UnpublishPageAction(reload(page), user=boss).execute,
        lambda: UnpublishPageAction(
            page.get_parent().specific, user=boss, include_descendants=True
        ).execute(),
        lambda: saved_as_draft(page),
        Page.objects.get(pk=page.pk).unpublish,
    )
    for way in ways:
        with pytest.raises(PublishRefused), transaction.atomic():
            way()
        assert reload(page).live


def saved_as_draft(page):
    found = reload(page)
    found.live = False
    found.save()


def test_a_date_of_expiry_ends_with_the_signature_and_none_can_be_set_afterwards():
    page, other = make_page(), make_page(key="other", live=True)
    draft = page.get_latest_revision_as_object()
    draft.expire_at = timezone.now() + timedelta(days=1)
    draft.save_revision().publish()
    assert reload(page).expire_at is not None
    sign(reload(page).version)
    assert reload(page).expire_at is None
    later = reload(page).get_latest_revision_as_object()
    assert later.expire_at is None
    later.expire_at = timezone.now() + timedelta(days=1)
    with pytest.raises(PublishRefused):
        later.save_revision().publish()
    AgreementPage.objects.filter(pk=other.pk).update(expire_at=timezone.now())
    call_command("publish_scheduled")
    assert reload(page).live
    assert not reload(other).live


def test_deleting_what_is_signed_is_refused_by_every_way(boss, index):
    page = make_signed()
    ways = (
        page.delete,
        DeletePageAction(reload(page), user=boss).execute,
        index.delete,
        lambda: Page.objects.filter(pk=page.pk).delete(),
        AgreementPage.objects.all().delete,
        Page.objects.filter(depth__gt=1).delete,
    )
    for way in ways:
        with pytest.raises((PermissionDenied, ProtectedError)), transaction.atomic():
            way()
        assert reload(page).live


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_refused_deletion_leaves_the_tree_sound():
    page = make_signed()
    for refused in (reload(page), reload(page).get_parent().specific):
        with pytest.raises(PermissionDenied):
            refused.delete()
    assert Page.find_problems() == ([], [], [], [], [])


def test_a_translation_and_an_alias_of_what_is_signed_may_go(index):
    page = make_signed()
    alias = page.create_alias(parent=index.get_parent(), update_slug="alias")
    english, _ = Locale.objects.get_or_create(language_code="en")
    index.get_parent().specific.copy_for_translation(english)
    index.copy_for_translation(english)
    translated = page.copy_for_translation(english)
    alias.unpublish()
    alias.delete()
    translated.delete()
    assert list(AgreementPage.objects.all()) == [page]


@pytest.mark.parametrize("keep_live", [True, False])
def test_a_copy_is_an_unsigned_draft_of_the_next_version(keep_live, boss):
    page = make_signed()
    before = sealed_state(page)
    copy = page.copy(update_attrs={"slug": "copy"}, keep_live=keep_live, user=boss)
    copy = AgreementPage.objects.get(pk=copy.pk)
    assert copy.version_id != page.version_id
    assert (copy.version.agreement, copy.version.number) == (page.version.agreement, 2)
    assert not copy.live
    assert not copy.version.sealed
    assert state(copy) == State.DRAFT
    assert sealed_state(page) == before
    for revision in copy.revisions.all():
        assert revision.as_object().version_id == copy.version_id


def test_copying_the_whole_list_copies_no_signature(boss):
    page = make_signed()
    index = page.get_parent().specific
    index.copy(recursive=True, update_attrs={"slug": "again"}, user=boss)
    copy = AgreementPage.objects.exclude(pk=page.pk).get()
    assert copy.version_id != page.version_id
    assert not copy.live
    assert SignedText.objects.count() == 1


def test_a_copy_can_be_corrected_published_and_signed_and_replaces_the_first():
    page = make_signed()
    copy = AgreementPage.objects.get(pk=page.copy(update_attrs={"slug": "v2"}).pk)
    draft = copy.get_latest_revision_as_object()
    draft.clauses = clauses(free=True)
    draft.save_revision().publish()
    sign(reload(copy).version, signed_on=date(2026, 6, 1), letter_number="2")
    assert state(page, date(2026, 5, 31)) == State.IN_FORCE
    assert state(page, date(2026, 6, 1)) == State.REPLACED
    assert state(copy, date(2026, 6, 1)) == State.IN_FORCE


def test_slug_and_summary_of_a_signed_page_may_change():
    page = make_signed()
    draft = page.get_latest_revision_as_object()
    draft.slug, draft.search_description = "other-slug", "خلاصهٔ تازه"
    draft.save_revision().publish()
    assert reload(page).slug == "other-slug"


def test_bulk_updates_and_saves_cannot_change_what_is_signed():
    page = make_signed()
    version = page.version
    version.valid_to = date(2040, 1, 1)
    with pytest.raises(SealedError):
        version.save()
    with pytest.raises(SealedError):
        AgreementVersion.objects.update(number=9)
    for attempt in (
        lambda: SignedText.objects.update(body="x"),
        lambda: SignedText.objects.all().delete(),
        lambda: SignedText.objects.get().delete(),
        lambda: SignedText.objects.get().save(),
        lambda: SignedText.objects.get().signatures.update(name="x"),
        lambda: SignedText.objects.get().signatures.all().delete(),
        lambda: SignedText.objects.bulk_update([SignedText.objects.get()], ["body"]),
    ):
        with pytest.raises(AppendOnly):
            attempt()


# Translations


def test_a_translation_is_marked_and_shares_version_terms_and_signature(client):
    page = make_signed()
    english, _ = Locale.objects.get_or_create(language_code="en")
    page.get_parent().get_parent().specific.copy_for_translation(english)
    page.get_parent().specific.copy_for_translation(english).save_revision().publish()
    copy = page.copy_for_translation(english)
    copy = AgreementPage.objects.get(pk=copy.pk)
    draft = copy.get_latest_revision_as_object()
    draft.title = "Service level agreement"
    draft.clauses = [clause("purpose", "Purpose", "<p>Quality.</p>")]
    draft.save_revision().publish()
    copy = AgreementPage.objects.get(pk=copy.pk)
    assert copy.version_id == page.version_id
    assert copy.is_translation
    assert copy.document.clauses[0].title == "Purpose"
    assert page.version.signed_text.body == reload(page).version.offered_text
    home = copy.get_parent().get_parent()
    home.specific.save_revision().publish()
    with override("en"):
        body = client.get(copy.get_url()).content.decode()
    assert "This is a translation" in body
    assert page.get_url() in body


# What people read


def test_the_page_shows_state_clauses_signatory_and_versions_in_few_queries(
    client, django_assert_max_num_queries
):
    page = make_signed(clauses=[*clauses(free=True), *clauses(), *clauses()])
    copy = page.copy(update_attrs={"slug": "v2"})
    AgreementPage.objects.get(pk=copy.pk).get_latest_revision().publish()
    client.get(page.get_url())
    with django_assert_max_num_queries(12):
        body = client.get(page.get_url() + "?fresh").content.decode()
    assert 'id="fees"' in body
    assert 'id="purpose-2"' in body
    assert 'href="#purpose-2"' in body
    assert "بهار نمونه" in body
    assert "۱۲۳/ص" in body
    assert reload(page).digest in body
    other = body.index(AgreementPage.objects.get(pk=copy.pk).get_url())
    # A phone has one column: contents and print before the text, what else there is after it.
    assert body.index('class="toc"') < body.index("data-print") < body.index('id="fees"') < other
    assert "style=" not in body


def test_the_scanned_letter_is_open_to_all_under_its_page_only(client):
    page = make_signed()
    other = make_signed(key="other")
    letter = page.shown.sides[0]
    response = client.get(letter.letter_url)
    assert response.status_code == 200
    assert response["Content-Type"] == "image/png"
    assert b"".join(response.streaming_content).startswith(b"\x89PNG")
    assert response["X-Content-Type-Options"] == "nosniff"
    signature = letter.signature.pk
    for path in (
        f"{other.get_url()}letter/{signature}/",
        f"{page.get_url()}letter/nonsense/",
        f"{page.get_url()}letter/{signature}/more/",
        f"{page.get_url()}letter/",
    ):
        assert client.get(path).status_code == 404, path


def test_the_list_shows_every_agreement_with_its_published_versions(client):
    page = make_signed()
    make_page(key="draft")
    body = client.get(page.get_parent().get_url()).content.decode()
    assert page.get_url() in body
    assert "draft-1" not in body


def test_a_g2g_agreement_names_and_needs_both():
    page = make_page(g2g=True, parties=[PROVIDER, OTHER_BODY], live=True)
    sign(page.version, party="provider")
    assert state(page) == State.AWAITING
    draft = reload(page).get_latest_revision_as_object()
    draft.title = "دیگر"
    revision = draft.save_revision()
    with pytest.raises(PublishRefused):
        revision.publish()
    sign(page.version, party="recipient", name="مهر همکار", letter_number="7")
    assert state(page) == State.IN_FORCE
