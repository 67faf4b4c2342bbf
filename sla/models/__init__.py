"""What `sla` stores: agreements, what was signed of them, and the working calendar."""

from sla.models.agreements import Agreement, AgreementVersion
from sla.models.calendar import CalendarException, Holiday, WeeklySchedule
from sla.models.calendar_changes import CalendarChange
from sla.models.clocks import Clock, ClockChange
from sla.models.consent import ConsentEnd, ConsentLetter
from sla.models.index_page import AgreementIndexPage
from sla.models.invitations import SigningInvitation
from sla.models.pages import AgreementPage
from sla.models.renewal import RenewalReminder
from sla.models.reports import MonthReport, ReportDrift, RunningMonth
from sla.models.signatures import SealedPdf, Signature, SignedText
from sla.models.termination import CalledOffEnd, Termination

__all__ = [
    "Agreement",
    "AgreementIndexPage",
    "AgreementPage",
    "AgreementVersion",
    "CalendarChange",
    "CalendarException",
    "CalledOffEnd",
    "Clock",
    "ClockChange",
    "ConsentEnd",
    "ConsentLetter",
    "Holiday",
    "MonthReport",
    "RenewalReminder",
    "ReportDrift",
    "RunningMonth",
    "SealedPdf",
    "Signature",
    "SignedText",
    "SigningInvitation",
    "Termination",
    "WeeklySchedule",
]
