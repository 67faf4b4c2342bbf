"""Where alerts come from, and what their labels mean here."""

import ipaddress
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.models import Orderable

from cms_pages.models import Service
from notices.enums import Impact, MonitorKind
from notices.labels import parse_labels
from notices.querysets import MonitorSourceQuerySet
from persian.digits import to_ascii


class MonitorSource(ClusterableModel):
    """One monitor that may propose notices: a program that posts alerts, or an address of ours.

    Of its secret only a digest is kept (`notices.monitors.sources`). Times are aware, in UTC.
    """

    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=12, choices=MonitorKind)
    service = models.ForeignKey(
        Service,
        verbose_name=_("service"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Which service its alerts are about, where no rule below says otherwise."),
    )
    impact = models.CharField(
        _("impact"),
        max_length=8,
        choices=Impact,
        default=Impact.PARTIAL,
        help_text=_("What an alert means for the service, where no rule below says otherwise."),
    )
    active = models.BooleanField(
        _("active"), default=True, help_text=_("If not: what it sends is refused.")
    )
    sets_state = models.BooleanField(
        _("shows the state of the service by itself"),
        default=False,
        help_text=_(
            "While one of its alerts fires, the status page shows the service accordingly, marked "
            "as observed automatically. No notice is written and nobody is told."
        ),
    )
    token_digest = models.CharField(max_length=64, blank=True, editable=False)
    token_made_at = models.DateTimeField(_("token made at"), null=True, editable=False)
    token_in_address = models.BooleanField(
        _("takes the token in the address, too"),
        default=False,
        help_text=_(
            "Only for programs that can send no header: addresses end up in logs and histories."
        ),
    )
    networks = models.TextField(
        _("only from these networks"),
        blank=True,
        help_text=_("One address or network in each line, such as 192.0.2.0/24. Empty: from all."),
    )
    interval_minutes = models.PositiveIntegerField(
        _("beats at least every so many minutes"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(31 * 24 * 60)],
    )
    address = models.CharField(
        _("address"), max_length=500, blank=True, help_text=_("http:// or https://, no password.")
    )
    expected_status = models.PositiveSmallIntegerField(
        _("expected status"),
        default=200,
        validators=[MinValueValidator(100), MaxValueValidator(599)],
    )
    expected_text = models.CharField(
        _("expected text"),
        max_length=200,
        blank=True,
        help_text=_("Must stand in the first 256 KB of the answer. Empty: any answer will do."),
    )
    timeout_seconds = models.PositiveSmallIntegerField(
        _("seconds to wait"), default=10, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    failures_needed = models.PositiveSmallIntegerField(
        _("failures in a row before it is an alert"),
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(20)],
    )
    certificate_days = models.PositiveSmallIntegerField(
        _("warn so many days before the certificate ends"),
        default=14,
        validators=[MaxValueValidator(365)],
        help_text=_("0: do not look at it."),
    )
    failures = models.PositiveIntegerField(default=0, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)
    last_seen_at = models.DateTimeField(_("last heard of"), null=True, editable=False)
    created_at = models.DateTimeField(_("made at"), auto_now_add=True)

    objects = MonitorSourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("monitor")
        verbose_name_plural = _("monitors")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["token_digest"],
                condition=~Q(token_digest=""),
                name="monitor_token_digest_once",
            ),
            models.CheckConstraint(
                condition=~Q(kind=MonitorKind.HEARTBEAT, interval_minutes=None),
                name="monitor_heartbeat_has_interval",
            ),
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.name

    def clean(self) -> None:
        """Refuse networks, intervals and addresses that can never work, at their fields."""
        errors: dict[str, Any] = {}
        try:
            self.allowed_networks()
        except ValueError:
            errors["networks"] = _("Give one address or network in each line.")
        if self.kind == MonitorKind.HEARTBEAT and self.interval_minutes is None:
            errors["interval_minutes"] = _("A heartbeat needs an interval.")
        if self.kind == MonitorKind.PROBE and not _is_plain_address(self.address):
            errors["address"] = _(
                "Give an address that begins with http:// or https:// and holds no password."
            )
        if errors:
            raise ValidationError(errors)

    def allowed_networks(self) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
        """The networks it may post from; an empty list stands for all. ValueError: unreadable."""
        lines = (line.strip() for line in to_ascii(self.networks).splitlines())
        return [ipaddress.ip_network(line, strict=False) for line in lines if line]


class MonitorRule(Orderable):
    """Which service, and which impact, alerts with certain labels mean; the first that fits."""

    source = ParentalKey(MonitorSource, on_delete=models.CASCADE, related_name="rules")
    labels = models.CharField(
        _("labels"),
        max_length=300,
        help_text=_("All of them must fit: job=portal, severity=crit*"),
    )
    service = models.ForeignKey(
        Service,
        verbose_name=_("service"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Empty: that of the monitor."),
    )
    impact = models.CharField(
        _("impact"),
        max_length=8,
        choices=Impact,
        blank=True,
        help_text=_("Empty: that of the monitor."),
    )

    class Meta(Orderable.Meta):
        verbose_name = _("rule")
        verbose_name_plural = _("rules")

    panels: ClassVar = ["labels", "service", "impact"]

    def __str__(self) -> str:
        """Its labels."""
        return self.labels

    def clean(self) -> None:
        """Refuse labels that cannot be read."""
        try:
            parse_labels(self.labels)
        except ValueError:
            raise ValidationError(
                {"labels": _("Write label=value, separated by commas. * stands for any letters.")}
            ) from None


def _is_plain_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return False
    safe = address.isprintable() and " " not in address and address.isascii()
    return (
        safe
        and parts.scheme in ("http", "https")
        and bool(parts.hostname)
        and port != 0
        and parts.username is None
        and parts.password is None
    )
