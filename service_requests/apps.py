"""Registrations of the `service_requests` floor."""

from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class ServiceRequestsConfig(AppConfig):
    """What `service_requests` tells Django when it starts."""

    name = "service_requests"
    label = "service_requests"
    verbose_name = _("Requests and complaints")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the system checks, and what the floors below ask of this one."""
        from cms_pages import group_permissions
        from cms_pages.enums import Role
        from desk_core import audit_words, erasures, triggers
        from desk_core.backup import register_sample
        from notices import requests_page
        from notices.subscriptions import audiences
        from service_requests import (
            affected_applicants,
            checks,
            ended_agreements,
            erasing,
            kinds,
            measures,
            notify,
            permissions,
            sampling,
            signal_handlers,
            trail,
            visit_words,
            visiting_shown,
        )
        from service_requests.models import FormVersion
        from sla import beneficiaries, closing_words

        checks.register()
        group_permissions.register(
            Role.ADMINISTRATOR,
            [("service_requests", "contactverification", "change_contactverification")],
        )
        triggers.protect(FormVersion)
        signal_handlers.connect()
        visiting_shown.register()
        closing_words.register(visit_words.CLOSING)
        audit_words.name_actions(trail.ACTIONS)
        audit_words.name_reasons(trail.REASONS)
        erasures.register_forgetter(erasing.forget_subjects)
        kinds.register()
        measures.register()
        notify.register()
        audiences.register("applicants", affected_applicants.tell)
        register_sample(sampling.read_sample)
        requests_page.register(
            address=lambda notice: reverse("service_requests_admin:about_notice", args=[notice.pk]),
            may=permissions.user_can_list_cases,
        )
        beneficiaries.register(
            teller=ended_agreements.tell, last_change=ended_agreements.last_change
        )
