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
    ENDING = "ending", _("Ending, no new requests")
    TERMINATED = "terminated", _("Terminated")


#: The agreement binds on such a day.
BINDING_STATES = frozenset({State.IN_FORCE, State.EXPIRING})
#: Everybody who has to sign has signed.
SIGNED_STATES = BINDING_STATES | {
    State.UPCOMING,
    State.EXPIRED,
    State.REPLACED,
    State.ENDING,
    State.TERMINATED,
}


class Ending(models.TextChoices):
    """Until when a version is valid, as its own clause says."""

    DATE = "date", _("Until a date")
    AMENDED = "amended", _("Until it is amended")
    REPLACED = "replaced", _("Until it is replaced")
    OPEN = "open", _("Until it is amended or replaced")
    CONSENT = "consent", _("Until both organisations agree otherwise")


class OutageRule(models.TextChoices):
    """What the clocks of requests do while an outage lasts that they are about."""

    RUN = "run", _("All clocks run on")
    ANSWER = "answer", _("The time for the final answer stands still")
    ALL = "all", _("The times for first response and final answer stand still")


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


class Measure(models.TextChoices):
    """What a target promises; where its figures come from is registered in `sla.measures`."""

    FIRST_RESPONSE = "first_response", _("First response")
    RESOLUTION = "resolution", _("Final answer")
    VISIT = "visit", _("Visit in person within")
    AVAILABILITY = "availability", _("Availability")
    SATISFACTION = "satisfaction", _("Satisfaction in the survey")
    WORDS = "words", _("In words, not measured")


#: Measures that are a time which runs for each case, and end in time or too late.
TIMED_MEASURES = (Measure.FIRST_RESPONSE, Measure.RESOLUTION, Measure.VISIT)
#: Measures that are a share of something, without a time to keep.
SHARE_MEASURES = (Measure.AVAILABILITY, Measure.SATISFACTION)


class Unit(models.TextChoices):
    """In what a promised time is counted."""

    WORKING_HOURS = "working_hours", _("working hours")
    WORKING_DAYS = "working_days", _("working days")
    HOURS = "hours", _("hours, day and night")
    DAYS = "days", _("calendar days")


#: Units that follow the working calendar.
WORKING_UNITS = (Unit.WORKING_HOURS, Unit.WORKING_DAYS)
#: Units that are counted in whole days.
DAY_UNITS = (Unit.WORKING_DAYS, Unit.DAYS)


class ClockEvent(models.TextChoices):
    """Why a clock's due time, or whether it runs, changed."""

    STARTED = "started", _("Started")
    PAUSED = "paused", _("Stopped: waiting for the applicant")
    RESUMED = "resumed", _("Running again")
    STOPPED = "stopped", _("Ended")
    CALENDAR = "calendar", _("Working calendar changed")
    MOVED = "moved", _("Another department took over")
    WITHDRAWN = "withdrawn", _("Ended, no longer wanted")
    OUTAGE = "outage", _("The time of an outage does not count")


class SignatureKind(models.TextChoices):
    """How a signature was given."""

    PAPER = "paper", _("On paper, with the scanned letter")
    DIGITAL = "digital", _("Digitally, in the PDF of the text")


class PdfKind(models.TextChoices):
    """Which form of the text a kept PDF is."""

    OFFER = "offer", _("Text on offer, for digital signature")
    PLAIN = "plain", _("Signed version")
    SEALED = "sealed", _("Signed version under the body's electronic seal")
