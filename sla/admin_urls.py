"""Addresses of `sla` below the Wagtail admin."""

from django.urls import path

from sla import calendar_views
from sla.admin_invitations import InviteView, revoke_invitation
from sla.admin_views import RecordSignatureView, offered_pdf
from sla.renewal_views import ConsentView, SuccessorView
from sla.report_views import CountedCasesView, ReviseMonthView
from sla.termination_views import TerminationView

app_name = "sla_admin"
urlpatterns = [
    path("holidays/confirm/", calendar_views.confirm_holiday, name="confirm_holiday"),
    path("targets/sentences/", calendar_views.target_sentences, name="target_sentences"),
    path("versions/<int:pk>/signature/", RecordSignatureView.as_view(), name="record_signature"),
    path("reports/<int:pk>/revise/", ReviseMonthView.as_view(), name="revise_month"),
    path(
        "versions/<int:pk>/cases/<int:month>/<str:target>/",
        CountedCasesView.as_view(),
        name="counted_cases",
    ),
    path("versions/<int:pk>/successor/", SuccessorView.as_view(), name="successor"),
    path("versions/<int:pk>/consent/", ConsentView.as_view(), name="consent"),
    path("versions/<int:pk>/signature/agreement.pdf", offered_pdf, name="offered_pdf"),
    path("versions/<int:pk>/invitations/", InviteView.as_view(), name="invite"),
    path("invitations/<uuid:pk>/withdraw/", revoke_invitation, name="revoke_invitation"),
    path("versions/<int:pk>/termination/", TerminationView.as_view(), name="termination"),
]
