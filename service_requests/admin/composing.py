"""Composing surveys, and recording what is done about their results."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList

from cms_pages.models import Department
from desk_core.modeladmin import DeskCreateView, DeskEditView, DeskModelAdmin
from desk_core.page_cache import purge
from service_requests import permissions
from service_requests.enums import ImprovementStatus
from service_requests.models import Improvement, Survey
from service_requests.surveys import composing


class SurveyForm(WagtailAdminModelForm):
    """One survey is asked for each purpose; another one has to make room first."""

    def clean(self) -> dict[str, Any]:
        """Say which survey is asked already."""
        data = super().clean() or {}
        if data.get("active"):
            others = Survey.objects.filter(purpose=data.get("purpose"), active=True)
            other = others.exclude(pk=self.instance.pk).first()
            if other is not None:
                message = _("“%(other)s” is asked already. Stop asking it first.")
                self.add_error("active", ValidationError(message, params={"other": str(other)}))
        return data


class _Publishes:
    """Saving keeps the new wording as a version."""

    def save_and_answer(self, form: ModelForm, *, action: str) -> HttpResponseBase:
        """Save, keep the wording, and have public pages drawn anew."""
        response = super().save_and_answer(form, action=action)  # type: ignore[misc]
        composing.publish(survey=self.instance)  # type: ignore[attr-defined]
        purge()
        return response


class SurveyCreateView(_Publishes, DeskCreateView):
    """The form of a new survey."""


class SurveyEditView(_Publishes, DeskEditView):
    """The form of a survey."""


class ComposedSurveyAdmin(DeskModelAdmin):
    """What is asked; answers are nowhere near."""

    model = Survey
    menu_icon = "form"
    menu_label = _("Compose surveys")
    create_view_class = SurveyCreateView
    edit_view_class = SurveyEditView
    list_display = ("title", "purpose", "active")
    list_select_related: ClassVar = ()
    reads_are_audited = False
    empty_help = _("Until a survey is composed here, the desk asks its own questions.")
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("purpose"), FieldPanel("active")]),
            FieldRowPanel([FieldPanel("title"), FieldPanel("title_en")]),
            MultiFieldPanel(
                [FieldPanel("introduction"), FieldPanel("introduction_en")],
                heading=_("Introduction"),
            ),
            FieldPanel("questions"),
            FieldPanel("invite_by_message"),
        ],
        base_form_class=SurveyForm,
    )

    def visible_to(self, user: Any) -> QuerySet:
        """Every survey, to who may compose."""
        allowed = permissions.user_can_compose_surveys(user)
        return Survey.objects.all() if allowed else Survey.objects.none()

    def user_can_list(self, user: Any) -> bool:
        """Editors and administrators of the whole body."""
        return permissions.user_can_compose_surveys(user)

    def user_can_create(self, user: Any) -> bool:
        """The same."""
        return permissions.user_can_compose_surveys(user)

    def user_can_edit(self, user: Any, obj: Model) -> bool:
        """The same."""
        return permissions.user_can_compose_surveys(user)

    def user_can_delete(self, user: Any, obj: Model) -> bool:
        """Nobody: answers stand under its versions. It is no longer asked instead."""
        return False

    def user_can_export(self, user: Any) -> bool:
        """Nothing to export."""
        return False


class ImprovementForm(WagtailAdminModelForm):
    """Heads record for departments that they lead; what is done has its day."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.led = permissions.led_departments(self.for_user)
        if permissions.user_sees_all_surveys(self.for_user):
            self.led = None
        departments = Department.objects.all()
        if self.led is not None:
            departments = departments.filter(pk__in=self.led)
            place: Any = self.fields["department"]
            place.required, place.help_text = True, ""
        self.fields["department"].queryset = departments

    def clean(self) -> dict[str, Any]:
        """Ask for the day on which it was done, exactly then."""
        data = super().clean() or {}
        done, day = data.get("status") == ImprovementStatus.DONE, data.get("done_on")
        if done and not day and "done_on" not in self.errors:
            self.add_error("done_on", _("Say on which day it was done."))
        if not done:
            data["done_on"] = None
        elif day and data.get("decided_on") and day < data["decided_on"]:
            self.add_error("done_on", _("It cannot be done before it was decided."))
        return data


class _Purges:
    """What is saved is public."""

    def save_and_answer(self, form: ModelForm, *, action: str) -> HttpResponseBase:
        """Save, and have public pages drawn anew."""
        response = super().save_and_answer(form, action=action)  # type: ignore[misc]
        purge()
        return response


class ImprovementCreateView(_Purges, DeskCreateView):
    """The form of a new action."""


class ImprovementEditView(_Purges, DeskEditView):
    """The form of an action."""


class ImprovementAdmin(DeskModelAdmin):
    """Improvement actions (R21)."""

    model = Improvement
    menu_icon = "tasks"
    menu_label = _("Improvement actions")
    create_view_class = ImprovementCreateView
    edit_view_class = ImprovementEditView
    list_display = ("text", "department", "decided_on", "status", "public")
    list_filter = ("status",)
    list_select_related: ClassVar = ("department",)
    reads_are_audited = False
    ordering: tuple[str, ...] = ("-decided_on", "-pk")
    empty_help = _("Record here what is done because of survey results or complaints.")
    edit_handler = ObjectList(
        [
            FieldPanel("text"),
            FieldPanel("text_en"),
            FieldRowPanel([FieldPanel("department"), FieldPanel("decided_on")]),
            FieldRowPanel([FieldPanel("because_of_surveys"), FieldPanel("because_of_complaints")]),
            FieldRowPanel([FieldPanel("status"), FieldPanel("done_on")]),
            FieldPanel("public"),
        ],
        base_form_class=ImprovementForm,
    )

    def visible_to(self, user: Any) -> QuerySet:
        """All to administrators and the complaints office, to heads those of their departments."""
        if permissions.user_can_record_improvements(user, Improvement()):
            return Improvement.objects.all()
        return Improvement.objects.visible_to(user)

    def user_can_list(self, user: Any) -> bool:
        """Who may record any."""
        return permissions.user_can_record_improvements(user)

    def user_can_create(self, user: Any) -> bool:
        """Who may record any; the form offers their departments."""
        return permissions.user_can_record_improvements(user)

    def user_can_edit(self, user: Any, obj: Model) -> bool:
        """Who may record this one."""
        return permissions.user_can_record_improvements(user, obj)

    def user_can_delete(self, user: Any, obj: Model) -> bool:
        """Nobody: it is taken off the page instead."""
        return False

    def user_can_export(self, user: Any) -> bool:
        """Nothing to export."""
        return False
