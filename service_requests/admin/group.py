"""The menu of everything about cases."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail_modeladmin.options import ModelAdminGroup

from service_requests.admin.cases import CaseAdmin
from service_requests.admin.credentials import CredentialAdmin
from service_requests.admin.leading import RulesAdmin, StoredReplyAdmin, TeamAdmin
from service_requests.admin.surveys import SurveyAdmin
from service_requests.permissions import (
    user_can_export,
    user_can_register,
    user_can_see_workload,
)


class RegisterMenuItem(MenuItem):
    """Register a case for somebody who came, called or wrote."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whoever may register."""
        return user_can_register(request.user)


class DataExportMenuItem(MenuItem):
    """Hand out the data of one person or one organisation."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whoever may export."""
        return user_can_export(request.user)


class WorkloadMenuItem(MenuItem):
    """How much work lies with whom."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whoever leads it."""
        return user_can_see_workload(request.user)


class RequestsGroup(ModelAdminGroup):
    """Cases, registration, workload, credentials, surveys, replies, teams, rules, exports."""

    menu_label = _("Casework")
    menu_icon = "mail"
    menu_order = 150
    items = (CaseAdmin, CredentialAdmin, SurveyAdmin, StoredReplyAdmin, TeamAdmin, RulesAdmin)

    def get_submenu_items(self) -> list[Any]:
        """The lists, and the form."""
        form = RegisterMenuItem(
            _("Register a case"),
            reverse_lazy("service_requests_admin:register"),
            name="register-case",
            icon_name="plus-inverse",
            order=2,
        )
        cases, *rest = super().get_submenu_items()
        for place, item in enumerate(rest, start=4):
            item.order = place
        load = WorkloadMenuItem(
            _("Workload"),
            reverse_lazy("service_requests_admin:workload"),
            name="workload",
            icon_name="clipboard-list",
            order=3,
        )
        export = DataExportMenuItem(
            _("Hand out somebody's data"),
            reverse_lazy("service_requests_admin:data_export"),
            name="data-export",
            icon_name="download",
            order=4 + len(rest),
        )
        return [cases, form, load, *rest, export]
