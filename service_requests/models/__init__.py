"""What `service_requests` stores: cases, their credentials, and what hangs on them."""

from service_requests.models.attachments import Attachment
from service_requests.models.cases import Case
from service_requests.models.credentials import Credential
from service_requests.models.drafts import Draft
from service_requests.models.enquiries import Enquiry
from service_requests.models.events import Event
from service_requests.models.indexes import IdentifierIndex, WordIndex
from service_requests.models.messages import Message
from service_requests.models.notes import InternalNote
from service_requests.models.receipts import Receipt
from service_requests.models.replies import StoredReply
from service_requests.models.rules import DepartmentRules
from service_requests.models.sessions import TrackingSession
from service_requests.models.surveys import SurveyAnswer
from service_requests.models.teams import Team

__all__ = [
    "Attachment",
    "Case",
    "Credential",
    "DepartmentRules",
    "Draft",
    "Enquiry",
    "Event",
    "IdentifierIndex",
    "InternalNote",
    "Message",
    "Receipt",
    "StoredReply",
    "SurveyAnswer",
    "Team",
    "TrackingSession",
    "WordIndex",
]
