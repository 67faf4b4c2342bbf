"""Addresses of `sla` below the Wagtail admin."""

from django.urls import path

from sla.admin_invitations import InviteView, revoke_invitation
from sla.admin_views import RecordSignatureView, offered_pdf

app_name = "sla_admin"
urlpatterns = [
    path("versions/<int:pk>/signature/", RecordSignatureView.as_view(), name="record_signature"),
    path("versions/<int:pk>/signature/agreement.pdf", offered_pdf, name="offered_pdf"),
    path("versions/<int:pk>/invitations/", InviteView.as_view(), name="invite"),
    path("invitations/<uuid:pk>/withdraw/", revoke_invitation, name="revoke_invitation"),
]
