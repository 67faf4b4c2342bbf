"""What `service_requests` stores: cases, their credentials, and what hangs on them."""

from service_requests.models.api_tokens import ApiToken
from service_requests.models.attachments import Attachment
from service_requests.models.cases import Case
from service_requests.models.credentials import Credential
from service_requests.models.deputies import Deputyship
from service_requests.models.drafts import Draft
from service_requests.models.enquiries import Enquiry
from service_requests.models.events import Event
from service_requests.models.indexes import IdentifierIndex, WordIndex
from service_requests.models.letter_books import LetterBook, LetterCounter, Secretariat
from service_requests.models.letters import Letter
from service_requests.models.messages import Message
from service_requests.models.notes import InternalNote
from service_requests.models.receipts import Receipt
from service_requests.models.reminders import ReminderStep, ReminderTold
from service_requests.models.replies import StoredReply
from service_requests.models.rules import DepartmentRules
from service_requests.models.saved_filters import SavedFilter
from service_requests.models.sessions import TrackingSession
from service_requests.models.surveys import SurveyAnswer
from service_requests.models.teams import Team
from service_requests.models.visiting_hours import VisitException, VisitingHours, VisitRules
from service_requests.models.visits import Visit, VisitSlot

__all__ = [
    "ApiToken",
    "Attachment",
    "Case",
    "Credential",
    "DepartmentRules",
    "Deputyship",
    "Draft",
    "Enquiry",
    "Event",
    "IdentifierIndex",
    "InternalNote",
    "Letter",
    "LetterBook",
    "LetterCounter",
    "Message",
    "Receipt",
    "ReminderStep",
    "ReminderTold",
    "SavedFilter",
    "Secretariat",
    "StoredReply",
    "SurveyAnswer",
    "Team",
    "TrackingSession",
    "Visit",
    "VisitException",
    "VisitRules",
    "VisitSlot",
    "VisitingHours",
    "WordIndex",
]
