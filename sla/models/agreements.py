"""The agreement and its versions: the facts that pages show and cases refer to (R12, R31)."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from cms_pages.models import Department
from persian.digits import localised
from sla.enums import Ending
from sla.querysets import (
    AgreementQuerySet,
    AgreementVersionQuerySet,
    SealedError,
    agreement_is_fixed,
)
from sla.state import Facts


class Agreement(models.Model):
    """One agreement through all its versions.

    Key, title and department cannot be changed any more once a version is signed: the department
    says whom it covers.
    """

    key = models.SlugField(_("key"), max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=200)
    title_en = models.CharField(_("title in English"), max_length=200, blank=True)
    department = models.ForeignKey(
        Department,
        verbose_name=_("department"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="agreements",
        help_text=_("Leave empty for an agreement of the whole body."),
    )

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        ordering = ["key"]

    def __str__(self) -> str:
        """The title in the reader's language, where there is one."""
        return (self.title_en if get_language() == "en" else "") or self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store it, unless that would change what a signature has fixed."""
        if self.pk is not None:
            names = sorted(AgreementQuerySet.FIXED - {"department"})
            for row in Agreement.objects.filter(pk=self.pk).signed().values(*names):
                if any(row[name] != getattr(self, name) for name in names):
                    raise SealedError(agreement_is_fixed())
        super().save(*args, **kwargs)

    @property
    def fixed(self) -> bool:
        """Whether a version of it is signed."""
        return self.pk is not None and self.versions.signed().exists()


class AgreementVersion(models.Model):  # type: ignore[django-manager-missing]
    """One version of an agreement; its page shows it, signatures and cases hang on it.

    Its terms follow its page each time that is published, until the first signature: from then
    on the row in `SignedText` is the truth and these columns cannot be changed any more. Days are
    Gregorian; `valid_to` is the last day on which the version is valid.
    """

    agreement = models.ForeignKey(
        Agreement, verbose_name=_("agreement"), on_delete=models.PROTECT, related_name="versions"
    )
    number = models.PositiveSmallIntegerField(_("number"))
    language = models.CharField(_("language of the signed text"), max_length=10, default="fa")
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid until"), null=True, blank=True)
    ending = models.CharField(_("ends"), max_length=10, choices=Ending, default=Ending.DATE)
    g2g = models.BooleanField(_("between two organisations (G2G)"), default=False)
    offered_text = models.TextField(_("text offered for signature"), blank=True, editable=False)
    offered_digest = models.CharField(max_length=64, blank=True, editable=False)
    succeeds = models.ForeignKey(
        "self",
        verbose_name=_("drafted as the successor of"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="successors",
    )
    source_digest = models.CharField(max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = AgreementVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of an agreement")
        verbose_name_plural = _("versions of agreements")
        ordering = ["agreement", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="agreement_number_once"),
            models.UniqueConstraint(
                fields=["agreement", "source_digest"],
                condition=~Q(source_digest=""),
                name="agreement_import_once",
            ),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="agreement_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        """The label that people know it by."""
        return gettext("version %(number)s") % {"number": localised(self.number)}

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store it, unless that would change the terms of a signed version."""
        if self.pk is not None:
            kept = AgreementVersion.objects.filter(pk=self.pk, signed_text__isnull=False)
            names = [name for name in AgreementVersionQuerySet.TERMS if name != "agreement"]
            for row in kept.values(*names):
                if any(row[name] != getattr(self, name) for name in names):
                    raise SealedError(_("What is signed cannot be changed. Make a new version."))
        super().save(*args, **kwargs)

    @property
    def sealed(self) -> bool:
        """Whether its text carries a signature, so that nothing of it can change any more."""
        return getattr(self, "signed_text", None) is not None

    @property
    def open_ended(self) -> bool:
        """Whether it has no last day of its own."""
        return self.valid_to is None and self.ending != Ending.DATE

    def facts(self, *, siblings: "list[AgreementVersion] | None" = None) -> Facts:
        """What its state depends on; `siblings` are all versions of the agreement, with facts.

        Without `siblings`, or on a row that was not read by `.with_facts()`, it asks the database.
        """
        if siblings is None:
            siblings = list(self.agreement.versions.with_facts())
        mine = next((row for row in siblings if row.pk == self.pk), self)
        starts = [
            start
            for row in siblings
            if row.agreement_id == self.agreement_id and row.number > self.number
            if (start := row.own_facts().starts) is not None
        ]
        own = mine.own_facts()
        return Facts(
            offered=own.offered,
            signed_on=own.signed_on,
            valid_from=own.valid_from,
            valid_to=own.valid_to,
            replaced_from=min(starts, default=None),
            terminated_on=own.terminated_on,
            by_consent=own.by_consent,
            ending_from=own.ending_from,
            announced_end=own.announced_end,
            ending=own.ending,
        )

    def own_facts(self) -> Facts:
        """The facts of this version alone; what is signed is read from the sealed row."""
        sealed = getattr(self, "signed_text", None)
        ending = Ending(self.ending)
        if sealed is None:
            return Facts(
                offered=bool(self.offered_digest),
                valid_from=self.valid_from,
                valid_to=self.valid_to,
                ending=ending,
            )
        consent = getattr(self, "consent_end", None)
        termination = getattr(self, "termination", None)
        terminated_on = termination.finished_on if termination is not None else None
        ends = [day for day in (terminated_on, consent and consent.ends_on) if day]
        ended = min(ends, default=None)
        complete = (self.signatures_given or 0) >= sealed.signatures_needed  # type: ignore[attr-defined]
        return Facts(
            offered=True,
            signed_on=self.last_signed_on if complete else None,  # type: ignore[attr-defined]
            valid_from=sealed.valid_from,
            valid_to=sealed.valid_to,
            terminated_on=ended,
            by_consent=consent is not None and ended == consent.ends_on,
            ending_from=termination.ending_from if termination is not None else None,
            announced_end=termination.ends_on if termination is not None else None,
            ending=ending,
        )
