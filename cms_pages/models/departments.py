"""Departments and who works in them (R5, R6)."""

from collections.abc import Collection

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cms_pages.enums import BODY_ROLES, Role
from cms_pages.models.ordering import InPersianOrder
from cms_pages.parents import refuse_ring, upwards
from cms_pages.querysets import DepartmentQuerySet, MembershipQuerySet


class Department(InPersianOrder):  # type: ignore[django-manager-missing]
    """A unit that citizens can choose; cases and services hang on it, pages only show it."""

    key = models.SlugField(_("key"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("part of"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="units",
    )
    active = models.BooleanField(_("offered to citizens"), default=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    address = models.CharField(_("address"), max_length=250, blank=True)
    address_en = models.CharField(_("address in English"), max_length=250, blank=True)
    description = models.TextField(_("what it does"), blank=True)
    description_en = models.TextField(_("what it does, in English"), blank=True)
    sort_order = models.PositiveSmallIntegerField(_("order"), default=100)

    objects = DepartmentQuerySet.as_manager()

    class Meta(InPersianOrder.Meta):
        verbose_name = _("department")
        verbose_name_plural = _("departments")

    def __str__(self) -> str:
        """The name in the reader's language, where there is one."""
        return self._in_language("name")

    def clean(self) -> None:
        """Refuse a ring of departments: lists that show units below their department hide it."""
        refuse_ring(self)

    def is_within(self, top_id: int | None) -> bool:
        """Whether it is this department, or a unit below it."""
        return any(department.pk == top_id for department in upwards(self))

    @property
    def postal_address(self) -> str:
        """The address in the reader's language, where there is one."""
        return self._in_language("address")

    @property
    def about(self) -> str:
        """What it does, in the reader's language, where that was written."""
        return self._in_language("description")

    def _in_language(self, field: str) -> str:
        english = getattr(self, f"{field}_en") if get_language() == "en" else ""
        return str(english or getattr(self, field))


class Membership(models.Model):
    """One role of one user, in one department or, without a department, for the whole body."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        on_delete=models.CASCADE,
        related_name="memberships",
    )
    department = models.ForeignKey(
        Department,
        verbose_name=_("department"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="memberships",
        help_text=_("Leave empty for a role in the whole body."),
    )
    role = models.CharField(_("role"), max_length=20, choices=Role)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("member of staff")
        verbose_name_plural = _("staff")
        ordering = ["department__sort_order", "role", "user_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "department", "role"], name="membership_once_per_department"
            ),
            models.UniqueConstraint(
                fields=["user", "role"],
                condition=Q(department=None),
                name="membership_once_for_the_body",
            ),
            models.CheckConstraint(
                condition=~Q(role__in=["officer", "head"], department=None),
                name="membership_officers_have_a_department",
            ),
            models.CheckConstraint(
                condition=~Q(role__in=["complaints", "auditor", "administrator"])
                | Q(department=None),
                name="membership_body_roles_have_none",
            ),
        ]

    def __str__(self) -> str:
        """User, role and place."""
        place = self.department or _("the whole body")
        return f"{self.user} – {self.get_role_display()} – {place}"

    def clean(self) -> None:
        """Some roles belong to a department, some to none; say so before the database does."""
        if self.department_id is None and self.role in (Role.OFFICER, Role.HEAD):
            raise ValidationError(
                {"department": _("Choose the department in which this person works.")}
            )
        if self.department_id is not None and self.role in BODY_ROLES:
            raise ValidationError(
                {"department": _("This role is for the whole body. Leave the department empty.")}
            )

    def validate_unique(self, exclude: Collection[str] | None = None) -> None:
        """Say at its field that a person has a role already; the database would name a constraint.

        `staffing.assign` does not ask this: assigning twice changes nothing.
        """
        super().validate_unique(exclude)
        others = Membership.objects.exclude(pk=self.pk).filter(user=self.user_id, role=self.role)
        if others.filter(department=self.department_id).exists():
            raise ValidationError({"role": _("This person has this role there already.")})
