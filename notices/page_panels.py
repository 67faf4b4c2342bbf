"""Panels of the page editor: what to fill in first, and the facts once they are public."""

from typing import Any

from django.forms import CheckboxSelectMultiple
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, Panel
from wagtail.admin.widgets import AdminAutoHeightTextInput

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
            from notices.subscriptions import progress

            notice = self.instance.known_notice()
            return super().get_context_data(parent_context) | {
                "notice": notice,
                "phase": notice.phase(timezone.now()),
                "updates": notice.updates.select_related("author").order_by("-at", "-id"),
                "affected": notice.affected.select_related("service"),
                "progress": progress.of_notice(notice),
                "update_url": reverse("notices_admin:update", args=[notice.pk]),
            }


class BeforePublishingPanel(Panel):
    """What the editor should know of a draft: other windows, working hours, who publishes it."""

    class BoundPanel(Panel.BoundPanel):
        """The panel of one page."""

        template_name = "notices/admin/before_publishing.html"

        def is_shown(self) -> bool:
            """Only for a stored draft that is no fact yet."""
            return bool(self.instance.pk) and self.instance.known_notice() is None

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            """Warnings, and whether it takes two with the way to do without."""
            from notices import conflicts
            from notices.approval import four_eyes

            page = self.instance
            takes_two = four_eyes.takes_two(page)
            return super().get_context_data(parent_context) | {
                "warnings": conflicts.warnings_of_page(page),
                "takes_two": four_eyes.reason(page) if takes_two else "",
                "alone_url": reverse("notices_admin:alone", args=[page.pk]) if takes_two else "",
            }


def notice_panels() -> list[Panel]:
    """Panels between the title and the rest of the page's own tab."""
    return [
        FactPanel(heading=_("What is published")),
        BeforePublishingPanel(heading=_("Before you publish")),
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
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("event"), FieldPanel("severity")]),
                FieldPanel("certainty"),
                FieldPanel("area"),
                FieldPanel("area_en"),
                FieldPanel("shape", widget=AdminAutoHeightTextInput(attrs={"dir": "ltr"})),
                FieldPanel("geocodes", widget=AdminAutoHeightTextInput(attrs={"dir": "ltr"})),
                FieldPanel("instruction"),
                FieldPanel("instruction_en"),
            ],
            heading=_("For a road or urban warning"),
            help_text=_("The other kinds leave this empty. The expected end is its expiry."),
            classname="collapsed",
        ),
        FieldPanel("message"),
        FieldPanel("body"),
        FieldPanel("tell_subscribers"),
    ]
