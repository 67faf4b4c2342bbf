"""What administrators choose for the whole desk about how citizens are served."""

from collections.abc import Collection
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from desk_core.statements import Statement
from service_requests.enums import Kind


@register_setting(icon="key", order=20)
class ContactVerification(BaseGenericSetting):
    """For which kinds applicants are offered to verify their contacts by a one-time code.

    One row. Until administrators have opened the screen, `DESK_VERIFY_CONTACTS` holds.
    """

    for_requests = models.BooleanField(_("for requests"), default=True)
    for_complaints = models.BooleanField(_("for complaints"), default=True)
    for_suggestions = models.BooleanField(_("for suggestions and criticism"), default=True)

    panels: ClassVar = [
        MultiFieldPanel(
            [
                FieldPanel("for_requests"),
                FieldPanel("for_complaints"),
                FieldPanel("for_suggestions"),
            ],
            heading=_("Offer to verify the mobile number and the e-mail by a one-time code"),
            help_text=_(
                "Nobody must. Whoever has verified one gets a new password there after losing it; "
                "all others have to come to the service desk."
            ),
        )
    ]

    class Meta:
        verbose_name = _("verification of contacts")

    def __str__(self) -> str:
        """What it is."""
        return str(self._meta.verbose_name)

    @classmethod
    def kinds(cls) -> Collection[str]:
        """The kinds for which it is offered; one query."""
        found = _CHOSEN.rows()
        if not found:
            return frozenset(getattr(settings, "DESK_VERIFY_CONTACTS", Kind.values))
        kinds = (Kind.REQUEST, Kind.COMPLAINT, Kind.SUGGESTION)
        offered = zip(kinds, found[0], strict=True)
        return frozenset(kind.value for kind, chosen in offered if chosen)

    @classmethod
    def _of_deployment(cls) -> Self:
        """Unsaved, as the deployment has it."""
        wanted = getattr(settings, "DESK_VERIFY_CONTACTS", Kind.values)
        return cls(
            for_requests=Kind.REQUEST in wanted,
            for_complaints=Kind.COMPLAINT in wanted,
            for_suggestions=Kind.SUGGESTION in wanted,
        )

    @classmethod
    def _get_or_create(cls) -> Self:
        """Wagtail's screen stores the row when it is opened: then with what held until now."""
        row = cls.objects.first()
        if row is None:
            row = cls._of_deployment()
            row.save()
        return row


# It is asked at each registration.
_CHOSEN = Statement(
    lambda: ContactVerification.objects.order_by("pk").values_list(
        "for_requests", "for_complaints", "for_suggestions"
    )[:1]
)
