"""What `notices` stores: facts, pages, what they are begun from, proposals, subscribers."""

from notices.models.appearances import Appearance
from notices.models.approval import BreakGlass, SecondPersonTask
from notices.models.events import Delivery, NoticeEvent
from notices.models.monitors import MonitorRule, MonitorSource
from notices.models.notices import AffectedService, Notice
from notices.models.pages import NoticeIndexPage, NoticePage
from notices.models.proposals import Proposal
from notices.models.recurring import MaintenanceRule, Occurrence
from notices.models.subscriptions import Subscription, SubscriptionCode
from notices.models.templates import NoticeTemplate
from notices.models.updates import ImpactChange, NoticeUpdate, WarningChange

__all__ = [
    "AffectedService",
    "Appearance",
    "BreakGlass",
    "Delivery",
    "ImpactChange",
    "MaintenanceRule",
    "MonitorRule",
    "MonitorSource",
    "Notice",
    "NoticeEvent",
    "NoticeIndexPage",
    "NoticePage",
    "NoticeTemplate",
    "NoticeUpdate",
    "Occurrence",
    "Proposal",
    "SecondPersonTask",
    "Subscription",
    "SubscriptionCode",
    "WarningChange",
]
