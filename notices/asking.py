"""What people should know before they ask about a service: it may answer their question."""

from collections.abc import Iterable
from datetime import datetime

from cms_pages.models import Service
from notices import current, state
from notices.conf import banner_window
from notices.current import PublicNotice
from notices.overview import touches
from notices.querysets import open_q


def worth_knowing(at: datetime, *, language: str | None = None) -> list[PublicNotice]:
    """What runs, then what is about to begin: as early as the banner tells of it."""
    window = banner_window()
    found = current.find(at, open_q(at, "notice__"), updates=True, language=language)
    chosen = [each for each in found if state.on_banner(each.notice.facts, at, window)]
    return sorted(chosen, key=lambda each: not each.is_active)


def about(found: Iterable[PublicNotice], *services: Service) -> list[PublicNotice]:
    """Those of them that touch one of these services."""
    return [each for each in found if any(touches(each, service) for service in services)]
