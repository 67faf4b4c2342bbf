"""Cases about an outage, as people register them while it lasts."""

from typing import Any

from notices import updates
from notices.enums import UpdateState
from notices.models import Notice
from service_requests import workflow
from service_requests.about_notices import linking
from service_requests.models import Case
from tests.cms_pages.factories import ServiceFactory
from tests.notices.factories import ago, make_index, published
from tests.service_requests.factories import make_case, officer_of


def outage(index: Any = None, *, hours: float = 1, **fields: Any) -> Notice:
    """A published outage that began so many hours ago."""
    fields.setdefault("starts_at", ago(hours=hours))
    return published(index or make_index(), **fields).notice


def about(service: Any, **changes: Any) -> Case:
    """A case about a service, registered now."""
    return make_case(service=service.key, **changes)


def linked(
    notice: Notice, service: Any, *, actor: Any = None, review: bool = False, **changes: Any
):
    """A case that was linked to a notice, and the officer who did it."""
    case = about(service, **changes)
    officer = actor or officer_of(case)
    if review:
        case = workflow.start_review(case=case, actor=officer, expected=case.version)
    return linking.link(case=case, actor=officer, expected=case.version, notice=notice), officer


def over(notice: Notice, **fields: Any) -> Notice:
    """The outage is resolved."""
    updates.post(
        notice=notice, state=UpdateState.RESOLVED, text="رفع شد.", author=None, key="over", **fields
    )
    return Notice.objects.get(pk=notice.pk)


def service_with(**fields: Any):
    """A service that takes cases."""
    return ServiceFactory(**fields)
