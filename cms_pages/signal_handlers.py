"""What follows by itself when facts and pages change."""

from typing import Any

from django.db.models.signals import post_delete, post_save

from cms_pages.models import Membership
from cms_pages.staffing import keep_groups_in_step


def membership_changed(instance: Membership, **kwargs: Any) -> None:
    """Groups follow memberships, also when a department goes and takes its memberships along."""
    if not kwargs.get("raw"):
        keep_groups_in_step(instance.user)


def connect() -> None:
    """Wire the handlers; called once from `AppConfig.ready()`."""
    post_save.connect(membership_changed, sender=Membership, dispatch_uid="membership_saved")
    post_delete.connect(membership_changed, sender=Membership, dispatch_uid="membership_deleted")
