"""What the audit trail calls the deeds of this floor."""

from typing import Any

from django.utils.translation import gettext_lazy as _

ACTIONS: dict[str, Any] = {
    "agreement.signature": _("Signature recorded"),
    "agreement.successor": _("Successor of an agreement drafted"),
    "agreement.consent_end": _("End by mutual consent recorded"),
    "agreement.letter_changed": _("Letter of a signature found changed"),
    "agreement.invitation": _("Link to sign made"),
    "agreement.invitation.withdrawn": _("Link to sign withdrawn"),
    "agreement.invitation.opened": _("Link to sign opened"),
    "agreement.termination_announced": _("End of an agreement announced"),
    "agreement.termination_confirmed": _("End of an agreement confirmed"),
    "agreement.termination_finished": _("Agreement terminated"),
    "agreement.termination_called_off": _("End of an agreement called off"),
    "calendar.closed": _("Office closed for a day"),
    "calendar.holiday_confirmed": _("Holiday confirmed"),
    "figure.cases": _("Cases behind a figure read"),
    "report.revise": _("Month counted again"),
}
