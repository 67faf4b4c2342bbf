"""A site with a place for notices, and notices published the way an editor publishes them."""

from datetime import timedelta
from unittest.mock import patch

from django.utils import timezone

from notices.enums import Impact, Kind
from notices.models import NoticeIndexPage, NoticePage
from tests.cms_pages.factories import make_site
from tests.replayed import replayed


def ago(**units):
    """A moment in the past."""
    return timezone.now() - timedelta(**units)


def ahead(**units):
    """A moment in the future."""
    return timezone.now() + timedelta(**units)


def clock(at):
    """A context in which Django's clock shows `at`."""
    return patch("django.utils.timezone.now", return_value=at)


@replayed
def make_index():
    """The default site's page of notices in Persian; its English translation comes on demand."""
    desk = make_site()
    index = desk.home.add_child(
        instance=NoticeIndexPage(title="اطلاعیه‌ها", slug="notices", locale=desk.home.locale)
    )
    return index


def draft(index, *, title="اختلال درگاه", services=(), by=None, **fields):
    """An unpublished page with a first draft, written by a person or by nobody."""
    fields = {"kind": Kind.OUTAGE, "impact": Impact.MAJOR, "message": "درگاه پاسخ نمی‌دهد."} | fields
    page = NoticePage(title=title, live=False, locale=index.locale, **fields)
    page.affected_services = services
    index.add_child(instance=page)
    page.save_revision(user=by)
    return page


def publish(page, user=None):
    """Publish what `user` has written as the machine does, and return the page as stored."""
    page.save_revision(user=user).publish(skip_permission_checks=True)
    return NoticePage.objects.get(pk=page.pk)


def published(index, **fields):
    """A page published now."""
    return publish(draft(index, **fields))
