"""The administrators' screen for inviting the other organisation to sign by a link (R33)."""

import uuid
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django.views.generic.edit import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from desk_core.responses import never_store
from sla.document import read_canonical
from sla.forms import InvitationForm
from sla.invitations import revoke
from sla.models.agreements import AgreementVersion
from sla.models.invitations import SigningInvitation
from sla.permissions import user_can_invite_signatory


class InviteView(WagtailAdminTemplateMixin, FormView):
    """The invitations of a version, and the form for the next one."""

    form_class = InvitationForm
    template_name = "sla/admin/invitations.html"
    page_title = gettext_lazy("Invite to sign")
    header_icon = "mail"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse whoever may not invite; no cache keeps a link."""
        if not user_can_invite_signatory(request.user, self.version):
            raise PermissionDenied
        return never_store(super().dispatch(request, *args, **kwargs))

    @cached_property
    def version(self) -> AgreementVersion:
        """The version of the address; 404 when there is none."""
        rows = AgreementVersion.objects.select_related("agreement", "signed_text")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        """The agreement and its version."""
        return f"{self.version.agreement} – {self.version}"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home, then this."""
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_subtitle()}]

    def get_form_kwargs(self) -> dict[str, Any]:
        """The form needs its version."""
        return super().get_form_kwargs() | {"version": self.version}

    def form_valid(self, form: InvitationForm) -> HttpResponse:
        """Make the link, and show it in this one answer."""
        invited = form.save(cast(Any, self.request.user))
        if invited is None:
            return self.form_invalid(form)
        fresh = InvitationForm(version=self.version)
        return self.render_to_response(
            self.get_context_data(form=fresh, link=invited.link, sent=invited.invitation.by_email)
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The invitations so far, each with what became of it."""
        context = super().get_context_data(**kwargs)
        form = context["form"]
        return context | {
            "version": self.version,
            "waiting": form.fields["party"].choices,
            "invitations": self._rows(),
            "action_url": self.request.path,
            "signature_url": reverse("sla_admin:record_signature", args=[self.version.pk]),
            "submit_button_label": _("Make the link"),
            "media": form.media,
        }

    def _rows(self) -> list[dict[str, Any]]:
        text = self.version.offered_text
        names = {side.key: side.name for side in read_canonical(text).parties} if text else {}
        rows = SigningInvitation.objects.filter(version=self.version).select_related("created_by")
        return [
            {
                "row": row,
                "party": names.get(row.party, row.party),
                "state": _state(row, self.version),
                "open": row.used_at is None and row.revoked_at is None,
            }
            for row in rows
        ]


@require_POST
def revoke_invitation(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Withdraw a link."""
    invitation = get_object_or_404(SigningInvitation.objects.select_related("version"), pk=pk)
    if not user_can_invite_signatory(request.user, invitation.version):
        raise PermissionDenied
    revoke(invitation=invitation, actor=cast(Any, request.user))
    messages.success(request, _("The link is withdrawn."))
    return redirect("sla_admin:invite", invitation.version_id)


def _state(row: SigningInvitation, version: AgreementVersion) -> str:
    if row.used_at is not None:
        return _("used, the signature is recorded")
    if row.revoked_at is not None:
        return _("the link was withdrawn")
    if row.text_digest != version.offered_digest:
        return _("void, the text has changed")
    if row.over(timezone.now()):
        return _("its time is over")
    return _("opened, not used yet") if row.opened_at else _("not opened yet")
