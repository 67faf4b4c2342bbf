"""The menus of everything about cases, and of visits."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail_modeladmin.options import ModelAdminGroup

from service_requests.admin.cases import CaseAdmin
from service_requests.admin.composing import ComposedSurveyAdmin, ImprovementAdmin
from service_requests.admin.credentials import CredentialAdmin
from service_requests.admin.deputies import DeputyAdmin
from service_requests.admin.leading import RulesAdmin, StoredReplyAdmin, TeamAdmin
from service_requests.admin.letter_books import LetterBookAdmin, SecretariatAdmin
from service_requests.admin.letters import LetterAdmin
from service_requests.admin.message_log import MessageLogAdmin
from service_requests.admin.message_texts import MessageTextAdmin
from service_requests.admin.reminders import ReminderStepAdmin
from service_requests.admin.retention import RetentionAdmin
from service_requests.admin.surveys import SurveyAdmin
from service_requests.admin.tokens import TokenAdmin
from service_requests.admin.visiting_hours import (
    VisitExceptionAdmin,
    VisitingHoursAdmin,
    VisitRulesAdmin,
)
from service_requests.admin.visits import VisitAdmin
from service_requests.permissions import (
    user_can_export,
    user_can_print_day_sheet,
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


class CaseReportMenuItem(MenuItem):
    """The report that the ministry asks for."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whoever may export."""
        return user_can_export(request.user)


class WorkloadMenuItem(MenuItem):
    """How much work lies with whom."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whoever leads it."""
        return user_can_see_workload(request.user)


class DaySheetMenuItem(MenuItem):
    """Print who comes on a day."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whoever receives people."""
        return user_can_print_day_sheet(request.user)


class VisitsGroup(ModelAdminGroup):
    """Visits, the day sheet, and when departments receive people."""

    menu_label = _("Visits")
    menu_icon = "date"
    menu_order = 160
    items = (VisitAdmin, VisitingHoursAdmin, VisitExceptionAdmin, VisitRulesAdmin)

    def get_submenu_items(self) -> list[Any]:
        """The lists, with the sheet after the first of them."""
        sheet = DaySheetMenuItem(
            _("Day sheet"),
            reverse_lazy("service_requests_admin:day_sheet"),
            name="day-sheet",
            icon_name="doc-full",
            order=2,
        )
        visits, *rest = super().get_submenu_items()
        for place, item in enumerate(rest, start=3):
            item.order = place
        return [visits, sheet, *rest]


class OpinionsGroup(ModelAdminGroup):
    """What people think, what is asked of them, what is done about it, and what is reported."""

    menu_label = _("Opinions and reports")
    menu_icon = "clipboard-list"
    menu_order = 165
    items = (SurveyAdmin, ComposedSurveyAdmin, ImprovementAdmin)

    def get_submenu_items(self) -> list[Any]:
        """The lists, and the report."""
        report = CaseReportMenuItem(
            _("Report for the ministry"),
            reverse_lazy("service_requests_admin:case_reports"),
            name="case-reports",
            icon_name="table",
            order=len(self.items) + 1,
        )
        return [*super().get_submenu_items(), report]


class RequestsGroup(ModelAdminGroup):
    """Cases, registration, letters, messages, replies, teams, rules, books, data handed out."""

    menu_label = _("Casework")
    menu_icon = "mail"
    menu_order = 150
    items = (
        *(CaseAdmin, LetterAdmin, CredentialAdmin, MessageLogAdmin),
        *(StoredReplyAdmin, MessageTextAdmin, TeamAdmin, DeputyAdmin, RulesAdmin),
        *(ReminderStepAdmin, SecretariatAdmin, LetterBookAdmin, RetentionAdmin, TokenAdmin),
    )

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
