"""The pages of one object: found only among what the reader may see, and written down when read."""

from typing import TYPE_CHECKING, Any

from django.contrib.admin.utils import quote, unquote
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model, ProtectedError, QuerySet, RestrictedError
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column
from wagtail.log_actions import log
from wagtail_modeladmin.views import (
    CreateView,
    DeleteView,
    EditView,
    HistoryView,
    InspectView,
    ModelFormView,
    WMABaseView,
)

from desk_core import audit, audit_words
from desk_core.modeladmin.presenting import heading, labelled, shown
from desk_core.models import AuditEntry

if TYPE_CHECKING:
    from desk_core.modeladmin.base import DeskModelAdmin


class VisibleObject:
    """Mixin that fetches the object through the ModelAdmin's `get_object`: 404 for another's."""

    model_admin: "DeskModelAdmin"
    locale = None
    audit_action = ""

    def __init__(self, model_admin: "DeskModelAdmin", instance_pk: str) -> None:
        WMABaseView.__init__(self, model_admin)
        self.instance_pk = unquote(instance_pk)
        self.pk_quoted = quote(self.instance_pk)

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find the object before anything else is asked about it."""
        self.instance = self.model_admin.get_object(request, self.instance_pk)
        super().setup(request, *args, **kwargs)  # type: ignore[misc]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Check the permission for this object, write down that it is read, and answer."""
        if not self.check_action_permitted(request.user):  # type: ignore[attr-defined]
            raise PermissionDenied
        # Before it is shown, so that nothing is read without a line.
        if self.model_admin.reads_are_audited and request.method == "GET":
            self.write_down(self.audit_action)
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]

    def write_down(self, action: str) -> None:
        """Append what the reader did with this object to the audit trail."""
        audit.record(
            action=action,
            actor=self.request.user,  # type: ignore[attr-defined]
            target=self.model_admin.audit_target(self.instance),
            department_id=self.model_admin.audit_department(self.instance),
        )


class WritesLog:
    """Mixin of the forms: Wagtail's log where the ModelAdmin wants it, the audit trail always."""

    model_admin: "DeskModelAdmin"

    def save_and_answer(self, form: ModelForm, *, action: str) -> HttpResponseBase:
        """Save, write down, and go back to the list."""
        response = ModelFormView.form_valid(self, form)
        instance = self.instance  # type: ignore[attr-defined]
        if self.model_admin.writes_wagtail_log:
            log(instance=instance, action=f"wagtail.{action}", content_changed=form.has_changed())
        audit.record(
            action=f"object.{action}",
            actor=self.request.user,  # type: ignore[attr-defined]
            target=self.model_admin.audit_target(instance),
            department_id=self.model_admin.audit_department(instance),
            # Names of fields, never what was written into them.
            detail={"fields": sorted(form.changed_data)},
        )
        return response


class DeskCreateView(WritesLog, CreateView):
    """The form of a new object."""

    # Wagtail's "New" stands before the noun, where it is no Persian.
    page_title = _("Add")

    def get_success_message_buttons(self, instance: Model) -> list[Any]:
        """No way to a form that is refused."""
        may_edit = self.model_admin.user_can_edit(self.request.user, instance)
        return super().get_success_message_buttons(instance) if may_edit else []

    def form_valid(self, form: ModelForm) -> HttpResponseBase:
        """Save and write down."""
        return self.save_and_answer(form, action="create")


class DeskEditView(WritesLog, VisibleObject, EditView):
    """The form of an object that the reader may see and edit."""

    audit_action = "object.open_form"

    def form_valid(self, form: ModelForm) -> HttpResponseBase:
        """Save and write down."""
        return self.save_and_answer(form, action="edit")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Offer the history only to whoever may see it."""
        context = super().get_context_data(**kwargs)
        user = self.request.user
        if not self.permission_helper.user_can_see_history(user, self.instance):
            context["latest_log_entry"] = context["history_url"] = None
        return context


class DeskInspectView(VisibleObject, InspectView):
    """The page of one object: its listed fields, with labels, Jalali dates and zeros."""

    audit_action = "object.read"

    @method_decorator(login_required)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer somebody who is signed in."""
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the way back, and the history for whoever may see it."""
        admin = self.model_admin
        may_see = admin.history_view_enabled and self.permission_helper.user_can_see_history(
            self.request.user, self.instance
        )
        return super().get_context_data(
            breadcrumbs_items=[
                {"url": self.index_url, "label": capfirst(self.verbose_name_plural)},
                {"url": "", "label": str(self.instance)},
            ],
            history_url=(
                self.url_helper.get_action_url("history", self.pk_quoted) if may_see else None
            ),
            **kwargs,
        )

    def get_field_label(self, field_name: str, field: Any = None) -> str:
        """Return the label, which a method of the ModelAdmin may have too."""
        return heading(self.model_admin, field_name)

    def get_field_display_value(self, field_name: str, field: Any = None) -> Any:
        """Return the value as staff read it; a method of the ModelAdmin may make it."""
        own = getattr(self.model_admin, field_name, None)
        if callable(own):
            value = own(self.instance)
        else:
            value = getattr(self.instance, field_name)
            if callable(value) and not hasattr(value, "all"):
                value = value()
            value = labelled(field, self.instance, value)
        text = shown(value)
        return self.model_admin.get_empty_value_display(field_name) if text == "" else text


class DeskDeleteView(VisibleObject, DeleteView):
    """The page that asks before deleting."""

    audit_action = "object.open_delete"

    def delete_instance(self) -> None:
        """Delete, and write down that it was."""
        self.write_down("object.delete")
        super().delete_instance()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Delete, or say that something still needs this object (without naming what)."""
        name = str(self.instance)
        try:
            with transaction.atomic():
                if self.model_admin.writes_wagtail_log:
                    log(instance=self.instance, action="wagtail.delete")
                self.delete_instance()
        except (ProtectedError, RestrictedError):
            return self.render_to_response(
                self.get_context_data(protected_error=True, linked_objects=[])
            )
        messages.success(request, _("“%(object)s” was deleted.") % {"object": name})
        return redirect(self.index_url)


class DeskHistoryView(VisibleObject, HistoryView):
    """What was done with an object: Wagtail's log, or else the audit trail."""

    audit_action = "object.read_history"
    audit_columns = [
        Column(
            "action",
            label=_("Action"),
            accessor=lambda entry: audit_words.action_label(entry.action),
        ),
        Column("actor_name", label=_("User")),
        Column(
            "reason",
            label=_("Reason"),
            accessor=lambda entry: audit_words.reason_label(entry.detail),
        ),
        Column("when", label=_("Date"), accessor=lambda entry: shown(entry.at)),
    ]

    def check_action_permitted(self, user: Any) -> bool:
        """Whoever may see the history of this very object."""
        return self.permission_helper.user_can_see_history(user, self.instance)

    def get_page_subtitle(self) -> str:
        """Return the object's name, which is its code wherever it is personal."""
        return str(self.instance)

    def get_queryset(self) -> QuerySet[Model]:
        """Return the entries, latest first."""
        if self.model_admin.writes_wagtail_log:
            return super().get_queryset()
        self.columns = self.audit_columns
        target = self.model_admin.audit_target(self.instance)
        return AuditEntry.objects.filter(target=target).order_by("-pk")
