"""Departments, services, needs and staff in the Wagtail admin."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import Model
from django.forms import CheckboxSelectMultiple
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail_modeladmin.options import ModelAdminGroup

from cms_pages.models import Department, Membership, Need, Service
from cms_pages.permissions import user_can_manage_facts, user_can_view_facts
from desk_core.modeladmin import DeskModelAdmin
from desk_core.modeladmin.filters import RelatedFilter


class FactAdmin(DeskModelAdmin):
    """Administrators change these facts, auditors read them, nobody else sees them."""

    list_select_related: ClassVar[Sequence[str]] = ()
    # Names of departments and services are public: opening a form needs no line in the audit.
    reads_are_audited = False

    def user_can_list(self, user: Any) -> bool:
        """Whoever may read the facts."""
        return user_can_view_facts(user)

    def user_can_create(self, user: Any) -> bool:
        """Administrators."""
        return user_can_manage_facts(user)

    def user_can_edit(self, user: Any, obj: Model) -> bool:
        """Administrators."""
        return user_can_manage_facts(user, obj)

    def user_can_delete(self, user: Any, obj: Model) -> bool:
        """Administrators; what is in use cannot go."""
        return user_can_manage_facts(user, obj)

    def user_can_export(self, user: Any) -> bool:
        """Whoever may read them all."""
        return user_can_view_facts(user)

    def audit_department(self, obj: Model) -> int | None:
        """Departments belong to themselves, services to theirs."""
        return obj.pk if isinstance(obj, Department) else getattr(obj, "department_id", None)


class DepartmentAdmin(FactAdmin):
    """The departments that citizens choose from."""

    model = Department
    menu_icon = "group"
    menu_order = 100
    list_display = ("name", "parent", "phone", "active", "sort_order")
    list_filter = ("active",)
    list_select_related: ClassVar[Sequence[str]] = ("parent",)
    list_export = ("key", "name", "name_en", "parent", "active", "phone", "email", "address")
    search_folded_fields: ClassVar = ("name", "name_en", "key")
    empty_help = _("Here will be the departments that citizens choose from.")
    panels: ClassVar = [
        FieldRowPanel([FieldPanel("name"), FieldPanel("name_en")]),
        FieldPanel("key", help_text=_("A short Latin name that never changes: land, roads.")),
        FieldRowPanel([FieldPanel("parent"), FieldPanel("sort_order")]),
        FieldPanel(
            "active",
            help_text=_("If not: no new requests; those registered earlier go on as before."),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("phone"), FieldPanel("email")]),
                FieldRowPanel([FieldPanel("address"), FieldPanel("address_en")]),
            ],
            heading=_("Contact"),
        ),
        MultiFieldPanel(
            [FieldPanel("description"), FieldPanel("description_en")], heading=_("What it does")
        ),
    ]


class ServiceAdmin(FactAdmin):
    """The services; each has its passport page for the texts."""

    model = Service
    menu_icon = "clipboard-list"
    menu_order = 110
    list_display = ("name", "code", "department", "delivery", "active", "sort_order")
    list_filter = ("active", "delivery", ("department", RelatedFilter))
    list_select_related: ClassVar[Sequence[str]] = ("department",)
    list_export = ("key", "code", "name", "name_en", "department", "delivery", "fee", "active")
    search_folded_fields: ClassVar = ("name", "name_en", "code", "key")
    empty_help = _("Here will be what this body does for people.")
    panels: ClassVar = [
        FieldRowPanel([FieldPanel("name"), FieldPanel("name_en")]),
        FieldRowPanel(
            [
                FieldPanel("key", help_text=_("A short Latin name that never changes.")),
                FieldPanel("code"),
            ]
        ),
        FieldRowPanel([FieldPanel("department"), FieldPanel("parent")]),
        FieldRowPanel([FieldPanel("active"), FieldPanel("sort_order")]),
        MultiFieldPanel(
            [
                FieldPanel("needs", widget=CheckboxSelectMultiple),
                FieldPanel("life_event"),
            ],
            heading=_("How people find it"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("delivery"), FieldPanel("audience")]),
                FieldRowPanel([FieldPanel("nature"), FieldPanel("level")]),
                FieldRowPanel([FieldPanel("start"), FieldPanel("visits")]),
                FieldRowPanel([FieldPanel("recipients_per_year"), FieldPanel("fee")]),
            ],
            heading=_("Service passport"),
        ),
    ]


class NeedAdmin(FactAdmin):
    """What people come for, in their own words."""

    model = Need
    menu_icon = "tag"
    menu_order = 120
    list_display = ("name", "name_en", "sort_order")
    search_folded_fields: ClassVar = ("name", "name_en")
    empty_help = _("Here will be what people come for, in their own words.")
    panels: ClassVar = [
        FieldRowPanel([FieldPanel("name"), FieldPanel("name_en")]),
        FieldRowPanel([FieldPanel("key"), FieldPanel("sort_order")]),
    ]


class MembershipAdmin(FactAdmin):
    """Who works where. A role is taken up or left, never rewritten: the audit trail shows both."""

    model = Membership
    menu_icon = "user"
    menu_order = 130
    list_display = ("user", "role", "department")
    list_filter = ("role", ("department", RelatedFilter))
    list_select_related: ClassVar[Sequence[str]] = ("user", "department")
    list_export = ("user", "role", "department")
    search_folded_fields: ClassVar = ("user__username", "user__first_name", "user__last_name")
    empty_help = _("Here will be who works where and in which role.")
    panels: ClassVar = [FieldPanel("user"), FieldPanel("role"), FieldPanel("department")]
    reads_are_audited = True

    def user_can_edit(self, user: Any, obj: Model) -> bool:
        """Nobody: leave the role and take up another."""
        return False

    def audit_target(self, obj: Model) -> str:
        """Which user has, or had, which role."""
        assert isinstance(obj, Membership)  # noqa: S101 – for the type only
        return f"user:{obj.user_id}:{obj.role}"


class DeskAdminGroup(ModelAdminGroup):
    """One entry of the menu for all of them."""

    menu_label = _("Departments and services")
    menu_icon = "site"
    menu_order = 250
    items = (DepartmentAdmin, ServiceAdmin, NeedAdmin, MembershipAdmin)
