"""The staff's screen for one update of one notice."""

from typing import TYPE_CHECKING, Any, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic.edit import FormView
from wagtail.admin import messages
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from notices.enums import CLOSING_STATE, OVER_PHASES, Kind
from notices.forms import UpdateForm
from notices.models import Notice, Proposal
from notices.permissions import user_can_post_update

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class PostUpdateView(WagtailAdminTemplateMixin, FormView):
    """Say something about a notice: one short form, usable with a thumb."""

    form_class = UpdateForm
    template_name = "notices/admin/update.html"
    page_title = gettext_lazy("Add an update")
    header_icon = "comment-add"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse whoever may not post."""
        if not user_can_post_update(request.user, self.notice):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def notice(self) -> Notice:
        """The notice of the address; 404 when there is none."""
        return get_object_or_404(Notice, pk=self.kwargs["pk"])

    @property
    def next_url(self) -> str:
        """Where to go afterwards: where the form was opened, else the admin's home."""
        return get_valid_next_url_from_request(self.request) or reverse("wagtailadmin_home")

    def get_page_subtitle(self) -> str:
        """The notice."""
        return str(self.notice)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home, then this."""
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_form_kwargs(self) -> dict[str, Any]:
        """The form needs its notice."""
        return super().get_form_kwargs() | {"notice": self.notice, "user": self.request.user}

    def get_initial(self) -> dict[str, Any]:
        """Opened from a monitor's recovery, the form suggests that it is over, and since when."""
        recovered = self.request.GET.get("from", "")
        if not (recovered.isascii() and recovered.isdigit() and len(recovered) < 19):
            return super().get_initial()
        ends = Proposal.objects.filter(pk=recovered, page__notice=self.notice)
        ended_at = ends.values_list("ended_at", flat=True).first()
        if ended_at is None or self.notice.kind != Kind.OUTAGE:
            return super().get_initial()
        return {
            "state": CLOSING_STATE[Kind.OUTAGE],
            "ended_at": max(ended_at, self.notice.starts_at),
        }

    def form_valid(self, form: UpdateForm) -> HttpResponse:
        """Post it; what the verb refuses is shown in the form."""
        author = cast("User", self.request.user)  # `dispatch` has let nobody else in
        if form.save(author) is None:
            return self.form_invalid(form)
        messages.success(self.request, _("The update is published."))
        for sentence in form.warnings():
            messages.warning(self.request, sentence)
        return redirect(self.next_url)

    def form_invalid(self, form: UpdateForm) -> HttpResponse:
        """Show the form again, and say so at the top."""
        messages.error(self.request, _("The update was not published. Please correct the errors."))
        return super().form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The notice with its phase and its updates, and where the form goes."""
        now = timezone.now()
        phase = self.notice.phase(now)
        context = super().get_context_data(**kwargs)
        return context | {
            "notice": self.notice,
            "phase": phase,
            "is_over": phase in OVER_PHASES,
            "updates": self.notice.updates.select_related("author").order_by("-at", "-pk"),
            "affected": self.notice.affected.select_related("service"),
            "action_url": self.request.get_full_path(),
            "next_url": self.next_url,
            "submit_button_label": _("Publish the update"),
            "submit_button_active_label": _("Publishing…"),
            "media": context["form"].media,
        }
