"""The procedure by which a version is ended before its time, or for good (R38)."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from desk_core.models import Backup
from persian.jalali import TEHRAN
from sla.models.agreements import AgreementVersion


def _person(label: Any) -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=label,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )


class Termination(models.Model):
    """One termination: announced, confirmed by a second person, and finished after a backup.

    Days are Gregorian, as they are counted in Tehran. `ends_on` is the announced first day without
    new requests under the version; `ending_from` the day from which that is so, set when a second
    person confirms. Until `readable_until` people can follow the cases registered under it.
    `told_until`: who registered a case until then has been told (UTC). Written by `sla.terminating`
    and `sla.telling` alone; one that is called off becomes a `CalledOffEnd`.
    """

    version = models.OneToOneField(
        AgreementVersion,
        verbose_name=_("version"),
        on_delete=models.PROTECT,
        related_name="termination",
    )
    reason = models.TextField(_("reason"), max_length=1000)
    ends_on = models.DateField(_("no new requests from"))
    readable_until = models.DateField(_("cases can be followed until"))
    announced_by = _person(_("announced by"))
    announced_at = models.DateTimeField(_("announced"), auto_now_add=True)
    told_at = models.DateTimeField(_("beneficiaries told"), null=True)
    told_until = models.DateTimeField(_("newcomers told until"), null=True)
    told_count = models.PositiveIntegerField(_("messages to beneficiaries"), default=0)
    confirmed_by = _person(_("confirmed by"))
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)
    ending_from = models.DateField(_("ending since"), null=True)
    finished_by = _person(_("finished by"))
    finished_at = models.DateTimeField(_("finished"), null=True)
    backup = models.ForeignKey(
        Backup, verbose_name=_("backup"), on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("termination")
        verbose_name_plural = _("terminations")
        constraints = [
            models.CheckConstraint(
                condition=Q(announced_by__isnull=False)
                & (
                    Q(confirmed_by=None, confirmed_at=None, ending_from=None)
                    | Q(
                        confirmed_by__isnull=False,
                        confirmed_at__isnull=False,
                        ending_from__isnull=False,
                    )
                    & ~Q(confirmed_by=F("announced_by"))
                ),
                name="termination_takes_two_people",
            ),
            models.CheckConstraint(
                condition=Q(finished_at=None, finished_by=None, backup=None)
                | Q(
                    finished_at__isnull=False,
                    finished_by__isnull=False,
                    backup__isnull=False,
                    confirmed_by__isnull=False,
                ),
                name="termination_needs_a_backup",
            ),
            models.CheckConstraint(
                condition=Q(readable_until__gte=F("ends_on")),
                name="termination_readable_after_end",
            ),
        ]

    def __str__(self) -> str:
        """The version it ends."""
        return str(self.version)

    @property
    def finished_on(self) -> date | None:
        """The day, in Tehran, on which the version was terminated; nothing else says so."""
        return self.finished_at.astimezone(TEHRAN).date() if self.finished_at else None


class CalledOffEnd(models.Model):
    """A termination that was announced and taken back: who was told so, and how many."""

    version = models.ForeignKey(
        AgreementVersion,
        verbose_name=_("version"),
        on_delete=models.PROTECT,
        related_name="called_off_ends",
    )
    termination_key = models.PositiveBigIntegerField(_("termination"), unique=True)
    ends_on = models.DateField(_("no new requests from"))
    called_off_by = _person(_("called off by"))
    called_off_at = models.DateTimeField(_("called off"), auto_now_add=True)
    told_at = models.DateTimeField(_("beneficiaries told"), null=True)
    told_count = models.PositiveIntegerField(_("messages to beneficiaries"), default=0)

    class Meta:
        verbose_name = _("called-off end of an agreement")
        verbose_name_plural = _("called-off ends of agreements")
        ordering = ["-called_off_at", "-pk"]

    def __str__(self) -> str:
        """The version that did not end."""
        return str(self.version)
