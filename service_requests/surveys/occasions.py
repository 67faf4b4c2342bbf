"""Which survey the applicant of a case is asked: one of two, never both.

After a case that staff have linked to an outage the short survey about outages is asked instead of
the ordinary one: people who could not use a service should not be asked twice, and what they think
of the outage says little of how their case was handled. While the outage goes on nothing is asked.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from desk_core.sealing import open_subject
from service_requests import history
from service_requests.enums import CONCLUDED_STATES, SurveyPurpose
from service_requests.models import Case, CaseNotice
from service_requests.surveys import composing
from service_requests.surveys.composing import Asked

#: So long after its end people are still sent the link.
LATELY = timedelta(days=30)
_BATCH = 100


def asked_of(case: Case) -> Asked | None:
    """What is asked about a concluded case now; None: nothing. Two queries."""
    ends = list(case.notice_links.active().values_list("notice__over_at", flat=True))
    if not ends:
        return composing.current(SurveyPurpose.CLOSING)
    now = timezone.now()
    if any(end is None or end > now for end in ends):
        return None
    return composing.current(SurveyPurpose.OUTAGE)


def invite_after_outages(*, at: datetime) -> int:
    """Send the link to whoever was answered before their outage was over; how many. Once each."""
    from service_requests.surveys import links

    asked = composing.current(SurveyPurpose.OUTAGE)
    if asked is None or not asked.invite_by_message:
        return 0
    over = CaseNotice.objects.active().filter(
        notice__over_at__lte=at, notice__over_at__gt=at - LATELY
    )
    cases = Case.objects.filter(
        pk__in=over.order_by().values("case"),
        state__in=CONCLUDED_STATES,
        survey_invited=True,
        survey_used=False,
        survey_link=None,
        anonymised_at=None,
    )
    found = [case for case in cases.order_by("pk")[:_BATCH] if asked_of(case) is not None]
    for case in found:
        with transaction.atomic():
            fresh = history.lock(case)
            subject = open_subject(fresh.subject_key)
            content = subject.open_json(bytes(fresh.sealed_content), record=fresh.content_record)
            links.invite(case=fresh, subject=subject, contact=content["contact"])
    return len(found)
