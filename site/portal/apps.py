"""The deployment as an app: its commands for development."""

import gc

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """One deployment of the service desk."""

    name = "portal"

    def ready(self) -> None:
        """What was imported stays and is looked through no more; `manage.py` had it put off.

        What comes later is looked through in larger heaps: a fourth of the time in which an empty
        database gets its tables went into looking for garbage.
        """
        gc.freeze()
        gc.set_threshold(50_000, 10, 10)
        gc.enable()
