"""The staff's screens for publishing alone what takes two, and for looking at it afterwards."""

from typing import TYPE_CHECKING, Any, cast

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic.edit import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from notices import conflicts
from notices.approval import break_glass, four_eyes
from notices.forms import AloneForm, ReviewForm
from notices.models import BreakGlass, NoticePage
from notices.permissions import user_can_review

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.forms import Form


class OneFormView(WagtailAdminTemplateMixin, FormView):
    """A short form about one thing."""

    submit_label: Any = ""

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home, then this."""
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Where the form goes, and what its button says."""
        context = super().get_context_data(**kwargs)
        return context | {
            "action_url": self.request.get_full_path(),
            "submit_button_label": self.submit_label,
            "submit_button_active_label": _("One moment…"),
            "media": context["form"].media,
        }

    def refused(self, form: "Form", error: ValidationError) -> HttpResponse:
        """Show the form again with the reasons at their fields."""
        if not hasattr(error, "error_dict"):
            form.add_error(None, error)
            return self.form_invalid(form)
        for name, found in error.error_dict.items():
            form.add_error(name if name in form.fields else None, found)
        return self.form_invalid(form)


class PublishAloneView(OneFormView):
    """Break the glass: publish the newest draft of a notice without a second person."""

    form_class = AloneForm
    template_name = "notices/admin/alone.html"
    page_title = gettext_lazy("Publish alone")
    header_icon = "warning"
    submit_label = gettext_lazy("Publish it alone now")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse whoever may not publish; what is published is not published again."""
        if not self.page.permissions_for_user(request.user).can_publish():
            raise PermissionDenied
        if self.page.known_notice() is not None or not four_eyes.takes_two(self.draft):
            messages.error(request, _("This needs no second person: publish it in the usual way."))
            return redirect("wagtailadmin_pages:edit", self.page.pk)
        revision = self.page.get_latest_revision()
        if why := four_eyes.refusal(self.draft, revision, request.user, alone=True):
            messages.error(request, why)
            return redirect("wagtailadmin_pages:edit", self.page.pk)
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def page(self) -> NoticePage:
        """The page of the address; 404 when there is none."""
        return get_object_or_404(NoticePage, pk=self.kwargs["pk"])

    @cached_property
    def draft(self) -> NoticePage:
        """Its newest draft."""
        return cast(NoticePage, self.page.get_latest_revision_as_object())

    def get_page_subtitle(self) -> str:
        """The title of the draft."""
        return str(self.draft.title)

    def form_valid(self, form: AloneForm) -> HttpResponse:
        """Publish; what the verb refuses is shown in the form."""
        user = cast("User", self.request.user)
        try:
            break_glass.publish(page=self.page, by=user, reason=form.cleaned_data["reason"])
        except ValidationError as error:
            return self.refused(form, error)
        messages.success(
            self.request, _("Published. A colleague will be asked to look at it afterwards.")
        )
        return redirect("wagtailadmin_home")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The draft, why it takes two, and what else the editor should know."""
        return super().get_context_data(**kwargs) | {
            "draft": self.draft,
            "why": four_eyes.reason(self.draft),
            "warnings": conflicts.warnings_of_page(self.draft),
        }


class ReviewView(OneFormView):
    """Look at what a colleague published alone."""

    form_class = ReviewForm
    template_name = "notices/admin/review.html"
    page_title = gettext_lazy("Look at what was published alone")
    header_icon = "check"
    submit_label = gettext_lazy("I have looked at it")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse who published it, and whoever may not write notices."""
        if not user_can_review(request.user, self.row):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def row(self) -> BreakGlass:
        """The publication of the address; 404 when there is none."""
        rows = BreakGlass.objects.select_related("update__notice", "by", "reviewed_by")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        """The notice."""
        return str(self.row)

    def form_valid(self, form: ReviewForm) -> HttpResponse:
        """Write it down, once."""
        user = cast("User", self.request.user)
        try:
            break_glass.review(row=self.row, by=user, finding=form.cleaned_data["finding"])
        except ValidationError as error:
            return self.refused(form, error)
        messages.success(self.request, _("Thank you. It is on record that you looked at it."))
        return redirect("wagtailadmin_home")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Who published what and why, and how the notice stands now."""
        notice = self.row.update.notice
        return super().get_context_data(**kwargs) | {
            "row": self.row,
            "notice": notice,
            "phase": notice.phase(timezone.now()),
            "affected": notice.affected.select_related("service"),
            "update_url": reverse("notices_admin:update", args=[notice.pk]),
        }
