"""The workflow in which notices are approved: made once, where notices live."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import Group
from django.utils.translation import gettext, override
from wagtail.models import Workflow, WorkflowPage, WorkflowTask

from notices.models import SecondPersonTask
from notices.permissions import PUBLISHERS

if TYPE_CHECKING:
    from notices.models import NoticeIndexPage


def assign(index: "NoticeIndexPage") -> None:
    """Have drafts below this page submitted for approval by a second person.

    Whatever workflow somebody has chosen for the page itself stays.
    """
    if not WorkflowPage.objects.filter(page_id=index.pk).exists():
        WorkflowPage.objects.create(page_id=index.pk, workflow=_workflow())


def _workflow() -> Workflow:
    """The one that has our task, made where there is none."""
    found = WorkflowTask.objects.filter(
        task__in=SecondPersonTask.objects.values("task_ptr"), workflow__active=True
    ).first()
    if found is not None:
        return found.workflow
    with override(settings.LANGUAGE_CODE):
        task = SecondPersonTask.objects.create(name=gettext("Approval by a second person"))
        workflow = Workflow.objects.create(name=gettext("Approval of notices"))
    groups = [Group.objects.get_or_create(name=role.value)[0] for role in PUBLISHERS]
    task.groups.set(groups)
    WorkflowTask.objects.create(workflow=workflow, task=task.task_ptr, sort_order=0)
    return workflow
