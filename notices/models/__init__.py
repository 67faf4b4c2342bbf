"""What `notices` stores: the facts, the pages that show them, and what monitors propose."""

from notices.models.monitors import MonitorRule, MonitorSource
from notices.models.notices import AffectedService, Notice
from notices.models.pages import NoticeIndexPage, NoticePage
from notices.models.proposals import Proposal
from notices.models.updates import NoticeUpdate

__all__ = [
    "AffectedService",
    "MonitorRule",
    "MonitorSource",
    "Notice",
    "NoticeIndexPage",
    "NoticePage",
    "NoticeUpdate",
    "Proposal",
]
