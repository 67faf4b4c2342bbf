"""What those who lead a department decide for it: teams, rules, stored replies."""

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList

from cms_pages.enums import Role
from cms_pages.models import Department, Membership
from desk_core.modeladmin import DeskModelAdmin
from desk_core.modeladmin.filters import ExactFilter
from service_requests import permissions
from service_requests.enums import Kind
from service_requests.models import DepartmentRules, StoredReply, Team

_WORKERS = (Role.OFFICER, Role.HEAD)


class LedForm(WagtailAdminModelForm):
    """A form that offers only the departments that its reader leads."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.led = permissions.led_departments(self.for_user)
        departments = Department.objects.all()
        if self.led is not None:
            departments = departments.filter(pk__in=self.led)
        place: Any = self.fields["department"]
        place.queryset = departments
        if self.led is not None and not self.may_be_for_all():
            # What its help says of leaving it empty is for others.
            place.required, place.help_text = True, ""

    def may_be_for_all(self) -> bool:
        """Whether somebody who leads some departments may leave it open."""
        return False


class Colleagues(forms.ModelMultipleChoiceField):
    """People by their names."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Any) -> str:
        """Full name, else user name."""
        return obj.get_full_name() or obj.get_username()


class TeamForm(LedForm):
    """Its members work in its department."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        work = Membership.objects.filter(role__in=_WORKERS)
        if self.led is not None:
            work = work.filter(department__in=self.led)
        people = get_user_model()._default_manager.filter(
            is_active=True, pk__in=work.order_by().values("user")
        )
        self.fields["members"] = Colleagues(
            people.order_by("last_name", "first_name", "username"),
            label=_("Members"),
            required=False,
            help_text=_("Officers and heads of the department."),
        )
        if self.instance.pk:
            self.fields["members"].initial = list(self.instance.members.all())

    def clean(self) -> dict[str, Any]:
        """Refuse members who do not work in the department, by name."""
        data = super().clean() or {}
        department, members = data.get("department"), list(data.get("members") or ())
        if department and members:
            there = set(
                Membership.objects.filter(
                    department=department, role__in=_WORKERS, user__in=members
                ).values_list("user_id", flat=True)
            )
            strangers = [
                str(person.get_full_name() or person)
                for person in members
                if person.pk not in there
            ]
            if strangers:
                message = _("Not an officer or head of this department: %(names)s.")
                params = {"names": gettext(", ").join(strangers)}
                self.add_error("members", ValidationError(message, params=params))
        return data


class ReplyForm(LedForm):
    """Who may not write for every department chooses one; the complaints office, complaints."""

    language = forms.ChoiceField(
        label=_("Language"),
        choices=settings.LANGUAGES,
        initial=settings.LANGUAGE_CODE,
        help_text=_("Offered in cases of applicants who read it."),
    )

    def may_be_for_all(self) -> bool:
        """The complaints office, for complaints."""
        return permissions.user_may_edit_reply(self.for_user, StoredReply(kind=Kind.COMPLAINT))

    def clean(self) -> dict[str, Any]:
        """Refuse what the person may not offer."""
        data = super().clean() or {}
        reply = StoredReply(department=data.get("department"), kind=data.get("kind") or "")
        if not self.errors and not permissions.user_may_edit_reply(self.for_user, reply):
            self.add_error("department", _("Choose a department that you lead."))
        return data


class LedAdmin(DeskModelAdmin):
    """Whoever leads a department, for it; administrators for all."""

    list_select_related: ClassVar = ("department",)
    reads_are_audited = False
    ordering: tuple[str, ...] = ("department", "pk")

    def user_can_list(self, user: Any) -> bool:
        """Who leads any."""
        return permissions.user_can_lead(user)

    def user_can_create(self, user: Any) -> bool:
        """Who leads any; the form offers those."""
        return permissions.user_can_lead(user)

    def user_can_edit(self, user: Any, obj: Any) -> bool:
        """Who leads this one."""
        return permissions.user_can_lead(user, obj.department_id)

    def user_can_delete(self, user: Any, obj: Any) -> bool:
        """The same."""
        return self.user_can_edit(user, obj)

    def user_can_export(self, user: Any) -> bool:
        """Nobody."""
        return False


class TeamAdmin(LedAdmin):
    """Teams of the departments."""

    model = Team
    menu_icon = "group"
    menu_label = _("Teams")
    list_display = ("name", "department", "active")
    list_filter = ("active",)
    search_folded_fields: ClassVar = ("name",)
    empty_help = _("Here will be the teams that cases can be given to.")
    ordering = ("department", "name", "pk")
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("name"), FieldPanel("department")]),
            FieldPanel("members"),
            FieldPanel("active"),
        ],
        base_form_class=TeamForm,
    )


class RulesAdmin(LedAdmin):
    """Rules of the departments."""

    model = DepartmentRules
    menu_icon = "cog"
    menu_label = _("Rules of departments")
    list_display = ("department", "rejection_by_two", "reply_days")
    empty_help = _("A department without rules of its own goes by the usual ones.")
    edit_handler = ObjectList(
        [FieldPanel("department"), FieldPanel("rejection_by_two"), FieldPanel("reply_days")],
        base_form_class=LedForm,
    )


class LanguageFilter(ExactFilter):
    """The language of a reply."""

    title = _("Language")
    parameter_name = "language"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        """The languages of the site."""
        return list(settings.LANGUAGES)

    def narrow(self, request: Any, queryset: Any, value: str) -> Any:
        """By language."""
        return queryset.filter(language=value)


class StoredReplyAdmin(LedAdmin):
    """Stored replies: those for all are an administrator's."""

    model = StoredReply
    menu_icon = "doc-full"
    menu_label = _("Stored replies")
    list_display = ("title", "department", "kind", "state", "language_name", "active")
    list_filter = ("active", "kind", "state", LanguageFilter)
    search_folded_fields: ClassVar = ("title", "text")
    ordering = ("title", "pk")
    empty_help = _("Here will be the texts that staff can begin an answer with.")
    edit_handler = ObjectList(
        [
            FieldPanel("title"),
            FieldPanel("text"),
            FieldRowPanel([FieldPanel("department"), FieldPanel("kind")]),
            FieldRowPanel([FieldPanel("state"), FieldPanel("language")]),
            FieldPanel("active"),
        ],
        base_form_class=ReplyForm,
    )

    def user_can_list(self, user: Any) -> bool:
        """Who leads a department, administrators, the complaints office."""
        return permissions.user_can_list_replies(user)

    def user_can_create(self, user: Any) -> bool:
        """The same."""
        return permissions.user_can_list_replies(user)

    def user_can_edit(self, user: Any, obj: Model) -> bool:
        """Whose it is."""
        return permissions.user_may_edit_reply(user, obj)

    def language_name(self, obj: StoredReply) -> str:
        """Its language."""
        return str(dict(settings.LANGUAGES).get(obj.language, obj.language))

    language_name.short_description = _("Language")  # type: ignore[attr-defined]
    language_name.admin_order_field = "language"  # type: ignore[attr-defined]
