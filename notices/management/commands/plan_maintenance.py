"""Makes the pages of recurring maintenance that are due to be announced."""

from desk_core.repeating import RepeatingCommand
from notices import recurring


class Command(RepeatingCommand):
    """Safe to repeat, and to run on several machines at once."""

    help = "Make the notices of recurring maintenance ahead of time."

    def work(self) -> None:
        """One round."""
        if made := recurring.make_ahead():
            self.stdout.write(f"made {made} notices")
