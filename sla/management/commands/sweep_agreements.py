"""`sweep_agreements`: what agreements ask for as time passes, once or every so many seconds."""

from desk_core.repeating import RepeatingCommand
from sla.reminding import remind
from sla.terminating import tell_waiting


class Command(RepeatingCommand):
    """Tells who can renew an agreement that it ends, and applicants whom nobody told of an end."""

    help = "Remind of agreements that end soon; tell applicants of an end that was announced."

    def work(self) -> None:
        """Remind and tell, and say how much there was."""
        reminders, told = remind(), tell_waiting()
        self.stdout.write(f"reminders: {reminders}, told of an end: {told}")
