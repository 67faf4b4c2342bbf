"""Addresses below `status/`."""

from django.urls import path

from notices import views

app_name = "notices"
urlpatterns = [
    path("", views.status, name="status"),
    path("history/", views.history, name="history"),
    path("history/<str:month>/", views.history, name="history_month"),
    path("services/<slug:key>/", views.service, name="service"),
]
