"""Ways out of the desk: what a channel is given, and what it may answer."""

from django.conf import settings

from desk_core.channels.base import (
    Channel,
    ChannelDown,
    GiveUp,
    Letter,
    Report,
    TryAgain,
    Unsure,
)

# Webhooks need no gateway and no account: every site has them.
_DEFAULTS = {"webhook": "desk_core.channels.webhook.WebhookChannel"}

__all__ = [
    "Channel",
    "ChannelDown",
    "GiveUp",
    "Letter",
    "Report",
    "TryAgain",
    "Unsure",
    "channel_path",
]


def channel_path(name: str) -> str:
    """The dotted class that DESK_CHANNELS names for a way out. KeyError where it names none."""
    return {**_DEFAULTS, **getattr(settings, "DESK_CHANNELS", {})}[name]
