"""Saved filters beside the list of cases: two doors that take a form, and what the list shows."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages

from service_requests import permissions, saved_filters
from service_requests.admin.filters import CASE_FILTERS
from service_requests.enums import Kind

_LONGEST = 2000


def offered(request: HttpRequest) -> dict[str, set[str]]:
    """The parameters of the list and their values, as this person is offered them. One query."""
    found = {
        str(each.parameter_name): {str(key) for key, _label in each.values_for(request)}
        for each in CASE_FILTERS
    }
    return {**found, "kind__exact": set(Kind.values)}


def shown(request: HttpRequest) -> list[dict[str, Any]]:
    """One's own filters, as links of the list; two queries, one where there are none."""
    index = reverse("service_requests_case_modeladmin_index")
    here = urlencode(sorted(request.GET.items()))
    return [
        {
            "name": row.name,
            "url": f"{index}?{query}",
            "current": query == here,
            "remove": reverse("service_requests_admin:remove_filter", args=[row.pk]),
        }
        for row, query in saved_filters.of_user(request.user, lambda: offered(request))
    ]


@require_POST
def keep(request: HttpRequest) -> HttpResponseBase:
    """Keep what the list is narrowed by, sent as the query of its address."""
    if not permissions.user_can_list_cases(request.user):
        raise PermissionDenied
    query = request.POST.get("query", "")[:_LONGEST]
    try:
        row = saved_filters.keep(
            user=request.user,
            name=request.POST.get("name", "")[:_LONGEST],
            parameters=dict(parse_qsl(query)),
            offered=offered(request),
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(reverse("service_requests_case_modeladmin_index"))
    messages.success(request, _("The filter “%(name)s” was saved.") % {"name": row.name})
    return redirect(f"{reverse('service_requests_case_modeladmin_index')}?{row.query}")


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Forget one of one's own; another's is a 404, as none is."""
    if not permissions.user_can_list_cases(request.user):
        raise PermissionDenied
    if not saved_filters.remove(user=request.user, filter_id=pk):
        raise Http404
    return redirect(reverse("service_requests_case_modeladmin_index"))
