"""List filters that do without Django's own admin site and take no value that is none."""

from typing import Any

from django.contrib.admin.filters import RelatedFieldListFilter, SimpleListFilter
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import HttpRequest


class RelatedFilter(RelatedFieldListFilter):
    """Offers the related objects in their own order; Django's would ask its admin site for it.

    In `list_filter`: `("department", RelatedFilter)`.
    """

    def field_admin_ordering(
        self, field: Any, request: HttpRequest, model_admin: Any
    ) -> tuple[str, ...]:
        """The order of the related model."""
        return tuple(field.remote_field.model._meta.ordering)


class ExactFilter(SimpleListFilter):
    """A filter that takes one of its own values and nothing else."""

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """Narrow; a value that was not offered is a bad address."""
        value = self.value()
        if value is None:
            return queryset
        if value not in {str(key) for key, _label in self.lookup_choices}:
            raise BadRequest
        return self.narrow(request, queryset, value)

    def narrow(self, request: HttpRequest, queryset: QuerySet, value: str) -> QuerySet:
        """What one value means."""
        raise NotImplementedError
