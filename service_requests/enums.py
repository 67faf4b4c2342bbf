"""The fixed vocabularies of cases: kinds, states, people, events."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What a citizen hands in (R1, R2, R19)."""

    REQUEST = "request", _("Request")
    COMPLAINT = "complaint", _("Complaint")
    SUGGESTION = "suggestion", _("Suggestion or criticism")


class State(models.TextChoices):
    """Where a case stands; changed only by `workflow`, along `transitions.TABLE`."""

    REGISTERED = "registered", _("Registered")
    REFERRED = "referred", _("Referred")
    IN_REVIEW = "in_review", _("In review")
    NEEDS_INFO = "needs_info", _("More information needed")
    VISIT_REQUESTED = "visit_requested", _("Visit in person needed")
    ANSWERED = "answered", _("Answered")
    OBJECTED = "objected", _("Objection to the answer")
    REJECTED = "rejected", _("Cannot be dealt with")
    CLOSED = "closed", _("Closed")
    WITHDRAWN = "withdrawn", _("Withdrawn by the applicant")


# Somebody still has to do something.
OPEN_STATES = (
    State.REGISTERED,
    State.REFERRED,
    State.IN_REVIEW,
    State.NEEDS_INFO,
    State.VISIT_REQUESTED,
    State.OBJECTED,
)
# The next step is the applicant's.
WAITING_FOR_APPLICANT = (State.NEEDS_INFO, State.VISIT_REQUESTED)
# The desk has said its word; the applicant may rate it, object, or leave it.
CONCLUDED_STATES = (State.ANSWERED, State.REJECTED, State.CLOSED)


class Priority(models.IntegerChoices):
    """How soon staff take a case up among others; the applicant does not see it."""

    LOW = 1, _("Low")
    NORMAL = 2, _("Normal")
    HIGH = 3, _("High")


class SetAside(models.TextChoices):
    """Why a case is closed without having been dealt with on its own; both can be undone."""

    SPAM = "spam", _("Not meant for this desk")
    DUPLICATE = "duplicate", _("Joined with another case")


class QuestionType(models.TextChoices):
    """What a question of an editor's form asks for."""

    TEXT = "text", _("Text")
    LONG_TEXT = "long_text", _("Long text")
    NUMBER = "number", _("Number")
    DATE = "date", _("Date")
    CHOICE = "choice", _("One of several")
    CHOICES = "choices", _("Any of several")
    FILE = "file", _("File")
    NATIONAL_ID = "national_id", _("National ID")
    LEGAL_ID = "legal_id", _("National ID of a legal person")
    MOBILE = "mobile", _("Mobile number")
    POSTAL_CODE = "postal_code", _("Postal code")
    ADDRESS = "address", _("Address")
    STATEMENT = "statement", _("Statement to accept")


class ConditionTest(models.TextChoices):
    """What a condition asks of an earlier answer."""

    EQUALS = "equals", _("is")
    ONE_OF = "one_of", _("is one of")
    ANSWERED = "answered", _("was answered")


class Source(models.TextChoices):
    """The door a case came through."""

    WEB = "web", _("Website")
    API = "api", _("API")
    WALK_IN = "walk_in", _("In person")
    PHONE = "phone", _("Telephone")
    LETTER = "letter", _("Paper letter")


# Registered by staff for somebody.
STAFF_SOURCES = (Source.WALK_IN, Source.PHONE, Source.LETTER)


class PersonType(models.TextChoices):
    """Who hands it in (R14)."""

    NATURAL = "natural", _("Natural person")
    LEGAL = "legal", _("Legal person")
    FOREIGN = "foreign", _("Foreign national")


class Side(models.TextChoices):
    """The two sides of a conversation."""

    APPLICANT = "applicant", _("Applicant")
    STAFF = "staff", _("Staff")


class Scan(models.TextChoices):
    """What is known of a file by the virus scanner; one that waits is handed to nobody."""

    UNASKED = "unasked", _("Not scanned: there is no scanner")
    WAITING = "waiting", _("Waiting to be scanned")
    CLEAN = "clean", _("Scanned, nothing found")
    INFECTED = "infected", _("Removed: a virus was found")
    ERASED = "erased", _("To be destroyed with the data of its case")


# Handed out to whoever may read the case.
RELEASED_SCANS = frozenset({Scan.UNASKED, Scan.CLEAN})


class Purpose(models.TextChoices):
    """What a message is for."""

    MESSAGE = "message", _("Message")
    QUESTION = "question", _("Request for information")
    VISIT = "visit", _("Invitation to visit")
    ANSWER = "answer", _("Answer")
    REASON = "reason", _("Reason why it cannot be dealt with")
    OBJECTION = "objection", _("Objection")
    WITHDRAWAL = "withdrawal", _("Withdrawal")


class EventKind(models.TextChoices):
    """What happened to a case: one word per verb."""

    REGISTERED = "registered", _("Registered")
    ASSIGNED = "assigned", _("Assigned")
    REFERRED = "referred", _("Referred to another department")
    REVIEW_STARTED = "review_started", _("Review started")
    INFO_REQUESTED = "info_requested", _("More information asked for")
    VISIT_REQUESTED = "visit_requested", _("Visit in person asked for")
    ANSWERED = "answered", _("Answered")
    REJECTED = "rejected", _("Cannot be dealt with")
    CLOSED = "closed", _("Closed")
    OBJECTED = "objected", _("Applicant objected")
    REOPENED = "reopened", _("Opened again")
    WITHDRAWN = "withdrawn", _("Withdrawn by the applicant")
    APPLICANT_WROTE = "applicant_wrote", _("Applicant wrote")
    STAFF_WROTE = "staff_wrote", _("Staff wrote")
    NOTE_ADDED = "note_added", _("Internal note added")
    CREDENTIAL_REISSUED = "credential_reissued", _("New tracking password issued")
    CREDENTIAL_ENDED = "credential_ended", _("Tracking password ended")
    LETTER_IN = "letter_in", _("Registered as an incoming letter")
    LETTER_OUT = "letter_out", _("Registered as an outgoing letter")
    LETTER_VOIDED = "letter_voided", _("Letter number voided")
    VISIT_BOOKED = "visit_booked", _("Time of the visit chosen")
    VISIT_MOVED = "visit_moved", _("Visit moved to another time")
    VISIT_DECLINED = "visit_declined", _("Visit declined by the applicant")
    VISIT_CANCELLED = "visit_cancelled", _("Visit called off")
    VISIT_CAME = "visit_came", _("Applicant came to the visit")
    VISIT_MISSED = "visit_missed", _("Applicant did not come to the visit")
    VISIT_EXPIRED = "visit_expired", _("No time for the visit was chosen")
    VISIT_SHUT = "visit_shut", _("Visit called off: nobody is received at that time")
    PRIORITY_SET = "priority_set", _("Priority changed")
    REJECTION_PROPOSED = "rejection_proposed", _("Rejection proposed")
    REJECTION_REFUSED = "rejection_refused", _("Proposed rejection not confirmed")
    REPLY_DUE = "reply_due", _("Reminder that a reply is needed")
    EXPIRED = "expired", _("Closed, because no reply came in time")
    MARKED_SPAM = "marked_spam", _("Set aside: not meant for this desk")
    MERGED = "merged", _("Joined with another case of the same applicant")
    JOINED = "joined", _("Another case was joined with this one")
    RESTORED = "restored", _("Taken up again on its own")
    THIRD_ASKED = "third_asked", _("A third party was asked")
    THIRD_ANSWERED = "third_answered", _("A third party answered")
    THIRD_REVOKED = "third_revoked", _("Question to a third party withdrawn")
    HOLD_SET = "hold_set", _("Legal hold set")
    HOLD_LIFTED = "hold_lifted", _("Legal hold lifted")
    ANONYMISED = "anonymised", _("Personal data destroyed, the time for keeping them was over")
    HANDED_OVER = "handed_over", _("Handed over to a colleague")
    NOTICE_LINKED = "notice_linked", _("Linked to a notice")
    NOTICE_UNLINKED = "notice_unlinked", _("No longer linked to a notice")


class Direction(models.TextChoices):
    """Which way a letter goes through the secretariat (R26)."""

    INCOMING = "incoming", _("Incoming letter")
    OUTGOING = "outgoing", _("Outgoing letter")


class Numbering(models.TextChoices):
    """Where the numbers of an indicator book come from."""

    OWN = "own", _("The book numbers itself")
    TYPED = "typed", _("Numbers of another system, typed in")


# What nobody did: the desk itself, when a time was over.
BY_ITSELF = frozenset(
    {
        *(EventKind.VISIT_EXPIRED, EventKind.VISIT_SHUT),
        *(EventKind.REPLY_DUE, EventKind.EXPIRED, EventKind.ANONYMISED),
    }
)


class VisitState(models.TextChoices):
    """Where a visit stands; changed by `appointments` alone, inside the step of its case."""

    WAITING = "waiting", _("The applicant is to choose a time")
    BOOKED = "booked", _("Time set")
    DECLINED = "declined", _("Declined by the applicant")
    EXPIRED = "expired", _("No time was chosen")
    CANCELLED = "cancelled", _("Called off")
    CAME = "came", _("Came")
    MISSED = "missed", _("Did not come")
    UNMARKED = "unmarked", _("Over, not noted whether they came")


# Still to come: a case has at most one such visit, and exactly while it waits for a visit.
LIVE_VISITS = (VisitState.WAITING, VisitState.BOOKED)


class IdentifierField(models.TextChoices):
    """The identifiers that staff can look up exactly, through keyed digests."""

    NATIONAL_ID = "national_id", _("National ID")
    LEGAL_ID = "legal_id", _("Legal entity ID")
    FOREIGN_ID = "foreign_id", _("Foreign national's code")
    MOBILE = "mobile", _("Mobile number")


class EndReason(models.TextChoices):
    """Why a tracking password no longer opens its case."""

    REISSUED = "reissued", _("A new one was issued")
    ENDED = "ended", _("Ended by staff")
    RECOVERED = "recovered", _("The applicant got a new one by a one-time code")
    ERASED = "erased", _("The personal data were destroyed")


class CodePurpose(models.TextChoices):
    """What a one-time code is for."""

    VERIFY = "verify", _("To verify a contact")
    RECOVER = "recover", _("To get a new tracking password")


class ReissueReason(models.TextChoices):
    """Why somebody comes in person for a new tracking password."""

    LOST_PASSWORD = "lost_password", _("The password was lost")
    LOST_BOTH = "lost_both", _("Code and password were lost")
    KNOWN_TO_OTHERS = "known_to_others", _("Somebody else may know the password")
    NO_CONTACT = "no_contact", _("The mobile number or e-mail no longer works")


class ReadReason(models.TextChoices):
    """Why staff open what is sealed; recorded beside who did (R40)."""

    CASEWORK = "casework", _("Work on this case")
    CONTACT = "contact", _("To reach the applicant")
    IDENTITY = "identity", _("To check the applicant's identity")
    LETTER = "letter", _("To register or write a letter")
    SUPERVISION = "supervision", _("Supervision of the work")
    LAWFUL = "lawful", _("A lawful request of an authority")
    TECHNICAL = "technical", _("To mend a technical fault")


class ExportReason(models.TextChoices):
    """At whose wish the data of a person or an organisation are handed out (R39)."""

    IN_PERSON = "export_in_person", _("The person asked for it themselves")
    REPRESENTATIVE = "export_representative", _("A representative with written authority asked")
    LETTER = "export_letter", _("A letter of the organisation asked for it")
    LAWFUL = "export_lawful", _("A lawful request of an authority")


class IdentityDocument(models.TextChoices):
    """What staff have seen before they hand out somebody's data."""

    NATIONAL_CARD = "national_card", _("National identity card")
    BIRTH_CERTIFICATE = "birth_certificate", _("Birth certificate")
    PASSPORT = "passport", _("Passport")
    FOREIGN_CARD = "foreign_card", _("Card of a foreign national")
    AUTHORITY = "authority", _("Identity card and written authority of a representative")
    ORGANISATION = "organisation", _("Letter of introduction by the organisation")
    ORDER = "order", _("Order of a court or an authority")


class GroupOutcome(models.TextChoices):
    """What one answer makes of all the cases that it is given in."""

    ANSWER = "answer", _("Answered")
    REJECT = "reject", _("Cannot be dealt with")


class GroupResult(models.TextChoices):
    """What became of one case of a group answer."""

    WAITING = "waiting", _("Waiting for its turn")
    DONE = "done", _("Done")
    PROPOSED = "proposed", _("Proposed: a colleague has to confirm the rejection")
    CHANGED = "changed", _("Not done: the case has changed since you saw it")
    STATE = "state", _("Not done: the state of the case does not allow it")
    FORBIDDEN = "forbidden", _("Not done: you may not do this in this case")
    UNLINKED = "unlinked", _("Not done: the case is no longer linked to the notice")
    FAILED = "failed", _("Not done: something went wrong; try it in the case itself")


class SurveyPurpose(models.TextChoices):
    """When a survey is asked: after a case, after an outage, or of anybody (R20)."""

    CLOSING = "closing", _("After a case")
    GENERAL = "general", _("About the service desk")
    OUTAGE = "outage", _("After an outage")


class ImprovementStatus(models.TextChoices):
    """How far an improvement action is (R21)."""

    PLANNED = "planned", _("Planned")
    UNDER_WAY = "under_way", _("Under way")
    DONE = "done", _("Done")


class ReportState(models.TextChoices):
    """What became of a report that was asked for (R22)."""

    WAITING = "waiting", _("Being made")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Could not be made")
    OVER = "over", _("No longer kept")


class ReminderWhen(models.TextChoices):
    """On which side of a due time a reminder lies."""

    BEFORE = "before", _("before it is due")
    AFTER = "after", _("after it was due")


class ReminderUnit(models.TextChoices):
    """In what the distance from a due time is counted."""

    PERCENT = "percent", _("percent of the promised time")
    WORKING_HOURS = "working_hours", _("working hours")


class ReminderWhom(models.TextChoices):
    """Who is told by a step of the ladder."""

    ASSIGNEE = "assignee", _("Who has the case")
    TEAM = "team", _("The team that has it")
    HEAD = "head", _("Head of the department")
    ADMINISTRATOR = "administrator", _("Administrators")


class TokenScope(models.TextChoices):
    """What a program may do with a token, within what its person may."""

    READ = "read", _("Read")
    WRITE = "write", _("Read and act")
