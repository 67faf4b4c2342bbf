"""Addresses of the staff's own doors, below the Wagtail admin."""

from django.urls import path

from service_requests.admin import saved_filters, views
from service_requests.admin.about_notice import AboutNoticeView
from service_requests.admin.answering_linked import AnswerLinkedView, GroupAnswerView
from service_requests.admin.bulk import BulkView
from service_requests.admin.case_reports import CaseReportView, case_report_file
from service_requests.admin.data_export import DataExportView
from service_requests.admin.day_sheet import DaySheetView
from service_requests.admin.deputies import EndDeputyView
from service_requests.admin.form_registration import FormRegisterView
from service_requests.admin.handing_over import HandOverView
from service_requests.admin.message_texts import MessagePreviewView
from service_requests.admin.registration import RegisterView
from service_requests.admin.tokens import RevokeTokenView, TokenSecretView
from service_requests.admin.workload import WorkloadView

app_name = "service_requests_admin"
urlpatterns = [
    path("register/", RegisterView.as_view(), name="register"),
    path("register/<slug:key>/", FormRegisterView.as_view(), name="register_form"),
    path("data-export/", DataExportView.as_view(), name="data_export"),
    path("bulk/", BulkView.as_view(), name="bulk"),
    path("notices/<uuid:pk>/", AboutNoticeView.as_view(), name="about_notice"),
    path("notices/<uuid:pk>/answer/", AnswerLinkedView.as_view(), name="answer_linked"),
    path("group-answers/<uuid:pk>/", GroupAnswerView.as_view(), name="group_answer"),
    path("reports/", CaseReportView.as_view(), name="case_reports"),
    path("reports/<uuid:report_id>/", case_report_file, name="case_report_file"),
    path("workload/", WorkloadView.as_view(), name="workload"),
    path("messages/", MessagePreviewView.as_view(), name="message_previews"),
    path("day-sheet/", DaySheetView.as_view(), name="day_sheet"),
    path("hand-over/", HandOverView.as_view(), name="hand_over"),
    path("filters/", saved_filters.keep, name="keep_filter"),
    path("filters/<int:pk>/remove/", saved_filters.remove, name="remove_filter"),
    path("deputies/<int:pk>/end/", EndDeputyView.as_view(), name="end_deputy"),
    path("tokens/<uuid:pk>/secret/", TokenSecretView.as_view(), name="token_secret"),
    path("tokens/<uuid:pk>/revoke/", RevokeTokenView.as_view(), name="revoke_token"),
    path("<uuid:case_id>/files/<uuid:attachment_id>/", views.file, name="file"),
    path("<uuid:case_id>/letters/<uuid:letter_id>/", views.letter, name="letter"),
    path("<uuid:case_id>/slip/", views.slip_pdf, name="slip_pdf"),
    path("<uuid:case_id>/slip/handed-over/", views.slip_handed_over, name="slip_handed_over"),
]
