"""The list: explicit look-ups, one bounded count, exports for whoever may."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest, FieldError, PermissionDenied, ValidationError
from django.core.paginator import InvalidPage, Page
from django.db import DataError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.encoding import force_str
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin import messages
from wagtail_modeladmin.views import IndexView, WMABaseView

from desk_core import audit
from desk_core.modeladmin import exports, hidden_terms, table
from desk_core.modeladmin.counting import CappedPaginator
from persian.digits import grouped

LONGEST_PARAMETER = 200
LONGEST_SEALED = 700
MOST_PARAMETERS = 30
FEW_CHOICES = 8


class DeskIndexView(IndexView):
    """The list of a `DeskModelAdmin`. A query string it does not know is a 400, never a look-up."""

    paginator_class = CappedPaginator

    @method_decorator(login_required)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer, or say that the address asks for something it may not (403) or cannot (400)."""
        if not self.permission_helper.user_can_list(request.user):
            raise PermissionDenied
        _refuse_absurd(request)
        if request.GET.get(self.EXPORT_VAR) is not None:
            self._refuse_export(request)
        try:
            return super().dispatch(request, *args, **kwargs)
        except (IncorrectLookupParameters, FieldError, DataError) as error:
            raise BadRequest from error

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Take a search term that may be personal: the address that follows carries it sealed."""
        if not self.model_admin.search_is_personal:
            return self.http_method_not_allowed(request)
        term = request.POST.get(self.SEARCH_VAR, "")[: hidden_terms.LONGEST_TERM].strip()
        kept = {name: value for name, value in self.params.items() if name != self.SEARCH_VAR}
        if term:
            kept[self.SEARCH_VAR] = hidden_terms.hide(term)
        return redirect(f"{self.index_url}?{urlencode(kept)}")

    @property
    def shown_query(self) -> str:
        """The search term as it was typed."""
        return hidden_terms.reveal(self.query)

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, term: str) -> QuerySet:
        """Search for what was typed; a sealed term that is over finds nothing."""
        shown = hidden_terms.reveal(term)
        if term and not shown:
            return queryset.none()
        return super().get_search_results(request, queryset, shown)

    def get_filters(self, request: HttpRequest) -> Any:
        """Let the declared filters take their parameters, and accept only listed ones beyond."""
        specs, has_filters, remaining, distinct = super().get_filters(request)
        if not set(remaining) <= set(self.model_admin.allowed_lookups):
            raise IncorrectLookupParameters
        return specs, has_filters, remaining, distinct

    def get_queryset(self, request: HttpRequest | None = None) -> QuerySet:
        """Return the filtered list; made once a request, though the library asks twice."""
        if not hasattr(self, "_queryset"):
            try:
                self._queryset = super().get_queryset(request)
            except (ValueError, ValidationError) as error:
                raise IncorrectLookupParameters from error
        return self._queryset

    def apply_select_related(self, qs: QuerySet) -> QuerySet:
        """Follow exactly the declared relations."""
        names: Sequence[str] = self.model_admin.list_select_related or ()
        return qs.select_related(*names) if names else qs

    def as_spreadsheet(self, queryset: QuerySet, spreadsheet_format: str) -> HttpResponseBase:
        """Send the file, and write down who took it; too many rows are asked to be narrowed."""
        limit = self.model_admin.export_max_rows[spreadsheet_format]
        count = queryset.order_by().values("pk")[: limit + 1].count()
        if count > limit:
            messages.error(
                self.request,
                _("More than %(limit)s rows. Please narrow the list first.")
                % {"limit": grouped(limit)},
            )
            return redirect(self.index_url + self.get_query_string())
        audit.record(
            action="list.export",
            actor=self.request.user,
            target=self.opts.label_lower,
            detail={
                "format": spreadsheet_format,
                "rows": count,
                "columns": list(self.list_export),
                # Names only: what was searched for may be personal.
                "narrowed_by": sorted(set(self.params) - {self.ORDER_VAR}),
            },
        )
        return exports.export(self.model_admin, queryset, self.list_export, spreadsheet_format)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the page of rows with one bounded count."""
        paginator = self.paginator_class(self.get_queryset(), self.items_per_page)
        try:
            page = paginator.page(self.page_num)
        except InvalidPage:
            page = paginator.page(1)
        page.object_list = list(page.object_list)
        narrowed = bool(self.query or self.has_active_filters)
        context = {
            "all_count": bool(page.object_list) or narrowed,
            "result_count": paginator.count_label,
            "count_sentence": _count_sentence(paginator, narrowed=narrowed),
            "narrowed": narrowed,
            "paginator": paginator,
            "page_obj": page,
            "object_list": page.object_list,
            "user_can_create": self.permission_helper.user_can_create(self.request.user),
            "show_search": self.search_handler.show_search_form,
            "breadcrumbs_items": [{"url": self.index_url, "label": self.get_page_title()}],
            "headers": table.headers(self),
            "filters": list(self._filters()),
            "kept_parameters": [
                (name, value)
                for name, values in self.params.lists()
                for value in values
                if name != self.SEARCH_VAR
            ],
            **self._pages(paginator, page),
            **kwargs,
        }
        context = WMABaseView.get_context_data(self, **context)
        context["rows"] = table.rows(self, page.object_list, context)
        return context

    def _pages(self, paginator: CappedPaginator, page: Page) -> dict[str, Any]:
        """Return the links to the other pages, with everything that narrows and orders kept."""

        def link(number: int) -> str:
            return self.get_query_string({self.PAGE_VAR: number})

        return {
            "pages": [
                {
                    "number": number,
                    "current": number == page.number,
                    "url": link(number) if number != paginator.ELLIPSIS else "",
                }
                for number in paginator.get_elided_page_range(page.number)
            ],
            "previous_url": link(page.number - 1) if page.has_previous() else "",
            "next_url": link(page.number + 1) if page.has_next() else "",
        }

    def _filters(self) -> Iterator[dict[str, Any]]:
        """Yield the declared filters, open where there are few choices or one is chosen."""
        for spec in self.filter_specs:
            choices = list(spec.choices(self))
            chosen = [choice for choice in choices[1:] if choice["selected"]]
            yield {
                "title": capfirst(force_str(spec.title)),
                "choices": choices,
                "chosen": chosen[0]["display"] if chosen else "",
                "open": bool(chosen) or len(choices) <= FEW_CHOICES,
            }

    @property
    def has_active_filters(self) -> bool:
        """Whether anything but search, order and page narrows the list."""
        return bool(self.get_filters_params())

    def get_buttons_for_obj(self, obj: Model) -> list[dict[str, Any]]:
        """Return the row's buttons."""
        return self.button_helper.get_buttons_for_obj(obj, classnames_add=["button-small"])

    def _refuse_export(self, request: HttpRequest) -> None:
        if request.GET[self.EXPORT_VAR] not in exports.FORMATS:
            raise BadRequest
        if not self.model_admin.user_can_export(request.user) or not self.model_admin.list_export:
            raise PermissionDenied


def _count_sentence(paginator: CappedPaginator, *, narrowed: bool) -> str:
    """Say how many there are, in the reader's digits and in one direction of writing."""
    if narrowed:
        return ngettext("%(count)s match.", "%(count)s matches.", paginator.count) % {
            "count": paginator.count_label
        }
    return _("%(count)s in all.") % {"count": paginator.count_label}


def _refuse_absurd(request: HttpRequest) -> None:
    """Refuse query strings that no page of ours makes, before any database sees them."""
    parameters = list(request.GET.lists())
    if len(parameters) > MOST_PARAMETERS:
        raise BadRequest
    for name, values in parameters:
        for text in (name, *values):
            longest = LONGEST_SEALED if text.startswith(hidden_terms.MARK) else LONGEST_PARAMETER
            if len(text) > longest or any(ord(letter) < 32 for letter in text):
                raise BadRequest
