"""Security headers: a strict content policy for citizens, a looser one below Wagtail's admin.

The policies are settings (`CONTENT_SECURITY_POLICY` and `DESK_ADMIN_CONTENT_SECURITY_POLICY`, in
django-csp's form), both without any foreign host. Referrer and opener policy come from Django's own
SecurityMiddleware.
"""

from functools import cached_property
from typing import Any

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import NoReverseMatch, reverse

# No page of ours asks for any of these; nor may anything that is shown inside one.
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "autoplay",
        "browsing-topics",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)


def admin_prefix() -> str:
    """Where Wagtail's admin begins; an address that no page has where there is no admin."""
    try:
        return reverse("wagtailadmin_home")
    except NoReverseMatch:
        return "//"


class SecurityHeadersMiddleware(CSPMiddleware):
    """django-csp's middleware (its decorators work), with a policy by place."""

    @cached_property
    def admin_prefix(self) -> str:
        """Where the looser policy holds."""
        return admin_prefix()

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        """Return the policy of the place; a view's own (`csp` decorator) goes before it."""
        parts = super().get_policy_parts(request, response, report_only=report_only)
        looser: dict[str, Any] = getattr(settings, "DESK_ADMIN_CONTENT_SECURITY_POLICY", {})
        if (
            not report_only
            and parts.config is None
            and looser
            and request.path_info.startswith(self.admin_prefix)
        ):
            parts.config = looser["DIRECTIVES"]
        return parts

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Set the headers that are not set yet."""
        response = super().process_response(request, response)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return response
