"""What follows by itself when the page of a form is published, or visiting hours change."""

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from wagtail.signals import page_published

from desk_core.page_cache import purges_cache
from notices.enums import Kind
from notices.models import NoticeUpdate
from service_requests.models import RequestFormPage, VisitException, VisitingHours
from service_requests.request_forms import versions

#: Pages of departments show them.
SHOWN = (VisitingHours, VisitException)


def make_version(instance: RequestFormPage, **kwargs: Any) -> None:
    """What the page asks from now on is kept for good.

    Wagtail also sends this when a go-live time lies ahead.
    """
    if instance.live and instance.alias_of_id is None:
        versions.publish(page=instance)


def follow_outage(instance: NoticeUpdate, **kwargs: Any) -> None:
    """What is said of an outage moves the clocks of the cases about it."""
    from service_requests.tasks import recount_outage

    if instance.notice.kind == Kind.OUTAGE:
        key = str(instance.notice_id)
        transaction.on_commit(lambda: recount_outage.enqueue(key))


def connect() -> None:
    """Wire the handlers; called once from `AppConfig.ready()`."""
    page_published.connect(
        make_version, sender=RequestFormPage, dispatch_uid="service_requests_form_version"
    )
    post_save.connect(
        follow_outage, sender=NoticeUpdate, dispatch_uid="service_requests_follow_outage"
    )
    for model in SHOWN:
        uid = f"service_requests_{model.__name__}"
        for signal in (post_save, post_delete):
            signal.connect(purges_cache, sender=model, dispatch_uid=uid)
