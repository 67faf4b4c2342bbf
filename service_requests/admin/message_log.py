"""The list of messages about cases: to whom (masked), when, and what became of them."""

from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from desk_core.modeladmin import DeskModelAdmin
from desk_core.models import OutgoingMessage
from persian.templatetags.persian import code_groups, jdatetime_short
from service_requests import codes, message_log, permissions
from service_requests.models import Case


class MessageLogAdmin(DeskModelAdmin):
    """Nothing here can be changed, and no text is shown: it is made when a message is sent."""

    model = OutgoingMessage
    menu_icon = "history"
    menu_label = _("Messages sent")
    list_display = (
        *("tracking_code", "event", "channel", "to", "created", "state", "attempts"),
        *("receipt", "error"),
    )
    list_filter = ("channel", "state", "delivery")
    list_select_related: ClassVar = ("subject_key",)
    search_exact_fields: ClassVar = ("subject_key",)
    search_help = _("Tracking code")
    ordering = ("-created_at", "-id")
    empty_help = _("Every message to applicants and staff will be listed here.")
    writes_wagtail_log = False

    def visible_to(self, user: Any) -> "QuerySet[OutgoingMessage]":
        """Those about cases that the reader may know of."""
        return message_log.visible_to(user)

    def search(self, request: HttpRequest, queryset: QuerySet, term: str) -> QuerySet:
        """By the tracking code of a case."""
        code = codes.bare(term, codes.CODE_LENGTH)
        cases = Case.objects.visible_to(request.user).filter(code=code or "-")
        return queryset.filter(subject_key__in=cases.order_by().values("subject_key"))

    def user_can_list(self, user: Any) -> bool:
        """Whoever works with cases, and auditors."""
        return permissions.user_can_list_cases(user)

    def user_can_create(self, user: Any) -> bool:
        """Messages are written by what happens to cases."""
        return False

    def user_can_edit(self, user: Any, obj: Model) -> bool:
        """Nobody."""
        return False

    def user_can_delete(self, user: Any, obj: Model) -> bool:
        """Nobody."""
        return False

    def user_can_export(self, user: Any) -> bool:
        """Nobody."""
        return False

    def audit_department(self, obj: Model) -> int | None:
        """The department that has the case."""
        return getattr(obj, "case_department", None)

    def tracking_code(self, obj: Any) -> SafeString:
        """The code of its case."""
        return code_groups(obj.case_code)

    tracking_code.short_description = _("Tracking code")  # type: ignore[attr-defined]

    def event(self, obj: OutgoingMessage) -> str:
        """What it is about."""
        return str(message_log.event_label(obj))

    event.short_description = _("Event")  # type: ignore[attr-defined]

    def to(self, obj: OutgoingMessage) -> str:
        """The masked recipient."""
        return message_log.recipient(obj)

    to.short_description = _("To")  # type: ignore[attr-defined]

    def created(self, obj: OutgoingMessage) -> str:
        """When it was written."""
        return jdatetime_short(obj.created_at)

    created.short_description = _("Written at")  # type: ignore[attr-defined]

    def receipt(self, obj: OutgoingMessage) -> str:
        """What the gateway said."""
        return message_log.receipt_label(obj)

    receipt.short_description = _("Receipt")  # type: ignore[attr-defined]
