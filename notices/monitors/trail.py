"""What the audit trail says about monitors, in words."""

from django.utils.translation import gettext_lazy as _

ACTIONS = {
    "monitor.token": _("Token of a monitor made"),
    "monitor.taken_up": _("Notice written from a monitor's proposal"),
    "monitor.attached": _("Monitor's proposal attached to a notice"),
    "monitor.dismissed": _("Monitor's proposal dismissed"),
}
