"""What follows by itself when agreements or the working calendar change."""

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save, pre_delete, pre_save
from treebeard.mp_tree import MP_NodeQuerySet
from wagtail.models import Page, PageViewRestriction
from wagtail.signals import pre_page_move

from desk_core.page_cache import purges_cache
from sla import calendar_changes
from sla.models import (
    Agreement,
    AgreementPage,
    AgreementVersion,
    CalendarException,
    ConsentEnd,
    Holiday,
    SealedPdf,
    Signature,
    SignedText,
    WeeklySchedule,
)
from sla.readability import refuse_deletion, refuse_hiding, refuse_move, refuse_restriction
from sla.versions import withdraw

#: Clocks count by these.
CALENDAR = (WeeklySchedule, CalendarException, Holiday)
#: Public pages show something of these.
SHOWN = (
    *(Agreement, AgreementVersion, Signature, ConsentEnd, SealedPdf),
    *(WeeklySchedule, Holiday, CalendarException),
)


def page_deleted(instance: AgreementPage, **kwargs: Any) -> None:
    """A text without a page cannot be read, so it is not on offer for signature any more."""
    rest = AgreementPage.objects.filter(version_id=instance.version_id, live=True, alias_of=None)
    if not rest.exclude(pk=instance.pk).exists():
        withdraw(version=instance.version)


def text_sealed(instance: SignedText, created: bool, **kwargs: Any) -> None:
    """Drafts that were begun before the signature give way to the text that was signed."""
    if not created or kwargs.get("raw"):
        return
    pages = AgreementPage.objects.filter(version_id=instance.version_id, live=True, alias_of=None)
    for page in pages.select_related("locale", "version"):
        if page.is_translation or not (page.has_unpublished_changes or page.expire_at):
            continue
        # What is signed stays readable: it has no date of expiry any more.
        page.expire_at = None
        page.save_revision(changed=False, clean=False)
        AgreementPage.objects.filter(pk=page.pk).update(
            has_unpublished_changes=False, expire_at=None
        )


def connect() -> None:
    """Wire the handlers; called once from `AppConfig.ready()`."""
    # treebeard takes a page off its parent's count before the deletion, which may be refused.
    MP_NodeQuerySet.delete = transaction.atomic(MP_NodeQuerySet.delete)
    pre_delete.connect(refuse_deletion, sender=AgreementPage, dispatch_uid="sla_page_stays")
    pre_save.connect(refuse_hiding, sender=Page, dispatch_uid="sla_page_stays_live")
    pre_save.connect(
        refuse_restriction, sender=PageViewRestriction, dispatch_uid="sla_page_stays_open"
    )
    pre_page_move.connect(refuse_move, dispatch_uid="sla_page_stays_open")
    post_delete.connect(page_deleted, sender=AgreementPage, dispatch_uid="sla_page_deleted")
    post_save.connect(text_sealed, sender=SignedText, dispatch_uid="sla_text_sealed")
    for kind in CALENDAR:
        uid = f"sla_clocks_{kind.__name__}"
        if kind is not Holiday:
            pre_save.connect(calendar_changes.remember_owner, sender=kind, dispatch_uid=uid)
        post_save.connect(calendar_changes.row_saved, sender=kind, dispatch_uid=uid)
        post_delete.connect(calendar_changes.row_deleted, sender=kind, dispatch_uid=uid)
    for model in SHOWN:
        for signal in (post_save, post_delete):
            signal.connect(purges_cache, sender=model, dispatch_uid=f"sla_{model.__name__}")
