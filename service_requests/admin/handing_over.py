"""Handing over the open cases of somebody who leaves, on one screen."""

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from cms_pages.enums import Role
from cms_pages.models import Membership
from desk_core.responses import never_store
from persian.digits import grouped
from service_requests import handing_over, permissions
from service_requests.admin.action_forms import StaffChoice
from service_requests.forms import refuse
from service_requests.models import Case


class HandOverForm(forms.Form):
    """Who leaves, and who goes on with the work."""

    leaver = StaffChoice(
        Membership.objects.none(),
        label=gettext_lazy("Who leaves"),
        empty_label=gettext_lazy("Choose …"),
    )
    to = StaffChoice(
        Membership.objects.none(),
        label=gettext_lazy("Who goes on"),
        required=False,
        empty_label=gettext_lazy("Nobody: back to the departments"),
        help_text=gettext_lazy(
            "A case that this person may not work on goes back to its department."
        ),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = get_user_model()._default_manager.order_by("last_name", "first_name", "username")
        led = Case.objects.led_by(user).open().filter(assigned_to__isnull=False)
        workers = Membership.objects.filter(role__in=(Role.OFFICER, Role.HEAD, Role.COMPLAINTS))
        leaver: Any = self.fields["leaver"]
        leaver.queryset = people.filter(pk__in=led.order_by().values("assigned_to"))
        to: Any = self.fields["to"]
        to.queryset = people.filter(is_active=True, pk__in=workers.order_by().values("user"))


class HandOverView(WagtailAdminTemplateMixin, FormView):
    """One form, one deed; whom nobody's work is led by gets no further."""

    form_class = HandOverForm
    template_name = "service_requests/admin/hand_over.html"
    page_title = gettext_lazy("Hand over open cases")
    header_icon = "group"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse whoever leads nothing; kept by no cache."""
        if not permissions.user_can_hand_over(request.user):
            raise PermissionDenied
        return never_store(super().dispatch(request, *args, **kwargs))

    def get_form_kwargs(self) -> dict[str, Any]:
        """With the reader."""
        return {**super().get_form_kwargs(), "user": self.request.user}

    def form_valid(self, form: HandOverForm) -> HttpResponse:
        """Do it, and say how many."""
        try:
            done = handing_over.hand_over(**form.cleaned_data, actor=self.request.user)
        except ValidationError as error:
            refuse(form, error)
            return self.form_invalid(form)
        words = ngettext("%(count)s case handed over.", "%(count)s cases handed over.", done.given)
        said = [words % {"count": grouped(done.given)}]
        if done.returned:
            back = ngettext(
                "%(count)s went back to its department.",
                "%(count)s went back to their departments.",
                done.returned,
            )
            said.append(back % {"count": grouped(done.returned)})
        messages.success(self.request, " ".join(said))
        return redirect(reverse("service_requests_admin:workload"))

    def form_invalid(self, form: Any) -> HttpResponse:
        """The form with what is wrong."""
        messages.error(self.request, _("Nothing was saved. Please correct the errors."))
        return self.render_to_response(self.get_context_data(form=form), status=422)
