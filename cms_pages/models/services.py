"""The catalogue of services (R16–R18)."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cms_pages.enums import Delivery
from cms_pages.models.departments import Department
from cms_pages.querysets import ServiceQuerySet


class Service(models.Model):
    """One service of one department; its passport page shows it, cases and notices point to it."""

    key = models.SlugField(_("key"), max_length=60, unique=True)
    code = models.CharField(_("service code"), max_length=30, blank=True)
    name = models.CharField(_("name"), max_length=160)
    name_en = models.CharField(_("name in English"), max_length=160, blank=True)
    department = models.ForeignKey(
        Department,
        verbose_name=_("department"),
        on_delete=models.PROTECT,
        related_name="services",
    )
    delivery = models.CharField(
        _("delivery"), max_length=12, choices=Delivery, default=Delivery.ELECTRONIC
    )
    active = models.BooleanField(_("offered to citizens"), default=True)
    sort_order = models.PositiveSmallIntegerField(_("order"), default=100)

    objects = ServiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering = ["sort_order", "name"]

    def __str__(self) -> str:
        """The name in the reader's language, where there is one."""
        return (self.name_en if get_language() == "en" else "") or self.name
