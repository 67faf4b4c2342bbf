"""Addresses of `notices` below the Wagtail admin."""

from django.urls import path

from notices.admin_views import PostUpdateView

app_name = "notices_admin"
urlpatterns = [
    path("<uuid:pk>/update/", PostUpdateView.as_view(), name="update"),
]
