"""Receipts: asking the gateways what became of the messages that they took.

A message is asked about a minute after it was sent, then ever more rarely (each time its age
again), and no longer than the gateways remember it. Asking is reading: two workers who ask at once
do no harm, so nothing is claimed.
"""

import logging
from collections import defaultdict
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.module_loading import import_string

from desk_core.channels import channel_path
from desk_core.channels.base import Channel, Report
from desk_core.enums import DeliveryState
from desk_core.locks import when_unlocked
from desk_core.models import OutgoingMessage

logger = logging.getLogger(__name__)

SHORTEST = timedelta(minutes=1)
LONGEST = timedelta(hours=6)
#: Kavenegar answers for two days.
REMEMBERED = timedelta(days=2)
AT_ONCE = 20


def ask_due(*, limit: int = AT_ONCE) -> int:
    """Ask about up to `limit` messages that are due; how many. A silent gateway is asked later."""
    now = timezone.now()
    due = list(OutgoingMessage.objects.receipt_due(now).defer("sealed", "sealed_hint")[:limit])
    by_channel: dict[str, list[OutgoingMessage]] = defaultdict(list)
    for message in due:
        by_channel[message.channel].append(message)
    for name, messages in by_channel.items():
        reports = _reports(name, [message.provider_id for message in messages])
        for message in messages:
            _note(message, reports.get(message.provider_id), now)
    if due:
        fields = ["delivery", "delivery_code", "delivery_at", "receipt_due_at"]
        when_unlocked(lambda: OutgoingMessage.objects.bulk_update(due, fields))
    return len(due)


def _reports(name: str, provider_ids: list[str]) -> dict[str, Report]:
    try:
        channel: type[Channel] = import_string(channel_path(name))
        with channel() as opened:
            return opened.reports(provider_ids)
    except Exception as error:
        # Its words may quote what is personal; the channel's own never do.
        logger.warning("No receipts from the channel %s: %s", name, type(error).__name__)
        return {}


def _note(message: OutgoingMessage, report: Report | None, now: datetime) -> None:
    """What is known now, and when to ask again, if at all."""
    age = now - (message.finished_at or message.created_at)
    if report is not None:
        message.delivery, message.delivery_at = report.state, now
        message.delivery_code = report.code[:20]
    if message.delivery != DeliveryState.PENDING:
        message.receipt_due_at = None
    elif age >= REMEMBERED:
        message.delivery, message.receipt_due_at = DeliveryState.UNKNOWN, None
    else:
        message.receipt_due_at = now + min(max(age, SHORTEST), LONGEST)
