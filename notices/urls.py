"""Addresses below `status/`."""

from django.urls import path

from notices import views
from notices.availability import views as availability
from notices.machine_faces.urls import urlpatterns as machine_faces
from notices.subscriptions import views as subscriptions

app_name = "notices"
SERVICE = "availability/<slug:key>/"
CSV, XLSX = {"file_format": "csv"}, {"file_format": "xlsx"}
urlpatterns = [
    path("", views.status, name="status"),
    path("live/", views.live, name="live"),
    path("embed/", views.embed, name="embed"),
    path("embed/<slug:key>/", views.embed, name="embed"),
    path("own-site/", views.own_site, name="own_site"),
    path("services/<slug:key>/own-site/", views.own_site, name="service_own_site"),
    path("history/", views.history, name="history"),
    path("history/<str:month>/", views.history, name="history_month"),
    path("n/<slug:key>/", views.short, name="short"),
    path("services/<slug:key>/", views.service, name="service"),
    *machine_faces,
    path("availability/", availability.every, name="availability"),
    path("availability/figures.json", availability.data, name="availability_json"),
    path("availability/figures.csv", availability.file, CSV, name="availability_csv"),
    path("availability/figures.xlsx", availability.file, XLSX, name="availability_xlsx"),
    path(SERVICE, availability.one, name="availability_of_page"),
    path(f"{SERVICE}figures.json", availability.data, name="availability_of_json"),
    path(f"{SERVICE}figures.csv", availability.file, CSV, name="availability_of_csv"),
    path(f"{SERVICE}figures.xlsx", availability.file, XLSX, name="availability_of_xlsx"),
    path("subscribe/", subscriptions.subscribe, name="subscribe"),
    path("subscribe/code/", subscriptions.code, name="subscription_code"),
    path("subscribe/manage/", subscriptions.manage, name="subscription_manage"),
    path("subscribe/mine/", subscriptions.mine, name="subscription_mine"),
    path("subscribe/mine/secret/", subscriptions.renew_secret, name="subscription_secret"),
    path("subscribe/mine/data/", subscriptions.take_along, name="subscription_data"),
    path("subscribe/mine/end/", subscriptions.end, name="subscription_end"),
    path("unsubscribe/<str:token>/", subscriptions.unsubscribe, name="unsubscribe"),
]
