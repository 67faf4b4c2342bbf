"""The deployment as an app: its commands for development."""

import gc

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """One deployment of the service desk."""

    name = "portal"

    def ready(self) -> None:
        """What was imported stays and is looked through no more; `manage.py` had it put off."""
        gc.freeze()
        gc.enable()
