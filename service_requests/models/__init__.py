"""What `service_requests` stores: cases, their credentials, and what hangs on them."""

from service_requests.models.api_tokens import ApiToken
from service_requests.models.attachments import Attachment
from service_requests.models.case_notices import CaseNotice
from service_requests.models.case_reports import CaseReport
from service_requests.models.cases import Case
from service_requests.models.credentials import Credential
from service_requests.models.deputies import Deputyship
from service_requests.models.desk_choices import ContactVerification
from service_requests.models.drafts import Draft
from service_requests.models.enquiries import Enquiry
from service_requests.models.events import Event
from service_requests.models.form_pages import RequestFormPage
from service_requests.models.group_answers import GroupAnswer, GroupAnswerCase
from service_requests.models.improvements import Improvement
from service_requests.models.indexes import IdentifierIndex, WordIndex
from service_requests.models.letter_books import LetterBook, LetterCounter, Secretariat
from service_requests.models.letters import Letter
from service_requests.models.message_texts import MessageText
from service_requests.models.messages import Message
from service_requests.models.notes import InternalNote
from service_requests.models.one_time_codes import OneTimeCode
from service_requests.models.receipts import Receipt
from service_requests.models.reminders import ReminderStep, ReminderTold
from service_requests.models.replies import StoredReply
from service_requests.models.request_forms import FormVersion, RequestForm
from service_requests.models.results_page import SurveyResultsPage
from service_requests.models.retention import RetentionRule
from service_requests.models.rules import DepartmentRules
from service_requests.models.saved_filters import SavedFilter
from service_requests.models.sessions import TrackingSession
from service_requests.models.survey_answers import (
    PendingAnswer,
    SpentPermit,
    SurveyAnswer,
    SurveyLink,
)
from service_requests.models.surveys import Survey, SurveyVersion
from service_requests.models.teams import Team
from service_requests.models.verified_contacts import VerifiedContact
from service_requests.models.visiting_hours import VisitException, VisitingHours, VisitRules
from service_requests.models.visits import Visit, VisitSlot

__all__ = [
    "ApiToken",
    "Attachment",
    "Case",
    "CaseNotice",
    "CaseReport",
    "ContactVerification",
    "Credential",
    "DepartmentRules",
    "Deputyship",
    "Draft",
    "Enquiry",
    "Event",
    "FormVersion",
    "GroupAnswer",
    "GroupAnswerCase",
    "IdentifierIndex",
    "Improvement",
    "InternalNote",
    "Letter",
    "LetterBook",
    "LetterCounter",
    "Message",
    "MessageText",
    "OneTimeCode",
    "PendingAnswer",
    "Receipt",
    "ReminderStep",
    "ReminderTold",
    "RequestForm",
    "RequestFormPage",
    "RetentionRule",
    "SavedFilter",
    "Secretariat",
    "SpentPermit",
    "StoredReply",
    "Survey",
    "SurveyAnswer",
    "SurveyLink",
    "SurveyResultsPage",
    "SurveyVersion",
    "Team",
    "TrackingSession",
    "VerifiedContact",
    "Visit",
    "VisitException",
    "VisitRules",
    "VisitSlot",
    "VisitingHours",
    "WordIndex",
]
