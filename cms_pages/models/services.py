"""The catalogue of services and the facts of their passports (R16–R18, R30)."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cms_pages import service_rules
from cms_pages.enums import Audience, Delivery, Level, LifeEvent, Nature, Start
from cms_pages.models.departments import Department
from cms_pages.models.ordering import InPersianOrder
from cms_pages.parents import refuse_ring
from cms_pages.querysets import FactQuerySet, ServiceQuerySet


class Need(InPersianOrder):
    """What people come for, in their own words: “a plot of land”, “a road to mend”."""

    key = models.SlugField(_("key"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)
    sort_order = models.PositiveSmallIntegerField(_("order"), default=100)

    objects = FactQuerySet.as_manager()

    class Meta(InPersianOrder.Meta):
        verbose_name = _("need")
        verbose_name_plural = _("needs")

    def __str__(self) -> str:
        """The name in the reader's language, where there is one."""
        return (self.name_en if get_language() == "en" else "") or self.name


class Service(InPersianOrder):  # type: ignore[django-manager-missing]
    """One service of one department; its passport page shows it, cases and notices point to it.

    What the passport states in figures and classes is kept here, once for all languages.
    """

    key = models.SlugField(_("key"), max_length=60, unique=True)
    code = models.CharField(
        _("service code"),
        max_length=30,
        blank=True,
        help_text=_("The code that the Administrative and Employment Organization gave it."),
    )
    name = models.CharField(_("name"), max_length=160)
    name_en = models.CharField(_("name in English"), max_length=160, blank=True)
    department = models.ForeignKey(
        Department,
        verbose_name=_("department"),
        on_delete=models.PROTECT,
        related_name="services",
    )
    parent = models.ForeignKey(
        "self",
        verbose_name=_("part of"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
    )
    needs = models.ManyToManyField(
        Need, verbose_name=_("needs"), blank=True, related_name="services"
    )
    delivery = models.CharField(
        _("delivery"), max_length=12, choices=Delivery, default=Delivery.ELECTRONIC
    )
    audience = models.CharField(
        _("for whom"), max_length=3, choices=Audience, default=Audience.CITIZENS
    )
    nature = models.CharField(_("nature"), max_length=10, choices=Nature, default=Nature.SOVEREIGN)
    level = models.CharField(_("level"), max_length=10, choices=Level, default=Level.PROVINCIAL)
    life_event = models.CharField(_("life event"), max_length=20, choices=LifeEvent, blank=True)
    start = models.CharField(
        _("what starts it"), max_length=12, choices=Start, default=Start.APPLICATION
    )
    visits = models.PositiveSmallIntegerField(
        _("visits in person"), default=0, help_text=_("How often people have to come in person.")
    )
    recipients_per_year = models.PositiveIntegerField(
        _("recipients in a year"), null=True, blank=True
    )
    fee = models.PositiveBigIntegerField(
        _("fee in rials"),
        default=0,
        help_text=_("0 means free of charge. While the agreement in force says so, it must be 0."),
    )
    active = models.BooleanField(_("offered to citizens"), default=True)
    sort_order = models.PositiveSmallIntegerField(_("order"), default=100)

    objects = ServiceQuerySet.as_manager()

    class Meta(InPersianOrder.Meta):
        verbose_name = _("service")
        verbose_name_plural = _("services")

    def __str__(self) -> str:
        """The name in the reader's language, where there is one."""
        return (self.name_en if get_language() == "en" else "") or self.name

    def clean(self) -> None:
        """Refuse what a rule refuses, with its reason, at the field it is about; and a ring."""
        refuse_ring(self)
        if self.department_id is None:
            return
        if refused := service_rules.objections(self, {"fee": self.fee}):
            raise ValidationError({"fee": refused})

    @property
    def is_free(self) -> bool:
        """True without a fee, and also where a rule in force forbids the one still stored (R30)."""
        return not self.fee or bool(self.fee_conflicts())

    def fee_conflicts(self) -> list[str]:
        """Why the stored fee must not be taken; for staff. Empty without a fee, without a query."""
        return service_rules.objections(self, {"fee": self.fee}) if self.fee else []
