"""What follows by itself when facts and pages change."""

from typing import Any

from django.apps import apps
from django.db.models import Model
from django.db.models.signals import m2m_changed, post_delete, post_migrate, post_save
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Locale, Page, PageViewRestriction, Site
from wagtail.signals import page_published, page_unpublished, post_page_move

from cms_pages import group_permissions
from cms_pages.models import Department, DeskSettings, Membership, Need, Service
from cms_pages.permissions import forget_roles
from cms_pages.staffing import keep_groups_in_step
from desk_core.page_cache import purge, purges_cache

# What Wagtail writes when only a draft is saved: no reader sees any of it.
DRAFT_FIELDS = frozenset(
    {
        "latest_revision",
        "latest_revision_created_at",
        "draft_title",
        "has_unpublished_changes",
        "approved_schedule",
    }
)


def membership_changed(instance: Membership, **kwargs: Any) -> None:
    """Groups follow memberships, also when a department goes and takes its memberships along."""
    if not kwargs.get("raw"):
        forget_roles(instance.user)
        keep_groups_in_step(instance.user)


def page_changed(
    sender: type[Model], update_fields: frozenset[str] | None = None, **kwargs: Any
) -> None:
    """Any page may stand in the menu, in a list or among the breadcrumbs of any other."""
    if issubclass(sender, Page) and not (update_fields and update_fields <= DRAFT_FIELDS):
        purge()


def migrated(sender: Any, using: str = "default", **kwargs: Any) -> None:
    """Grant the groups their permissions once, after the last app has made its own."""
    with_models = [config for config in apps.get_app_configs() if config.models_module]
    if sender is with_models[-1]:
        group_permissions.grant_all(using=using)


def connect() -> None:
    """Wire the handlers; called once from `AppConfig.ready()`."""
    post_migrate.connect(migrated, dispatch_uid="cms_pages_groups")
    post_save.connect(membership_changed, sender=Membership, dispatch_uid="membership_saved")
    post_delete.connect(membership_changed, sender=Membership, dispatch_uid="membership_deleted")
    post_save.connect(page_changed, dispatch_uid="page_saved")
    post_delete.connect(page_changed, dispatch_uid="page_deleted")
    for signal in (page_published, page_unpublished, post_page_move):
        signal.connect(purges_cache, dispatch_uid="cms_pages_page_shown")
    shown = [Department, Service, Need, DeskSettings, Site, Locale, PageViewRestriction]
    for model in [*shown, get_image_model(), get_document_model()]:
        for signal in (post_save, post_delete):
            signal.connect(purges_cache, sender=model, dispatch_uid=f"shown_{model.__name__}")
    m2m_changed.connect(purges_cache, sender=Service.needs.through, dispatch_uid="shown_needs")
