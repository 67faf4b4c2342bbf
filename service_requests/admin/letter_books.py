"""Secretariats and their indicator books: set up by administrators."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import Model
from django.forms import TextInput
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel

from desk_core.modeladmin import DeskModelAdmin
from persian.templatetags.persian import bdi_ltr, fa_digits
from service_requests import permissions
from service_requests.models import LetterBook, Secretariat


class _SetUp(DeskModelAdmin):
    """Administrators change them, auditors and secretariats read them; used ones never go."""

    # Nothing personal stands in them.
    reads_are_audited = False

    def user_can_list(self, user: Any) -> bool:
        """Whoever may read how the books are set up."""
        return permissions.user_can_list_books(user)

    def user_can_create(self, user: Any) -> bool:
        """Administrators."""
        return permissions.user_can_manage_books(user)

    def user_can_edit(self, user: Any, obj: Model) -> bool:
        """Administrators."""
        return permissions.user_can_manage_books(user)

    def user_can_delete(self, user: Any, obj: Model) -> bool:
        """Administrators, while it has no book and no letter."""
        return permissions.user_can_manage_books(user)

    def user_can_export(self, user: Any) -> bool:
        """Nobody."""
        return False


class SecretariatAdmin(_SetUp):
    """The registries of the body."""

    model = Secretariat
    menu_icon = "folder-inverse"
    menu_label = _("Secretariats")
    list_display = ("name", "department", "active", "sort_order")
    list_select_related: ClassVar[Sequence[str]] = ("department",)
    empty_help = _("Here will be the secretariats that register letters, often just one.")
    panels: ClassVar = [
        FieldRowPanel([FieldPanel("name"), FieldPanel("name_en")]),
        FieldPanel("department"),
        FieldRowPanel([FieldPanel("active"), FieldPanel("sort_order")]),
    ]


class LetterBookAdmin(_SetUp):
    """The books in which letters get their numbers."""

    model = LetterBook
    menu_icon = "list-ol"
    menu_label = _("Indicator books")
    list_display = ("secretariat", "direction", "numbering", "form_of_numbers", "active")
    list_filter = ("direction", "numbering", "active")
    list_select_related: ClassVar[Sequence[str]] = ("secretariat",)
    empty_help = _("A secretariat needs a book for incoming letters and one for outgoing ones.")
    panels: ClassVar = [
        FieldRowPanel([FieldPanel("secretariat"), FieldPanel("direction")]),
        FieldPanel("numbering"),
        FieldPanel("pattern", widget=TextInput(attrs={"dir": "ltr"})),
        FieldRowPanel([FieldPanel("first_number"), FieldPanel("first_year")]),
        FieldPanel("active"),
    ]

    def form_of_numbers(self, obj: LetterBook) -> SafeString | str:
        """How its own numbers look."""
        return bdi_ltr(fa_digits(obj.pattern)) if obj.numbers_itself else ""

    form_of_numbers.short_description = _("form of a number")  # type: ignore[attr-defined]
