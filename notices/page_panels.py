"""Panels of the page editor: what to fill in first, and the facts once they are public."""

from typing import Any

from django.forms import CheckboxSelectMultiple
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, Panel

from persian.wagtail import JalaliAdminDateTimeInput


class FactPanel(Panel):
    """The published facts with their updates, to read; the way to change them is one button."""

    class BoundPanel(Panel.BoundPanel):
        """The panel of one page."""

        template_name = "notices/admin/fact_panel.html"

        def is_shown(self) -> bool:
            """Only when there is a fact."""
            return self.instance.known_notice() is not None

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            """The notice, its phase now, its updates and the address of the short form."""
            from notices import progress

            notice = self.instance.known_notice()
            return super().get_context_data(parent_context) | {
                "notice": notice,
                "phase": notice.phase(timezone.now()),
                "updates": notice.updates.select_related("author").order_by("-at", "-id"),
                "affected": notice.affected.select_related("service"),
                "progress": progress.of_notice(notice),
                "update_url": reverse("notices_admin:update", args=[notice.pk]),
            }


def notice_panels() -> list[Panel]:
    """Panels between the title and the rest of the page's own tab."""
    return [
        FactPanel(heading=_("What is published")),
        MultiFieldPanel(
            [
                FieldPanel("kind"),
                FieldPanel("impact"),
                FieldPanel("affected_services", widget=CheckboxSelectMultiple),
                FieldRowPanel(
                    [
                        FieldPanel("starts_at", widget=JalaliAdminDateTimeInput),
                        FieldPanel("expected_end", widget=JalaliAdminDateTimeInput),
                    ]
                ),
            ],
            heading=_("For the first publication"),
            help_text=_(
                "After the first publication these facts change through updates only, "
                "so that no old draft can undo them."
            ),
        ),
        FieldPanel("message"),
        FieldPanel("body"),
        FieldPanel("tell_subscribers"),
    ]
