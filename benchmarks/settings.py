"""Settings of the benchmarks: as a small deployment, without a human check to solve."""

from portal.settings.dev import *

DEBUG = False
ALLOWED_HOSTS = ["localhost"]
ROOT_URLCONF = "benchmarks.urls"
DESK_HUMAN_CHECK_OFF = True
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
LOGGING_CONFIG = None
TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
# Connections are kept, as production keeps them: neither side pays for opening one each time.
DATABASES["default"]["CONN_MAX_AGE"] = 60
