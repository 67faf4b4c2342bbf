"""Beginning a notice with a template, and approving a rule of recurring maintenance."""

from typing import TYPE_CHECKING, Any, cast

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from notices import drafting, recurrence, recurring, rules
from notices.approval.views import OneFormView
from notices.forms import ApproveRuleForm, BeginForm
from notices.models import MaintenanceRule, NoticeIndexPage, NoticeTemplate
from notices.permissions import user_can_change_templates
from persian.jalali import TEHRAN, format_date

if TYPE_CHECKING:
    from django.contrib.auth.models import User

#: How many coming days of a rule are shown to who approves it.
DAYS_SHOWN = 5


class BeginView(OneFormView):
    """A template with services and times makes a draft, which is then edited freely."""

    form_class = BeginForm
    template_name = "notices/admin/begin.html"
    page_title = gettext_lazy("Begin a notice")
    header_icon = "plus"
    submit_label = gettext_lazy("Make the draft")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse whoever may not write notices."""
        index = self.index
        if index is None or not index.permissions_for_user(request.user).can_add_subpage():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def index(self) -> NoticeIndexPage | None:
        """Where notices live: the first place, in the language of the site."""
        return NoticeIndexPage.objects.order_by("path").first()

    @cached_property
    def words(self) -> NoticeTemplate:
        """The template of the address; 404 when there is none."""
        return get_object_or_404(NoticeTemplate, pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        """The template."""
        return str(self.words)

    def get_form_kwargs(self) -> dict[str, Any]:
        """The form offers what its user may choose."""
        return super().get_form_kwargs() | {"user": self.request.user}

    def form_valid(self, form: BeginForm) -> HttpResponse:
        """Make the draft and open it."""
        data = form.cleaned_data
        try:
            rules.refuse(rules.times_wrong(data["starts_at"], data["expected_end"], timezone.now()))
            page = drafting.begin(
                words=self.words,
                index=cast(NoticeIndexPage, self.index),
                kind=self.words.kind,
                impact=self.words.impact,
                by=self.request.user,
                **data,
            )
        except ValidationError as error:
            return self.refused(form, error)
        messages.success(self.request, _("The draft is made. Nobody else has seen it yet."))
        return redirect("wagtailadmin_pages:edit", page.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The words of the template as they are."""
        return super().get_context_data(**kwargs) | {"words": self.words}


class ApproveRuleView(OneFormView):
    """A second person lets a rule publish by itself."""

    form_class = ApproveRuleForm
    template_name = "notices/admin/approve_rule.html"
    page_title = gettext_lazy("Approve recurring maintenance")
    header_icon = "check"
    submit_label = gettext_lazy("Approve")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse whoever may not change rules."""
        if not user_can_change_templates(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def rule(self) -> MaintenanceRule:
        """The rule of the address; 404 when there is none."""
        return get_object_or_404(MaintenanceRule, pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        """The rule."""
        return str(self.rule)

    def get_initial(self) -> dict[str, Any]:
        """What the rule says as it is shown."""
        return super().get_initial() | {"seen": recurring.digest(self.rule)}

    def form_valid(self, form: ApproveRuleForm) -> HttpResponse:
        """Approve it; what was changed meanwhile is shown anew, as it is now."""
        by = cast("User", self.request.user)
        try:
            recurring.approve(rule=self.rule, by=by, seen=form.cleaned_data["seen"])
        except ValidationError as error:
            if error.code == "changed":
                messages.error(self.request, error.message)
                return redirect(self.request.get_full_path())
            return self.refused(form, error)
        messages.success(self.request, _("The rule is approved."))
        return redirect("notices_maintenancerule_modeladmin_index")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What it would publish, and on which days next."""
        today = timezone.now().astimezone(TEHRAN).date()
        coming = recurrence.days(self.rule.pattern, today, today + recurrence.HORIZON)
        return super().get_context_data(**kwargs) | {
            "rule": self.rule,
            "services": self.rule.services.all(),
            "days": [format_date(day, "long") for day in coming[:DAYS_SHOWN]],
        }
