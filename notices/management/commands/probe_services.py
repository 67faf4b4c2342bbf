"""`probe_services`: visit the addresses of own probes, once or every so many seconds."""

from desk_core.repeating import RepeatingCommand
from notices.monitors.probing import probe


class Command(RepeatingCommand):
    """For those who have no monitor: the desk looks itself whether its addresses answer."""

    help = "Visit the addresses of own probes and propose something where they do not answer."

    def work(self) -> None:
        """Look once, and say how many were not in order."""
        done = probe()
        if done.visited:
            self.stdout.write(f"visited: {done.visited}, failing: {done.failing}")
