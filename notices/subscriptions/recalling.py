"""Calling back what was handed to the outbox and need not be said any more."""

from typing import TYPE_CHECKING

from desk_core.models import OutgoingMessage
from notices.enums import Outcome
from notices.subscriptions.messages import EVENT_TEMPLATE

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from notices.models import Delivery


def recall(deliveries: "QuerySet[Delivery]", reason: str) -> int:
    """Cancel what the outbox still has of these deliveries; how many messages.

    Other deliveries find out that nothing is to be said when they are due. A digest, which has more
    to tell, goes.
    """
    unsent = deliveries.filter(outcome__in=("", Outcome.FAILED), handed_at__isnull=False)
    messages = unsent.order_by().values("message")
    return OutgoingMessage.objects.filter(pk__in=messages, template=EVENT_TEMPLATE).recall(reason)
