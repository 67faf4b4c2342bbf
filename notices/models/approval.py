"""Approval by a second person, and what was published without one."""

from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.models import AbstractGroupApprovalTask, Page, TaskState

from notices.models.updates import NoticeUpdate
from notices.permissions import approvable_by, user_can_approve
from notices.querysets import BreakGlassQuerySet


class SecondPersonTask(AbstractGroupApprovalTask):
    """A step of a Wagtail workflow in which nobody approves what is their own.

    Who asked for the approval, who last changed the words, and the head of a department that the
    notice does not concern, is offered no "approve". (Should another kind of task stand in a
    workflow, publishing is refused all the same: `notices.approval.four_eyes`.)
    """

    class Meta:
        verbose_name = _("approval by a second person")
        verbose_name_plural = _("approvals by a second person")

    def get_actions(self, obj: Any, user: Any) -> list[tuple[str, Any, bool]]:
        """Approve and request changes, for others; who asked may only wait or cancel."""
        if self._own(obj, user) or not user_can_approve(user, obj):
            return []
        return super().get_actions(obj, user)

    def get_task_states_user_can_moderate(self, user: Any, **kwargs: Any) -> "QuerySet[TaskState]":
        """What waits for this user: nothing that they asked for themselves, or may not publish."""
        found = super().get_task_states_user_can_moderate(user, **kwargs)
        found = found.exclude(workflow_state__requested_by=user)
        of_pages = Q(workflow_state__base_content_type=ContentType.objects.get_for_model(Page))
        pages = dict(found.filter(of_pages).values_list("pk", "workflow_state__object_id"))
        mine = approvable_by(user, [int(key) for key in pages.values()])
        return found.filter(
            ~of_pages | Q(pk__in=[pk for pk, key in pages.items() if int(key) in mine])
        )

    @classmethod
    def get_description(cls) -> str:
        """For the list of task types."""
        return gettext("Members of the chosen groups approve, but nobody what is their own")

    @staticmethod
    def _own(obj: Any, user: Any) -> bool:
        from notices.approval import four_eyes

        state = obj.current_workflow_state
        if state is not None and state.requested_by_id == user.pk:
            return True
        return four_eyes.writer_of(obj.get_latest_revision()) == user.pk


class BreakGlass(models.Model):
    """One person published alone what takes two; another looks at it afterwards, once.

    The people are kept by number: no constraint ties the row to an account, which may go.
    """

    update = models.OneToOneField(
        NoticeUpdate,
        verbose_name=_("update"),
        on_delete=models.PROTECT,
        related_name="break_glass",
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("published alone by"),
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    reason = models.TextField(_("reason"))
    at = models.DateTimeField(_("time"))
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("reviewed by"),
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    reviewed_at = models.DateTimeField(_("reviewed"), null=True)
    finding = models.TextField(_("finding"), blank=True)

    objects = BreakGlassQuerySet.as_manager()

    class Meta:
        verbose_name = _("publication by one person")
        verbose_name_plural = _("publications by one person")
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="break_glass_has_reason"),
            models.CheckConstraint(
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("by")),
                name="break_glass_reviewed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by=None, reviewed_at=None)
                | Q(reviewed_by__isnull=False, reviewed_at__isnull=False),
                name="break_glass_review_is_whole",
            ),
        ]

    def __str__(self) -> str:
        """The notice."""
        return str(self.update.notice)
