"""What `sla` stores: agreements, what was signed of them, and the working calendar."""

from sla.models.agreements import Agreement, AgreementVersion
from sla.models.calendar import CalendarException, Holiday, WeeklySchedule
from sla.models.clocks import Clock, ClockChange
from sla.models.invitations import SigningInvitation
from sla.models.pages import AgreementIndexPage, AgreementPage
from sla.models.signatures import SealedPdf, Signature, SignedText

__all__ = [
    "Agreement",
    "AgreementIndexPage",
    "AgreementPage",
    "AgreementVersion",
    "CalendarException",
    "Clock",
    "ClockChange",
    "Holiday",
    "SealedPdf",
    "Signature",
    "SignedText",
    "SigningInvitation",
    "WeeklySchedule",
]
