"""Tests: explicit about everything that differs, and nothing kept after them."""

import atexit
import shutil
import tempfile
from pathlib import Path

from portal.settings.dev import *

DEBUG = False
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
# Files of one test process: attachments, mail, the SQLite database.
VAR_DIR = Path(tempfile.mkdtemp(prefix="desk-test-"))
atexit.register(shutil.rmtree, VAR_DIR, ignore_errors=True)
MEDIA_ROOT = VAR_DIR / "media"
STATIC_ROOT = VAR_DIR / "static"
DESK_MAIL_DIR = VAR_DIR / "mail"
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {**STORAGES["private"]["OPTIONS"], "location": VAR_DIR / "private"},
    },
    "backups": deployment.backups_storage(VAR_DIR / "backups"),
}
DESK_ERASURE_LEDGER = VAR_DIR / "erasures.ledger"
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: threads must meet the same locks as in real life.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
else:
    # What is committed is seen at once, and need not outlive the machine.
    DATABASES["default"]["OPTIONS"]["options"] += " -c synchronous_commit=off"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
# Tests of the static copy name a place for it.
DESK_STATIC_COPY_FOLDER = ""
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
DESK_GUARD_CACHE = "default"
# Tests of the human check and of the page cache switch theirs on.
DESK_HUMAN_CHECK_OFF = True
DESK_PAGE_CACHE = False
