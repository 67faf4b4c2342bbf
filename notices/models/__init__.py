"""What `notices` stores: the facts, and the pages that show them."""

from notices.models.events import Delivery, NoticeEvent
from notices.models.notices import AffectedService, Notice
from notices.models.pages import NoticeIndexPage, NoticePage
from notices.models.subscriptions import Subscription, SubscriptionCode
from notices.models.updates import NoticeUpdate

__all__ = [
    "AffectedService",
    "Delivery",
    "Notice",
    "NoticeEvent",
    "NoticeIndexPage",
    "NoticePage",
    "NoticeUpdate",
    "Subscription",
    "SubscriptionCode",
]
