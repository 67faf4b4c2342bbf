"""Addresses of `sla` below the Wagtail admin."""

from django.urls import path

from sla.admin_views import RecordSignatureView

app_name = "sla_admin"
urlpatterns = [
    path("versions/<int:pk>/signature/", RecordSignatureView.as_view(), name="record_signature"),
]
