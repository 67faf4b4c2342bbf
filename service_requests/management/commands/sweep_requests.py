"""`sweep_requests`: tidy up what time has made useless, once or every so many seconds."""

from desk_core.repeating import RepeatingCommand
from service_requests.housekeeping import sweep


class Command(RepeatingCommand):
    """Wipes receipts after fifteen minutes, ends old sessions, forgets abandoned drafts."""

    help = "Wipe expired receipts, end old tracking sessions, forget abandoned drafts."

    def work(self) -> None:
        """Do it, and say how much there was, if anything."""
        done = sweep()
        if any(done.values()):
            self.stdout.write(", ".join(f"{name}: {count}" for name, count in done.items()))
