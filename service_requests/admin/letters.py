"""The letters of all books in one list: found by number, read, printed; never changed here."""

from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cms_pages.templatetags.desk_face import pill
from desk_core.modeladmin import DeskModelAdmin
from desk_core.modeladmin.filters import RelatedFilter
from persian.templatetags.persian import code_groups, letter_number
from service_requests import codes, permissions
from service_requests.admin.filters import VoidedFilter, YearFilter
from service_requests.models import Letter


class LetterAdmin(DeskModelAdmin):
    """What stands in the indicator books, of the cases that the reader may know of."""

    model = Letter
    menu_icon = "doc-full"
    menu_label = _("Letters")
    list_display = ("letter_number", "way", "secretariat", "registered_on", "case_code", "validity")
    list_display_add_buttons = "letter_number"
    list_filter = (
        *("direction", ("secretariat", RelatedFilter)),
        *(YearFilter, VoidedFilter),
    )
    list_select_related: ClassVar = (
        *("secretariat", "case", "registered_by", "voided_by"),
        *("in_reply_to", "following"),
    )
    ordering = ("-registered_at", "-id")
    search_is_personal = True
    search_help = _("Letter number or tracking code")
    empty_help = _("Register a letter on the screen of its case; it will be listed here.")
    inspect_view_enabled = True
    inspect_view_fields = (
        *("letter_number", "direction", "secretariat", "indicator", "year", "letter_date"),
        *("registered_on", "registered_at", "registrar", "enclosures", "replies_to"),
        *("follows", "validity", "voided_at", "who_voided", "case_link", "print_link"),
    )
    writes_wagtail_log = False

    def user_can_list(self, user: Any) -> bool:
        """Whoever works with cases, and auditors."""
        return permissions.user_can_list_cases(user)

    def user_can_create(self, user: Any) -> bool:
        """Letters are registered on the screen of their case."""
        return False

    def user_can_inspect(self, user: Any, obj: Any) -> bool:
        """Whoever may know of the case."""
        return permissions.user_can_see(user, obj.case)

    def user_can_edit(self, user: Any, obj: Model) -> bool:
        """Nobody."""
        return False

    def user_can_delete(self, user: Any, obj: Model) -> bool:
        """Nobody: a letter is voided, on the screen of its case."""
        return False

    def user_can_see_history(self, user: Any, obj: Any) -> bool:
        """Who read it: for those who answer for its case."""
        return permissions.user_can_see_history(user, obj.case)

    def user_can_export(self, user: Any) -> bool:
        """Nobody."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Visible letters without what is sealed."""
        found = super().get_queryset(request).select_related(*self.list_select_related)
        return found.defer("sealed_details", "sealed_void_reason", "case__sealed_content")

    def search(self, request: HttpRequest, queryset: QuerySet, term: str) -> QuerySet:
        """By the whole number, or by the tracking code of the case."""
        code = codes.bare(term, codes.CODE_LENGTH)
        of_case = queryset.filter(case__code=code) if code else queryset.none()
        if code and of_case.exists():
            return of_case
        return queryset.numbered(term)  # type: ignore[attr-defined]

    def audit_department(self, obj: Model) -> int | None:
        """The department that has the case."""
        return obj.case.department_id if isinstance(obj, Letter) else None

    def letter_number(self, obj: Letter) -> SafeString:
        """The number, in its own order."""
        return letter_number(obj.number)

    letter_number.short_description = _("Letter number")  # type: ignore[attr-defined]

    def way(self, obj: Letter) -> str:
        """Incoming or outgoing."""
        return obj.get_direction_display()

    way.short_description = _("Direction")  # type: ignore[attr-defined]

    def case_code(self, obj: Letter) -> SafeString:
        """The code of its case."""
        return code_groups(obj.case.code)

    case_code.short_description = _("Tracking code")  # type: ignore[attr-defined]

    def validity(self, obj: Letter) -> SafeString:
        """Whether it was voided."""
        if obj.voided_at is None:
            return pill("ok", gettext("Valid"))
        return pill("closed", gettext("No longer valid"))

    validity.short_description = _("State")  # type: ignore[attr-defined]

    def replies_to(self, obj: Letter) -> SafeString | str:
        """The letter of the case that it answers; one from elsewhere is sealed."""
        return _number(obj.in_reply_to)

    replies_to.short_description = _("In reply to")  # type: ignore[attr-defined]

    def follows(self, obj: Letter) -> SafeString | str:
        """The letter of the case that it follows."""
        return _number(obj.following)

    follows.short_description = _("Following")  # type: ignore[attr-defined]

    def registrar(self, obj: Letter) -> str:
        """Who gave it its number."""
        return _name(obj.registered_by)

    registrar.short_description = _("registered by")  # type: ignore[attr-defined]

    def who_voided(self, obj: Letter) -> str:
        """Who voided it."""
        return _name(obj.voided_by)

    who_voided.short_description = _("voided by")  # type: ignore[attr-defined]

    def case_link(self, obj: Letter) -> SafeString:
        """The screen of its case, where it can be voided."""
        url = reverse("service_requests_case_modeladmin_inspect", args=[obj.case_id])
        return format_html('<a href="{}">{}</a>', url, code_groups(obj.case.code))

    case_link.short_description = _("Case")  # type: ignore[attr-defined]

    def print_link(self, obj: Letter) -> SafeString:
        """The PDF."""
        url = reverse("service_requests_admin:letter", args=[obj.case_id, obj.pk])
        return format_html('<a href="{}">{}</a>', url, gettext("Letter as PDF"))

    print_link.short_description = _("Print")  # type: ignore[attr-defined]


def _number(letter: Letter | None) -> SafeString | str:
    """A letter's number as staff read it."""
    return letter_number(letter.number) if letter is not None else ""


def _name(user: Any) -> str:
    return (user.get_full_name() or user.get_username()) if user else ""
