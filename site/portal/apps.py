"""The deployment as an app: its commands for development."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """One deployment of the service desk."""

    name = "portal"
