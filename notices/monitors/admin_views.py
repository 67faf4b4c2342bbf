"""The staff's screens for one proposal, and the administrators' for the token of a monitor."""

from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView
from django.views.generic.edit import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from desk_core.responses import never_store
from notices.enums import POSTING_KINDS
from notices.models import MonitorSource, Proposal
from notices.monitors import deciding, sources
from notices.monitors.forms import DismissForm
from notices.monitors.standing import SHOWN_WITH, Standing
from notices.permissions import user_can_decide, user_can_manage_monitors

if TYPE_CHECKING:
    from django.contrib.auth.models import User

PROPOSALS = "notices_proposal_modeladmin_index"
MONITORS = "notices_monitorsource_modeladmin_index"


class ProposalView(WagtailAdminTemplateMixin, FormView):
    """What a monitor said, what became of it, and what can be done about it."""

    form_class = DismissForm
    template_name = "notices/admin/proposal.html"
    page_title = gettext_lazy("Proposal of a monitor")
    header_icon = "warning"

    @cached_property
    def proposal(self) -> Proposal:
        """The proposal of the address; 404 when there is none for this reader."""
        rows = Proposal.objects.visible_to(self.request.user).select_related(*SHOWN_WITH)
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """404 before anything else; deciding is for fewer than reading."""
        may = user_can_decide(request.user, self.proposal)
        if request.method == "POST" and not may:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        """What it is about."""
        return str(self.proposal)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home, the list, then this."""
        way = {"url": reverse(PROPOSALS), "label": _("Proposals of monitors")}
        return [*self.breadcrumbs_items, way, {"url": "", "label": str(self.proposal)}]

    def form_valid(self, form: DismissForm) -> HttpResponse:
        """Dismiss it."""
        if form.save(self.proposal, cast("User", self.request.user)) is None:
            return self.form_invalid(form)
        messages.success(self.request, _("The proposal is dismissed."))
        return redirect(PROPOSALS)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The proposal as it stands, and what this reader may do."""
        context = super().get_context_data(**kwargs)
        now = timezone.now()
        standing = Standing(self.proposal, now)
        may = user_can_decide(self.request.user, self.proposal)
        index = deciding.place_for_notices()
        user: Any = self.request.user
        place = index is not None and index.permissions_for_user(user).can_add_subpage()
        return context | {
            "standing": standing,
            "proposal": self.proposal,
            "action_url": self.request.path,
            "may_write": may and place and self.proposal.page is None,
            "attachable": deciding.attachable(proposal=self.proposal, author=user, at=now)
            if may and self.proposal.page is None
            else [],
            "may_dismiss": may and not standing.decided,
            "media": context["form"].media,
        }


@require_POST
def write_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the draft and open it in the editor."""
    rows = Proposal.objects.visible_to(request.user).select_related(*SHOWN_WITH)
    proposal = get_object_or_404(rows, pk=pk)
    if not user_can_decide(request.user, proposal):
        raise PermissionDenied
    try:
        page = deciding.take_up(proposal=proposal, author=cast("User", request.user))
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
        return redirect("notices_admin:proposal", proposal.pk)
    messages.success(request, _("Here is a draft. Read it, add what people should know, publish."))
    return redirect("wagtailadmin_pages:edit", page.pk)


@require_POST
def attach_to_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a notice that is there already be about it, too."""
    rows = Proposal.objects.visible_to(request.user).select_related(*SHOWN_WITH)
    proposal = get_object_or_404(rows, pk=pk)
    if not user_can_decide(request.user, proposal):
        raise PermissionDenied
    try:
        notice = UUID(request.POST.get("notice", ""))
    except ValueError:
        raise Http404 from None
    try:
        deciding.attach(proposal=proposal, notice=notice, author=cast("User", request.user))
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(request, _("The notice is about this, too. Its recovery is shown there."))
    return redirect("notices_admin:proposal", proposal.pk)


class TokenView(WagtailAdminTemplateMixin, TemplateView):
    """GET asks, POST makes a token and shows it in this one answer."""

    http_method_names = ["get", "post", "head", "options"]
    template_name = "notices/admin/monitor_token.html"
    page_title = gettext_lazy("Token of a monitor")
    header_icon = "key"

    @cached_property
    def source(self) -> MonitorSource:
        """The monitor of the address; 404 where there is none that posts."""
        rows = MonitorSource.objects.manageable_by(self.request.user)
        found = rows.filter(pk=self.kwargs["pk"], kind__in=POSTING_KINDS).first()
        if found is None:
            raise Http404
        return found

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """For administrators, and kept by no cache."""
        if not user_can_manage_monitors(request.user):
            raise PermissionDenied
        self.source  # noqa: B018 – 404 before anything else
        return never_store(super().dispatch(request, *args, **kwargs))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Make it; an earlier one ends."""
        token = sources.new_token(source=self.source, actor=cast("User", request.user))
        return self.render_to_response(self.get_context_data(token=token))

    def get_page_subtitle(self) -> str:
        """The monitor."""
        return str(self.source)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home, the list, then this."""
        way = {"url": reverse(MONITORS), "label": _("Monitors")}
        return [*self.breadcrumbs_items, way, {"url": "", "label": str(self.source)}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Where it posts to."""
        path = reverse("monitors:intake")
        return super().get_context_data(**kwargs) | {
            "source": self.source,
            "intake_url": self.request.build_absolute_uri(path),
            "index_url": reverse(MONITORS),
        }
