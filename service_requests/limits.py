"""What one network may do before it costs more work, or has to wait. Shared by all doors."""

from django.utils.translation import gettext_lazy as _

from desk_core.human_check import difficulty_after
from desk_core.throttles import Limit, hit, peek
from service_requests.models import Case

SUBMISSIONS = Limit("submissions", rate=20, seconds=3600)
DRAFTS = Limit("drafts", rate=600, seconds=3600)
# Of one draft: each time costs the hash of a password.
LEAVINGS = Limit("leavings", rate=10, seconds=600)
EXPORTS = Limit("exports", rate=10, seconds=3600)
QUESTIONS = Limit("third-party-questions", rate=20, seconds=600)
UPLOADS = Limit("uploads", rate=100, seconds=3600)
SURVEYS = Limit("surveys", rate=20, seconds=3600)
SURVEY_LINKS = Limit("survey-links", rate=30, seconds=600)
ASKED_TOO_OFTEN = _("This was asked too often. Please wait ten minutes.")
MANY_ANSWERS = _("Many answers came from your network. Please wait an hour.")
TOO_OFTEN = _("This was downloaded too often. Please wait an hour.")


def submission_difficulty(address: str) -> int | None:
    """The human check that the next submission of a network needs; None is the usual one."""
    seen = peek(SUBMISSIONS, address)
    return difficulty_after(seen, SUBMISSIONS) if seen.over else None


def may_take_along(case: Case) -> bool:
    """Whether the data of a case may be packed once more; each time counts."""
    return not hit(EXPORTS, str(case.pk)).over
