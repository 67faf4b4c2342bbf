"""Several cases at once: each by its own verb, in a transaction of its own, with its own result.

The cases travel with the versions that the person saw; one that has changed since is left alone and
said so, and the others are done.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from cms_pages.enums import Role
from cms_pages.models import Membership
from desk_core.responses import never_store
from notices.models import Notice
from service_requests import permissions, workflow
from service_requests.about_notices import linking, shown
from service_requests.admin.action_forms import NoticeChoice, StaffChoice
from service_requests.admin.actions import give
from service_requests.enums import Kind, Priority
from service_requests.errors import CaseError, NotPossible
from service_requests.models import Case, Team

MOST = 50
ACTIONS: dict[str, str | Promise] = {
    "assign": gettext_lazy("Assign to somebody"),
    "prioritise": gettext_lazy("Change the priority"),
    "close": gettext_lazy("Close the cases"),
    "link_notice": gettext_lazy("Link to a notice"),
}


@dataclass(frozen=True)
class Result:
    """What became of one case."""

    case: Case
    done: bool
    words: str


class CloseForm(forms.Form):
    """Nothing to fill in."""

    def __init__(self, *args: Any, cases: list[Case], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cases = cases


class PrioritiseForm(CloseForm):
    """The priority that all get."""

    priority = forms.TypedChoiceField(
        label=gettext_lazy("Priority"), choices=Priority.choices[::-1], coerce=int
    )


class GiveForm(CloseForm):
    """A colleague or a team of the departments of these cases."""

    to = StaffChoice(
        Membership.objects.none(),
        label=gettext_lazy("Colleague"),
        required=False,
        empty_label=gettext_lazy("Choose …"),
    )
    team = forms.ModelChoiceField(
        Team.objects.none(),
        label=gettext_lazy("Or a team"),
        required=False,
        empty_label=gettext_lazy("No team"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        departments = {case.department_id for case in self.cases}
        self.fields["to"].queryset = _colleagues(self.cases)  # type: ignore[attr-defined]
        teams = Team.objects.filter(department__in=departments, active=True)
        self.fields["team"].queryset = teams.order_by("name", "id")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """One or the other: what is left empty by mistake takes no case from anybody."""
        data = super().clean() or {}
        if not data.get("to") and not data.get("team") and not self.errors:
            self.add_error("to", _("Choose a colleague or a team."))
        if data.get("to") and data.get("team"):
            self.add_error("team", _("Choose a colleague or a team, not both."))
        return data


class LinkForm(CloseForm):
    """The notice that all are about."""

    notice = NoticeChoice(
        Notice.objects.none(), label=gettext_lazy("Notice"), empty_label=gettext_lazy("Choose …")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["notice"].queryset = shown.choices()  # type: ignore[attr-defined]


_FORMS = {
    "assign": GiveForm,
    "prioritise": PrioritiseForm,
    "close": CloseForm,
    "link_notice": LinkForm,
}


class BulkView(WagtailAdminTemplateMixin, TemplateView):
    """Posted from the list: shows the chosen cases and what is to be chosen, then does it."""

    template_name = "service_requests/admin/bulk.html"
    page_title = gettext_lazy("Several cases at once")
    header_icon = "mail"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Refuse whoever works on no case; kept by no cache."""
        if not permissions.user_can_act_in_bulk(request.user):
            raise PermissionDenied
        return never_store(super().dispatch(request, *args, **kwargs))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Cases are chosen in the list."""
        return redirect(_index())

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """The form, or with `confirm` the results."""
        action = request.POST.get("action", "")
        cases = _chosen(request)
        if action not in ACTIONS or not cases:
            messages.error(request, _("Choose at least one case, and what to do with it."))
            return redirect(_index())
        if "confirm" not in request.POST:
            return self._show(action, cases, _FORMS[action](cases=cases))
        form = _FORMS[action](request.POST, cases=cases)
        if not form.is_valid():
            messages.error(request, _("Nothing was saved. Please correct the errors."))
            return self._show(action, cases, form, status=422)
        results = [_do(action, case, request, form.cleaned_data) for case in cases]
        return self._show(action, cases, None, results=results)

    def _show(
        self,
        action: str,
        cases: list[Case],
        form: forms.Form | None,
        *,
        status: int = 200,
        results: list[Result] | None = None,
    ) -> HttpResponseBase:
        seen = _versions(self.request)
        context = self.get_context_data(
            action=action,
            action_label=ACTIONS[action],
            chosen=[(case, seen.get(case.pk, case.version)) for case in cases],
            form=form,
            results=results,
            done=sum(result.done for result in results or ()),
            index_url=_index(),
        )
        return self.render_to_response(context, status=status)


def _do(action: str, case: Case, request: HttpRequest, data: dict[str, Any]) -> Result:
    """One case by its verb; whatever it is refused with is its own result."""
    expected = _versions(request).get(case.pk, case.version)
    common: dict[str, Any] = {"case": case, "actor": request.user, "expected": expected}
    try:
        if action == "assign":
            give(common, data)
        elif action == "prioritise":
            workflow.prioritise(**common, priority=data["priority"])
        elif action == "link_notice":
            linking.link(**common, notice=data["notice"])
        else:
            workflow.close(**common)
    except ValidationError as error:
        return Result(case, False, " ".join(error.messages))
    except NotPossible as error:
        rows = Case.objects.visible_to(request.user)
        unchanged = rows.filter(pk=case.pk, version=expected).exists()
        words = _("The state of this case does not allow it.") if unchanged else str(error)
        return Result(case, False, words)
    except CaseError as error:
        return Result(case, False, str(error))
    return Result(case, True, _("Done."))


def _chosen(request: HttpRequest) -> list[Case]:
    """The visible cases among those that were ticked, at most MOST, in the order of the list."""
    wanted = [key for key in map(_uuid, request.POST.getlist("case")[:MOST]) if key]
    rows = Case.objects.visible_to(request.user).filter(pk__in=wanted).for_list()
    return list(rows.order_by("-registered_at", "-id"))


def _versions(request: HttpRequest) -> dict[UUID, int]:
    """Which version of each case the person saw, as `<id>:<version>`."""
    found = {}
    for text in request.POST.getlist("seen")[:MOST]:
        key, _colon, version = text.partition(":")
        if (pk := _uuid(key)) and version.isascii() and version.isdigit() and len(version) < 10:
            found[pk] = int(version)
    return found


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _colleagues(cases: list[Case]) -> "QuerySet[Any]":
    """Everybody who may be given one of these cases; whether each, the verb says."""
    departments = {case.department_id for case in cases}
    works = Q(department__in=departments, role__in=(Role.OFFICER, Role.HEAD))
    if any(case.kind == Kind.COMPLAINT for case in cases):
        works |= Q(department=None, role=Role.COMPLAINTS)
    people = Membership.objects.filter(works).order_by().values("user")
    found = get_user_model()._default_manager.filter(is_active=True, pk__in=people)
    return found.order_by("last_name", "first_name", "username")


def _index() -> str:
    return reverse("service_requests_case_modeladmin_index")
