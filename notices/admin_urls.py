"""Addresses of `notices` below the Wagtail admin."""

from django.urls import path

from notices.admin_views import PostUpdateView
from notices.approval.views import PublishAloneView, ReviewView
from notices.beginning_views import ApproveRuleView, BeginView
from notices.monitors.admin_views import ProposalView, TokenView, attach_to_notice, write_notice
from notices.subscriptions.admin import EndSubscriptionView

app_name = "notices_admin"
urlpatterns = [
    path("<uuid:pk>/update/", PostUpdateView.as_view(), name="update"),
    path("alone/<int:pk>/", PublishAloneView.as_view(), name="alone"),
    path("review/<int:pk>/", ReviewView.as_view(), name="review"),
    path("begin/<int:pk>/", BeginView.as_view(), name="begin"),
    path("rule/<int:pk>/approve/", ApproveRuleView.as_view(), name="approve_rule"),
    path("proposals/<int:pk>/", ProposalView.as_view(), name="proposal"),
    path("proposals/<int:pk>/write/", write_notice, name="write_notice"),
    path("proposals/<int:pk>/attach/", attach_to_notice, name="attach_to_notice"),
    path("monitors/<int:pk>/token/", TokenView.as_view(), name="monitor_token"),
    path("subscriptions/<uuid:pk>/end/", EndSubscriptionView.as_view(), name="end_subscription"),
]
