"""Applicants with open cases on a service that a notice names: told once a notice (R11).

They are sent the code of their case, a neutral sentence and the way to the status page: which
service their case is about would be said by the title of the notice, and so it is not there. A
notice about the whole desk, which names no service, stands on every page and is told to nobody
here; nor are plain news and warnings, nor what has no effect.
"""

from dataclasses import replace

from desk_core import outbox
from desk_core.outbox import Outgoing
from desk_core.sealing import Erased, SealBroken, Subject, open_subject
from notices import addresses
from notices.enums import KINDS_WITH_IMPACT, Impact
from notices.subscriptions.audiences import News, Told
from service_requests import notify
from service_requests.enums import OPEN_STATES
from service_requests.models import Case


def tell(news: News, after: str, limit: int) -> Told:
    """Queue the messages of the next cases, in the caller's transaction and in one statement."""
    notice = news.notice
    touched = notice.affected.exclude(impact=Impact.NONE).order_by().values("service")
    if notice.kind not in KINDS_WITH_IMPACT:
        return Told(0, "")
    rows = Case.objects.filter(service__in=touched, state__in=OPEN_STATES)
    # Whoever came after the publication has seen it in the form.
    rows = rows.filter(registered_at__lte=news.event.at, anonymised_at=None)
    if after:
        rows = rows.filter(pk__gt=after)
    cases = list(rows.select_related("subject_key").order_by("pk")[:limit])
    links = {
        language: addresses.absolute("status", language)
        for language in {case.language for case in cases}
    }
    told = [pair for case in cases for pair in _messages(case, links[case.language], news)]
    outbox.queue_all(told)
    last = str(cases[-1].pk) if len(cases) == limit else ""
    return Told(len({subject.row.pk for _message, subject in told}), last)


def _messages(case: Case, link: str, news: News) -> list[tuple[Outgoing, Subject]]:
    """One on each channel that the applicant gave; nothing of a case that cannot be opened."""
    try:
        subject = open_subject(case.subject_key)
        content = subject.open_json(bytes(case.sealed_content), record=case.content_record)
        contact = content["contact"]
    except (Erased, SealBroken, KeyError):
        return []
    messages = notify.to_applicant(
        case=case,
        contact=contact,
        what="notice",
        occasion=f"notice:{news.notice.pk}",
        more={"link": link},
    )
    return [(replace(message, bulk=True), subject) for message in messages]
