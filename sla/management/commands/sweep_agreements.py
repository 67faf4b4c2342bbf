"""`sweep_agreements`: what agreements ask for as time passes, once or every so many seconds."""

from desk_core.repeating import RepeatingCommand
from sla.reminding import remind
from sla.telling import whoever_waits


class Command(RepeatingCommand):
    """Tells who can renew an agreement that it ends, and applicants whom nobody told of an end."""

    help = "Remind of agreements that end soon; tell applicants of an end announced or called off."

    def work(self) -> None:
        """Remind and tell, and say how much there was."""
        reminders, told = remind(), whoever_waits()
        self.stdout.write(f"reminders: {reminders}, told of an end: {told}")
