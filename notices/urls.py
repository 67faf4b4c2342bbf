"""Addresses below `status/`."""

from django.urls import path

from notices import views
from notices.machine_faces.urls import urlpatterns as machine_faces

app_name = "notices"
urlpatterns = [
    path("", views.status, name="status"),
    path("history/", views.history, name="history"),
    path("history/<str:month>/", views.history, name="history_month"),
    path("services/<slug:key>/", views.service, name="service"),
    *machine_faces,
]
