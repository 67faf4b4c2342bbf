"""What follows by itself when the page of a request form is published."""

from typing import Any

from wagtail.signals import page_published

from service_requests.models import RequestFormPage
from service_requests.request_forms import versions


def make_version(instance: RequestFormPage, **kwargs: Any) -> None:
    """What the page asks from now on is kept for good.

    Wagtail also sends this when a go-live time lies ahead.
    """
    if instance.live and instance.alias_of_id is None:
        versions.publish(page=instance)


def connect() -> None:
    """Wire the handler; called once from `AppConfig.ready()`."""
    page_published.connect(
        make_version, sender=RequestFormPage, dispatch_uid="service_requests_form_version"
    )
