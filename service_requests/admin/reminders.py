"""The ladder of reminders in the admin: heads for their departments, administrators for all."""

from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel, ObjectList

from desk_core.modeladmin import DeskCreateView, DeskDeleteView, DeskEditView
from service_requests import permissions, reminders
from service_requests.admin.leading import LedAdmin, LedForm
from service_requests.models import ReminderStep


class _LooksAgain:
    """Mixin of the forms: what runs is looked at by the new ladder."""

    def form_valid(self, form: Any) -> Any:
        """Save; a step that went to another department concerns both."""
        before = form.initial.get("department") if form.instance.pk else form.instance.department_id
        answer = super().form_valid(form)  # type: ignore[misc]
        for department_id in {before, form.instance.department_id}:
            reminders.look_again(department_id=department_id)
        return answer


class StepCreateView(_LooksAgain, DeskCreateView):
    """The form of a new step."""


class StepEditView(_LooksAgain, DeskEditView):
    """The form of a step there is."""


class StepDeleteView(DeskDeleteView):
    """The page that asks before a step goes."""

    def delete_instance(self) -> None:
        """Take it away, and look at what runs by the steps that are left."""
        department_id = self.instance.department_id  # type: ignore[attr-defined]
        super().delete_instance()
        reminders.look_again(department_id=department_id)


class ReminderStepAdmin(LedAdmin):
    """Steps of the ladders."""

    model = ReminderStep
    menu_icon = "time"
    menu_label = _("Reminders of due times")
    list_display = ("where", "measure", "when", "amount", "unit", "whom")
    create_view_class = StepCreateView
    edit_view_class = StepEditView
    delete_view_class = StepDeleteView
    ordering = ("department", "pk")
    empty_help = _(
        "Without steps of your own: who has a case is told when a quarter of its time is left, the "
        "head when it is due, administrators when as much time again has passed."
    )
    edit_handler = ObjectList(
        [
            HelpPanel(
                content=_(
                    "Each step is told once for each promise. A case without a promised time has "
                    "no reminder."
                )
            ),
            FieldRowPanel([FieldPanel("department"), FieldPanel("measure")]),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("amount"), FieldPanel("unit")]),
                    FieldPanel("when"),
                ],
                heading=_("When"),
            ),
            FieldPanel("whom"),
        ],
        base_form_class=LedForm,
    )

    def user_can_edit(self, user: Any, obj: Model) -> bool:
        """Who leads the department; administrators those of the whole body."""
        department_id = obj.department_id  # type: ignore[attr-defined]
        if department_id is None:
            return permissions.led_departments(user) is None
        return permissions.user_can_lead(user, department_id)

    def where(self, obj: ReminderStep) -> str:
        """Whose step it is."""
        return str(obj.department or _("the whole body"))

    where.short_description = _("Department")  # type: ignore[attr-defined]
