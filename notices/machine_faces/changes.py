"""When a notice last changed, for readers who ask only for what is new."""

from datetime import datetime

from notices import state
from notices.current import PublicNotice


def changed_at(each: PublicNotice) -> datetime:
    """When something was last said of it, or it last began or ended by the clock.

    A page that is published again without a word about it is corrected quietly: that is no news.
    """
    said = [row.at for row in each.updates]
    over = state.over_at(each.notice.facts)
    happened = [moment for moment in (each.notice.starts_at, over) if moment is not None]
    past = [moment for moment in [*said, *happened] if moment <= each.at]
    return max(past, default=each.notice.first_published_at)


def revised_at(each: PublicNotice) -> datetime:
    """The same, and quiet corrections of its page too."""
    published = each.page.last_published_at
    changed = changed_at(each)
    return max(changed, published) if published and published <= each.at else changed
