"""Cases, letters, surveys, visits, teams, rules and replies in the Wagtail admin, hardened.

None of these models needs a Django permission: every door asks `service_requests.permissions`,
and a permission given by hand opens nothing.
"""

from service_requests.admin.cases import CaseAdmin
from service_requests.admin.composing import ComposedSurveyAdmin, ImprovementAdmin
from service_requests.admin.credentials import CredentialAdmin
from service_requests.admin.group import OpinionsGroup, RequestsGroup, VisitsGroup
from service_requests.admin.leading import RulesAdmin, StoredReplyAdmin, TeamAdmin
from service_requests.admin.letter_books import LetterBookAdmin, SecretariatAdmin
from service_requests.admin.letters import LetterAdmin
from service_requests.admin.surveys import SurveyAdmin

__all__ = [
    "CaseAdmin",
    "ComposedSurveyAdmin",
    "CredentialAdmin",
    "ImprovementAdmin",
    "LetterAdmin",
    "LetterBookAdmin",
    "OpinionsGroup",
    "RequestsGroup",
    "RulesAdmin",
    "SecretariatAdmin",
    "StoredReplyAdmin",
    "SurveyAdmin",
    "TeamAdmin",
    "VisitsGroup",
]
