"""Settings of every deployment: safe by default, everything secret from the environment."""

from pathlib import Path

from portal.settings import reading
from service_requests import deployment

ROOT = Path(__file__).resolve().parents[3]
env = reading.Environment()

DESK_VAR = VAR_DIR = env.place("DESK_VAR", default=ROOT / "var")

DEBUG = False
ALLOWED_HOSTS: list[str] = []
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# `deployment.complete` at the end puts the desk's own apps and middleware where they belong.
INSTALLED_APPS = [
    "portal",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]

# Language and time: Persian first, times in UTC, shown in Tehran.
LANGUAGE_CODE = "fa"
# Our own texts, then the Persian that Wagtail and its companions have not translated yet.
LOCALE_PATHS = [ROOT / "locale", ROOT / "locale" / "wagtail"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Tehran"

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [ROOT / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    "private": deployment.private_storage(VAR_DIR),
    "backups": deployment.backups_storage(
        env.place("DESK_BACKUP_FOLDER", default=VAR_DIR / "backups")
    ),
}
# Backups in a bucket instead: the OPTIONS of django-storages' S3Storage, as a JSON object.
if env.bucket("DESK_BACKUP_S3"):
    STORAGES["backups"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": env.bucket("DESK_BACKUP_S3"),
    }

# Where the copy of the status pages is written that outlives the site (docs/static-copy.md).
DESK_STATIC_COPY_FOLDER = env.str("DESK_STATIC_COPY_FOLDER", default="")
DESK_STATIC_COPY_STORAGE = ""
if env.bucket("DESK_STATIC_COPY_S3"):
    DESK_STATIC_COPY_STORAGE = "static_copy"
    STORAGES["static_copy"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": env.bucket("DESK_STATIC_COPY_S3"),
    }

# Where ClamAV's clamd listens (tcp://host:3310 or unix:///path); empty: files are not scanned.
DESK_CLAMD = env.str("DESK_CLAMD", default="")

SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
}
DATABASES = {"default": env.database("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'db.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS
else:
    DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
    # Compiling a page's queries would take a second where running them takes milliseconds.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", "-c jit=off")

_REDIS = env.redis("REDIS_URL")
CACHES: dict[str, dict[str, object]]
if _REDIS:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": _REDIS,
        }
    }
else:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "desk_cache",
            "OPTIONS": {"MAX_ENTRIES": 20_000},
        }
    }

# Our own proxies in front of the site: whose word about the client's address is taken.
DESK_TRUSTED_PROXIES = env.number("DESK_TRUSTED_PROXIES", default=0)

WAGTAIL_SITE_NAME = "میز خدمت الکترونیک"
WAGTAILADMIN_BASE_URL = env.str("DESK_BASE_URL", default="http://localhost:8000")

DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.sender("DESK_MAIL_FROM", default="desk@localhost")

# Desk: see docs/operators-guide.md for each.
DESK_WAGTAIL_API_V3 = env.yes("DESK_WAGTAIL_API_V3", default=False)
# The SMS gateways, as JSON objects: see desk_core/channels/kavenegar.py and smsir.py.
DESK_KAVENEGAR: dict[str, object] = env.table("DESK_KAVENEGAR")
DESK_SMSIR: dict[str, object] = env.table("DESK_SMSIR")
# From how long before its start until how long after its end a notice stands on every page.
DESK_NOTICES_BEFORE_HOURS = env.number("DESK_NOTICES_BEFORE_HOURS", default=72)
DESK_NOTICES_AFTER_HOURS = env.number("DESK_NOTICES_AFTER_HOURS", default=6)
# Whether planned maintenance is published by a second person, as the highest severity always is.
DESK_NOTICES_PLANNED_BY_TWO = env.yes("DESK_NOTICES_PLANNED_BY_TWO", default=True)
# True for readers of the Statuspage API that reject "maintenance" as an indicator.
DESK_STATUSPAGE_STRICT = env.yes("DESK_STATUSPAGE_STRICT", default=False)
# How honest availability is counted: see docs/availability.md.
DESK_AVAILABILITY_WEIGHTS: dict[str, object] = env.table("DESK_AVAILABILITY_WEIGHTS")
DESK_AVAILABILITY_LEAD_HOURS = env.number("DESK_AVAILABILITY_LEAD_HOURS", default=48)
DESK_AVAILABILITY_CAP_MINUTES = env.limit("DESK_AVAILABILITY_CAP_MINUTES", default=480)
DESK_AVAILABILITY_HOURS: dict[str, object] = env.table("DESK_AVAILABILITY_HOURS")
DESK_AVAILABILITY_SINCE = env.str("DESK_AVAILABILITY_SINCE", default="")
# How long what is known of subscribers to notices is kept, in days, and when digests leave.
DESK_SUBSCRIPTIONS_PENDING_DAYS = env.number("DESK_SUBSCRIPTIONS_PENDING_DAYS", default=3, least=1)
DESK_SUBSCRIPTIONS_ENDED_DAYS = env.number("DESK_SUBSCRIPTIONS_ENDED_DAYS", default=30)
DESK_SUBSCRIPTIONS_LOG_DAYS = env.number("DESK_SUBSCRIPTIONS_LOG_DAYS", default=180)
DESK_SUBSCRIPTIONS_DIGEST_HOUR = env.number("DESK_SUBSCRIPTIONS_DIGEST_HOUR", default=8)
# The body's certificate, under which the PDFs of signed agreements are sealed, and the roots that
# other people's digital signatures must lead to: see desk_core/certificates.py.
DESK_SIGNING_PKCS12 = env.str("DESK_SIGNING_PKCS12", default="")
DESK_SIGNING_PASSPHRASE = env.str("DESK_SIGNING_PASSPHRASE", default="")
DESK_TRUST_ROOTS = env.str("DESK_TRUST_ROOTS", default="")
# Shown on the pages for faults, which cannot ask the database for the desk's phone.
DESK_EMERGENCY_PHONE = env.str("DESK_EMERGENCY_PHONE", default="")
# For whom backups are encrypted: public keys of age, separated by commas.
DESK_BACKUP_RECIPIENTS = env.names("DESK_BACKUP_RECIPIENTS")
DESK_ERASURE_LEDGER = env.place(
    "DESK_ERASURE_LEDGER", default=VAR_DIR / "erasures.ledger", folder=False
)

deployment.complete(globals())
if DESK_WAGTAIL_API_V3:
    INSTALLED_APPS.append("wagtail.api.v3")
