"""The one case that a citizen has opened with code and password."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from desk_core.responses import never_store
from service_requests import (
    agreement,
    contacts,
    conversation,
    cookies,
    limits,
    promises,
    reading,
    tracking,
    visit_reading,
    visit_words,
    visits,
    wording,
    workflow,
)
from service_requests.attachments import IncomingFile
from service_requests.enums import OPEN_STATES, EventKind, Side
from service_requests.errors import CaseError, SentBefore
from service_requests.forms import (
    DeclineVisitForm,
    MessageForm,
    ObjectionForm,
    ReopeningForm,
    VisitForm,
    WithdrawForm,
    refuse,
)
from service_requests.models import Attachment, Letter, TrackingSession
from service_requests.serving import (
    calendar_response,
    export_response,
    file_response,
    letter_response,
)
from service_requests.subject_export import handing_out
from service_requests.surveys import links
from service_requests.transitions import Step
from service_requests.views.surveys import begun
from sla import agreements, working_time

Verb = Callable[[Any], None]


def _session(request: HttpRequest) -> TrackingSession | None:
    return tracking.get_session(cookies.get(request, cookies.TRACKING))


def _no_session(request: HttpRequest) -> HttpResponseBase:
    """Back to the tracking page; right after signing in it is the cookie that did not stay."""
    if "in" in request.GET:
        return never_store(render(request, "service_requests/no_cookie.html", status=400))
    over = "?over" if cookies.get(request, cookies.TRACKING) else ""  # else there was no visit
    return never_store(redirect(f"{reverse('service_requests:track')}{over}"))


def _deed(view: Callable[[HttpRequest], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A form of the case. After an error its page stands at this address: asked for again, by a
    reload or in the other language, it is the case."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponseBase:
        if request.method == "POST":
            return view(request)
        return never_store(redirect("service_requests:case"))

    return answer


@require_safe
def case(request: HttpRequest) -> HttpResponseBase:
    """State, dates, conversation, answer and its files, and what can be done now."""
    session = _session(request)
    return never_store(_show(request, session)) if session else _no_session(request)


@_deed
def message(request: HttpRequest) -> HttpResponseBase:
    """The applicant writes."""

    def write(form: Any) -> None:
        conversation.citizen_adds(
            case=session_case(request),
            text=form.cleaned_data["text"],
            files=[
                IncomingFile.of(upload, keep_as_sent=form.cleaned_data["keep_as_sent"])
                for upload in form.cleaned_data["files"]
            ],
            message_id=form.cleaned_data["message_id"],
        )

    return _act(request, "message_form", MessageForm, write, done="written")


@_deed
def objection(request: HttpRequest) -> HttpResponseBase:
    """The applicant objects to the answer."""

    def write(form: Any) -> None:
        workflow.object_to_answer(
            case=session_case(request),
            text=form.cleaned_data["text"],
            message_id=form.cleaned_data["message_id"],
        )

    return _act(request, "objection_form", ObjectionForm, write, done="objected")


@_deed
def reopening(request: HttpRequest) -> HttpResponseBase:
    """The applicant has a closed case opened again."""

    def write(form: Any) -> None:
        workflow.reopen_for_applicant(
            case=session_case(request),
            text=form.cleaned_data["text"],
            message_id=form.cleaned_data["message_id"],
        )

    return _act(request, "reopening_form", ReopeningForm, write, done="reopened")


@_deed
def withdrawal(request: HttpRequest) -> HttpResponseBase:
    """The applicant withdraws."""

    def write(form: Any) -> None:
        workflow.withdraw(
            case=session_case(request),
            text=form.cleaned_data["text"],
            message_id=form.cleaned_data["message_id"],
        )

    return _act(request, "withdraw_form", WithdrawForm, write, done="withdrawn")


@_deed
def visit(request: HttpRequest) -> HttpResponseBase:
    """The applicant chooses a time for their visit, or another one."""

    def write(form: Any) -> None:
        visits.choose(
            case=session_case(request),
            slot=form.cleaned_data["slot"],
            message_id=form.cleaned_data["message_id"],
        )

    return _act(request, "visit_form", VisitForm, write, done="booked")


@_deed
def decline_visit(request: HttpRequest) -> HttpResponseBase:
    """The applicant will not come."""

    def write(form: Any) -> None:
        visits.decline(
            case=session_case(request),
            text=form.cleaned_data["text"],
            message_id=form.cleaned_data["message_id"],
        )

    return _act(request, "decline_form", DeclineVisitForm, write, done="declined")


@require_safe
def visit_calendar(request: HttpRequest) -> HttpResponseBase:
    """The visit as an entry for the applicant's own calendar."""
    session = _session(request)
    if session is None:
        return _no_session(request)
    response = calendar_response(session.credential.case, request)
    if response is None:
        raise Http404
    return response


@_deed
def survey(request: HttpRequest) -> HttpResponseBase:
    """Begin the survey: from here on a permit is enough, and the case is left behind."""
    session = _session(request)
    if session is None:
        return _no_session(request)
    try:
        return begun(links.begin(case=session.credential.case))
    except CaseError as error:
        return never_store(_show(request, session, refusal=str(error)))


@require_safe
def file(request: HttpRequest, attachment_id: UUID) -> HttpResponseBase:
    """A file of the case, handed out frame by frame, never shown inside the page."""
    session = _session(request)
    if session is None:
        return _no_session(request)
    try:
        found = reading.file_for_applicant(session=session, attachment_id=attachment_id)
    except (Attachment.DoesNotExist, FileNotFoundError) as error:
        raise Http404 from error
    return file_response(found)


@require_safe
def letter(request: HttpRequest, letter_id: UUID) -> HttpResponseBase:
    """An outgoing letter of the case as PDF."""
    session = _session(request)
    if session is None:
        return _no_session(request)
    try:
        paper = reading.letter_for_applicant(session=session, letter_id=letter_id)
    except Letter.DoesNotExist as error:
        raise Http404 from error
    return letter_response(request, paper)


@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """The case to take along, as an archive for people and programs (R39)."""
    session = _session(request)
    if session is None:
        return _no_session(request)
    case = session.credential.case
    if not limits.may_take_along(case):
        response = _show(request, session, refusal=limits.TOO_OFTEN)
        response.status_code = 429
        return never_store(response)
    language = get_language() or settings.LANGUAGE_CODE
    return export_response(handing_out.for_applicant(session=session, language=language))


def session_case(request: HttpRequest) -> Any:
    """The case of the session that `_act` has checked."""
    session = _session(request)
    if session is None:
        raise Http404
    return session.credential.case


def _act(
    request: HttpRequest, name: str, form_class: type[forms.Form], verb: Verb, *, done: str
) -> HttpResponseBase:
    session = _session(request)
    if session is None:
        return _no_session(request)
    form = form_class(request.POST, request.FILES)
    if form.is_valid():
        try:
            verb(form)
        except ValidationError as error:
            refuse(form, error)
        except CaseError as error:
            form.add_error(None, str(error))
            if isinstance(error, SentBefore):
                form.data = {**request.POST.dict(), "message_id": str(uuid4())}
        else:
            return never_store(redirect(f"{reverse('service_requests:case')}?{done}"))
    return never_store(_show(request, session, **{name: form}))


def _show(
    request: HttpRequest, session: TrackingSession, *, refusal: Any = "", **bound: forms.Form
) -> HttpResponse:
    view = reading.for_applicant(session)
    steps = set(view.steps)
    shown_visit = visit_reading.for_applicant(view)
    may_choose = shown_visit is not None and shown_visit.can_choose
    context: dict[str, Any] = {
        "view": view,
        "case": view.case,
        "session": session,
        "tone": wording.tone(view.case),
        "sentence": wording.sentence(view.case),
        "state_label": wording.state_label(view.case),
        "holder": capfirst(wording.holder(view.case)),
        "reply_until": wording.reply_until(view.case),
        "closed_by_itself": _last(view, EventKind.EXPIRED, EventKind.REOPENED, EventKind.RESTORED),
        "visit_called_off": _last(view, EventKind.VISIT_SHUT, *_OF_A_VISIT),
        "again_until": workflow.objection_until(view.case) if _AGAIN & steps else None,
        "dealt_with_in": wording.dealt_with_in(view.case),
        "course": _course(view),
        "dues": promises.explained_dues(view.case, to_applicant=True),
        "talk": [(message, _writer(view.case, message)) for message in view.messages],
        "identity": wording.identity(view.masked_person),
        "working": working_time.next_working_sentence(wording.office(view.case))
        if wording.waits_for_staff(view.case)
        else "",
        "agreement_label": view.case.agreement_note
        or agreements.label_for_case(view.case.agreement_version),
        "agreement_url": agreement.url_of(view.case.agreement_version, request),
        "message_form": MessageForm() if view.case.state in OPEN_STATES else None,
        "objection_form": ObjectionForm() if Step.OBJECT in steps else None,
        "reopening_form": ReopeningForm() if Step.REOPEN in steps else None,
        "withdraw_form": WithdrawForm() if Step.WITHDRAW in steps else None,
        "shown_visit": shown_visit,
        "visit_form": VisitForm() if may_choose else None,
        "decline_form": DeclineVisitForm() if may_choose else None,
        "contacts_offered": contacts.offered_for(view.case.kind),
        "done": next((word for word in DONE if word in request.GET), ""),
        "refusal": refusal,
        "bound": next(iter(bound.values()), None),
    }
    for name, form in bound.items():
        if context.get(name) is not None or form.non_field_errors():
            context[name] = form
    for name, prefix in PREFIXES.items():
        if context[name] is not None:
            context[name].auto_id = f"id_{prefix}_%s"
    if shown_visit is not None and may_choose:
        chosen = request.POST.get("slot", "") if "visit_form" in bound else ""
        context["visit_days"] = _visit_days(shown_visit, chosen)
    return render(request, "service_requests/case.html", context)


DONE = ("written", "objected", "reopened", "withdrawn", "booked", "declined")
# Several forms on one page: their ids must differ, their names need not.
PREFIXES = {
    "message_form": "message",
    "objection_form": "objection",
    "reopening_form": "reopening",
    "withdraw_form": "withdraw",
    "visit_form": "visit",
    "decline_form": "decline",
}


def _visit_days(shown: visit_reading.ShownVisit, chosen: str) -> list[dict[str, Any]]:
    """The free times by day, each with the id of its radio button: an error leads to the first."""
    days: list[dict[str, Any]] = []
    number = 0
    for day in visit_words.offered_days(shown.offers):
        times = []
        for key, label in day.times:
            button = {"id": f"id_visit_slot_{number}", "chosen": key == chosen}
            times.append({"key": key, "words": label, **button})
            number += 1
        open_day = any(each["chosen"] for each in times)
        words = {"label": day.label, "count": day.count, "place": day.place}
        days.append({**words, "times": times, "chosen": open_day})
    return days


_AGAIN = {Step.OBJECT, Step.REOPEN}
_OF_A_VISIT = (EventKind.VISIT_REQUESTED, EventKind.VISIT_BOOKED, EventKind.VISIT_MOVED)


def _last(view: reading.ApplicantView, kind: EventKind, *others: EventKind) -> bool:
    """Whether of these kinds of events this one was the last."""
    kinds = [event.kind for event in view.timeline if event.kind in (kind, *others)]
    return bool(kinds) and kinds[-1] == kind


def _course(view: reading.ApplicantView) -> list[dict[str, Any]]:
    """The steps of the case, each with who had it then."""
    return [
        {
            "label": event.label,
            "at": event.at,
            "note": event.note,
            "holder": capfirst(wording.holder(view.case, event.department))
            if event.department
            else "",
        }
        for event in view.timeline
    ]


def _writer(case: Any, message: reading.ReadMessage) -> str:
    """Who wrote to the applicant: whoever had the case then, not who has it now."""
    return capfirst(wording.holder(case, message.department)) if message.side == Side.STAFF else ""
