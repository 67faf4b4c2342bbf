"""`DeskModelAdmin`: what a ModelAdmin of this project says about itself, and what it never does."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import DataError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest
from wagtail.admin.admin_url_finder import register_admin_url_finder
from wagtail.admin.panels import ObjectList, Panel
from wagtail_modeladmin.options import ModelAdmin

from desk_core.modeladmin.access import DeskPermissionHelper, DeskURLFinder, has_model_permission
from desk_core.modeladmin.instances import (
    DeskCreateView,
    DeskDeleteView,
    DeskEditView,
    DeskHistoryView,
    DeskInspectView,
)
from desk_core.modeladmin.lists import DeskIndexView
from desk_core.modeladmin.searching import HookSearchHandler, search_rows


class DeskModelAdmin(ModelAdmin):
    """Base of every ModelAdmin of the project. A subclass says, and the system check asks for:

    - `model`, whose manager has `visible_to(user)`; or it overrides `visible_to` here;
    - `list_select_related`: the relations that the list shows, `()` when there are none;
    - `allowed_lookups`: exact names of query parameters beside those of its own `list_filter`;
    - `panels` when there is a form (without them nothing can be added or edited);
    - `inspect_view_fields` when `inspect_view_enabled`;
    - `list_export` when there is something to export, with `user_can_export`.

    Its `user_can_…` methods are the places for a room's permission functions.
    """

    allowed_lookups: ClassVar[Sequence[str]] = ()
    panels: ClassVar[Sequence[Panel | str] | None] = None
    inspect_view_fields: ClassVar[Sequence[str]] = ()
    list_select_related: ClassVar[Sequence[str] | None] = None
    list_per_page = 50
    search_folded_fields: ClassVar[Sequence[str]] = ()
    search_exact_fields: ClassVar[Sequence[str]] = ()
    search_help: Any = ""
    # The search form is posted, and no address ever shows what was searched for.
    search_is_personal = False
    empty_help: Any = ""
    export_max_rows: ClassVar[dict[str, int]] = {"csv": 50_000, "xlsx": 20_000}
    export_headings: ClassVar[dict[str, Any]] = {}
    writes_wagtail_log = True
    references_are_indexed = False
    reads_are_audited = True

    permission_helper_class = DeskPermissionHelper
    search_handler_class = HookSearchHandler
    index_view_class = DeskIndexView
    create_view_class = DeskCreateView
    edit_view_class = DeskEditView
    inspect_view_class = DeskInspectView
    delete_view_class = DeskDeleteView
    history_view_class = DeskHistoryView

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        if self.is_pagemodel:
            raise ImproperlyConfigured("Pages are edited in Wagtail's explorer, not in a list.")
        self.permission_helper.model_admin = self

    @property
    def has_form(self) -> bool:
        """Whether objects are added and edited with a form."""
        return bool(self.panels) or hasattr(self, "edit_handler")

    # Who may do what -----------------------------------------------------------------------------

    def user_can_list(self, user: Any) -> bool:
        """View or change permission of the model."""
        return has_model_permission(user, self.model, "view") or has_model_permission(
            user, self.model, "change"
        )

    def user_can_create(self, user: Any) -> bool:
        """Add permission of the model."""
        return has_model_permission(user, self.model, "add")

    def user_can_inspect(self, user: Any, obj: Model) -> bool:
        """Whoever may see the list; `obj` is visible to the user already."""
        return self.user_can_list(user)

    def user_can_edit(self, user: Any, obj: Model) -> bool:
        """Change permission of the model; `obj` is visible to the user already."""
        return has_model_permission(user, self.model, "change")

    def user_can_delete(self, user: Any, obj: Model) -> bool:
        """Delete permission of the model; `obj` is visible to the user already."""
        return has_model_permission(user, self.model, "delete")

    def user_can_see_history(self, user: Any, obj: Model) -> bool:
        """Whoever may inspect or edit the object."""
        return self.permission_helper.user_can_inspect_obj(
            user, obj
        ) or self.permission_helper.user_can_edit_obj(user, obj)

    def user_can_export(self, user: Any) -> bool:
        """The permission `export_<model>`, which the model declares in `Meta.permissions`."""
        return has_model_permission(user, self.model, "export")

    # What there is to see ------------------------------------------------------------------------

    def visible_to(self, user: Any) -> QuerySet:
        """Return what `user` may see at all; every view of this ModelAdmin begins here."""
        return self.model._default_manager.visible_to(user)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Return what the reader may see, in the list's order."""
        queryset = self.visible_to(request.user)
        ordering = self.get_ordering(request)
        return queryset.order_by(*ordering) if ordering else queryset

    def get_object(self, request: HttpRequest, pk: str) -> Model:
        """Return one visible object; 404 for another's, for none, and for what is no identity."""
        try:
            found = self.get_queryset(request).filter(pk=pk)[:1].get()
        except (self.model.DoesNotExist, ValidationError, ValueError, OverflowError, DataError):
            raise Http404 from None
        return found

    def audit_target(self, obj: Model) -> str:
        """Return how the audit trail names `obj`: "model:identity", nothing personal."""
        return f"{self.opts.label_lower}:{obj.pk}"

    def audit_department(self, obj: Model) -> int | None:
        """Return the department that an access to `obj` belongs to."""
        return getattr(obj, "department_id", None)

    def search(self, request: HttpRequest, queryset: QuerySet, term: str) -> QuerySet:
        """Narrow the list to `term`; override it for a search of one's own."""
        return search_rows(
            queryset,
            term,
            plain=self.get_search_fields(request),
            folded=self.search_folded_fields,
            exact=self.search_exact_fields,
        )

    @property
    def can_be_searched(self) -> bool:
        """Whether the list has a search box."""
        return bool(
            self.search_fields
            or self.search_folded_fields
            or self.search_exact_fields
            or type(self).search is not DeskModelAdmin.search
        )

    def get_search_handler(
        self, request: HttpRequest, search_fields: Sequence[str] | None = None
    ) -> HookSearchHandler:
        """Return the handler that asks `search`."""
        return self.search_handler_class(self, request)

    def get_list_export(self, request: HttpRequest) -> Sequence[str]:
        """Return the exported columns, none for whoever may not export."""
        return self.list_export if self.user_can_export(request.user) else ()

    def get_inspect_view_fields(self) -> list[str]:
        """Return what was listed, never "all fields"."""
        return list(self.inspect_view_fields)

    def get_edit_handler(self) -> Panel:
        """Return the listed panels, never "all fields"."""
        if hasattr(self, "edit_handler"):
            return self.edit_handler
        return ObjectList(list(self.panels or ()))

    # Templates and registrations -----------------------------------------------------------------

    def get_templates(self, action: str = "index") -> list[str]:
        """Return the app's own templates first, then ours, then the library's."""
        names = super().get_templates(action)
        return [*names[:-1], f"desk_core/modeladmin/{action}.html", names[-1]]

    def register_admin_url_finders(self) -> None:
        """Let Wagtail's reports link to a form only for whom it is visible."""
        attributes = {
            "permission_helper": self.permission_helper,
            "url_helper": self.url_helper,
            "model_admin": self,
        }
        finder = type(f"{type(self).__name__}URLFinder", (DeskURLFinder,), attributes)
        register_admin_url_finder(self.model, finder)

    def register_indexing(self) -> None:
        """Keep the objects out of Wagtail's usage pages, which know no departments."""
        if self.references_are_indexed:
            super().register_indexing()
