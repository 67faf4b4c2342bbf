"""What Wagtail's own screens, actions and APIs ask before they touch a page of notices.

All of them ask `Page.permissions_for_user`: the editor, bulk actions, the admin's API and the
public one, and what is done to the pages below a page.
"""

from wagtail.models import PagePermissionTester

_KEPT = "_desk_changeable_pages"


class OnlyChangers(PagePermissionTester):
    """Wagtail's answers, and "no" to whoever may not change this very page.

    Adding pages below it, and approving where the workflow asks for it, are other questions.
    """

    @property
    def _may_change(self) -> bool:
        # Every button of a listed page makes a tester of its own; a user lives for one request.
        kept = self.user.__dict__.setdefault(_KEPT, {})
        if self.page.pk not in kept:
            kept[self.page.pk] = bool(self.page.user_can_change(self.user))
        return bool(kept[self.page.pk])

    def can_edit(self) -> bool:
        """Change, copy, and revert to an older draft."""
        return super().can_edit() and self._may_change

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        """Delete and move."""
        return super().can_delete(ignore_bulk) and self._may_change

    def can_unpublish(self) -> bool:
        """Take it down."""
        return super().can_unpublish() and self._may_change

    def can_publish(self) -> bool:
        """Publish, unschedule, and put it behind a log-in."""
        return super().can_publish() and self._may_change

    def can_lock(self) -> bool:
        """Keep others from changing it."""
        return super().can_lock() and self._may_change
