"""`publish_due`: publish and take down pages at their dates, once or every so many seconds."""

from django.core.management import call_command

from desk_core.repeating import RepeatingCommand


class Command(RepeatingCommand):
    """Wagtail's own `publish_scheduled`, which runs once, for whoever has no timer."""

    help = "Publish pages whose date has come and take down those whose time is over."

    def work(self) -> None:
        """Once."""
        call_command("publish_scheduled", stdout=self.stdout)
