"""Ways out of the desk: what a channel is given, and what it may answer."""

from desk_core.channels.base import (
    Channel,
    ChannelDown,
    GiveUp,
    Letter,
    Report,
    TryAgain,
    Unsure,
)

__all__ = ["Channel", "ChannelDown", "GiveUp", "Letter", "Report", "TryAgain", "Unsure"]
