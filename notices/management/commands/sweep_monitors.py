"""`sweep_monitors`: heartbeats that are late, once or every so many seconds."""

from desk_core.repeating import RepeatingCommand
from notices.monitors.sweeping import sweep


class Command(RepeatingCommand):
    """Proposes something for heartbeats that were not heard of in time; forgets old proposals."""

    help = "Look for late heartbeats of monitors; forget proposals that ended half a year ago."

    def work(self) -> None:
        """Do it, and say how much there was, if anything."""
        done = sweep()
        if any(done.values()):
            self.stdout.write(", ".join(f"{name}: {count}" for name, count in done.items()))
