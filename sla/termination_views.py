"""The staff's screen for ending an agreement: where the procedure stands, and its next step."""

from typing import Any, cast

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic.base import TemplateView
from wagtail.admin import messages

from sla import terminating
from sla.models.agreements import AgreementVersion
from sla.models.termination import Termination
from sla.permissions import user_can_terminate
from sla.sequence import said_of_end
from sla.showing import state_sentence
from sla.state import state_on, today
from sla.terminating import TERMINABLE, TerminationRefused
from sla.termination_forms import AnnouncementForm
from sla.version_screen import VersionScreen


class TerminationView(VersionScreen, TemplateView):
    """Announce, confirm, finish or call off; each step says what it still needs."""

    template_name = "sla/admin/termination.html"
    page_title = gettext_lazy("Termination")
    header_icon = "cross"
    http_method_names = ["get", "post", "head", "options"]

    def may(self, user: Any, version: AgreementVersion) -> bool:
        """The two people, and whoever may be the second."""
        return user_can_terminate(user, version)

    @property
    def termination(self) -> Termination | None:
        """What was announced of this version, as it is now."""
        rows = Termination.objects.select_related(
            "version__agreement", "announced_by", "confirmed_by", "finished_by", "backup"
        )
        return rows.filter(version=self.version).first()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Carry out one step; what refuses it is said at the top, and nothing is lost."""
        step = request.POST.get("step", "")
        if step == "announce":
            return self._announce(request)
        termination = self.termination
        try:
            if termination is None:
                raise TerminationRefused(_("This announcement was called off meanwhile."))
            said = self._carry_out(step, termination)
        except TerminationRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, said)
        return redirect(request.get_full_path())

    def _carry_out(self, step: str, termination: Termination) -> str:
        actor = cast(AbstractBaseUser, self.request.user)
        if step == "confirm":
            terminating.confirm(termination=termination, actor=actor)
            return _("Confirmed. From the day on nothing new is registered under it.")
        if step == "finish":
            terminating.finish(termination=termination, actor=actor)
            return _("The version is terminated.")
        if step == "call_off":
            terminating.call_off(termination=termination, actor=actor)
            return _(
                "The end was called off; the agreement holds as before, and people are told so."
            )
        raise TerminationRefused(_("This step does not exist."))

    def _announce(self, request: HttpRequest) -> HttpResponse:
        form = AnnouncementForm(request.POST)
        if form.is_valid():
            actor = cast(AbstractBaseUser, request.user)
            try:
                terminating.announce(version=self.version, actor=actor, **form.cleaned_data)
            except ValidationError as error:
                form.refuse(error)
            except TerminationRefused as refused:
                messages.error(request, str(refused))
                return redirect(request.get_full_path())
            else:
                messages.success(request, _("Announced. The people concerned are being told."))
                for said in said_of_end(self.version, form.cleaned_data["ends_on"]):
                    messages.warning(request, said)
                return redirect(request.get_full_path())
        messages.error(request, _("Nothing was announced. Please correct the errors."))
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Where the procedure stands and what may be done next."""
        context = super().get_context_data(**kwargs)
        termination = self.termination
        facts = self.version.facts()
        state = state_on(facts, today())
        form = context.get("form") or AnnouncementForm()
        ending = termination is not None and termination.ending_from is not None
        return context | {
            "version": self.version,
            "sentence": state_sentence(state, facts, today()),
            "termination": termination,
            "called_off": self.version.called_off_ends.select_related("called_off_by"),
            "possible": not self.version.g2g and state in TERMINABLE,
            "form": form,
            "media": form.media,
            "leaves": said_of_end(self.version, termination.ends_on) if termination else [],
            "own": termination is not None and termination.announced_by_id == self.request.user.pk,
            "has_come": ending and termination.ending_from <= today(),  # type: ignore[operator,union-attr]
            "backup_problem": terminating.backup_problem(self.version) if ending else "",
            "action_url": self.request.get_full_path(),
            "next_url": self.next_url,
        }
