"""`tell_subscribers`: hand notices over to subscribers, once or every so many seconds."""

from desk_core.repeating import RepeatingCommand
from notices.subscriptions.telling import work


class Command(RepeatingCommand):
    """Events of the clock, batches for subscribers, outcomes, and what is forgotten in time."""

    help = "Tell subscribers of notices, and forget what was kept for its time."

    def work(self) -> None:
        """Do it, and say how much there was, if anything."""
        done = work()
        if any(done.values()):
            self.stdout.write(", ".join(f"{name}: {count}" for name, count in done.items()))
