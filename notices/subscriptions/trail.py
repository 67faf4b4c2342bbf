"""What the audit trail writes down about subscriptions, and what goes when a data key goes."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notices.enums import StaffReason, SubscriptionState
from notices.models import Subscription, SubscriptionCode

ACTIONS: dict[str, Any] = {
    "subscription.confirmed": _("Subscription confirmed"),
    "subscription.revived": _("Subscription goes on after failures"),
    "subscription.quarantined": _("Subscription stopped after failures"),
    "subscription.secret_renewed": _("Secret of a webhook renewed"),
    "subscription.ended": _("Subscription ended"),
    "subscription.erased": _("Contact of a subscription erased"),
}
REASONS: dict[str, Any] = dict(StaffReason.choices)


def forget_subjects(subjects: Sequence[uuid.UUID]) -> None:
    """Leave nothing that leads to these data keys, in the transaction; a restore asks it too."""
    now = timezone.now()
    SubscriptionCode.objects.filter(subject_key__in=subjects).delete()
    mine = Subscription.objects.filter(subject_key__in=subjects)
    mine.filter(ended_at=None).update(ended_at=now)
    mine.update(state=SubscriptionState.ENDED, contact_digest="", sealed=b"", erased_at=now)
