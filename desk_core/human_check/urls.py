"""The one address of the human check: the picture of a ticket."""

from django.urls import path

from desk_core.human_check.picture import picture

app_name = "human_check"
urlpatterns = [path("picture/<str:signed>.png", picture, name="picture")]
