"""What `notices` stores: the facts, the pages that show them, and what they are begun from."""

from notices.models.approval import BreakGlass, SecondPersonTask
from notices.models.notices import AffectedService, Notice
from notices.models.pages import NoticeIndexPage, NoticePage
from notices.models.recurring import MaintenanceRule, Occurrence
from notices.models.templates import NoticeTemplate
from notices.models.updates import ImpactChange, NoticeUpdate

__all__ = [
    "AffectedService",
    "BreakGlass",
    "ImpactChange",
    "MaintenanceRule",
    "Notice",
    "NoticeIndexPage",
    "NoticePage",
    "NoticeTemplate",
    "NoticeUpdate",
    "Occurrence",
    "SecondPersonTask",
]
