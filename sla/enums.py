"""The fixed vocabularies of agreements and of the working calendar."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a version stands on a day; computed by `sla.state`, never typed (R31)."""

    DRAFT = "draft", _("Draft")
    AWAITING = "awaiting", _("Awaiting signature")
    UPCOMING = "upcoming", _("Signed, starts later")
    IN_FORCE = "in_force", _("In force")
    EXPIRING = "expiring", _("In force, ends soon")
    EXPIRED = "expired", _("Expired")
    REPLACED = "replaced", _("Replaced")
    TERMINATED = "terminated", _("Terminated")


#: The agreement binds on such a day.
BINDING_STATES = frozenset({State.IN_FORCE, State.EXPIRING})
#: Everybody who has to sign has signed.
SIGNED_STATES = BINDING_STATES | {
    State.UPCOMING,
    State.EXPIRED,
    State.REPLACED,
    State.TERMINATED,
}


class Ending(models.TextChoices):
    """Until when a version is valid, as its own clause says."""

    DATE = "date", _("Until a date")
    OPEN = "open", _("Until it is amended or replaced")
    CONSENT = "consent", _("Until both organisations agree otherwise")


class ClauseType(models.TextChoices):
    """What a clause is about; measures and rules find clauses by it, readers by its title."""

    INTRODUCTION = "introduction", _("Introduction")
    PURPOSE = "purpose", _("Purpose")
    DEFINITIONS = "definitions", _("Definitions")
    RESPONSIBILITY = "responsibility", _("Responsibility")
    COMMITMENTS = "commitments", _("Commitments")
    AVAILABILITY = "availability", _("Availability")
    FEES = "fees", _("Fees and payments")
    PERIOD = "period", _("Period of validity")
    TERMINATION = "termination", _("Termination")
    CONFIDENTIALITY = "confidentiality", _("Confidentiality")
    OTHER = "other", _("Other")


class PartyRole(models.TextChoices):
    """On which side of the agreement a party stands."""

    PROVIDER = "provider", _("Provider of the services")
    RECIPIENT = "recipient", _("Recipient of the services")
