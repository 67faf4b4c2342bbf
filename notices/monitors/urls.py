"""Addresses for monitors, outside of the languages."""

from django.urls import path

from notices.monitors.views import intake

app_name = "monitors"
urlpatterns = [
    path("alerts", intake, name="intake"),
    path("alerts/<str:token>", intake, name="intake_by_address"),
]
