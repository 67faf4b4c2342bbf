"""What `notices` stores: the facts, the pages that show them, and what monitors propose."""

from notices.models.events import Delivery, NoticeEvent
from notices.models.monitors import MonitorRule, MonitorSource
from notices.models.notices import AffectedService, Notice
from notices.models.pages import NoticeIndexPage, NoticePage
from notices.models.proposals import Proposal
from notices.models.subscriptions import Subscription, SubscriptionCode
from notices.models.updates import NoticeUpdate

__all__ = [
    "AffectedService",
    "Delivery",
    "MonitorRule",
    "MonitorSource",
    "Notice",
    "NoticeEvent",
    "NoticeIndexPage",
    "NoticePage",
    "NoticeUpdate",
    "Proposal",
    "Subscription",
    "SubscriptionCode",
]
