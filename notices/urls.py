"""Addresses below `status/`."""

from django.urls import path

from notices import subscription_views as subscriptions
from notices import views

app_name = "notices"
urlpatterns = [
    path("", views.status, name="status"),
    path("history/", views.history, name="history"),
    path("history/<str:month>/", views.history, name="history_month"),
    path("services/<slug:key>/", views.service, name="service"),
    path("subscribe/", subscriptions.subscribe, name="subscribe"),
    path("subscribe/code/", subscriptions.code, name="subscription_code"),
    path("subscribe/manage/", subscriptions.manage, name="subscription_manage"),
    path("subscribe/mine/", subscriptions.mine, name="subscription_mine"),
    path("subscribe/mine/secret/", subscriptions.renew_secret, name="subscription_secret"),
    path("subscribe/mine/data/", subscriptions.take_along, name="subscription_data"),
    path("subscribe/mine/end/", subscriptions.end, name="subscription_end"),
    path("unsubscribe/<str:token>/", subscriptions.unsubscribe, name="unsubscribe"),
]
