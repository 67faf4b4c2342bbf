"""The search; included below `search/` in each language."""

from django.urls import path

from cms_pages import views

app_name = "cms_pages"

urlpatterns = [path("", views.search, name="search")]
