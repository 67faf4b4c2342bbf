"""Addresses of `sla` below the Wagtail admin."""

from django.urls import path

from sla.admin_views import RecordSignatureView
from sla.renewal_views import ConsentView, SuccessorView
from sla.termination_views import TerminationView

app_name = "sla_admin"
urlpatterns = [
    path("versions/<int:pk>/signature/", RecordSignatureView.as_view(), name="record_signature"),
    path("versions/<int:pk>/successor/", SuccessorView.as_view(), name="successor"),
    path("versions/<int:pk>/consent/", ConsentView.as_view(), name="consent"),
    path("versions/<int:pk>/termination/", TerminationView.as_view(), name="termination"),
]
