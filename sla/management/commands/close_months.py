"""`close_months`: count the running month, close what is over, look at what was closed."""

from desk_core.repeating import RepeatingCommand
from sla.reports import sweep


class Command(RepeatingCommand):
    """Once, as a timer's job, or every so many seconds."""

    help = "Count the running month of every agreement, and close the months that are over."

    def work(self) -> None:
        """Count and close, and say what there was."""
        self.stdout.write(", ".join(f"{name}: {count}" for name, count in sweep().items()))
