"""Development: one machine, SQLite, files under `var/`, secrets that protect nothing."""

from portal.settings.base import *

DEBUG = True
SECRET_KEY = "development-only-and-never-a-secret-0123456789-abcdefghij"
ALLOWED_HOSTS = ["*"]
# Development keys: 32 bytes each, base64. Production reads its own from the environment.
DESK_KEYRING = {"dev1": "ZGV2ZWxvcG1lbnQtb25seS1kYXRhLWtleS0wMDAwMDE="}
DESK_INDEX_KEY = "ZGV2ZWxvcG1lbnQtb25seS1pbmRleC1rZXktMDAwMDE="
DESK_PEPPER = "ZGV2ZWxvcG1lbnQtb25seS1wZXBwZXIta2V5LTAwMDA="
# Backups of this machine are encrypted for an identity that the first of them makes here.
DESK_BACKUP_DEV_IDENTITY = VAR_DIR / "backup-identity.txt"

# The copy that outlives the site, to be looked at.
DESK_STATIC_COPY_FOLDER = str(VAR_DIR / "static-copy")

# What Wagtail and Django write to staff lies beside the letters of the desk.
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"

# Webhooks to this very machine, without TLS: to try them out.
DESK_OUTBOUND_LOOPBACK = True

# The people of the demo; `make run` prints them. They exist in development only.
DEMO_PASSWORD = "desk-demo-1405"
