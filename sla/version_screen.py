"""What the staff's screens about one version have in common."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from sla.models.agreements import AgreementVersion


class VersionScreen(WagtailAdminTemplateMixin):
    """A screen at an address with the key of a version; refuses whoever may not use it."""

    request: HttpRequest
    kwargs: dict[str, Any]

    def may(self, user: Any, version: AgreementVersion) -> bool:
        """Whether this user may do with this version what the screen is for."""
        raise NotImplementedError

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse whoever may not."""
        if not self.may(request.user, self.version):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def version(self) -> AgreementVersion:
        """The version of the address, with its facts; 404 when there is none."""
        rows = AgreementVersion.objects.with_facts().select_related("agreement__department")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @property
    def next_url(self) -> str:
        """Where to go afterwards: where the screen was opened, else the admin's home."""
        return get_valid_next_url_from_request(self.request) or reverse("wagtailadmin_home")

    def get_page_subtitle(self) -> str:
        """The agreement and its version."""
        return f"{self.version.agreement} – {self.version}"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home, then this."""
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_subtitle()}]
