"""What follows by itself when a page is published."""

from typing import TYPE_CHECKING, Any

from wagtail.signals import page_published

from notices.models import NoticePage
from notices.publishing import first_publish

if TYPE_CHECKING:
    from wagtail.models import Revision


def publish_fact(instance: NoticePage, **kwargs: Any) -> None:
    """The first time a page goes live on purpose, its fact is made.

    Wagtail also sends this signal when a go-live time lies ahead, and when a live branch is copied
    with "publish the copies": such a copy stands for no outage of its own and stays invisible
    until an editor publishes it.
    """
    revision: Revision | None = kwargs.get("revision")
    if not instance.live or instance.notice_id is not None:
        return
    if instance.built_from_revision or instance.alias_of_id is not None:
        first_publish(page=instance, author=revision.user if revision else None)


def connect() -> None:
    """Wire the handlers; called once from `AppConfig.ready()`."""
    page_published.connect(publish_fact, sender=NoticePage, dispatch_uid="notices_publish_fact")
