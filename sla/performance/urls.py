"""Addresses of the performance pages, in the languages of the site."""

from django.urls import path

from sla.performance import views

app_name = "performance"
_VERSION = "<slug:key>/<int:number>/"
urlpatterns = [
    path("<slug:key>/", views.page, name="latest"),
    path(_VERSION, views.page, name="page"),
    path(f"{_VERSION}figures.csv", views.file, {"file_format": "csv"}, name="csv"),
    path(f"{_VERSION}figures.xlsx", views.file, {"file_format": "xlsx"}, name="xlsx"),
]
