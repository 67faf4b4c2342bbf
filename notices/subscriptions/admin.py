"""Who is told of notices, for staff: masked contacts, what was sent, and ending it for somebody."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic.edit import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from desk_core.modeladmin import DeskModelAdmin
from desk_core.outbox import masked
from notices import permissions
from notices.enums import EndReason, Kind, Outcome, StaffReason, Step, SubscriptionState
from notices.models import Delivery, Subscription
from notices.subscriptions import subscribing
from notices.subscriptions.messages import open_contact
from persian.digits import localised
from persian.jalali import format_datetime

INDEX = "notices_subscription_modeladmin_index"
LOG_LINES = 50


class SubscriptionAdmin(DeskModelAdmin):
    """Contacts are masked; nobody reads them here, and nobody adds or changes a subscription."""

    model = Subscription
    menu_label = _("Subscribers")
    menu_icon = "mail"
    menu_order = 220
    add_to_settings_menu = False
    list_display = (*("code", "channel", "contact", "state", "asked", "last_told", "way_to_end"),)
    list_filter = ("channel", "state", "digest")
    list_select_related: ClassVar = ("subject_key",)
    ordering = ("-created_at", "id")
    inspect_view_enabled = True
    inspect_view_fields: ClassVar = (
        *("code", "channel", "contact", "state", "language", "what", "services", "followed"),
        *(
            "digest",
            "quiet",
            "created_at",
            "confirmed_at",
            "quarantined_at",
            "ended_at",
            "end_reason",
        ),
        *("erased_at", "failures", "log"),
    )
    empty_help = _("Whoever asks to be told of notices, on their pages, is listed here.")
    writes_wagtail_log = False

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """With the last delivery of each."""
        mine = Delivery.objects.filter(subscription=OuterRef("pk"), handed_at__isnull=False)
        newest = mine.order_by("-pk")
        return (
            super()
            .get_queryset(request)
            .annotate(
                last_handed=Subquery(newest.values("handed_at")[:1]),
                last_outcome=Subquery(newest.values("outcome")[:1]),
            )
        )

    def user_can_list(self, user: Any) -> bool:
        """Editors, administrators and auditors."""
        return permissions.user_can_see_subscriptions(user)

    def user_can_inspect(self, user: Any, obj: Any) -> bool:
        """Whoever sees it in the list."""
        return True

    def user_can_create(self, user: Any) -> bool:
        """Nobody: only the holder of a contact can."""
        return False

    def user_can_edit(self, user: Any, obj: Any) -> bool:
        """Nobody."""
        return False

    def user_can_delete(self, user: Any, obj: Any) -> bool:
        """Nobody: it is ended or erased, by a verb."""
        return False

    def user_can_export(self, user: Any) -> bool:
        """Nobody."""
        return False

    def code(self, obj: Subscription) -> str:
        """By what staff and subscriber speak of it."""
        return str(obj)

    code.short_description = _("code")  # type: ignore[attr-defined]

    def contact(self, obj: Subscription) -> SafeString | str:
        """Masked; "–" once it is erased."""
        opened = open_contact(obj) if obj.sealed else None
        if opened is None:
            return "–"
        return format_html('<bdi dir="ltr">{}</bdi>', masked(opened[1]["contact"]))

    contact.short_description = _("contact")  # type: ignore[attr-defined]

    def asked(self, obj: Subscription) -> str:
        """When it was asked for."""
        return format_datetime(obj.created_at)

    asked.short_description = _("asked for")  # type: ignore[attr-defined]

    def last_told(self, obj: Any) -> str:
        """When something was last handed over for it, and what became of that."""
        if obj.last_handed is None:
            return "–"
        outcome = Outcome(obj.last_outcome).label if obj.last_outcome else gettext("on its way")
        return f"{format_datetime(obj.last_handed)} · {outcome}"

    last_told.short_description = _("last told")  # type: ignore[attr-defined]

    def what(self, obj: Subscription) -> str:
        """Kinds and steps that were chosen."""
        if obj.only_followed:
            return gettext("Only notices that are followed")
        kinds = [kind.label for kind in Kind if getattr(obj, f"wants_{kind.value}")]
        steps = [step.label for step in Step if getattr(obj, f"wants_{step.value}")]
        return gettext(", ").join(str(label) for label in [*kinds, *steps])

    what.short_description = _("told of")  # type: ignore[attr-defined]

    def quiet(self, obj: Subscription) -> str:
        """The quiet hours."""
        if obj.quiet_from is None or obj.quiet_until is None:
            return "–"
        return localised(f"{obj.quiet_from:02}:00 – {obj.quiet_until:02}:00")

    quiet.short_description = _("quiet hours")  # type: ignore[attr-defined]

    def way_to_end(self, obj: Subscription) -> SafeString | str:
        """The way to the form; that page asks who may."""
        if obj.erased_at is not None:
            return ""
        url = reverse("notices_admin:end_subscription", args=[obj.pk])
        return format_html('<a href="{}">{}</a>', url, gettext("End or erase"))

    way_to_end.short_description = _("end")  # type: ignore[attr-defined]

    def log(self, obj: Subscription) -> SafeString | str:
        """What it was told lately, newest first."""
        rows = obj.deliveries.select_related("event__notice", "message").order_by("-pk")
        context = {"rows": rows[:LOG_LINES]}
        return render_to_string("notices/admin/delivery_log.html", context)

    log.short_description = _("what was sent")  # type: ignore[attr-defined]


class EndForm(forms.Form):
    """Why, and whether the contact goes at once."""

    why = forms.ChoiceField(choices=StaffReason, widget=forms.RadioSelect, label=_("Reason"))
    erase = forms.BooleanField(
        required=False,
        label=_("Erase the contact at once"),
        help_text=_("It cannot be brought back. Otherwise it is erased after its time."),
    )


class EndSubscriptionView(WagtailAdminTemplateMixin, FormView):
    """End a subscription, or erase it, for somebody who asks for it at the desk."""

    form_class = EndForm
    template_name = "notices/admin/end_subscription.html"
    page_title = _("End a subscription")
    header_icon = "mail"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse whoever may not."""
        if not permissions.user_can_end_subscription(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def subscription(self) -> Subscription:
        """The one of the address; 404 for another."""
        rows = Subscription.objects.visible_to(self.request.user)
        return get_object_or_404(rows.filter(erased_at=None), pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        """Its code."""
        return str(self.subscription)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """The list, then this."""
        return [
            *self.breadcrumbs_items,
            {"url": reverse(INDEX), "label": _("Subscribers")},
            {"url": "", "label": self.page_title},
        ]

    def form_valid(self, form: EndForm) -> HttpResponse:
        """By the verb."""
        verb = subscribing.erase if form.cleaned_data["erase"] else subscribing.end
        verb(
            subscription=self.subscription,
            reason=EndReason.STAFF,
            actor=self.request.user,  # type: ignore[arg-type]
            why=form.cleaned_data["why"],
        )
        messages.success(self.request, _("Nothing is sent to it any more."))
        return redirect(INDEX)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What is ended."""
        row = self.subscription
        return super().get_context_data(**kwargs) | {
            "subscription": row,
            "state": SubscriptionState(row.state).label,
            "submit_button_label": _("End it now"),
            "action_url": self.request.get_full_path(),
        }
