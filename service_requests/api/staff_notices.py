"""Staff link cases to notices, and give one answer for all of them, through the API."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from pydantic import Field

from desk_core.responses import never_store
from notices.models import Notice
from service_requests import paging, staff_reading
from service_requests.about_notices import answering, linking, shown, suggesting
from service_requests.about_notices.answering import Chosen
from service_requests.api import staff_schemas
from service_requests.api.staff_doors import REFUSED, Common, bare, door, read, write
from service_requests.enums import GroupResult
from service_requests.models import Case, GroupAnswer

router = Router(tags=["staff"])
MOST_FAILURES = 200
_FINE = (GroupResult.WAITING, GroupResult.DONE)


class OfNotice(Schema):
    """Which of the two lists, and the place in it."""

    of: str = Field("linked", description="linked or suggested")
    cursor: str = Field("", max_length=120, description="`next` of the page before")
    limit: int = Field(50, ge=1, le=100)


@door(router, "notices", "Link to a notice")
def link_case(common: Common, body: staff_schemas.LinkIn) -> Case:
    """Confirm that the case is about a public outage or maintenance; twice is once."""
    return linking.link(**common, notice=_named(body.notice))


@door(router, "notices/unlinking", "Take the link to a notice back")
def unlink_case(common: Common, body: staff_schemas.UnlinkIn) -> Case:
    """Say that the case is not about this notice; not linked, nothing is done."""
    return linking.unlink(**common, notice=_named(body.notice), reason=body.reason)


@router.get(
    "/staff/notices/{notice_id}/cases",
    auth=read,
    response={200: staff_schemas.StaffCases, **REFUSED},
    summary="List the cases about a notice",
)
def list_cases_of_notice(
    request: HttpRequest, response: HttpResponse, notice_id: UUID, wanted: Query[OfNotice]
) -> dict[str, Any]:
    """Those linked to it or suggested for it that you may know of, newest first."""
    never_store(response)
    notice = _notice(request, notice_id)
    if wanted.of not in ("linked", "suggested"):
        raise ValidationError({"of": [_("Choose one of these.")]})
    cases: Any = Case.objects.visible_to(request.user)
    rows = cases.linked_to(notice) if wanted.of == "linked" else suggesting.cases_for(notice, cases)
    place = paging.clean_place(wanted.cursor) if wanted.cursor else None
    ordered: Any = paging.after(rows, place) if place else rows.order_by(*paging.NEWEST)
    found = list(ordered.for_list()[: wanted.limit + 1])
    page = found[: wanted.limit]
    more = len(found) > wanted.limit
    return {
        "cases": [staff_reading.facts(case) for case in page],
        "next": str(paging.place_of(page[-1])) if more else None,
    }


@router.get(
    "/staff/notices/{notice_id}/candidates",
    auth=read,
    response={200: staff_schemas.CandidatesOut, **REFUSED},
    summary="List the cases that one answer can be given in",
)
def list_candidates(
    request: HttpRequest, response: HttpResponse, notice_id: UUID, language: str = "fa"
) -> dict[str, Any]:
    """Open cases that are linked to it and that you may answer, each with what else is open."""
    never_store(response)
    notice, seen_at = _notice(request, notice_id), timezone.now()
    found = answering.candidates(notice=notice, user=request.user, language=bare(language))
    return {
        "seen_at": seen_at,
        "cases": [
            {
                "code": each.case.code,
                "version": each.case.version,
                "state": each.case.state,
                "quiet": each.quiet,
                "matters": [str(matter) for matter in each.matters],
            }
            for each in found
        ],
    }


@router.post(
    "/staff/notices/{notice_id}/answers",
    auth=write,
    response={202: staff_schemas.GroupAnswerOut, **REFUSED},
    summary="Give one answer in many cases",
)
def answer_cases(
    request: HttpRequest, response: HttpResponse, notice_id: UUID, body: staff_schemas.GroupAnswerIn
) -> Status:
    """It is given in the background; the same `id` again is the same answer, as far as it is."""
    never_store(response)
    notice = _notice(request, notice_id)
    codes = [bare(code) for code in body.cases]
    rows = Case.objects.visible_to(request.user).filter(code__in=codes).order_by()
    answer = answering.ask(
        answer_id=body.id,
        notice=notice,
        actor=request.user,
        outcome=body.outcome,
        text=body.text,
        language=bare(body.language),
        chosen=Chosen(ticked=set(rows.values_list("pk", flat=True)), rest=body.all_quiet),
        seen_at=min(body.seen_at, timezone.now()),
    )
    return Status(202, _progress(request, answer))


@router.get(
    "/staff/notices/{notice_id}/answers/{answer_id}",
    auth=read,
    response={200: staff_schemas.GroupAnswerOut, **REFUSED},
    summary="See how far an answer is",
)
def read_answer(
    request: HttpRequest, response: HttpResponse, notice_id: UUID, answer_id: UUID
) -> dict[str, Any]:
    """Your own alone; another's is a 404."""
    never_store(response)
    rows = GroupAnswer.objects.visible_to(request.user).filter(notice=notice_id)
    answer = rows.filter(pk=answer_id).first()
    if answer is None:
        raise Http404
    return _progress(request, answer)


def _notice(request: HttpRequest, notice_id: UUID) -> Notice:
    """A notice whose requests the token's person may ask for; else 404."""
    found = shown.notices_known_to(request.user).filter(pk=notice_id).first()
    if found is None:
        raise Http404
    return found


def _named(notice_id: UUID) -> Notice:
    """What a body names; the verb refuses one that is none as one that nobody reads."""
    return Notice.objects.filter(pk=notice_id).first() or Notice(pk=notice_id)


def _progress(request: HttpRequest, answer: GroupAnswer) -> dict[str, Any]:
    visible = Case.objects.visible_to(request.user).order_by()
    failed: Any = answer.cases.exclude(result__in=_FINE).filter(case__in=visible.values("pk"))
    return {
        "id": answer.pk,
        "finished_at": answer.finished_at,
        "counts": answering.progress(answer),
        "failures": [
            {"code": row.case.code, "result": row.result, "words": row.get_result_display()}
            for row in failed.select_related("case").order_by("pk")[:MOST_FAILURES]
        ],
    }
