"""`sweep_requests`: tidy up what time has made useless; to be run every few minutes."""

from typing import Any

from django.core.management.base import BaseCommand

from service_requests.housekeeping import sweep


class Command(BaseCommand):
    """Wipes receipts after fifteen minutes, ends old sessions, forgets abandoned drafts."""

    help = "Wipe expired receipts, end old tracking sessions, forget abandoned drafts."

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it once and say how much there was."""
        done = sweep()
        self.stdout.write(", ".join(f"{name}: {count}" for name, count in done.items()))
