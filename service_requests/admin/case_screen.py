"""A case on one screen: conversation and timeline, facts, and the steps that are permitted now."""

from typing import Any

from django.core.exceptions import BadRequest, ValidationError
from django.forms import FileField
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.admin import messages

from cms_pages.models import DeskSettings
from desk_core.modeladmin import DeskInspectView
from desk_core.responses import never_store
from persian.templatetags.persian import code_groups
from service_requests import (
    agreement,
    appointments,
    enquiries,
    four_eyes,
    history,
    message_log,
    permissions,
    promises,
    reading,
    receipts,
    reminders,
    replies,
    retention,
    visit_words,
    wording,
)
from service_requests.about_notices import shown as about_notices
from service_requests.admin import grants
from service_requests.admin.action_forms import ActionForm, OpenForm, StoredReplyForm
from service_requests.admin.actions import ACTIONS, Action, offered
from service_requests.days import last_day
from service_requests.errors import CaseError, Conflict, NotAllowed
from service_requests.forms import refuse
from service_requests.models import Case
from service_requests.texts import TEXT_MAX
from service_requests.wording import tone
from sla import clocks

OPEN_CONTENT, OPEN_PERSON = "content", "person"


class CaseScreen(DeskInspectView):
    """GET shows the case, POST takes one action. Another's case is a 404 for both."""

    instance: Case
    bound: ActionForm | None = None
    bound_action: Action | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Kept by no cache."""
        return never_store(super().dispatch(request, *args, **kwargs))

    def get_meta_title(self) -> str:
        """The code is all a title may say."""
        return _("Case %(code)s") % {"code": self.instance.code}

    def get_page_title(self) -> str:
        """The same, the code in its groups."""
        return format_html(_("Case %(code)s") % {"code": "{}"}, code_groups(self.instance.code))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Open details with a reason, or take an action that is offered."""
        key = request.POST.get("action", "")
        if key in ("open", "close_details"):
            return self._open(key)
        action = next((a for a in offered(request.user, self.instance) if a.key == key), None)
        if action is None:
            return self._gone(key)
        if "insert" in request.POST:
            return self._insert(action)
        form = self._form(action, bound=True)
        if form.is_valid():
            try:
                result = action.run(self.instance, request.user, form.cleaned_data)
            except ValidationError as error:
                refuse(form, error)
            except NotAllowed as error:
                raise Http404 from error
            except Conflict as error:
                return self._conflict(action, form, error)
            except CaseError as error:
                form.add_error(None, str(error))
            else:
                return self._done(action, result)
        messages.error(request, _("Nothing was saved. Please correct the errors."))
        return self._again(action, form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Everything the screen shows, opened only as far as this person may and said why."""
        case, user = self.instance, self.request.user
        view, asks = self._content()
        groups: dict[str, list[dict[str, Any]]] = {}
        actions = offered(user, case)
        # What can no longer be done is shown for the text that was typed into it.
        tried_last = self.bound_action
        gone = [tried_last] if tried_last is not None and tried_last not in actions else []
        for action in (*gone, *actions):
            tried = action is self.bound_action
            form = self.bound if tried else self._form(action)
            groups.setdefault(action.group, []).append(
                {"action": action, "form": form, "open": tried, "gone": action in gone}
            )
        person_reason = grants.granted(self.request, case, OPEN_PERSON)
        person, identities = None, []
        if person_reason and permissions.user_can_read_person(user, case):
            person = reading.person_for_staff(case=case, user=user, reason=person_reason)
            identities = reading.identities_for_staff(case=case, user=user, reason=person_reason)
        return super().get_context_data(**kwargs) | {
            "case": case,
            "tone": tone(case),
            "proposal": four_eyes.proposed_reason(case) if view and case.rejection_proposed else "",
            "duplicates": case.duplicates.visible_to(user).order_by("registered_at", "pk"),
            "reply_until": wording.reply_until(case),
            "kept_until": retention.kept_until(case),
            "merged_into": self._merged_into(),
            "agreement_url": agreement.url_of(case.agreement_version, self.request),
            "view_of_case": view,
            "asks_reason": asks,
            "timeline": view.timeline if view else self._bare_timeline(),
            "letters": view.letters if view else reading.letters(case, subject=None),
            "may_print": permissions.user_can_print_letter(user, case),
            "masked_person": wording.details(view.masked_person) if view else [],
            "person": wording.details({**person["person"], **person["contact"]}) if person else [],
            "identities": identities,
            "may_open_person": permissions.user_can_read_person(user, case),
            "open_form": OpenForm(),
            **_promised(case),
            **_visit(case, opened=view is not None),
            **self._notices(groups),
            "groups": groups,
            "sent": message_log.of_case(case),
            "history_url": self.url_helper.get_action_url("history", self.pk_quoted)
            if self.permission_helper.user_can_see_history(user, case)
            else "",
        }

    def _notices(self, groups: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
        """What the case is about; suggestions with a button of their own, for whoever may link."""
        may_link = any(each["action"].key == "link_notice" for each in groups.get("notices", ()))
        return {
            "linked_notices": about_notices.of_case(self.instance),
            "suggested_notices": about_notices.suggested(self.instance) if may_link else [],
        }

    def _merged_into(self) -> Case | None:
        """The case that goes on, for whoever may know of it."""
        visible = Case.objects.visible_to(self.request.user)
        return visible.filter(duplicates=self.instance).first() if self.instance.set_aside else None

    def _content(self) -> tuple[reading.StaffView | None, bool]:
        """The opened case, or None and whether a reason would open it."""
        case, user = self.instance, self.request.user
        if not permissions.user_can_read_content(user, case):
            return None, False
        reason = grants.granted(self.request, case, OPEN_CONTENT)
        if permissions.user_must_give_reason(user, case) and not reason:
            return None, True
        return reading.for_staff(case=case, user=user, reason=reason), False

    def _bare_timeline(self) -> list[reading.ReadEvent]:
        case = self.instance
        history.audit("case.seen", case, self.request.user)
        return reading.timeline(case, subject=None, public=False)

    def _form(self, action: Action, *, bound: bool = False) -> ActionForm:
        data = (self.request.POST, self.request.FILES) if bound else (None, None)
        return action.form_class(
            *data, case=self.instance, user=self.request.user, prefix=action.key
        )

    def _insert(self, action: Action) -> HttpResponseBase:
        """Show the form again with a stored reply in it; nothing is done yet."""
        form = self._form(action)
        for name, field in form.fields.items():
            if not isinstance(field, FileField):
                value = field.widget.value_from_datadict(
                    self.request.POST, self.request.FILES, form.add_prefix(name)
                )
                form.initial[name] = value
        if isinstance(form, StoredReplyForm):
            written = str(form.initial.get(form.text_field) or "")[: 2 * TEXT_MAX]
            text = replies.inserted(
                self.instance, str(form.initial.get("stored_reply") or ""), written
            )
            if text is None:
                messages.error(self.request, _("Choose a stored reply first."))
            else:
                form.initial[form.text_field] = text
        self.bound, self.bound_action = form, action
        return self.render_to_response(self.get_context_data())

    def _open(self, key: str) -> HttpResponseBase:
        what = self.request.POST.get("what", "")
        if what not in (OPEN_CONTENT, OPEN_PERSON):
            raise BadRequest
        if key == "close_details":
            grants.withdraw(self.request, self.instance, what)
            return redirect(self.request.path)
        allowed = {
            OPEN_CONTENT: permissions.user_can_read_content,
            OPEN_PERSON: permissions.user_can_read_person,
        }[what]
        if not allowed(self.request.user, self.instance):
            raise Http404
        form = OpenForm(self.request.POST)
        if form.is_valid():
            grants.grant(self.request, self.instance, what, form.cleaned_data["reason"])
        else:
            messages.error(self.request, _("Say why you need to read this."))
        return redirect(self.request.path)

    def _gone(self, key: str) -> HttpResponseBase:
        """An action that is not, or no longer, offered."""
        if not key.isidentifier():
            raise BadRequest
        messages.error(
            self.request, _("This can no longer be done: the case has moved on. See below.")
        )
        action = next((a for a in ACTIONS if a.key == key), None)
        if action is not None:
            form = self._form(action, bound=True)
            if form.has_text():
                return self._again(action, form)
        return redirect(self.request.path)

    def _done(self, action: Action, result: Any) -> HttpResponseBase:
        if isinstance(result, receipts.OpenReceipt):
            return slip(self.request, result, self.request.POST[f"{action.key}-slip_key"])
        messages.success(self.request, str(action.done))
        if isinstance(result, enquiries.Asked):
            return self._link(result)
        visible = Case.objects.visible_to(self.request.user).filter(pk=self.instance.pk)
        return redirect(self.request.path if visible.exists() else self.index_url)

    def _link(self, asked: enquiries.Asked) -> HttpResponseBase:
        """The link of a new question, shown this once."""
        context = {
            "case": self.instance,
            "link": asked.link,
            "until": last_day(asked.enquiry.expires_at),
            "page_title": self.get_page_title(),
        }
        return never_store(render(self.request, "service_requests/admin/asked.html", context))

    def _conflict(self, action: Action, form: ActionForm, error: Conflict) -> HttpResponseBase:
        """Show what is new, with what the person wrote still there."""
        messages.error(self.request, str(error))
        fresh = Case.objects.visible_to(self.request.user).filter(pk=self.instance.pk).first()
        if fresh is None:
            return redirect(self.index_url)
        self.instance = fresh
        data: Any = form.data.copy()  # type: ignore[attr-defined]
        data[form.add_prefix("expected")] = str(fresh.version)
        form.data = data
        return self._again(action, form)

    def _again(self, action: Action, form: ActionForm) -> HttpResponseBase:
        self.bound, self.bound_action = form, action
        response = self.render_to_response(self.get_context_data())
        response.status_code = 422
        return response


def _visit(case: Case, *, opened: bool) -> dict[str, Any]:
    """The visit that the case waits for; a place that is sealed only where the case is opened."""
    visit = appointments.living(case)
    if visit is None:
        return {"visit": None}
    published = visit.slot is not None
    where = reading.place_of(visit) if opened or published else ""
    return {"visit": visit, "visit_when": visit_words.when(visit), "visit_where": where}


def _promised(case: Case) -> dict[str, Any]:
    """By when what was promised, and what moved it."""
    dues = promises.explained_dues(case, to_applicant=False)
    if not dues:
        return {"dues": []}
    return {
        "dues": dues,
        "clocks_stand": any(due.clock.halted for due in dues),
        "clock_trace": clocks.trace(case.code),
        "reminded": reminders.told_of(case),
    }


def slip(request: HttpRequest, receipt: receipts.OpenReceipt, key: str) -> HttpResponse:
    """The way to the slip: the password is on the printed sheet alone, never in this page."""
    context = {
        "receipt": receipt,
        "case": receipt.case,
        "holder": capfirst(wording.holder(receipt.case)),
        "submission_key": key,
        "desk": DeskSettings.for_request(request),
        "address": request.build_absolute_uri(reverse("service_requests:track")),
    }
    return never_store(render(request, "service_requests/admin/slip.html", context))
