"""What follows by itself when a page is published."""

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db.models.signals import post_delete, post_migrate, post_save
from wagtail.models import GroupPagePermission
from wagtail.signals import page_published, page_unpublished

from cms_pages.enums import Role
from desk_core.outbox import requeued
from notices import appearances
from notices.approval import workflow
from notices.models import NoticeIndexPage, NoticePage, NoticeUpdate, SecondPersonTask
from notices.publishing import first_publish
from notices.subscriptions import events, fan_out, outcomes

if TYPE_CHECKING:
    from wagtail.models import Revision


def publish_fact(instance: NoticePage, **kwargs: Any) -> None:
    """The first time a page goes live on purpose, its fact is made.

    Wagtail also sends this signal when a go-live time lies ahead, and when pages are copied with
    "publish the copies", even deep in a copied branch. Such a copy stands for no outage of its
    own: it is taken down again and waits for an editor to publish it.
    """
    revision: Revision | None = kwargs.get("revision")
    if instance.live and instance.notice_id is not None:
        appearances.note(instance.notice_id)
        tell_of_edit(instance, revision)
        return
    if not instance.live:
        return
    if instance.built_from_revision or instance.alias_of_id is not None:
        first_publish(page=instance, author=revision.user if revision else None)
    else:
        instance.unpublish(log_action=False)


def tell_of_edit(instance: NoticePage, revision: "Revision | None") -> None:
    """Subscribers hear of an edited text where its editor ticked that, once a revision."""
    if not (instance.tell_subscribers and instance.built_from_revision and revision):
        return
    fact = instance.known_notice()
    if fact is not None:
        events.record_edit(notice=fact, revision=revision.pk)
    NoticePage.objects.filter(pk=instance.pk).update(tell_subscribers=False)


def record_event(instance: NoticeUpdate, created: bool, **kwargs: Any) -> None:
    """Whatever stores an update, subscribers are told of it: an event of the same transaction."""
    if created and not kwargs.get("raw"):
        events.record(instance)


def note_appearance(instance: NoticePage, **kwargs: Any) -> None:
    """Whoever holds an alert learns that no page shows its notice any more."""
    if instance.notice_id is not None:
        appearances.note(instance.notice_id)


def call_back_withdrawn(instance: NoticePage, **kwargs: Any) -> None:
    """What was handed over and not sent yet of a notice that no page shows any more is not sent."""
    if instance.notice is not None:
        fan_out.call_back(instance.notice)


def let_heads_publish(instance: NoticeIndexPage, created: bool, **kwargs: Any) -> None:
    """Heads of departments may write and publish notices, wherever notices live.

    (Editors may publish everywhere.) What an administrator takes away later stays away.
    """
    if not created or kwargs.get("raw"):
        return
    group, _created = Group.objects.get_or_create(name=Role.HEAD.value)
    rights = Permission.objects.filter(
        content_type__app_label="wagtailcore",
        content_type__model="page",
        codename__in=("add_page", "change_page", "publish_page"),
    )
    for permission in rights:
        GroupPagePermission.objects.get_or_create(
            group=group, page=instance.page_ptr, permission=permission
        )


def let_two_approve(instance: NoticeIndexPage, created: bool, **kwargs: Any) -> None:
    """Drafts of notices are approved by a second person, wherever notices live."""
    if created and not kwargs.get("raw"):
        workflow.assign(instance)


def approve_in_older_sites(**kwargs: Any) -> None:
    """The same for places that are older than the workflow; never again once there is one.

    Not on the way back to a release that has no such task. `flush` brings no models of its own.
    """
    known = kwargs.get("apps", apps).all_models["notices"]
    if "secondpersontask" not in known or SecondPersonTask.objects.exists():
        return
    for index in NoticeIndexPage.objects.all():
        workflow.assign(index)


def connect() -> None:
    """Wire the handlers; called once from `AppConfig.ready()`."""
    post_save.connect(
        let_two_approve, sender=NoticeIndexPage, dispatch_uid="notices_let_two_approve"
    )
    post_migrate.connect(
        approve_in_older_sites,
        sender=apps.get_app_config("notices"),
        dispatch_uid="notices_approve_in_older_sites",
    )
    post_save.connect(
        let_heads_publish, sender=NoticeIndexPage, dispatch_uid="notices_heads_publish"
    )
    post_save.connect(record_event, sender=NoticeUpdate, dispatch_uid="notices_record_event")
    page_unpublished.connect(
        call_back_withdrawn, sender=NoticePage, dispatch_uid="notices_call_back"
    )
    page_unpublished.connect(
        note_appearance, sender=NoticePage, dispatch_uid="notices_note_unpublished"
    )
    post_delete.connect(note_appearance, sender=NoticePage, dispatch_uid="notices_note_deleted")
    page_published.connect(publish_fact, sender=NoticePage, dispatch_uid="notices_publish_fact")
    requeued.connect(outcomes.reopen, dispatch_uid="notices_reopen_deliveries")
