"""Registrations of the `desk_core` floor."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeskCoreConfig(AppConfig):
    """What `desk_core` tells Django when it starts."""

    name = "desk_core"
    label = "desk_core"
    verbose_name = _("Desk core")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Refuse to start with unfit keys or certificates; register checks; connect handlers."""
        from desk_core import audit_chain, certificates, checks, keyring, quiet, triggers
        from desk_core.backup import checks as backup_checks
        from desk_core.backup import guard, recipients
        from desk_core.human_check import checks as human_checks
        from desk_core.modeladmin import checks as modeladmin_checks

        keyring.validate()
        recipients.validate()
        guard.register()
        certificates.validate()
        checks.register()
        backup_checks.register()
        human_checks.register()
        modeladmin_checks.register()
        quiet.quieten()
        audit_chain.protect()
        triggers.connect()
