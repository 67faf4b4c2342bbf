"""Addresses of `notices` below the Wagtail admin."""

from django.urls import path

from notices.admin_views import PostUpdateView
from notices.subscription_admin import EndSubscriptionView

app_name = "notices_admin"
urlpatterns = [
    path("<uuid:pk>/update/", PostUpdateView.as_view(), name="update"),
    path("subscriptions/<uuid:pk>/end/", EndSubscriptionView.as_view(), name="end_subscription"),
]
